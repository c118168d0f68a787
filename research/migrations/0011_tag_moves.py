import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("research", "0010_recording"),
    ]

    operations = [
        migrations.RemoveField(model_name="tagmove", name="met_at"),
        migrations.AddField(
            model_name="tagmove",
            name="kept_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(model_name="tagmove", name="met", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="tagmove", name="seconds", field=models.JSONField(default=list)),
        migrations.AddField(model_name="tagmove", name="came_back", field=models.BooleanField(default=False)),
    ]
