"""What a request is called where it came from; and an index of what requests mean apart from all else.

Where requests are few among all that is findable, the nearest of all would have to be looked through for
them: that takes longer the fewer they are.
"""

from django.db import migrations, models

NEAREST_REQUESTS = """
CREATE INDEX coordination_request_meaning ON prodops_searchentry
USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64) WHERE kind = 'request'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0002_voice_per_person"),
        ("prodops", "0007_search_meaning"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="source",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="request",
            name="external_id",
            field=models.CharField(blank=True, default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("source", "external_id"),
                name="request_once_per_source_and_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("external_id", ""), models.Q(("source", ""), _negated=True), _connector="OR"
                ),
                name="request_external_id_of_a_source",
            ),
        ),
        migrations.RunSQL(NEAREST_REQUESTS, "DROP INDEX coordination_request_meaning;"),
    ]
