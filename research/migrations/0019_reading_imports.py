from django.db import migrations, models

STAGES = ["reading", "failed", "staged", "running", "done", "undone"]


class Migration(migrations.Migration):
    dependencies = [("research", "0018_turns_by_their_words")]

    operations = [
        migrations.AlterField(
            model_name="materialimport",
            name="stage",
            field=models.CharField(
                choices=[
                    ("reading", "Being read"),
                    ("failed", "Can't be read"),
                    ("staged", "To be checked"),
                    ("running", "Being imported"),
                    ("done", "Imported"),
                    ("undone", "Undone"),
                ],
                default="staged",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="materialimport", name="material_import_stage_known"),
        migrations.AddConstraint(
            model_name="materialimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", STAGES)), name="material_import_stage_known"
            ),
        ),
    ]
