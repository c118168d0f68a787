import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import prodops.migrations._together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("prodops", "0001_initial"),
        ("research", "0001_initial"),
    ]

    operations = [
        prodops.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name="CheckedHost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("host", models.CharField(max_length=253, unique=True)),
                        ("added_at", models.DateTimeField()),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["host"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("host__regex", "^(\\*\\.)?[a-z0-9.-]+(:[0-9]{1,5})?$")),
                                name="checked_host_plain",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CleanUp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "verb",
                            models.CharField(
                                choices=[
                                    ("keep", "Kept"),
                                    ("archive", "Archived"),
                                    ("reassign", "Reassigned"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("before", models.JSONField()),
                        ("said", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("verb__in", ["keep", "archive", "reassign"])),
                                name="clean_up_verb_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="clean_up_undone_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dashboard",
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
                                choices=[("board", "Board in Prodops"), ("link", "In another tool")],
                                editable=False,
                                max_length=5,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("purpose", models.TextField(blank=True, max_length=1000)),
                        ("url", models.CharField(blank=True, max_length=1000)),
                        ("tool", models.CharField(max_length=40)),
                        ("audience", models.CharField(blank=True, max_length=200)),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("submitter", "Submitter"),
                                        ("member", "Member"),
                                        ("product_ops", "Product ops"),
                                        ("admin", "Admin"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                            ),
                        ),
                        (
                            "access",
                            models.CharField(
                                choices=[
                                    ("everybody", "Everybody in the company has access"),
                                    ("audience", "Its audience has access, others ask"),
                                    ("ask", "Everybody has to ask"),
                                ],
                                default="audience",
                                max_length=10,
                            ),
                        ),
                        ("how_to_ask", models.CharField(blank=True, max_length=300)),
                        (
                            "review_days",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (30, "Every month"),
                                    (91, "Every quarter"),
                                    (182, "Twice a year"),
                                    (365, "Once a year"),
                                ],
                                default=91,
                            ),
                        ),
                        (
                            "range",
                            models.CharField(
                                choices=[("30d", "30 days"), ("90d", "90 days"), ("1y", "1 year")],
                                default="90d",
                                max_length=3,
                            ),
                        ),
                        ("layout_version", models.PositiveIntegerField(default=1, editable=False)),
                        ("added_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "In use"), ("archived", "Archived")],
                                default="active",
                                max_length=8,
                            ),
                        ),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("kept_until", models.DateTimeField(null=True)),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("verified_until", models.DateTimeField(null=True)),
                        ("reminded_at", models.DateTimeField(null=True)),
                        ("stale_at", models.DateTimeField(null=True)),
                        ("stale_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "link_state",
                            models.CharField(
                                choices=[
                                    ("unchecked", "Not checked"),
                                    ("answers", "Answers"),
                                    ("broken", "Broken"),
                                ],
                                default="unchecked",
                                max_length=10,
                            ),
                        ),
                        ("link_words", models.CharField(blank=True, max_length=300)),
                        ("link_since", models.DateTimeField(null=True)),
                        ("link_checked_at", models.DateTimeField(null=True)),
                        ("link_failures", models.PositiveSmallIntegerField(default=0)),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "archived_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "copied_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.dashboard",
                            ),
                        ),
                        (
                            "kept_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stale_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        ("teams", models.ManyToManyField(blank=True, related_name="+", to="prodops.team")),
                        (
                            "verified_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "active")),
                                fields=["owner"],
                                name="dashboard_by_owner",
                            ),
                            models.Index(
                                condition=models.Q(("kind", "link")),
                                fields=["link_checked_at"],
                                name="dashboard_to_check",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["board", "link"])),
                                name="dashboard_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["active", "archived"])),
                                name="dashboard_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("access__in", ["everybody", "audience", "ask"])),
                                name="dashboard_access_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("range__in", ["30d", "90d", "1y"])),
                                name="dashboard_range_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("link_state__in", ["unchecked", "answers", "broken"])),
                                name="dashboard_link_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dashboard_verified_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at__isnull", True), ("verified_until__isnull", True)),
                                    models.Q(
                                        ("verified_at__isnull", False), ("verified_until__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="dashboard_verified_expires",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stale_at__isnull", True), ("stale_by__isnull", True)),
                                    models.Q(("stale_at__isnull", False), ("stale_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dashboard_stale_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("archived_at__isnull", True), ("archived_by__isnull", True)),
                                    models.Q(("archived_at__isnull", False), ("archived_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dashboard_archived_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kept_by__isnull", True), ("kept_until__isnull", True)),
                                    models.Q(("kept_by__isnull", False), ("kept_until__isnull", False)),
                                    _connector="OR",
                                ),
                                name="dashboard_kept_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "link"), ("url__regex", "^https?://[^\\s]+$")),
                                    models.Q(("kind", "board"), ("link_state", "unchecked"), ("url", "")),
                                    _connector="OR",
                                ),
                                name="dashboard_link_fits_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("archived_at__isnull", False), ("state", "archived")),
                                    models.Q(("archived_at", None), ("state", "active")),
                                    _connector="OR",
                                ),
                                name="dashboard_archived_says_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stale_at", None), ("stale_reason", "")),
                                    models.Q(
                                        ("stale_at__isnull", False),
                                        models.Q(("stale_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="dashboard_stale_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("roles__contained_by", ["submitter", "member", "product_ops", "admin"])
                                ),
                                name="dashboard_roles_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("review_days__in", [30, 91, 182, 365])),
                                name="dashboard_cadence_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verified_until", None),
                                    ("verified_until__gt", models.F("verified_at")),
                                    _connector="OR",
                                ),
                                name="dashboard_verification_lasts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Arrangement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("panels", models.JSONField()),
                        ("said", models.CharField(max_length=200)),
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
                            "dashboard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="arrangements",
                                to="metrics.dashboard",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["dashboard_id", "-version"],
                        "constraints": [
                            models.UniqueConstraint(fields=("dashboard", "version"), name="arrangement_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DashboardUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("times", models.PositiveIntegerField(default=1)),
                        (
                            "dashboard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="uses",
                                to="metrics.dashboard",
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
                        "ordering": ["-day", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dashboard", "day", "user"), name="dashboard_use_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DataSource",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, unique=True)),
                        ("shown", models.CharField(editable=False, max_length=300)),
                        ("sealed_url", models.BinaryField()),
                        ("at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "retired_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
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
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("retired_at__isnull", True), ("retired_by__isnull", True)),
                                    models.Q(("retired_at__isnull", False), ("retired_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="data_source_retired_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField(max_length=5000)),
                        ("at", models.DateTimeField()),
                        ("data_from", models.DateField()),
                        ("data_to", models.DateField()),
                        ("override_reason", models.CharField(blank=True, max_length=1000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("stands", "Stands"),
                                    ("revised", "Revised"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="stands",
                                max_length=10,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["-at", "-id"], name="decision_newest")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["stands", "revised", "withdrawn"])),
                                name="decision_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("data_from__lte", models.F("data_to"))),
                                name="decision_data_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DigestSubscription",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("sent_week", models.DateField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "dashboard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="subscriptions",
                                to="metrics.dashboard",
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
                        "ordering": ["dashboard_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("dashboard", "user"), name="digest_once_a_person"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at__isnull", True), ("sent_week__isnull", True)),
                                    models.Q(("sent_at__isnull", False), ("sent_week__isnull", False)),
                                    _connector="OR",
                                ),
                                name="digest_sent_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120, unique=True)),
                        ("purpose", models.CharField(blank=True, max_length=500)),
                        ("design", models.JSONField(default=dict)),
                        ("guardrails", models.JSONField(default=list)),
                        ("checklist", models.JSONField(default=list)),
                        ("at", models.DateTimeField()),
                        ("retired_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Experiment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=60, unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("because", models.TextField(blank=True, max_length=3000)),
                        ("change", models.TextField(blank=True, max_length=3000)),
                        ("audience", models.CharField(blank=True, max_length=120)),
                        (
                            "wanted",
                            models.CharField(
                                choices=[("up", "Increase"), ("down", "Decrease")], default="up", max_length=4
                            ),
                        ),
                        ("size", models.FloatField(blank=True, null=True)),
                        ("know_when", models.TextField(blank=True, max_length=2000)),
                        (
                            "surfaces",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list
                            ),
                        ),
                        ("exclusion_group", models.CharField(blank=True, max_length=60)),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("person", "Person"),
                                    ("account", "Account"),
                                    ("device", "Device"),
                                    ("session", "Session"),
                                ],
                                default="person",
                                max_length=8,
                            ),
                        ),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("fixed", "Fixed horizon"),
                                    ("sequential", "Sequential"),
                                    ("bayesian", "Bayesian"),
                                ],
                                default="fixed",
                                max_length=10,
                            ),
                        ),
                        (
                            "correction",
                            models.CharField(
                                choices=[("holm", "Holm"), ("bh", "Benjamini–Hochberg"), ("none", "None")],
                                default="holm",
                                max_length=4,
                            ),
                        ),
                        ("alpha", models.FloatField(default=0.05)),
                        ("power", models.FloatField(default=0.8)),
                        ("mde", models.FloatField(blank=True, null=True)),
                        ("baseline", models.FloatField(blank=True, null=True)),
                        ("spread", models.FloatField(blank=True, null=True)),
                        ("daily_units", models.FloatField(blank=True, null=True)),
                        ("sample_size", models.PositiveIntegerField(blank=True, null=True)),
                        ("min_days", models.PositiveSmallIntegerField(default=14)),
                        ("planned_from", models.DateField(blank=True, null=True)),
                        ("planned_to", models.DateField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("ready", "Ready"),
                                    ("running", "Running"),
                                    ("stopped", "Stopped"),
                                    ("decided", "Decided"),
                                    ("closed", "Closed"),
                                    ("dropped", "Dropped"),
                                ],
                                default="draft",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        (
                            "lineage",
                            models.CharField(
                                blank=True,
                                choices=[("rerun", "Rerun"), ("follow_up", "Follow-up")],
                                editable=False,
                                max_length=9,
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("updated_at", models.DateTimeField(editable=False)),
                        ("plan", models.JSONField(editable=False, null=True)),
                        ("plan_hash", models.CharField(blank=True, editable=False, max_length=64)),
                        ("started_at", models.DateTimeField(editable=False, null=True)),
                        ("started_on", models.DateField(editable=False, null=True)),
                        ("stopped_at", models.DateTimeField(editable=False, null=True)),
                        ("stopped_on", models.DateField(editable=False, null=True)),
                        (
                            "stop_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("planned", "Reached its planned end"),
                                    ("harm", "A guardrail was harmed"),
                                    ("srm", "Groups not split as planned"),
                                    ("broken", "Something was broken"),
                                    ("early", "Clear before the planned end"),
                                    ("priority", "No longer worth running"),
                                ],
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        ("stop_note", models.CharField(blank=True, editable=False, max_length=1000)),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
                        ("drop_note", models.CharField(blank=True, editable=False, max_length=1000)),
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
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stopped_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.experimenttemplate",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-updated_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="experiment_newest"),
                            models.Index(fields=["state", "owner"], name="experiment_by_state"),
                            models.Index(fields=["planned_from", "planned_to"], name="experiment_by_day"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["surfaces"], name="experiment_surfaces"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "draft",
                                            "ready",
                                            "running",
                                            "stopped",
                                            "decided",
                                            "closed",
                                            "dropped",
                                        ],
                                    )
                                ),
                                name="experiment_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit__in", ["person", "account", "device", "session"])),
                                name="experiment_unit_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("method__in", ["fixed", "sequential", "bayesian"])),
                                name="experiment_method_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("correction__in", ["holm", "bh", "none"])),
                                name="experiment_correction_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("wanted__in", ["up", "down"])),
                                name="experiment_wanted_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stop_reason__in",
                                        ["", "planned", "harm", "srm", "broken", "early", "priority"],
                                    )
                                ),
                                name="experiment_stop_reason_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lineage", ""), ("parent", None)),
                                    models.Q(
                                        ("lineage__in", ["rerun", "follow_up"]),
                                        ("parent__isnull", False),
                                        models.Q(("parent", models.F("pk")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="experiment_parent_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("alpha__gt", 0), ("alpha__lt", 0.5), ("power__gt", 0.5), ("power__lt", 1)
                                ),
                                name="experiment_errors_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mde", None), models.Q(("mde__gt", 0), ("mde__lte", 10)), _connector="OR"
                                ),
                                name="experiment_mde_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_from", None),
                                    ("planned_to", None),
                                    ("planned_from__lte", models.F("planned_to")),
                                    _connector="OR",
                                ),
                                name="experiment_plan_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("started_at__isnull", True), ("started_by__isnull", True)),
                                    models.Q(("started_at__isnull", False), ("started_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="experiment_started_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stopped_at__isnull", True), ("stopped_by__isnull", True)),
                                    models.Q(("stopped_at__isnull", False), ("stopped_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="experiment_stopped_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="experiment_closed_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("plan__isnull", False),
                                        ("started_at__isnull", False),
                                        ("state__in", ("running", "stopped", "decided", "closed")),
                                        ("started_on__isnull", False),
                                        models.Q(("plan_hash", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ("running", "stopped", "decided", "closed")),
                                            _negated=True,
                                        ),
                                        ("plan_hash", ""),
                                        ("started_at", None),
                                        ("started_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="experiment_frozen_at_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ("stopped", "decided", "closed")),
                                        ("stopped_at__isnull", False),
                                        ("stopped_on__isnull", False),
                                        models.Q(("stop_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ("stopped", "decided", "closed")), _negated=True
                                        ),
                                        ("stopped_at", None),
                                        ("stopped_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="experiment_stopped_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True), ("closed_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="experiment_closed_when_it_says_so",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("text", models.CharField(max_length=300)),
                        ("required", models.BooleanField(default=True)),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "done_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checklist",
                                to="metrics.experiment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="checklist_done_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentInsight",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="insights",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "insight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="research.insight",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(fields=["insight", "experiment"], name="experiment_by_insight")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("experiment", "insight"), name="experiment_insight_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentPull",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sql", models.TextField(max_length=20000)),
                        ("at", models.DateTimeField()),
                        ("next_at", models.DateTimeField()),
                        ("running_since", models.DateTimeField(null=True)),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("error", models.CharField(blank=True, max_length=1000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "experiment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pull",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.datasource",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["next_at"], name="experiment_pull_due")],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentSnapshot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("source", models.CharField(max_length=20)),
                        ("data", models.JSONField()),
                        ("readout", models.JSONField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="snapshots",
                                to="metrics.experiment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["experiment", "-at", "-id"], name="snapshot_newest")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentPeek",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="peeks",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "snapshot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="peeks",
                                to="metrics.experimentsnapshot",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [models.UniqueConstraint(fields=("snapshot", "by"), name="peek_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Learning",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=250)),
                        ("body", models.TextField(blank=True, max_length=5000)),
                        ("at", models.DateTimeField(editable=False)),
                        ("updated_at", models.DateTimeField(editable=False)),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        ("withdrawal", models.CharField(blank=True, editable=False, max_length=1000)),
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
                            "by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "withdrawn_by",
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
                        "ordering": ["-updated_at", "-pk"],
                        "indexes": [models.Index(fields=["-updated_at", "-id"], name="learning_newest")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(
                                        ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="learning_withdrawn_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LearningExperiment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "stance",
                            models.CharField(
                                choices=[("supports", "Supports"), ("contradicts", "Contradicts")],
                                max_length=11,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500)),
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
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="learnings",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "learning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="experiments",
                                to="metrics.learning",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["stance", "-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("learning", "experiment"), name="learning_experiment_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("stance__in", ["supports", "contradicts"])),
                                name="learning_experiment_stance_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LearningInsight",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "stance",
                            models.CharField(
                                choices=[("supports", "Supports"), ("contradicts", "Contradicts")],
                                max_length=11,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=500)),
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
                            "insight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="research.insight",
                            ),
                        ),
                        (
                            "learning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="insights",
                                to="metrics.learning",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["stance", "-at", "-pk"],
                        "indexes": [models.Index(fields=["insight", "learning"], name="learning_by_insight")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("learning", "insight"), name="learning_insight_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("stance__in", ["supports", "contradicts"])),
                                name="learning_insight_stance_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("field", models.CharField(max_length=60)),
                        ("label", models.CharField(max_length=80)),
                        ("before", models.CharField(blank=True, max_length=1000)),
                        ("after", models.CharField(blank=True, max_length=1000)),
                        ("reason", models.CharField(max_length=1000)),
                        ("plan_hash", models.CharField(max_length=64)),
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
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="metrics.experiment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="plan_change_with_reason",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistryImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("table", "CSV or XLSX table"),
                                    ("prodops", "Prodops YAML"),
                                    ("dbt_manifest", "dbt semantic manifest"),
                                    ("dbt_yaml", "dbt metrics YAML"),
                                    ("osi", "Ossie (OSI) YAML"),
                                    ("lookml", "LookML"),
                                    ("metric_hub", "metric-hub TOML"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("reading", "Being read"),
                                    ("staged", "To be checked"),
                                    ("running", "Being applied"),
                                    ("done", "Applied"),
                                    ("failed", "Not read"),
                                    ("undone", "Undone"),
                                ],
                                default="reading",
                                max_length=10,
                            ),
                        ),
                        ("complaint", models.CharField(blank=True, max_length=500)),
                        ("notes", models.JSONField(blank=True, default=list)),
                        ("at", models.DateTimeField(editable=False)),
                        ("done_at", models.DateTimeField(editable=False, null=True)),
                        ("undone_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "undone_by",
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
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["by", "-at"], name="registry_import_by")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "format__in",
                                        [
                                            "table",
                                            "prodops",
                                            "dbt_manifest",
                                            "dbt_yaml",
                                            "osi",
                                            "lookml",
                                            "metric_hub",
                                        ],
                                    )
                                ),
                                name="registry_import_format_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        ["reading", "staged", "running", "done", "failed", "undone"],
                                    )
                                ),
                                name="registry_import_stage_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="registry_import_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ("done", "undone")), _negated=True),
                                    ("done_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="registry_import_done_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Variant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=120)),
                        ("description", models.TextField(blank=True, max_length=2000)),
                        ("is_control", models.BooleanField(default=False)),
                        ("ratio", models.FloatField()),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="variants",
                                to="metrics.experiment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("experiment", "key"), name="variant_key_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("is_control", True)),
                                fields=("experiment",),
                                name="variant_one_control",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ratio__gt", 0), ("ratio__lte", 100)),
                                name="variant_ratio_sensible",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentDecision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "ruling",
                            models.CharField(
                                choices=[
                                    ("ship", "Ship"),
                                    ("roll_back", "Roll back"),
                                    ("keep_running", "Keep running"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("rationale", models.TextField(max_length=5000)),
                        (
                            "advice",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("ship", "Ship"),
                                    ("roll_back", "Roll back"),
                                    ("keep_running", "Keep running"),
                                    ("review", "Review"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("advice_words", models.CharField(blank=True, max_length=1000)),
                        ("against", models.BooleanField(default=False)),
                        ("override_reason", models.CharField(blank=True, max_length=1000)),
                        ("lift", models.FloatField(null=True)),
                        ("error", models.FloatField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting for a second reviewer"),
                                    ("stands", "Stands"),
                                    ("refused", "Sent back"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reviewed_at", models.DateTimeField(null=True)),
                        ("review_note", models.CharField(blank=True, max_length=1000)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="decisions",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "snapshot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.experimentsnapshot",
                            ),
                        ),
                        (
                            "variant",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.variant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ruling__in", ["ship", "roll_back", "keep_running"])),
                                name="ruling_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "stands", "refused", "withdrawn"])
                                ),
                                name="ruling_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("advice__in", ["", "ship", "roll_back", "keep_running", "review"])
                                ),
                                name="ruling_advice_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rationale", ""), _negated=True),
                                name="ruling_with_rationale",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="ruling_reviewed_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reviewed_by", None),
                                    models.Q(("reviewed_by", models.F("by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="ruling_reviewed_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("against", False),
                                    models.Q(("state", "stands"), _negated=True),
                                    ("reviewed_by__isnull", False),
                                    _connector="OR",
                                ),
                                name="ruling_against_needs_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ruling", "ship"), _negated=True),
                                    ("variant__isnull", False),
                                    _connector="OR",
                                ),
                                name="ruling_ships_a_variant",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("experiment",),
                                name="ruling_one_waiting",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("ruling__in", ["ship", "roll_back"]), ("state", "stands")
                                ),
                                fields=("experiment",),
                                name="ruling_one_stands",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VariantPicture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("file", models.FileField(max_length=200, upload_to="experiments/%Y/%m/")),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=40)),
                        ("caption", models.CharField(blank=True, max_length=200)),
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
                            "variant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="pictures",
                                to="metrics.variant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Kpi",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(editable=False, max_length=80, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("meaning", models.TextField(max_length=1000)),
                        ("formula", models.TextField(max_length=2000)),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("count", "Count"),
                                    ("percent", "Percent"),
                                    ("hours", "Hours"),
                                    ("minutes", "Minutes"),
                                    ("money", "Money"),
                                    ("ratio", "Ratio"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "direction",
                            models.CharField(
                                choices=[
                                    ("up", "Higher is better"),
                                    ("down", "Lower is better"),
                                    ("range", "Best within a range"),
                                ],
                                default="up",
                                max_length=10,
                            ),
                        ),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("north_star", "North star"),
                                    ("input", "Input"),
                                    ("guardrail", "Guardrail"),
                                    ("supporting", "Supporting"),
                                ],
                                default="supporting",
                                max_length=12,
                            ),
                        ),
                        (
                            "grain",
                            models.CharField(
                                choices=[
                                    ("hour", "Hour"),
                                    ("day", "Day"),
                                    ("week", "Week"),
                                    ("month", "Month"),
                                ],
                                default="day",
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=200)),
                        ("freshness_hours", models.PositiveSmallIntegerField(default=30)),
                        ("freshness_error_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "dimensions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("proposed", "Proposed"),
                                    ("approved", "Approved"),
                                    ("drifted", "Drifted"),
                                    ("deprecated", "Deprecated"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("defined_at", models.DateTimeField(editable=False)),
                        ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("status_note", models.CharField(blank=True, editable=False, max_length=500)),
                        ("verified_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("verified_until", models.DateField(blank=True, editable=False, null=True)),
                        ("reminded_of", models.DateField(blank=True, editable=False, null=True)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
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
                            "defined_by",
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="predecessors",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "verified_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "count_version",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                        (
                            "live_version",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [
                            models.Index(fields=["team"], name="kpi_by_team"),
                            models.Index(fields=["area"], name="kpi_by_area"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "proposed", "approved", "drifted", "deprecated"])
                                ),
                                name="kpi_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unit__in", ["count", "percent", "hours", "minutes", "money", "ratio"])
                                ),
                                name="kpi_unit_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("direction__in", ["up", "down", "range"])),
                                name="kpi_direction_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("tier__in", ["north_star", "input", "guardrail", "supporting"])
                                ),
                                name="kpi_tier_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("grain__in", ["hour", "day", "week", "month"])),
                                name="kpi_grain_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="kpi_approved_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at__isnull", True), ("verified_by__isnull", True)),
                                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="kpi_verified_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_by__isnull", True), ("verified_until__isnull", True)),
                                    models.Q(
                                        ("verified_by__isnull", False), ("verified_until__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="kpi_verified_until",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ("approved", "drifted")), _negated=True),
                                    ("approved_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="kpi_approved_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("successor", None),
                                    models.Q(
                                        ("status", "deprecated"),
                                        models.Q(("successor", models.F("pk")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="kpi_successor_of_deprecated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("currency__regex", "^[A-Z]{3}$"), ("unit", "money")),
                                    models.Q(models.Q(("unit", "money"), _negated=True), ("currency", "")),
                                    _connector="OR",
                                ),
                                name="kpi_money_has_currency",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("freshness_hours__range", (1, 2400))),
                                name="kpi_freshness_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("freshness_error_hours", None),
                                    models.Q(
                                        ("freshness_error_hours__gte", models.F("freshness_hours")),
                                        ("freshness_error_hours__lte", 4800),
                                    ),
                                    _connector="OR",
                                ),
                                name="kpi_freshness_error_later",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("tier", "north_star"), models.Q(("status", "deprecated"), _negated=True)
                                ),
                                fields=("tier",),
                                name="kpi_one_north_star",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Annotation",
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
                                    ("launch", "Launch"),
                                    ("campaign", "Campaign"),
                                    ("holiday", "Holiday"),
                                    ("other", "Other"),
                                ],
                                default="launch",
                                max_length=10,
                            ),
                        ),
                        ("starts", models.DateField()),
                        ("ends", models.DateField(blank=True, null=True)),
                        ("text", models.CharField(max_length=200)),
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
                            "kpi",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="annotations",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts", "-pk"],
                        "indexes": [models.Index(fields=["-starts"], name="annotation_by_day")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["launch", "campaign", "holiday", "other"])),
                                name="annotation_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends", None), ("ends__gte", models.F("starts")), _connector="OR"
                                ),
                                name="annotation_ends_after_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True),
                                name="annotation_says_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("at", models.DateTimeField()),
                        ("start", models.CharField(editable=False, max_length=16)),
                        ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                        (
                            "former_digest",
                            models.CharField(blank=True, db_index=True, editable=False, max_length=64),
                        ),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("used_at", models.DateTimeField(editable=False, null=True)),
                        ("revoked_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        ("kpis", models.ManyToManyField(blank=True, related_name="+", to="metrics.kpi")),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="api_token_revoked_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("former_digest", ""), ("former_until", None)),
                                    models.Q(
                                        models.Q(("former_digest", ""), _negated=True),
                                        ("former_until__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="api_token_former_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_at", None), ("expires_at__gt", models.F("at")), _connector="OR"
                                ),
                                name="api_token_expires_later",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200)),
                        ("asked", models.CharField(max_length=64)),
                        ("answer", models.JSONField(default=dict)),
                        ("at", models.DateTimeField()),
                        (
                            "token",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="metrics.apitoken",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["at"], name="api_call_by_age")],
                        "constraints": [
                            models.UniqueConstraint(fields=("token", "key"), name="api_call_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Driver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("added_at", models.DateTimeField()),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="driven_edges",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="driver_edges",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["parent_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("parent", "child"), name="driver_once"),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("child")), _negated=True),
                                name="driver_not_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("until", models.DateTimeField()),
                        ("window_from", models.DateTimeField()),
                        ("window_to", models.DateTimeField()),
                        ("at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("lifted_at", None)),
                                fields=["kpi", "until"],
                                name="hold_standing",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hold_lifted_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("window_from__lte", models.F("window_to"))),
                                name="hold_window_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gt", models.F("at"))), name="hold_until_later"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="hold_with_reason"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Incident",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("up", "Higher than expected"),
                                    ("down", "Lower than expected"),
                                    ("data", "Data missing or wrong"),
                                ],
                                max_length=6,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("acknowledged", "Acknowledged"),
                                    ("assigned", "Assigned"),
                                    ("resolved", "Resolved"),
                                ],
                                default="new",
                                max_length=12,
                            ),
                        ),
                        (
                            "severity",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Low"), (2, "Medium"), (3, "High")], default=1
                            ),
                        ),
                        ("window_from", models.DateTimeField()),
                        ("window_to", models.DateTimeField()),
                        ("opened_at", models.DateTimeField()),
                        ("what", models.CharField(blank=True, max_length=500)),
                        ("snoozed_until", models.DateTimeField(null=True)),
                        ("resolved_at", models.DateTimeField(null=True)),
                        (
                            "cause",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("false_positive", "False positive"),
                                    ("real_change", "Real change"),
                                    ("missing_data", "Missing data"),
                                    ("duplicates", "Duplicates"),
                                    ("definition", "Definition"),
                                    ("pipeline", "Pipeline"),
                                    ("other", "Other"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("comment", models.CharField(blank=True, max_length=1000)),
                        (
                            "assignee",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "severity_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "window_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incidents",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-window_from", "-pk"],
                        "indexes": [
                            models.Index(fields=["-window_from", "-id"], name="incident_newest"),
                            models.Index(fields=["kpi", "-window_from"], name="incident_by_kpi"),
                            models.Index(
                                condition=models.Q(("state", "resolved"), _negated=True),
                                fields=["assignee"],
                                name="incident_mine",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("way__in", ["up", "down", "data"])),
                                name="incident_way_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["new", "acknowledged", "assigned", "resolved"])
                                ),
                                name="incident_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("severity__in", [1, 2, 3])),
                                name="incident_severity_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "cause__in",
                                        [
                                            "false_positive",
                                            "real_change",
                                            "missing_data",
                                            "duplicates",
                                            "definition",
                                            "pipeline",
                                            "other",
                                        ],
                                    ),
                                    ("cause", ""),
                                    _connector="OR",
                                ),
                                name="incident_cause_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("resolved_at__isnull", False),
                                        ("state", "resolved"),
                                        models.Q(("cause", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "resolved"), _negated=True),
                                        ("cause", ""),
                                        ("resolved_at", None),
                                        ("resolved_by", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="incident_resolved_with_cause",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "assigned"), _negated=True),
                                    ("assignee__isnull", False),
                                    _connector="OR",
                                ),
                                name="incident_assigned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("window_from__lte", models.F("window_to"))),
                                name="incident_window_in_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "resolved"), _negated=True),
                                fields=("kpi", "way"),
                                name="incident_one_open",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Flag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("period", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("spike", "Spike"),
                                    ("dip", "Dip"),
                                    ("level_shift", "Level shift"),
                                    ("trend_change", "Change of trend"),
                                    ("variance_change", "Change of spread"),
                                    ("flat_line", "Flat line"),
                                    ("missing", "Missing"),
                                    ("late", "Late"),
                                    ("volume", "Odd volume"),
                                    ("nulls", "Many values missing"),
                                    ("range", "Out of range"),
                                    ("copied", "Copied values"),
                                    ("restated", "Much restated"),
                                    ("parts", "Parts do not add up"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("value", models.FloatField(null=True)),
                        ("score", models.FloatField(default=0)),
                        ("expected", models.FloatField(null=True)),
                        ("low", models.FloatField(null=True)),
                        ("high", models.FloatField(null=True)),
                        ("raised_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("found", "Found"),
                                    ("past", "Found in history"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="found",
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="flags",
                                to="metrics.incident",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="flags",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-period", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "found")), fields=["kpi"], name="flag_found"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("kpi", "period", "kind"), name="flag_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["found", "past", "withdrawn"])),
                                name="flag_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "spike",
                                            "dip",
                                            "level_shift",
                                            "trend_change",
                                            "variance_change",
                                            "flat_line",
                                            "missing",
                                            "late",
                                            "volume",
                                            "nulls",
                                            "range",
                                            "copied",
                                            "restated",
                                            "parts",
                                        ],
                                    )
                                ),
                                name="flag_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "found"), _negated=True),
                                    ("incident__isnull", False),
                                    _connector="OR",
                                ),
                                name="flag_has_incident",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KpiAlias",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("in_use", models.BooleanField(default=True)),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="aliases",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("in_use", True)),
                                name="alias_once",
                            ),
                            models.UniqueConstraint(
                                models.F("kpi"),
                                django.db.models.functions.text.Lower("name"),
                                name="alias_once_a_kpi",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True), name="alias_has_name"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KpiVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("proposed", "Waiting for review"),
                                    ("live", "Live"),
                                    ("past", "Past"),
                                    ("rejected", "Rejected"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("effective_from", models.DateField(null=True)),
                        ("recounts", models.BooleanField(default=True)),
                        ("name", models.CharField(max_length=120)),
                        ("meaning", models.TextField(max_length=1000)),
                        ("formula", models.TextField(max_length=2000)),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("count", "Count"),
                                    ("percent", "Percent"),
                                    ("hours", "Hours"),
                                    ("minutes", "Minutes"),
                                    ("money", "Money"),
                                    ("ratio", "Ratio"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "direction",
                            models.CharField(
                                choices=[
                                    ("up", "Higher is better"),
                                    ("down", "Lower is better"),
                                    ("range", "Best within a range"),
                                ],
                                default="up",
                                max_length=10,
                            ),
                        ),
                        (
                            "grain",
                            models.CharField(
                                choices=[
                                    ("hour", "Hour"),
                                    ("day", "Day"),
                                    ("week", "Week"),
                                    ("month", "Month"),
                                ],
                                default="day",
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("simple", "Simple"),
                                    ("ratio", "Ratio"),
                                    ("derived", "Derived"),
                                    ("cumulative", "Cumulative"),
                                    ("conversion", "Conversion"),
                                    ("quantile", "Quantile"),
                                ],
                                default="simple",
                                max_length=10,
                            ),
                        ),
                        ("definition", models.JSONField(blank=True, default=dict)),
                        ("sql", models.JSONField(blank=True, default=dict)),
                        ("fingerprint", models.CharField(blank=True, max_length=64)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("proposed_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "base",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kpi_id", "-number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("fingerprint", ""), _negated=True),
                                fields=["fingerprint"],
                                name="version_fingerprint",
                            ),
                            models.Index(
                                condition=models.Q(("state", "proposed")),
                                fields=["kpi"],
                                name="version_proposed",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("kpi", "number"), name="version_number_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "live")),
                                fields=("kpi",),
                                name="version_one_live",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["draft", "proposed", "live", "past", "rejected", "withdrawn"],
                                    )
                                ),
                                name="version_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "simple",
                                            "ratio",
                                            "derived",
                                            "cumulative",
                                            "conversion",
                                            "quantile",
                                        ],
                                    )
                                ),
                                name="version_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unit__in", ["count", "percent", "hours", "minutes", "money", "ratio"])
                                ),
                                name="version_unit_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("direction__in", ["up", "down", "range"])),
                                name="version_direction_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("grain__in", ["hour", "day", "week", "month"])),
                                name="version_grain_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="version_number_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ("live", "past")), _negated=True),
                                    ("number", 1),
                                    ("effective_from__isnull", False),
                                    _connector="OR",
                                ),
                                name="version_held_from_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("draft", "proposed")),
                                    ("decided_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="version_decided_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "rejected"), _negated=True),
                                    models.Q(
                                        ("reviewer__isnull", False), models.Q(("reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="version_rejected_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ("live", "past", "rejected")), _negated=True),
                                    models.Q(
                                        ("reviewer__isnull", False),
                                        models.Q(("reviewer", models.F("author")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_reviewed_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DashboardKpi",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "dashboard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="shown",
                                to="metrics.dashboard",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dashboards",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["dashboard_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("dashboard", "kpi"), name="dashboard_kpi_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DecisionKpi",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value", models.FloatField(null=True)),
                        ("quarantine", models.CharField(blank=True, max_length=500)),
                        (
                            "decision",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="kpis",
                                to="metrics.decision",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [models.Index(fields=["kpi", "decision"], name="decision_by_kpi")],
                        "constraints": [
                            models.UniqueConstraint(fields=("decision", "kpi"), name="decision_kpi_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentDoubt",
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
                                    ("metric", "The KPI is counted differently now"),
                                    ("incident", "An incident in its window"),
                                    ("hold", "Its data are held back"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("stands", "The decision stands"), ("decide_again", "Decide again")],
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="doubts",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.hold",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.incident",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-opened_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("answered_at", None)),
                                fields=["-opened_at"],
                                name="doubt_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("experiment", "incident"), name="doubt_once_an_incident"
                            ),
                            models.UniqueConstraint(fields=("experiment", "hold"), name="doubt_once_a_hold"),
                            models.UniqueConstraint(
                                fields=("experiment", "version"), name="doubt_once_a_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("hold", None),
                                        ("incident__isnull", False),
                                        ("kind", "incident"),
                                        ("version", None),
                                    ),
                                    models.Q(
                                        ("hold__isnull", False),
                                        ("incident", None),
                                        ("kind", "hold"),
                                        ("version", None),
                                    ),
                                    models.Q(
                                        ("hold", None),
                                        ("incident", None),
                                        ("kind", "metric"),
                                        ("version__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="doubt_of_one_cause",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="doubt_answered_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("outcome", "")),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("outcome__in", ["stands", "decide_again"]),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="doubt_answered_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExperimentKpi",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("primary", "Primary"),
                                    ("secondary", "Secondary"),
                                    ("guardrail", "Guardrail"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "measured",
                            models.CharField(
                                choices=[
                                    ("proportion", "Proportion: yes or no of each unit"),
                                    ("mean", "Mean: a number of each unit"),
                                    ("ratio", "Ratio: two sums over the units"),
                                    ("quantile", "Quantile: needs the raw values"),
                                ],
                                default="proportion",
                                max_length=10,
                            ),
                        ),
                        (
                            "direction",
                            models.CharField(
                                choices=[("up", "Increase"), ("down", "Decrease")], default="up", max_length=4
                            ),
                        ),
                        ("margin", models.FloatField(blank=True, null=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "experiment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="kpis",
                                to="metrics.experiment",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "indexes": [models.Index(fields=["kpi", "experiment"], name="experiment_by_kpi")],
                        "constraints": [
                            models.UniqueConstraint(fields=("experiment", "kpi"), name="experiment_kpi_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("role", "primary")),
                                fields=("experiment",),
                                name="experiment_one_primary",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["primary", "secondary", "guardrail"])),
                                name="experiment_kpi_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("measured__in", ["proportion", "mean", "ratio", "quantile"])
                                ),
                                name="experiment_kpi_measured_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("direction__in", ["up", "down"])),
                                name="experiment_kpi_direction_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("margin", None),
                                    models.Q(("margin__gte", 0), ("margin__lte", 1)),
                                    _connector="OR",
                                ),
                                name="experiment_kpi_margin_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KpiEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("slug", models.SlugField(db_index=False, editable=False, max_length=80)),
                        ("name", models.CharField(max_length=120)),
                        ("meaning", models.TextField(max_length=1000)),
                        ("formula", models.TextField(max_length=2000)),
                        (
                            "unit",
                            models.CharField(
                                choices=[
                                    ("count", "Count"),
                                    ("percent", "Percent"),
                                    ("hours", "Hours"),
                                    ("minutes", "Minutes"),
                                    ("money", "Money"),
                                    ("ratio", "Ratio"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        (
                            "direction",
                            models.CharField(
                                choices=[
                                    ("up", "Higher is better"),
                                    ("down", "Lower is better"),
                                    ("range", "Best within a range"),
                                ],
                                default="up",
                                max_length=10,
                            ),
                        ),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("north_star", "North star"),
                                    ("input", "Input"),
                                    ("guardrail", "Guardrail"),
                                    ("supporting", "Supporting"),
                                ],
                                default="supporting",
                                max_length=12,
                            ),
                        ),
                        (
                            "grain",
                            models.CharField(
                                choices=[
                                    ("hour", "Hour"),
                                    ("day", "Day"),
                                    ("week", "Week"),
                                    ("month", "Month"),
                                ],
                                default="day",
                                max_length=10,
                            ),
                        ),
                        ("source", models.CharField(max_length=200)),
                        ("freshness_hours", models.PositiveSmallIntegerField(default=30)),
                        ("freshness_error_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "dimensions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), blank=True, default=list
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("proposed", "Proposed"),
                                    ("approved", "Approved"),
                                    ("drifted", "Drifted"),
                                    ("deprecated", "Deprecated"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("defined_at", models.DateTimeField(editable=False)),
                        ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("status_note", models.CharField(blank=True, editable=False, max_length=500)),
                        ("verified_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("verified_until", models.DateField(blank=True, editable=False, null=True)),
                        ("reminded_of", models.DateField(blank=True, editable=False, null=True)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "area",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="prodops.productarea",
                            ),
                        ),
                        (
                            "defined_by",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "verified_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "count_version",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                        (
                            "live_version",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="KpiTarget",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("effective_from", models.DateField()),
                        ("value", models.FloatField(blank=True, null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("set_at", models.DateTimeField()),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "set_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kpi_id", "-effective_from"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kpi", "effective_from"), name="target_once_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value__isnull", False),
                                    ("low__isnull", False),
                                    ("high__isnull", False),
                                    _connector="OR",
                                ),
                                name="target_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("low", None),
                                    ("high", None),
                                    ("low__lt", models.F("high")),
                                    _connector="OR",
                                ),
                                name="target_low_below_high",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value", None),
                                    models.Q(("value__gt", float("-inf")), ("value__lt", float("inf"))),
                                    _connector="OR",
                                ),
                                name="target_value_finite",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("low", None),
                                    models.Q(("low__gt", float("-inf")), ("low__lt", float("inf"))),
                                    _connector="OR",
                                ),
                                name="target_low_finite",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("high", None),
                                    models.Q(("high__gt", float("-inf")), ("high__lt", float("inf"))),
                                    _connector="OR",
                                ),
                                name="target_high_finite",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Panel",
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
                                    ("value", "Value"),
                                    ("trend", "Trend"),
                                    ("target", "Target"),
                                    ("spark", "Spark line"),
                                    ("table", "Table"),
                                ],
                                default="trend",
                                max_length=6,
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=80)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "width",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (1, "A quarter"),
                                    (2, "Half"),
                                    (3, "Three quarters"),
                                    (4, "The whole row"),
                                ],
                                default=1,
                            ),
                        ),
                        (
                            "dashboard",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="panels",
                                to="metrics.dashboard",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="panels",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="panels",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["dashboard_id", "position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["value", "trend", "target", "spark", "table"])
                                ),
                                name="panel_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("width__in", [1, 2, 3, 4])), name="panel_width_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("position__lt", 200)), name="panel_most"
                            ),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("dashboard", "position"),
                                name="panel_place_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pull",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sql", models.TextField(max_length=20000)),
                        ("columns", models.JSONField(default=dict)),
                        (
                            "frequency",
                            models.CharField(
                                choices=[
                                    ("hourly", "Every hour"),
                                    ("daily", "Every day"),
                                    ("weekly", "Every week"),
                                ],
                                default="daily",
                                max_length=10,
                            ),
                        ),
                        ("hour", models.PositiveSmallIntegerField(default=6)),
                        ("most_rows", models.PositiveIntegerField(default=10000)),
                        ("seconds", models.PositiveSmallIntegerField(default=30)),
                        ("active", models.BooleanField(default=True)),
                        ("at", models.DateTimeField(editable=False)),
                        ("next_at", models.DateTimeField(editable=False)),
                        ("running_since", models.DateTimeField(editable=False, null=True)),
                        ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pulls",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pulls",
                                to="metrics.datasource",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kpi_id", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("active", True)), fields=["next_at"], name="pull_due"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("frequency__in", ["hourly", "daily", "weekly"])),
                                name="pull_frequency_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("hour__lte", 23)), name="pull_hour_of_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("most_rows__range", (1, 100000))),
                                name="pull_rows_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seconds__range", (1, 300))), name="pull_seconds_sensible"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QualityCheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("freshness", "Freshness"),
                                    ("volume", "Volume"),
                                    ("nulls", "Missing values"),
                                    ("range", "Range"),
                                    ("uniqueness", "Uniqueness"),
                                    ("restated", "Late or restated"),
                                    ("parts", "Parts and the whole"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("on", models.BooleanField(default=True)),
                        ("warn", models.FloatField(null=True)),
                        ("fail", models.FloatField(null=True)),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quality_checks",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("kpi", "rule"), name="quality_check_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "rule__in",
                                        [
                                            "freshness",
                                            "volume",
                                            "nulls",
                                            "range",
                                            "uniqueness",
                                            "restated",
                                            "parts",
                                        ],
                                    )
                                ),
                                name="quality_check_rule_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QualityResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("freshness", "Freshness"),
                                    ("volume", "Volume"),
                                    ("nulls", "Missing values"),
                                    ("range", "Range"),
                                    ("uniqueness", "Uniqueness"),
                                    ("restated", "Late or restated"),
                                    ("parts", "Parts and the whole"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pass", "Pass"),
                                    ("warn", "Warning"),
                                    ("fail", "Fail"),
                                    ("unknown", "Not yet"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("measure", models.FloatField(null=True)),
                        ("words", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        ("since", models.DateTimeField()),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quality_results",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["warn", "fail"])),
                                fields=["state"],
                                name="quality_bad",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("kpi", "rule"), name="quality_result_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "rule__in",
                                        [
                                            "freshness",
                                            "volume",
                                            "nulls",
                                            "range",
                                            "uniqueness",
                                            "restated",
                                            "parts",
                                        ],
                                    )
                                ),
                                name="quality_result_rule_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["pass", "warn", "fail", "unknown"])),
                                name="quality_result_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistryRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("place", models.PositiveIntegerField()),
                        ("key", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=200)),
                        ("where", models.CharField(blank=True, max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("changed", "Changed"),
                                    ("same", "Same"),
                                    ("refused", "Refused"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("entry", models.JSONField(default=dict)),
                        ("changes", models.JSONField(default=list)),
                        ("chosen", models.BooleanField(default=False)),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("defined", "Defined as a draft"),
                                    ("edited", "Draft changed"),
                                    ("proposed", "Proposed"),
                                    ("skipped", "Left out"),
                                    ("failed", "Not applied"),
                                    ("undone", "Undone"),
                                    ("kept", "Kept"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        ("undo", models.JSONField(default=dict)),
                        (
                            "kpi",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "load",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="metrics.registryimport",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["load_id", "place"],
                        "constraints": [
                            models.UniqueConstraint(fields=("load", "place"), name="registry_row_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["new", "changed", "same", "refused"])),
                                name="registry_row_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "result__in",
                                        [
                                            "waiting",
                                            "defined",
                                            "edited",
                                            "proposed",
                                            "skipped",
                                            "failed",
                                            "undone",
                                            "kept",
                                        ],
                                    )
                                ),
                                name="registry_row_result_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("chosen", False), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="registry_row_refused_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("stands", "Stands"),
                                    ("revised", "Revised"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "decision",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="metrics.decision",
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="metrics.hold",
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reviews",
                                to="metrics.incident",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-opened_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("answered_at", None)),
                                fields=["-opened_at"],
                                name="rereview_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("decision", "incident"), name="rereview_once_an_incident"
                            ),
                            models.UniqueConstraint(fields=("decision", "hold"), name="rereview_once_a_hold"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="rereview_answered_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("hold", None), ("incident__isnull", False)),
                                    models.Q(("hold__isnull", False), ("incident", None)),
                                    _connector="OR",
                                ),
                                name="rereview_of_one_cause",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("outcome", "")),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("outcome__in", ["stands", "revised", "withdrawn"]),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="rereview_answered_with_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SensitivityChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("before", models.FloatField()),
                        ("after", models.FloatField()),
                        (
                            "lesson",
                            models.CharField(
                                choices=[
                                    ("false_alarm", "False alarm"),
                                    ("confirmed", "Real change"),
                                    ("taken_back", "Answer taken back"),
                                    ("reset", "Reset"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.incident",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sensitivity_changes",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [models.Index(fields=["kpi", "-at"], name="sensitivity_by_kpi")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lesson__in", ["false_alarm", "confirmed", "taken_back", "reset"])
                                ),
                                name="sensitivity_lesson_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("after__range", (1, 3)),
                                    ("before__range", (1, 3)),
                                    models.Q(("before", models.F("after")), _negated=True),
                                ),
                                name="sensitivity_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeriesImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "source_kind",
                            models.CharField(
                                choices=[
                                    ("file", "File"),
                                    ("api", "API"),
                                    ("sql", "Query"),
                                    ("hand", "By hand"),
                                ],
                                default="file",
                                max_length=10,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("text", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("staged", "Waiting for you to confirm"),
                                    ("done", "Imported"),
                                    ("undone", "Undone"),
                                ],
                                default="staged",
                                max_length=10,
                            ),
                        ),
                        ("new", models.PositiveIntegerField(default=0)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("same", models.PositiveIntegerField(default=0)),
                        ("rejected", models.PositiveIntegerField(default=0)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imports",
                                to="metrics.kpi",
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
                        "indexes": [models.Index(fields=["kpi", "-at"], name="import_by_kpi")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["staged", "done", "undone"])),
                                name="import_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source_kind__in", ["file", "api", "sql", "hand"])),
                                name="import_source_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="import_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "undone"), _negated=True), ("undone_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="import_undone_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PullRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("rejected", models.PositiveIntegerField(default=0)),
                        ("error", models.CharField(blank=True, max_length=1000)),
                        ("faults", models.JSONField(default=list)),
                        (
                            "pull",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="metrics.pull",
                            ),
                        ),
                        (
                            "load",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.seriesimport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["running", "done", "failed"])),
                                name="pull_run_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("finished_at", None), ("state", "running")),
                                    models.Q(
                                        models.Q(("state", "running"), _negated=True),
                                        ("finished_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="pull_run_finished_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Slice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("values", models.JSONField()),
                        ("key", models.CharField(editable=False, max_length=64)),
                        ("label", models.CharField(max_length=400)),
                        (
                            "kpi",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="slices",
                                to="metrics.kpi",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kpi_id", "label", "pk"],
                        "constraints": [models.UniqueConstraint(fields=("kpi", "key"), name="slice_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Point",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("beside", models.BooleanField(db_default=False, default=False)),
                        ("period", models.DateTimeField()),
                        ("value", models.FloatField()),
                        ("loaded_at", models.DateTimeField()),
                        ("expected", models.FloatField(null=True)),
                        ("low", models.FloatField(null=True)),
                        ("high", models.FloatField(null=True)),
                        (
                            "kpi",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="points",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="points",
                                to="metrics.kpiversion",
                            ),
                        ),
                        (
                            "load",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="points",
                                to="metrics.seriesimport",
                            ),
                        ),
                        (
                            "slice",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="points",
                                to="metrics.slice",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kpi_id", "period"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("beside", False), ("slice", None)),
                                fields=("kpi", "period"),
                                include=("value",),
                                name="point_main_once",
                            ),
                            models.UniqueConstraint(
                                fields=("kpi", "slice", "period", "version"),
                                name="point_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value__gt", float("-inf")), ("value__lt", float("inf"))),
                                name="point_finite",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Restatement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("period", models.DateTimeField()),
                        ("before", models.FloatField()),
                        ("after", models.FloatField()),
                        (
                            "kpi",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="restatements",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
                            ),
                        ),
                        (
                            "before_load",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.seriesimport",
                            ),
                        ),
                        (
                            "load",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="restatements",
                                to="metrics.seriesimport",
                            ),
                        ),
                        (
                            "slice",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.slice",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-load_id", "-period"],
                        "indexes": [models.Index(fields=["kpi", "-period"], name="restatement_by_kpi")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("load", "slice", "period", "version"),
                                name="restatement_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Verdict",
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
                                    ("same_name", "Same name, counted differently"),
                                    ("same_count", "Counted alike, other names"),
                                    ("alias", "An alias is another’s name"),
                                    ("near_name", "Nearly the same name"),
                                    ("near_meaning", "Nearly the same meaning"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "ruling",
                            models.CharField(
                                choices=[
                                    ("merged", "Merged"),
                                    ("aliased", "Kept as an alias"),
                                    ("different", "Legitimately different"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("first_seen", models.CharField(max_length=64)),
                        ("second_seen", models.CharField(max_length=64)),
                        ("at", models.DateTimeField()),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("undone_at", None)),
                                fields=["first", "second"],
                                name="verdict_standing",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["same_name", "same_count", "alias", "near_name", "near_meaning"],
                                    )
                                ),
                                name="verdict_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ruling__in", ["merged", "aliased", "different"])),
                                name="verdict_ruling_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="verdict_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))),
                                name="verdict_pair_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ruling", "different"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="verdict_different_because",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Conflict",
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
                                    ("same_name", "Same name, counted differently"),
                                    ("same_count", "Counted alike, other names"),
                                    ("alias", "An alias is another’s name"),
                                    ("near_name", "Nearly the same name"),
                                    ("near_meaning", "Nearly the same meaning"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("kinds", models.JSONField(default=dict)),
                        ("score", models.FloatField()),
                        ("found_at", models.DateTimeField()),
                        (
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "before",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="metrics.verdict",
                            ),
                        ),
                        (
                            "verdict",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="metrics.verdict",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-score", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("verdict", None)), fields=["-score"], name="conflict_open"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("first", "second"), name="conflict_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["same_name", "same_count", "alias", "near_name", "near_meaning"],
                                    )
                                ),
                                name="conflict_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))),
                                name="conflict_pair_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Watch",
                    fields=[
                        (
                            "kpi",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="watch",
                                serialize=False,
                                to="metrics.kpi",
                            ),
                        ),
                        ("memory", models.BinaryField(default=b"")),
                        ("checked_to", models.DateTimeField(null=True)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("changed", models.BooleanField(default=False)),
                        ("factor", models.FloatField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("factor__range", (1, 3))), name="watch_factor_within"
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="experiment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="key_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."key" IS DISTINCT FROM (NEW."key"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="c349255f389214a70a4937934abe7df2a939f99d",
                            operation="UPDATE",
                            pgid="pgtrigger_key_stays_e78f9",
                            table="metrics_experiment",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="experiment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="plan_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.started_at IS NOT NULL AND (OLD.plan, OLD.plan_hash, OLD.started_at) IS DISTINCT FROM (NEW.plan, NEW.plan_hash, NEW.started_at))",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="7f6e5c78942ff454102f7ae81f77626fe05c65c1",
                            operation="UPDATE",
                            pgid="pgtrigger_plan_stays_4ed15",
                            table="metrics_experiment",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="driver",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_circle",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    PERFORM pg_advisory_xact_lock(7204118);\n    IF EXISTS (\n        WITH RECURSIVE below (id) AS (\n            SELECT NEW.child_id\n            UNION\n            SELECT d.child_id FROM metrics_driver d JOIN below b ON d.parent_id = b.id WHERE d.id <> NEW.id\n        )\n        SELECT 1 FROM below WHERE id = NEW.parent_id\n    ) THEN\n        RAISE EXCEPTION 'driver_no_circle' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n",
                            hash="0123c2d4d8563635b3774bb7f8dfacbaffbff66c",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_no_circle_ddf38",
                            table="metrics_driver",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="kpi",
                    trigger=pgtrigger.compiler.Trigger(
                        name="slug_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="74f2f0983430971cd508eacff9d4b66e3d63f942",
                            operation="UPDATE",
                            pgid="pgtrigger_slug_stays_51fd8",
                            table="metrics_kpi",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="kpi",
                    trigger=pgtrigger.compiler.Trigger(
                        name="never_deleted",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="2076d32d399812e2123e5d0ce6f1e1550a3b054d",
                            operation="DELETE",
                            pgid="pgtrigger_never_deleted_b912b",
                            table="metrics_kpi",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="kpi",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "metrics_kpievent" ("approved_at", "approved_by_id", "area_id", "count_version_id", "currency", "defined_at", "defined_by_id", "dimensions", "direction", "formula", "freshness_error_hours", "freshness_hours", "grain", "id", "live_version_id", "meaning", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_of", "slug", "source", "status", "status_note", "successor_id", "team_id", "tier", "unit", "verified_at", "verified_by_id", "verified_until") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."area_id", NEW."count_version_id", NEW."currency", NEW."defined_at", NEW."defined_by_id", NEW."dimensions", NEW."direction", NEW."formula", NEW."freshness_error_hours", NEW."freshness_hours", NEW."grain", NEW."id", NEW."live_version_id", NEW."meaning", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reminded_of", NEW."slug", NEW."source", NEW."status", NEW."status_note", NEW."successor_id", NEW."team_id", NEW."tier", NEW."unit", NEW."verified_at", NEW."verified_by_id", NEW."verified_until"); RETURN NULL;',
                            hash="d842a00784d663974515f5465e7462cdbf43f245",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_00e05",
                            table="metrics_kpi",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="kpi",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "metrics_kpievent" ("approved_at", "approved_by_id", "area_id", "count_version_id", "currency", "defined_at", "defined_by_id", "dimensions", "direction", "formula", "freshness_error_hours", "freshness_hours", "grain", "id", "live_version_id", "meaning", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reminded_of", "slug", "source", "status", "status_note", "successor_id", "team_id", "tier", "unit", "verified_at", "verified_by_id", "verified_until") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."area_id", NEW."count_version_id", NEW."currency", NEW."defined_at", NEW."defined_by_id", NEW."dimensions", NEW."direction", NEW."formula", NEW."freshness_error_hours", NEW."freshness_hours", NEW."grain", NEW."id", NEW."live_version_id", NEW."meaning", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reminded_of", NEW."slug", NEW."source", NEW."status", NEW."status_note", NEW."successor_id", NEW."team_id", NEW."tier", NEW."unit", NEW."verified_at", NEW."verified_by_id", NEW."verified_until"); RETURN NULL;',
                            hash="5069463229e9fefbe7b45e7fcea62512272f245c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_439d9",
                            table="metrics_kpi",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="planchange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="change_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1dfe80c5fe31a5cc1bfdc0a19ab8933763b9065a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_change_stays_baf5d",
                            table="metrics_planchange",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
