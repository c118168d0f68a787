import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import prodops.migrations._together

NEAREST_REQUESTS = """
CREATE INDEX coordination_request_meaning ON prodops_searchentry
USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64) WHERE kind = 'request'
"""

REASONS = [
    ("not-a-fit", "Not a fit", "This does not fit where the product is going, so we will not build it.", 24),
    (
        "too-few",
        "Too few ask for it",
        "Too few customers ask for this to build it now. We look again when more do.",
        12,
    ),
    ("not-now", "Not now", "This makes sense, but other work comes first for now. We look at it again.", 6),
    ("there-is-a-way", "There is a way already", "You can do this today.", 12),
    (
        "need-to-know-more",
        "Need to know more",
        "We could not tell what is needed. Please add what they try to do and where it fails.",
        3,
    ),
]


def write_reasons(apps, schema_editor):
    """The ones to begin with; product ops changes them."""
    model = apps.get_model("coordination", "DeclineReason")
    for position, (slug, name, words, months) in enumerate(REASONS):
        model.objects.create(slug=slug, name=name, words=words, revisit_months=months, position=position)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("process", "0001_initial"),
        ("prodops", "0001_initial"),
        ("research", "0001_initial"),
    ]

    operations = [
        prodops.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name="BlockedTerm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("term", models.CharField(max_length=80)),
                        ("instead", models.CharField(blank=True, max_length=200)),
                        ("added_at", models.DateTimeField(editable=False)),
                        (
                            "added_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["term", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("term"), name="blocked_term_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusinessCalendar",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, unique=True)),
                        ("zone", models.CharField(max_length=60)),
                        ("week", models.JSONField(default=list)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("closed", models.JSONField(blank=True, default=list)),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="DeclineReason",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("words", models.TextField(max_length=500)),
                        ("revisit_months", models.PositiveSmallIntegerField(default=6)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("revisit_months__range", (1, 60))),
                                name="decline_reason_revisit_months",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True),
                                name="decline_reason_has_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.CharField(max_length=254)),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"), name="mail_stop_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestTag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40)),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"), name="request_tag_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestType",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["position", "name"],
                    },
                ),
                migrations.CreateModel(
                    name="Channel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("form", "Web form"),
                                    ("webhook", "Webhook"),
                                    ("email", "E-mail"),
                                    ("widget", "Widget or survey"),
                                    ("file", "File"),
                                ],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
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
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.requesttype",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["form", "webhook", "email", "widget", "file"])
                                ),
                                name="channel_kind_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "file",
                            models.FileField(blank=True, max_length=200, upload_to="request-imports/%Y/%m/"),
                        ),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("header", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=dict)),
                        ("preset", models.CharField(blank=True, max_length=20)),
                        ("date_order", models.CharField(blank=True, max_length=3)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("staged", "Being looked at"),
                                    ("running", "At work"),
                                    ("done", "Imported"),
                                    ("undone", "Undone"),
                                ],
                                default="staged",
                                max_length=10,
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("trouble", models.CharField(blank=True, max_length=300)),
                        ("done_at", models.DateTimeField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("kept_back", models.JSONField(default=list)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.channel",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="prodops.job",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["channel", "-at"], name="file_import_by_channel")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["staged", "running", "done", "undone"])),
                                name="file_import_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="file_import_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "undone"), _negated=True), ("undone_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="file_import_undone_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileImportRefusal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        ("why", models.TextField()),
                        (
                            "load",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="refusals",
                                to="coordination.fileimport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["load_id", "line"],
                        "constraints": [
                            models.UniqueConstraint(fields=("load", "line"), name="file_import_refusal_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormDefinition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("outside_name", models.CharField(blank=True, max_length=80)),
                        ("intro", models.CharField(blank=True, max_length=300)),
                        ("standard", models.BooleanField(default=False, editable=False)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.requesttype",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("standard", True)),
                                fields=("standard",),
                                name="form_one_standard",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("standard", False), ("retired_at", None), _connector="OR"
                                ),
                                name="form_standard_is_in_use",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "parts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("account", "Customer account, with revenue at stake and a contact"),
                                        ("deal", "The deal: name, amount, stage and closing date"),
                                        ("affected", "Who is affected"),
                                        ("effect", "What it costs the business"),
                                        ("urgency", "Blocker or wish"),
                                        ("area", "Part of the product"),
                                        ("workaround", "What they do instead"),
                                        ("evidence", "Evidence: a link and files"),
                                    ],
                                    max_length=12,
                                ),
                                blank=True,
                                default=list,
                            ),
                        ),
                        ("fields", models.JSONField(default=list)),
                        ("edited_at", models.DateTimeField()),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "edited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="coordination.formdefinition",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["form_id", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("form", "number"), name="form_version_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("published_at", None)),
                                fields=("form",),
                                name="form_version_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="form_version_published_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField()),
                        ("writer", models.UUIDField()),
                        ("data", models.JSONField(default=dict)),
                        ("saved_at", models.DateTimeField()),
                        ("discarded_at", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "form",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.formdefinition",
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
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.formversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-saved_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "form"),
                                name="form_draft_one_per_person",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Request",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "key",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("source", models.CharField(blank=True, editable=False, max_length=40)),
                        ("external_id", models.CharField(blank=True, editable=False, max_length=200)),
                        ("title", models.CharField(max_length=160)),
                        ("problem", models.TextField(max_length=10000)),
                        ("workaround", models.TextField(blank=True, max_length=4000)),
                        ("affected", models.CharField(blank=True, max_length=300)),
                        ("effect", models.TextField(blank=True, max_length=4000)),
                        ("evidence_url", models.URLField(blank=True, max_length=500)),
                        (
                            "urgency",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Blocker"), (2, "High"), (3, "Normal"), (4, "Low")], default=3
                            ),
                        ),
                        ("language", models.CharField(blank=True, editable=False, max_length=12)),
                        ("author_name", models.CharField(blank=True, editable=False, max_length=160)),
                        ("author_email", models.CharField(blank=True, editable=False, max_length=254)),
                        ("company", models.CharField(blank=True, editable=False, max_length=160)),
                        ("submitted_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("accepted", "Accepted"),
                                    ("planned", "Planned"),
                                    ("progress", "In progress"),
                                    ("shipped", "Shipped"),
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
                        ("revisit_on", models.DateField(editable=False, null=True)),
                        ("revisit_accounts", models.PositiveIntegerField(editable=False, null=True)),
                        (
                            "revisit_arr",
                            models.DecimalField(decimal_places=2, editable=False, max_digits=16, null=True),
                        ),
                        ("revisited_at", models.DateTimeField(editable=False, null=True)),
                        ("revisited_why", models.CharField(blank=True, editable=False, max_length=500)),
                        (
                            "state_before_merge",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("new", "New"),
                                    ("accepted", "Accepted"),
                                    ("planned", "Planned"),
                                    ("progress", "In progress"),
                                    ("shipped", "Shipped"),
                                    ("declined", "Declined"),
                                    ("merged", "Merged"),
                                ],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("snoozed_before_merge", models.DateTimeField(editable=False, null=True)),
                        (
                            "snoozed_for_before_merge",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("reply", "A reply"),
                                    ("account", "A new account"),
                                    ("shipped", "What it is linked to ships"),
                                ],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("snoozed_until", models.DateTimeField(editable=False, null=True)),
                        (
                            "snoozed_for",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("reply", "A reply"),
                                    ("account", "A new account"),
                                    ("shipped", "What it is linked to ships"),
                                ],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("due_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "due_for",
                            models.CharField(
                                blank=True,
                                choices=[("response", "First response"), ("decision", "Decision")],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("changed_at", models.DateTimeField(editable=False)),
                        ("accounts_count", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "arr_total",
                            models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=16),
                        ),
                        (
                            "arr_sure",
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
                            "channel",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.channel",
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
                            "decline_code",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.declinereason",
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
                        (
                            "team",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "tags",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="coordination.requesttag"
                            ),
                        ),
                        (
                            "type",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.requesttype",
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
                                condition=models.Q(("state", "declined")),
                                fields=["revisit_on"],
                                name="request_to_revisit",
                            ),
                            models.Index(
                                condition=models.Q(("state", "new")),
                                fields=["-stake_total", "-arr_total", "-id"],
                                name="request_new_by_stake",
                            ),
                            models.Index(
                                condition=models.Q(("state", "new")),
                                fields=["area", "urgency", "-stake_total"],
                                name="request_inbox",
                            ),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at", "-id"],
                                name="request_due_soonest",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "new",
                                            "accepted",
                                            "planned",
                                            "progress",
                                            "shipped",
                                            "declined",
                                            "merged",
                                        ],
                                    )
                                ),
                                name="request_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("urgency__in", [1, 2, 3, 4])),
                                name="request_urgency_known",
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
                                        models.Q(("state", "new"), _negated=True),
                                        ("decided_at__isnull", False),
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
                                        (
                                            "state_before_merge__in",
                                            ["new", "accepted", "planned", "progress", "shipped", "declined"],
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("state", "merged"), _negated=True),
                                        ("merged_into", None),
                                        ("root", None),
                                        ("snoozed_before_merge", None),
                                        ("snoozed_for_before_merge", ""),
                                        ("state_before_merge", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_merged_into_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["declined", "merged"]),
                                    models.Q(
                                        ("decline_code", None),
                                        ("revisit_accounts", None),
                                        ("revisit_arr", None),
                                        ("revisit_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_revisited_if_declined",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revisited_at", None), ("revisited_why", "")),
                                    models.Q(
                                        ("revisited_at__isnull", False),
                                        models.Q(("revisited_why", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_revisited_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merged_into", models.F("pk")), _negated=True),
                                    models.Q(("root", models.F("pk")), _negated=True),
                                ),
                                name="request_not_into_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("snoozed_until", None), ("state", "new"), _connector="OR"
                                ),
                                name="request_snoozed_while_new",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("snoozed_for", ""),
                                    models.Q(
                                        ("snoozed_until__isnull", False),
                                        ("snoozed_for__in", ["reply", "account", "shipped"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_snoozed_for_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("due_at", None), ("due_for", "")),
                                    models.Q(
                                        ("due_at__isnull", False), ("due_for__in", ["response", "decision"])
                                    ),
                                    _connector="OR",
                                ),
                                name="request_due_pair",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("source", "external_id"),
                                name="request_once_per_source_and_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("external_id", ""),
                                    models.Q(("source", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="request_external_id_of_a_source",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MailIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("raw", models.BinaryField()),
                        ("size", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("message_id", models.CharField(blank=True, max_length=250)),
                        ("from_name", models.CharField(blank=True, max_length=160)),
                        ("from_email", models.CharField(blank=True, max_length=254)),
                        ("subject", models.CharField(blank=True, max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("request", "New request"),
                                    ("reply", "Answer"),
                                    ("nothing", "Nothing made of it"),
                                    ("failed", "Could not be read"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("notes", models.JSONField(default=list)),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.channel",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-at", "-id"], name="mail_in_newest"),
                            models.Index(fields=["message_id"], name="mail_in_by_id"),
                            models.Index(fields=["from_email", "at"], name="mail_in_by_sender"),
                            models.Index(fields=["request"], name="mail_in_by_request"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "request", "reply", "nothing", "failed"])
                                ),
                                name="mail_in_state_known",
                            ),
                            models.UniqueConstraint(fields=("channel", "digest"), name="mail_in_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("url", models.URLField(blank=True, max_length=500)),
                        ("label", models.CharField(blank=True, max_length=120)),
                        ("linked_at", models.DateTimeField()),
                        (
                            "document",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="process.document",
                            ),
                        ),
                        (
                            "insight",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.insight",
                            ),
                        ),
                        (
                            "linked_by",
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
                                related_name="links",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["linked_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("document", None), ("insight__isnull", False), ("url", "")),
                                    models.Q(("document__isnull", False), ("insight", None), ("url", "")),
                                    models.Q(
                                        ("document", None),
                                        ("insight", None),
                                        models.Q(("url", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_link_to_one_thing",
                            ),
                            models.UniqueConstraint(
                                fields=("request", "insight", "document", "url"),
                                name="request_link_once",
                                nulls_distinct=False,
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
                    name="RoadmapItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160)),
                        ("public_words", models.CharField(blank=True, max_length=300)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("considering", "Considering"),
                                    ("planned", "Planned"),
                                    ("in_progress", "In progress"),
                                    ("shipped", "Shipped"),
                                    ("dropped", "Dropped"),
                                ],
                                default="considering",
                                editable=False,
                                max_length=12,
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
                        (
                            "due_by",
                            models.CharField(
                                blank=True, choices=[("quarter", "Quarter"), ("day", "Day")], max_length=8
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("changed_at", models.DateTimeField(editable=False)),
                        ("shipped_at", models.DateTimeField(editable=False, null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-changed_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["state", "due_on", "id"], name="roadmap_item_by_state"),
                            models.Index(fields=["-changed_at", "-id"], name="roadmap_item_newest"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["considering", "planned", "in_progress", "shipped", "dropped"],
                                    )
                                ),
                                name="roadmap_item_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("due_by", ""), ("due_on", None)),
                                    models.Q(("due_by__in", ["quarter", "day"]), ("due_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="roadmap_item_due_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("shipped_at__isnull", False), ("state", "shipped")),
                                    models.Q(
                                        models.Q(("state", "shipped"), _negated=True), ("shipped_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="roadmap_item_shipped_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("comment", "Comment"),
                                    ("decision", "Decision"),
                                    ("reply", "First reply"),
                                    ("shipped", "It is there"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("words", models.TextField(max_length=10000)),
                        ("key", models.CharField(max_length=80, unique=True)),
                        ("sent_at", models.DateTimeField()),
                        ("findings", models.JSONField(default=list)),
                        ("override", models.CharField(blank=True, max_length=500)),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                        ("requests", models.ManyToManyField(related_name="+", to="coordination.request")),
                        (
                            "item",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.roadmapitem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-sent_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["comment", "decision", "reply", "shipped"])),
                                name="message_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("item__isnull", False), ("request", None)),
                                    models.Q(("item", None), ("request__isnull", False)),
                                    _connector="OR",
                                ),
                                name="message_about_one_thing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Addressee",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("topic", models.CharField(blank=True, max_length=80)),
                        ("email", models.CharField(blank=True, max_length=254)),
                        ("name", models.CharField(blank=True, max_length=160)),
                        ("mailed_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("try_at", models.DateTimeField(null=True)),
                        ("given_up_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="addressees",
                                to="coordination.message",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["message_id", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), ("user__isnull", False)),
                                    models.Q(("user", None), models.Q(("email", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="addressee_colleague_or_outside",
                            ),
                            models.UniqueConstraint(
                                fields=("message", "user", "email"),
                                name="addressee_once_per_message",
                                nulls_distinct=False,
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("topic", ""), _negated=True),
                                fields=("topic", "user", "email"),
                                name="addressee_once_per_topic",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Promise",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("words", models.TextField(max_length=2000)),
                        ("made_on", models.DateField()),
                        ("due_on", models.DateField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("kept", "Kept"), ("broken", "Broken")],
                                default="open",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("warning", models.CharField(blank=True, editable=False, max_length=300)),
                        ("warned_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.customeraccount",
                            ),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="promises",
                                to="coordination.roadmapitem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["due_on"],
                                name="promise_open_by_due",
                            ),
                            models.Index(fields=["account", "-made_on"], name="promise_by_account"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "kept", "broken"])),
                                name="promise_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="promise_closed_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("closed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="promise_closed_unless_open",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestComment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "audience",
                            models.CharField(
                                choices=[("internal", "Internal"), ("public", "Public")],
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        ("body", models.TextField(max_length=10000)),
                        ("author_name", models.CharField(blank=True, max_length=254)),
                        (
                            "mentions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list
                            ),
                        ),
                        ("external_id", models.CharField(blank=True, editable=False, max_length=200)),
                        ("at", models.DateTimeField()),
                        ("deleted_at", models.DateTimeField(null=True)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.message",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "indexes": [
                            models.Index(fields=["request", "at"], name="request_comment_by_request")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("request", "external_id"),
                                name="request_comment_once_per_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("audience__in", ["internal", "public"])),
                                name="request_comment_audience",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("audience", "public"),
                                    models.Q(("author__isnull", False), ("message", None)),
                                    _connector="OR",
                                ),
                                name="request_comment_internal_stays",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("author__isnull", False),
                                    models.Q(("author_name", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="request_comment_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deleted_at", None), ("audience", "internal"), _connector="OR"
                                ),
                                name="request_comment_sent_is_kept",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoadmapLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("linked_at", models.DateTimeField()),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="coordination.roadmapitem",
                            ),
                        ),
                        (
                            "linked_by",
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
                                related_name="roadmap_links",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["linked_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("request", "item"), name="roadmap_link_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rotation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("inbox", models.BooleanField(default=False)),
                        ("first_week", models.DateField()),
                        (
                            "last_given",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("inbox", True)),
                                fields=("inbox",),
                                name="rotation_one_inbox",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first_week__iso_week_day", 1)),
                                name="rotation_begins_on_a_monday",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RotationMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "rotation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="coordination.rotation",
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
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("rotation", "user"), name="rotation_member_once"),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("rotation", "position"),
                                name="rotation_place_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RotationTurn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("week", models.DateField()),
                        (
                            "rotation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="turns",
                                to="coordination.rotation",
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
                        "ordering": ["week"],
                        "constraints": [
                            models.UniqueConstraint(fields=("rotation", "week"), name="rotation_turn_once"),
                            models.CheckConstraint(
                                condition=models.Q(("week__iso_week_day", 1)),
                                name="rotation_turn_of_a_monday",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SlaPolicy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, unique=True)),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "urgencies",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), blank=True, default=list
                            ),
                        ),
                        (
                            "tiers",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=10), blank=True, default=list
                            ),
                        ),
                        ("response_minutes", models.PositiveIntegerField(blank=True, null=True)),
                        ("decision_minutes", models.PositiveIntegerField(blank=True, null=True)),
                        ("warn_minutes", models.PositiveIntegerField(default=60)),
                        ("escalate_minutes", models.PositiveIntegerField(default=240)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "calendar",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.businesscalendar",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("response_minutes__isnull", False),
                                    ("decision_minutes__isnull", False),
                                    _connector="OR",
                                ),
                                name="sla_policy_has_a_target",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("response_minutes", 0), _negated=True),
                                    models.Q(("decision_minutes", 0), _negated=True),
                                ),
                                name="sla_policy_targets_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("response", "First response"), ("decision", "Decision")],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("by_rule", models.BooleanField(default=False)),
                        ("minutes", models.PositiveIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("pauses", models.JSONField(default=list)),
                        ("due_at", models.DateTimeField()),
                        ("met_at", models.DateTimeField(null=True)),
                        ("told", models.PositiveSmallIntegerField(default=0)),
                        ("next_step_at", models.DateTimeField(null=True)),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clocks",
                                to="coordination.request",
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.slapolicy",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["request", "kind"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("met_at", None)),
                                fields=["next_step_at"],
                                name="clock_next_step",
                            ),
                            models.Index(fields=["due_at"], name="clock_by_due"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("request", "kind"), name="clock_once"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["response", "decision"])),
                                name="clock_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("met_at", None), ("next_step_at", None), _connector="OR"),
                                name="clock_met_warns_no_more",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("position", models.PositiveIntegerField(editable=False)),
                        ("paused_at", models.DateTimeField(editable=False, null=True)),
                        ("conditions", models.JSONField(blank=True, default=list)),
                        ("goes_on", models.BooleanField(default=False)),
                        (
                            "urgency",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                choices=[(1, "Blocker"), (2, "High"), (3, "Normal"), (4, "Low")],
                                null=True,
                            ),
                        ),
                        ("reply", models.TextField(blank=True, max_length=2000)),
                        ("trouble", models.CharField(blank=True, editable=False, max_length=300)),
                        ("changed_at", models.DateTimeField(editable=False)),
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "rotation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.rotation",
                            ),
                        ),
                        (
                            "tags",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="coordination.requesttag"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.slapolicy",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("urgency", None), ("urgency__in", [1, 2, 3, 4]), _connector="OR"
                                ),
                                name="rule_urgency_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("assignee", None), ("rotation", None), _connector="OR"),
                                name="rule_one_person_or_a_rotation",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rule_name", models.CharField(blank=True, max_length=80)),
                        ("rules_were", models.CharField(blank=True, max_length=64)),
                        ("newest", models.PositiveIntegerField()),
                        ("decided_too", models.BooleanField(default=False)),
                        ("asked_at", models.DateTimeField()),
                        ("changed", models.PositiveIntegerField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("put_back", models.PositiveIntegerField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="prodops.job",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="coordination.routingrule",
                            ),
                        ),
                        (
                            "undo_job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="prodops.job",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Routed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rule_name", models.CharField(max_length=80)),
                        ("at", models.DateTimeField()),
                        ("did", models.JSONField(default=dict)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("left", models.CharField(blank=True, max_length=200)),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routed",
                                to="coordination.request",
                            ),
                        ),
                        (
                            "rule",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="coordination.routingrule",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="routed",
                                to="coordination.routingrun",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "routed",
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("once", models.CharField(editable=False, max_length=64)),
                        ("at", models.DateTimeField()),
                        (
                            "door",
                            models.CharField(
                                choices=[("page", "Embedded page"), ("json", "JSON")], max_length=4
                            ),
                        ),
                        ("nps", models.PositiveSmallIntegerField(null=True)),
                        ("csat", models.PositiveSmallIntegerField(null=True)),
                        ("comment", models.TextField(blank=True, max_length=4000)),
                        ("signed", models.BooleanField(default=False)),
                        ("person", models.CharField(blank=True, max_length=120)),
                        ("email", models.CharField(blank=True, max_length=254)),
                        ("company", models.CharField(blank=True, max_length=160)),
                        ("held_at", models.DateTimeField(editable=False, null=True)),
                        ("held", models.JSONField(default=dict, editable=False)),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.customeraccount",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.channel",
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="survey_answer",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["channel", "-at", "-id"], name="widget_answer_newest"),
                            models.Index(
                                condition=models.Q(("held_at__isnull", False)),
                                fields=["channel", "held_at"],
                                name="widget_answer_held",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("door__in", ["page", "json"])),
                                name="widget_answer_door_known",
                            ),
                            models.UniqueConstraint(fields=("channel", "once"), name="widget_answer_once"),
                            models.CheckConstraint(
                                condition=models.Q(("nps", None), ("nps__range", (0, 10)), _connector="OR"),
                                name="widget_answer_nps_on_scale",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("csat", None), ("csat__range", (1, 5)), _connector="OR"),
                                name="widget_answer_csat_on_scale",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("nps__isnull", False),
                                    ("csat__isnull", False),
                                    models.Q(("comment", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="widget_answer_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("signed", True),
                                    models.Q(("account", None), ("company", ""), ("person", "")),
                                    _connector="OR",
                                ),
                                name="widget_answer_unsigned_is_anonymous",
                            ),
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
                                    ("channel", "Came in by a channel"),
                                ],
                                default="form",
                                max_length=10,
                            ),
                        ),
                        (
                            "revenue",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "arr_then",
                            models.DecimalField(decimal_places=2, editable=False, max_digits=14, null=True),
                        ),
                        ("arr_currency_then", models.CharField(blank=True, editable=False, max_length=3)),
                        (
                            "tier_then",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("bronze", "Bronze"),
                                    ("silver", "Silver"),
                                    ("gold", "Gold"),
                                    ("none", "None"),
                                ],
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        (
                            "segment_then",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("small", "Small business"),
                                    ("mid", "Mid-market"),
                                    ("enterprise", "Enterprise"),
                                    ("unknown", "Unknown"),
                                ],
                                editable=False,
                                max_length=12,
                            ),
                        ),
                        ("deal_name", models.CharField(blank=True, max_length=160)),
                        (
                            "deal_amount",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                        ),
                        ("deal_currency", models.CharField(blank=True, max_length=3)),
                        ("deal_stage", models.CharField(blank=True, max_length=80)),
                        ("deal_closes_on", models.DateField(blank=True, null=True)),
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
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
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
                                condition=models.Q(
                                    ("source__in", ["form", "joined", "triage", "import", "channel"])
                                ),
                                name="voice_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deal_amount", None),
                                    models.Q(("deal_amount__gte", 0), ("deal_currency__regex", "^[A-Z]{3}$")),
                                    _connector="OR",
                                ),
                                name="voice_deal_amount_in_a_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("arr_currency_then", ""),
                                        ("arr_then", None),
                                        ("segment_then", ""),
                                        ("tier_then", ""),
                                    ),
                                    models.Q(
                                        ("segment_then__in", ["small", "mid", "enterprise", "unknown"]),
                                        ("tier_then__in", ["bronze", "silver", "gold", "none"]),
                                        ("arr_currency_then__regex", "^[A-Z]{3}$"),
                                    ),
                                    _connector="OR",
                                ),
                                name="voice_figures_then_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileImportRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        (
                            "load",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="coordination.fileimport",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                        (
                            "voice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.voice",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["load_id", "line", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("load", "request", "voice"),
                                name="file_import_row_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        (
                            "highlight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.highlight",
                            ),
                        ),
                        (
                            "made_by",
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
                                related_name="evidence",
                                to="coordination.request",
                            ),
                        ),
                        (
                            "voice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.voice",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["made_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("request", "voice"),
                                name="request_evidence_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "system",
                            models.CharField(
                                choices=[
                                    ("zendesk", "Zendesk"),
                                    ("intercom", "Intercom"),
                                    ("hubspot", "HubSpot"),
                                    ("salesforce", "Salesforce"),
                                    ("jira", "Jira"),
                                    ("linear", "Linear"),
                                    ("github", "GitHub"),
                                    ("other", "Another system, by a mapping"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "proof",
                            models.CharField(
                                choices=[
                                    ("header", "A token in a header"),
                                    ("address", "A token in the address"),
                                    ("signature", "A signature"),
                                    ("both", "A token in a header and a signature"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "scheme",
                            models.CharField(
                                choices=[
                                    ("prodops", "Prodops"),
                                    ("standard", "Standard Webhooks"),
                                    ("zendesk", "Zendesk"),
                                    ("intercom", "Intercom"),
                                    ("hubspot", "HubSpot"),
                                    ("jira", "Jira"),
                                    ("linear", "Linear"),
                                    ("github", "GitHub"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("start", models.CharField(blank=True, editable=False, max_length=16)),
                        ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("former_digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("sealed_secret", models.BinaryField(default=bytes)),
                        ("former_sealed_secret", models.BinaryField(default=bytes)),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        ("made_at", models.DateTimeField(editable=False)),
                        ("used_at", models.DateTimeField(editable=False, null=True)),
                        ("refused", models.PositiveIntegerField(default=0, editable=False)),
                        ("refused_at", models.DateTimeField(editable=False, null=True)),
                        ("refused_why", models.CharField(blank=True, editable=False, max_length=300)),
                        ("revoked_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "channel",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="endpoint",
                                to="coordination.channel",
                            ),
                        ),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["channel"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "system__in",
                                        [
                                            "zendesk",
                                            "intercom",
                                            "hubspot",
                                            "salesforce",
                                            "jira",
                                            "linear",
                                            "github",
                                            "other",
                                        ],
                                    )
                                ),
                                name="endpoint_system_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("proof__in", ["header", "address", "signature", "both"])),
                                name="endpoint_proof_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "scheme__in",
                                        [
                                            "prodops",
                                            "standard",
                                            "zendesk",
                                            "intercom",
                                            "hubspot",
                                            "jira",
                                            "linear",
                                            "github",
                                        ],
                                    )
                                ),
                                name="endpoint_scheme_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="endpoint_revoked_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("former_digest", ""), ("former_sealed_secret", b"")),
                                    ("former_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="endpoint_former_until",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookMapping",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("rules", models.JSONField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mappings",
                                to="coordination.channel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("channel", "number"), name="mapping_version_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("taken", "Taken"),
                                    ("duplicate", "Sent before"),
                                    ("ignored", "Ignored"),
                                    ("unknown", "Not understood"),
                                    ("malformed", "No JSON"),
                                    ("failed", "Failed"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("why", models.CharField(blank=True, max_length=500)),
                        (
                            "system",
                            models.CharField(
                                choices=[
                                    ("zendesk", "Zendesk"),
                                    ("intercom", "Intercom"),
                                    ("hubspot", "HubSpot"),
                                    ("salesforce", "Salesforce"),
                                    ("jira", "Jira"),
                                    ("linear", "Linear"),
                                    ("github", "GitHub"),
                                    ("other", "Another system, by a mapping"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("key", models.CharField(max_length=300)),
                        ("body", models.BinaryField()),
                        ("size", models.PositiveIntegerField()),
                        ("digest", models.CharField(max_length=64)),
                        ("content_type", models.CharField(blank=True, max_length=100)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(null=True)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("replayed_at", models.DateTimeField(null=True)),
                        ("emptied_at", models.DateTimeField(null=True)),
                        (
                            "channel",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="coordination.channel",
                            ),
                        ),
                        (
                            "first",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="again",
                                to="coordination.delivery",
                            ),
                        ),
                        (
                            "replayed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "mapping",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.webhookmapping",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["channel", "-at", "-id"], name="delivery_log"),
                            models.Index(fields=["state", "-at", "-id"], name="delivery_by_state"),
                            models.Index(fields=["-at", "-id"], name="delivery_newest"),
                            models.Index(
                                condition=models.Q(("first", None)),
                                fields=["channel", "key"],
                                name="delivery_first_by_key",
                            ),
                            models.Index(
                                condition=models.Q(("first", None)),
                                fields=["channel", "digest"],
                                name="delivery_first_by_bytes",
                            ),
                            models.Index(
                                condition=models.Q(("next_try_at__isnull", False)),
                                fields=["next_try_at"],
                                name="delivery_due",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "received",
                                            "taken",
                                            "duplicate",
                                            "ignored",
                                            "unknown",
                                            "malformed",
                                            "failed",
                                        ],
                                    )
                                ),
                                name="delivery_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "system__in",
                                        [
                                            "zendesk",
                                            "intercom",
                                            "hubspot",
                                            "salesforce",
                                            "jira",
                                            "linear",
                                            "github",
                                            "other",
                                        ],
                                    )
                                ),
                                name="delivery_system_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at", None), ("state", "received")),
                                    models.Q(("state", "received"), _negated=True),
                                    _connector="OR",
                                ),
                                name="delivery_received_is_unsettled",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first", models.F("pk")), _negated=True),
                                name="delivery_not_its_own_first",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeliveryItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("new", models.BooleanField()),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="coordination.delivery",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="coordination.request",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("delivery", "request"), name="delivery_item_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mailbox",
                    fields=[
                        (
                            "channel",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="mailbox",
                                serialize=False,
                                to="coordination.channel",
                            ),
                        ),
                        ("address", models.CharField(max_length=254)),
                        ("host", models.CharField(blank=True, max_length=253)),
                        ("port", models.PositiveIntegerField(default=993)),
                        ("user", models.CharField(blank=True, max_length=254)),
                        ("sealed_password", models.BinaryField(null=True)),
                        ("folder", models.CharField(default="INBOX", max_length=120)),
                        ("validity", models.BigIntegerField(editable=False, null=True)),
                        ("last_uid", models.BigIntegerField(default=0, editable=False)),
                        ("next_poll_at", models.DateTimeField(editable=False)),
                        ("polling_since", models.DateTimeField(editable=False, null=True)),
                        ("polled_at", models.DateTimeField(editable=False, null=True)),
                        ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("error", models.CharField(blank=True, editable=False, max_length=500)),
                        (
                            "provider",
                            models.CharField(
                                choices=[
                                    ("raw", "A program of ours: the raw mail"),
                                    ("mailgun", "Mailgun"),
                                    ("postmark", "Postmark"),
                                    ("sendgrid", "SendGrid"),
                                    ("mailjet", "Mailjet"),
                                    ("sparkpost", "SparkPost"),
                                ],
                                default="raw",
                                max_length=12,
                            ),
                        ),
                        (
                            "door_digest",
                            models.CharField(blank=True, db_index=True, editable=False, max_length=64),
                        ),
                        ("sealed_key", models.BinaryField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "provider__in",
                                        ["raw", "mailgun", "postmark", "sendgrid", "mailjet", "sparkpost"],
                                    )
                                ),
                                name="mailbox_provider_known",
                            ),
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("address"), name="mailbox_address_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("port__range", (1, 65535))), name="mailbox_port_is_one"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Widget",
                    fields=[
                        (
                            "channel",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="widget",
                                serialize=False,
                                to="coordination.channel",
                            ),
                        ),
                        ("key", models.CharField(editable=False, max_length=32, unique=True)),
                        (
                            "origins",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, default=list
                            ),
                        ),
                        ("asks_nps", models.BooleanField(default=True)),
                        ("asks_csat", models.BooleanField(default=False)),
                        ("asks_text", models.BooleanField(default=True)),
                        (
                            "nps_words",
                            models.CharField(
                                default="How likely are you to recommend us to a colleague?", max_length=200
                            ),
                        ),
                        (
                            "csat_words",
                            models.CharField(
                                default="How satisfied are you with this part of the product?", max_length=200
                            ),
                        ),
                        ("text_words", models.CharField(default="What could we do better?", max_length=200)),
                        (
                            "thanks_words",
                            models.CharField(default="Thank you. We read every answer.", max_length=200),
                        ),
                        ("sealed_secret", models.BinaryField(null=True)),
                        ("sealed_former", models.BinaryField(null=True)),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        ("secret_at", models.DateTimeField(editable=False, null=True)),
                        ("changed_at", models.DateTimeField(editable=False)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.formdefinition",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["channel_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("form__isnull", False),
                                    ("asks_nps", True),
                                    ("asks_csat", True),
                                    ("asks_text", True),
                                    _connector="OR",
                                ),
                                name="widget_asks_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("former_until__isnull", True), ("sealed_former__isnull", True)),
                                    models.Q(
                                        ("former_until__isnull", False), ("sealed_former__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="widget_former_secret_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sealed_secret__isnull", True), ("secret_at__isnull", True)),
                                    models.Q(("sealed_secret__isnull", False), ("secret_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="widget_secret_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestAnswers",
                    fields=[
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="answered",
                                serialize=False,
                                to="coordination.request",
                            ),
                        ),
                        ("values", models.JSONField(default=dict)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.formversion",
                            ),
                        ),
                    ],
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="formversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="published_is_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6a506e92c36a1b5806743e36ec6b622e31bf890a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_published_is_frozen_3a7a2",
                            table="coordination_formversion",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NEAREST_REQUESTS, "DROP INDEX coordination_request_meaning;"),
        migrations.RunPython(write_reasons, migrations.RunPython.noop, elidable=False),
    ]
