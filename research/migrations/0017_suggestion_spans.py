import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("research", "0016_retention"),
    ]

    operations = [
        migrations.RemoveField(model_name="tagsuggestion", name="quote"),
        migrations.AddField(
            model_name="tagsuggestion",
            name="of_length",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="tagsuggestion",
            name="because",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
    ]
