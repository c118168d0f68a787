from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0011_routing_policy"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["channel", "digest"], condition=Q(first=None), name="delivery_first_by_bytes"
            ),
        ),
    ]
