import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def keep(apps, schema_editor):
    """Whoever said until when they are away, is away from today until then."""
    today = timezone.localdate()
    people = apps.get_model("prodops", "User").objects.filter(away_until__gte=today)
    away = apps.get_model("prodops", "Away")
    away.objects.bulk_create(away(user=one, first_day=today, last_day=one.away_until) for one in people)


class Migration(migrations.Migration):
    dependencies = [
        ("prodops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Away",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="away",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["first_day", "pk"],
                "indexes": [models.Index(fields=["last_day", "first_day"], name="away_by_days")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="away_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(fields=("user", "first_day", "last_day"), name="away_once"),
                ],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="user", name="away_until"),
    ]
