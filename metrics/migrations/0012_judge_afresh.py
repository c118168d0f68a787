from django.db import migrations


class Migration(migrations.Migration):
    """The detector remembers more than it did: every series is judged from its first point once."""

    dependencies = [("metrics", "0011_conflict")]

    operations = [
        migrations.RunSQL(
            "UPDATE metrics_watch SET changed = true WHERE checked_to IS NOT NULL", migrations.RunSQL.noop
        )
    ]
