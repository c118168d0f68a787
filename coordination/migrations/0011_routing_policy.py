import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0010_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="routingrule",
            name="policy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.slapolicy",
            ),
        ),
    ]
