import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0013_mail_tries"),
    ]

    operations = [
        migrations.AddField(
            model_name="fileimport",
            name="trouble",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="formdefinition",
            name="outside_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.CreateModel(
            name="FileImportRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("why", models.TextField()),
                (
                    "load",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="coordination.fileimport",
                    ),
                ),
            ],
            options={
                "ordering": ["load_id", "line"],
                "constraints": [
                    models.UniqueConstraint(fields=("load", "line"), name="file_import_refusal_once")
                ],
            },
        ),
    ]
