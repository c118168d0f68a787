import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Where requests are few among all that is findable, the nearest of all would have to be looked through for
# them: that takes longer the fewer they are.
NEAREST_REQUESTS = """
CREATE INDEX coordination_request_meaning ON prodops_searchentry
USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64) WHERE kind = 'request'
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("prodops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(editable=False, null=True, unique=True)),
                ("source", models.CharField(blank=True, editable=False, max_length=40)),
                ("external_id", models.CharField(blank=True, editable=False, max_length=200)),
                ("title", models.CharField(max_length=160)),
                ("problem", models.TextField(max_length=10000)),
                ("workaround", models.TextField(blank=True, max_length=4000)),
                ("affected", models.CharField(blank=True, max_length=300)),
                ("evidence_url", models.URLField(blank=True, max_length=500)),
                (
                    "urgency",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Blocker"), (2, "High"), (3, "Normal"), (4, "Low")], default=3
                    ),
                ),
                ("submitted_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("merged", "Merged"),
                        ],
                        default="new",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decision_reason", models.TextField(blank=True, max_length=2000)),
                (
                    "state_before_merge",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "New"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("merged", "Merged"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("snoozed_until", models.DateTimeField(editable=False, null=True)),
                ("changed_at", models.DateTimeField(editable=False)),
                ("accounts_count", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "arr_total",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=16),
                ),
                (
                    "stake_total",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=16),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prodops.productarea",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_here",
                        to="coordination.request",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined",
                        to="coordination.request",
                    ),
                ),
                (
                    "submitter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitter_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prodops.team",
                    ),
                ),
            ],
            options={
                "ordering": ["-submitted_at", "-pk"],
                "indexes": [
                    models.Index(fields=["-submitted_at", "-id"], name="request_newest"),
                    models.Index(fields=["-arr_total", "-id"], name="request_by_arr"),
                    models.Index(fields=["-accounts_count", "-id"], name="request_by_accounts"),
                    models.Index(fields=["state", "-submitted_at", "-id"], name="request_by_state"),
                    models.Index(fields=["area", "-submitted_at", "-id"], name="request_by_area"),
                    models.Index(fields=["submitter", "-submitted_at"], name="request_by_submitter"),
                    models.Index(fields=["submitter_team", "-submitted_at"], name="request_by_team"),
                    models.Index(
                        condition=models.Q(("state", "new")),
                        fields=["area", "urgency", "-stake_total"],
                        name="request_inbox",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "accepted", "declined", "merged"])),
                        name="request_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urgency__in", [1, 2, 3, 4])), name="request_urgency_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="request_decided_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "new")),
                            models.Q(
                                models.Q(("state", "new"), _negated=True), ("decided_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="request_decided_unless_new",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(("decision_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="request_declined_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("merged_into__isnull", False),
                                ("root__isnull", False),
                                ("state", "merged"),
                                ("state_before_merge__in", ["new", "accepted", "declined"]),
                            ),
                            models.Q(
                                models.Q(("state", "merged"), _negated=True),
                                ("merged_into", None),
                                ("root", None),
                                ("state_before_merge", ""),
                            ),
                            _connector="OR",
                        ),
                        name="request_merged_into_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into", models.F("pk")), _negated=True),
                            models.Q(("root", models.F("pk")), _negated=True),
                        ),
                        name="request_not_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("snoozed_until", None), ("state", "new"), _connector="OR"),
                        name="request_snoozed_while_new",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="request_once_per_source_and_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", ""), models.Q(("source", ""), _negated=True), _connector="OR"
                        ),
                        name="request_external_id_of_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="coordination.request",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "user"), name="request_look_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Voice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=10000)),
                ("contact", models.CharField(blank=True, max_length=160)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("form", "Request form"),
                            ("joined", "Added to an existing request"),
                            ("triage", "Added in triage"),
                            ("import", "Import"),
                        ],
                        default="form",
                        max_length=10,
                    ),
                ),
                ("revenue", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("added_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prodops.customeraccount",
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voices",
                        to="coordination.request",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prodops.team",
                    ),
                ),
            ],
            options={
                "ordering": ["added_at", "pk"],
                "indexes": [
                    models.Index(fields=["account", "-added_at"], name="voice_by_account"),
                    models.Index(fields=["team", "request"], name="voice_by_team"),
                    models.Index(fields=["added_by", "request"], name="voice_by_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "account", "added_by", "team"),
                        name="voice_once_per_account_and_person",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revenue", None), ("revenue__gte", 0), _connector="OR"),
                        name="voice_revenue_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revenue", None), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"
                        ),
                        name="voice_revenue_in_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["form", "joined", "triage", "import"])),
                        name="voice_source_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(NEAREST_REQUESTS, "DROP INDEX coordination_request_meaning;"),
    ]
