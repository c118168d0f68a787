from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="voice",
            name="voice_once_per_account",
        ),
        migrations.AddConstraint(
            model_name="voice",
            constraint=models.UniqueConstraint(
                fields=("request", "account", "added_by", "team"),
                name="voice_once_per_account_and_person",
                nulls_distinct=False,
            ),
        ),
    ]
