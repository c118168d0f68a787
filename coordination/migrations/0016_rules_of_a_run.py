from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coordination", "0015_later_words_and_held_answers")]

    operations = [
        migrations.AddField(
            model_name="routingrun",
            name="rules_were",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state", "new")),
                fields=["-stake_total", "-arr_total", "-id"],
                name="request_new_by_stake",
            ),
        ),
    ]
