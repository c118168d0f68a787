import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep_titles(apps, _):
    """So far a form's name could not change: it is the title under which each version was signed."""
    name = apps.get_model("research", "ConsentForm").objects.filter(pk=OuterRef("form")).values("name")
    apps.get_model("research", "ConsentText").objects.update(title=Subquery(name))


class Migration(migrations.Migration):
    dependencies = [("research", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("signature", "signature_once_in_study"),
        migrations.AddField(
            "consenttext",
            "title",
            models.CharField(default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.AddField("signature", "replaced_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "surveyresponse", "withdrawn_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "withdrawal",
            "response_ids",
            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
        ),
        migrations.AddConstraint(
            "signature",
            models.UniqueConstraint(
                condition=models.Q(("replaced_at", None), ("withdrawn_at", None)),
                fields=("participant", "text", "study"),
                name="signature_once_in_study",
            ),
        ),
        migrations.RunPython(keep_titles, migrations.RunPython.noop),
    ]
