from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coordination", "0012_delivery_bytes")]

    operations = [
        migrations.AddField(
            model_name="addressee",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="addressee",
            name="try_at",
            field=models.DateTimeField(null=True),
        ),
    ]
