import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import prodops.migrations._together
import research.models.recruit


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("prodops", "0001_initial"),
    ]

    operations = [
        prodops.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name="Availability",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("zone", models.CharField(max_length=60)),
                        (
                            "before_minutes",
                            models.PositiveSmallIntegerField(
                                default=10, validators=[django.core.validators.MaxValueValidator(240)]
                            ),
                        ),
                        (
                            "after_minutes",
                            models.PositiveSmallIntegerField(
                                default=15, validators=[django.core.validators.MaxValueValidator(240)]
                            ),
                        ),
                        (
                            "notice_hours",
                            models.PositiveSmallIntegerField(
                                default=24, validators=[django.core.validators.MaxValueValidator(336)]
                            ),
                        ),
                        (
                            "daily_limit",
                            models.PositiveSmallIntegerField(
                                default=4, validators=[django.core.validators.MaxValueValidator(24)]
                            ),
                        ),
                        ("calendar_url", models.BinaryField(null=True)),
                        ("calendar_host", models.CharField(blank=True, editable=False, max_length=255)),
                        ("calendar_read_at", models.DateTimeField(editable=False, null=True)),
                        ("calendar_tried_at", models.DateTimeField(editable=False, null=True)),
                        ("calendar_fault", models.CharField(blank=True, editable=False, max_length=300)),
                        (
                            "host",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "availabilities",
                        "ordering": ["host_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("after_minutes__lte", 240), ("before_minutes__lte", 240)),
                                name="availability_buffers_fit",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BusyTime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        (
                            "availability",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="busy",
                                to="research.availability",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["availability_id", "during"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("during__isempty", False),
                                    ("during__lower_inf", False),
                                    ("during__upper_inf", False),
                                ),
                                name="busy_time_has_ends",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentForm",
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
                                choices=[("consent", "Consent"), ("nda", "Non-disclosure agreement")],
                                default="consent",
                                max_length=8,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("carry_days", models.PositiveSmallIntegerField(default=0)),
                        ("every_study", models.BooleanField(default=False)),
                        ("retired_at", models.DateTimeField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(editable=False)),
                        (
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["kind", "name", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["consent", "nda"])),
                                name="consent_form_kind_known",
                            ),
                            models.UniqueConstraint(
                                models.F("name"),
                                condition=models.Q(("retired_at", None)),
                                name="consent_form_name_once",
                                violation_error_message="There is a text of this name already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("body", models.TextField()),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), default=list
                            ),
                        ),
                        (
                            "choices",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, default=list
                            ),
                        ),
                        ("valid_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("sign_anew", models.BooleanField(default=True)),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
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
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="texts",
                                to="research.consentform",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
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
                                fields=("form", "number"), name="consent_text_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("published_at", None)),
                                fields=("form",),
                                name="consent_text_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="consent_text_published_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DayHours",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("start_minute", models.PositiveSmallIntegerField(null=True)),
                        ("end_minute", models.PositiveSmallIntegerField(null=True)),
                        (
                            "availability",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="days",
                                to="research.availability",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["availability_id", "day", "start_minute"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end_minute", None), ("start_minute", None)),
                                    models.Q(
                                        ("end_minute__isnull", False),
                                        ("end_minute__lte", 1440),
                                        ("start_minute__isnull", False),
                                        ("start_minute__lt", models.F("end_minute")),
                                    ),
                                    _connector="OR",
                                ),
                                name="day_hours_window",
                            ),
                            models.UniqueConstraint(
                                fields=("availability", "day", "start_minute"),
                                name="day_hours_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Insight",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("body", models.TextField(blank=True)),
                        (
                            "confidence",
                            models.CharField(
                                blank=True,
                                choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                                max_length=6,
                            ),
                        ),
                        ("review_by", models.DateField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "In review"),
                                    ("published", "Published"),
                                    ("superseded", "Superseded"),
                                    ("retracted", "Retracted"),
                                ],
                                default="draft",
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
                        ("retraction", models.TextField(blank=True, editable=False)),
                        ("ended_at", models.DateTimeField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("updated_at", models.DateTimeField(editable=False)),
                        ("properties", models.JSONField(blank=True, default=dict, editable=False)),
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
                            "ended_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
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
                            "published_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "superseded_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supersedes",
                                to="research.insight",
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
                    ],
                    options={
                        "ordering": ["-updated_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="insight_newest"),
                            models.Index(
                                condition=models.Q(("status", "published")),
                                fields=["review_by"],
                                name="insight_to_review",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["properties"], name="insight_properties", opclasses=["jsonb_path_ops"]
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["draft", "in_review", "published", "superseded", "retracted"],
                                    )
                                ),
                                name="insight_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_published_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at", None), ("status__in", ["draft", "in_review"])),
                                    models.Q(
                                        ("published_at__isnull", False),
                                        ("status__in", ["published", "superseded", "retracted"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_published_when_it_says_so",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("confidence__in", ["", "low", "medium", "high"])),
                                name="insight_confidence_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="insight_ended_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("status__in", ["superseded", "retracted"]),
                                    ),
                                    models.Q(
                                        models.Q(("status__in", ["superseded", "retracted"]), _negated=True),
                                        ("ended_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_over_when_it_says_so",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "superseded"), ("superseded_by__isnull", False)),
                                    models.Q(
                                        models.Q(("status", "superseded"), _negated=True),
                                        ("superseded_by", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_superseded_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("superseded_by", models.F("pk")), _negated=True),
                                name="insight_not_superseded_by_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status", "retracted"), models.Q(("retraction", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("status", "retracted"), _negated=True), ("retraction", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_retracted_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsightReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("number", models.PositiveSmallIntegerField()),
                        ("edition", models.PositiveSmallIntegerField(default=1)),
                        ("title", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("building", "Being built"),
                                    ("draft", "Draft"),
                                    ("published", "Published"),
                                ],
                                default="building",
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("snapshot", models.JSONField(default=dict, editable=False)),
                        ("fingerprint", models.CharField(blank=True, editable=False, max_length=64)),
                        ("built_at", models.DateTimeField(editable=False, null=True)),
                        ("published_at", models.DateTimeField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(editable=False)),
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
                        "ordering": ["-year", "-number", "-edition"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["building", "draft", "published"])),
                                name="report_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                                    models.Q(
                                        ("published_at__isnull", False), ("published_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="report_published_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("built_at__isnull", False),
                                        ("published_at__isnull", False),
                                        ("state", "published"),
                                    ),
                                    models.Q(
                                        ("built_at__isnull", False),
                                        ("published_at", None),
                                        ("state", "draft"),
                                    ),
                                    models.Q(
                                        ("built_at", None), ("published_at", None), ("state", "building")
                                    ),
                                    _connector="OR",
                                ),
                                name="report_is_in_the_state_it_says",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__range", (1, 4))), name="report_quarter_1_to_4"
                            ),
                            models.UniqueConstraint(
                                fields=("year", "number", "edition"), name="report_edition_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "published"), _negated=True),
                                fields=("year", "number"),
                                name="report_one_live_a_quarter",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsightReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not said yet"),
                                    ("agreed", "Agrees"),
                                    ("changes", "Asks for changes"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("said_at", models.DateTimeField(null=True)),
                        (
                            "insight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="research.insight",
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["insight_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("insight", "reviewer"), name="insight_review_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("said_at", None), ("verdict", "")),
                                    models.Q(
                                        ("said_at__isnull", False), ("verdict__in", ["agreed", "changes"])
                                    ),
                                    _connector="OR",
                                ),
                                name="insight_review_said_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PanelImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("rows", models.JSONField(default=list)),
                        ("mapping", models.JSONField(default=dict)),
                        ("values", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("staged", "Waiting for columns and confirmation"),
                                    ("done", "Imported"),
                                    ("undone", "Undone"),
                                    ("discarded", "Discarded"),
                                ],
                                default="staged",
                                max_length=10,
                            ),
                        ),
                        ("made", models.JSONField(default=list)),
                        ("changed", models.JSONField(default=dict)),
                        ("skipped", models.PositiveIntegerField(default=0)),
                        ("at", models.DateTimeField(editable=False)),
                        ("done_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
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
                                condition=models.Q(("state__in", ["staged", "done", "undone", "discarded"])),
                                name="panel_import_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PanelSettings",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "person_invites",
                            models.PositiveSmallIntegerField(blank=True, default=2, null=True),
                        ),
                        ("person_invite_days", models.PositiveSmallIntegerField(default=90)),
                        (
                            "person_sessions",
                            models.PositiveSmallIntegerField(blank=True, default=1, null=True),
                        ),
                        ("person_session_days", models.PositiveSmallIntegerField(default=90)),
                        (
                            "account_invites",
                            models.PositiveSmallIntegerField(blank=True, default=10, null=True),
                        ),
                        ("account_invite_days", models.PositiveSmallIntegerField(default=90)),
                        (
                            "account_sessions",
                            models.PositiveSmallIntegerField(blank=True, default=6, null=True),
                        ),
                        ("account_session_days", models.PositiveSmallIntegerField(default=90)),
                        (
                            "yearly_warning",
                            models.DecimalField(
                                blank=True, decimal_places=2, default=500, max_digits=10, null=True
                            ),
                        ),
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
                    ],
                    options={
                        "verbose_name_plural": "panel settings",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("pk", 1)), name="panel_settings_one_row"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("account_invite_days__range", (1, 1095)),
                                    ("account_session_days__range", (1, 1095)),
                                    ("person_invite_days__range", (1, 1095)),
                                    ("person_session_days__range", (1, 1095)),
                                ),
                                name="panel_settings_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("role", models.CharField(blank=True, max_length=120)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        (
                            "own_segment",
                            models.CharField(
                                choices=[
                                    ("small", "Small business"),
                                    ("mid", "Mid-market"),
                                    ("enterprise", "Enterprise"),
                                    ("unknown", "Unknown"),
                                ],
                                db_default="unknown",
                                default="unknown",
                                max_length=12,
                                verbose_name="segment",
                            ),
                        ),
                        (
                            "locale",
                            models.CharField(
                                blank=True, db_default="", max_length=16, verbose_name="language"
                            ),
                        ),
                        ("time_zone", models.CharField(blank=True, db_default="", max_length=64)),
                        (
                            "came_by",
                            models.CharField(
                                choices=[
                                    ("customer_list", "Customer list"),
                                    ("in_product", "Asked in the product"),
                                    ("signed_up", "Signed up"),
                                    ("referral", "Referred by somebody"),
                                    ("sales", "Through sales"),
                                    ("support", "Through support"),
                                    ("event", "Met at an event"),
                                    ("agency", "Through an agency"),
                                    ("unknown", "Unknown"),
                                ],
                                db_default="unknown",
                                default="unknown",
                                max_length=14,
                            ),
                        ),
                        ("added_on", models.DateField(blank=True, editable=False, null=True)),
                        ("properties", models.JSONField(blank=True, default=dict, editable=False)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.customeraccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [
                            models.Index(fields=["name", "id"], name="participant_by_name"),
                            models.Index(
                                django.db.models.functions.text.Lower("email"), name="participant_by_email"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["properties"],
                                name="participant_properties",
                                opclasses=["jsonb_path_ops"],
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"),
                                models.F("account"),
                                name="participant_once_in_account",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("own_segment__in", ["small", "mid", "enterprise", "unknown"])
                                ),
                                name="participant_segment_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "came_by__in",
                                        [
                                            "customer_list",
                                            "in_product",
                                            "signed_up",
                                            "referral",
                                            "sales",
                                            "support",
                                            "event",
                                            "agency",
                                            "unknown",
                                        ],
                                    )
                                ),
                                name="participant_came_by_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactBar",
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
                                    ("do_not_contact", "Do not contact"),
                                    ("blocklisted", "Blocklisted"),
                                    ("opted_out", "Opted out"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=300)),
                        ("until", models.DateField(blank=True, null=True)),
                        ("at", models.DateTimeField(editable=False)),
                        ("lifted_at", models.DateTimeField(editable=False, null=True)),
                        ("lifted_because", models.CharField(blank=True, max_length=300)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bars",
                                to="research.participant",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["do_not_contact", "blocklisted", "opted_out"])
                                ),
                                name="contact_bar_kind_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("lifted_at", None)),
                                fields=("participant", "kind"),
                                name="contact_bar_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until", None), ("kind", "do_not_contact"), _connector="OR"
                                ),
                                name="contact_bar_ends_where_soft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="contact_bar_lifted_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QueryTag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "colour",
                            models.CharField(
                                choices=[
                                    ("violet", "Violet"),
                                    ("amber", "Amber"),
                                    ("blue", "Blue"),
                                    ("green", "Green"),
                                    ("red", "Red"),
                                    ("teal", "Teal"),
                                    ("pink", "Pink"),
                                    ("slate", "Slate"),
                                ],
                                default="slate",
                                max_length=10,
                            ),
                        ),
                        ("guideline", models.TextField(blank=True)),
                        ("query", models.CharField(max_length=1000)),
                        ("created_at", models.DateTimeField(editable=False)),
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
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"), name="query_tag_name_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "colour__in",
                                        ["violet", "amber", "blue", "green", "red", "teal", "pink", "slate"],
                                    )
                                ),
                                name="query_tag_colour_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportMailing",
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
                                choices=[
                                    ("internal", "Research and product"),
                                    ("leadership", "Leadership"),
                                    ("company", "Whole company"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("mailed_at", models.DateTimeField(null=True)),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.insightreport",
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
                        "ordering": ["report_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("report", "user"), name="report_mailing_once"),
                            models.CheckConstraint(
                                condition=models.Q(("audience__in", ["internal", "leadership", "company"])),
                                name="report_mailing_audience_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportReview",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not said yet"),
                                    ("agreed", "Agrees"),
                                    ("changes", "Asks for changes"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("said_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reviews",
                                to="research.insightreport",
                            ),
                        ),
                        (
                            "reviewer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["report_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("report", "reviewer"), name="report_review_once"),
                            models.CheckConstraint(
                                condition=models.Q(("reviewer", models.F("asked_by")), _negated=True),
                                name="report_review_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("said_at", None), ("verdict", "")),
                                    models.Q(
                                        ("said_at__isnull", False), ("verdict__in", ["agreed", "changes"])
                                    ),
                                    _connector="OR",
                                ),
                                name="report_review_said_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=100)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("summary", "Summary"),
                                    ("themes", "All themes"),
                                    ("tag", "Theme"),
                                    ("insights", "Insights"),
                                    ("together", "Themes heard together"),
                                    ("feedback", "Feedback beside research"),
                                    ("reuse", "Research in decisions"),
                                    ("coverage", "Coverage"),
                                    ("method", "Method"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("body", models.TextField(blank=True)),
                        ("data", models.JSONField(default=dict, editable=False)),
                        ("hidden", models.BooleanField(default=False)),
                        (
                            "kept_from",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sections",
                                to="research.insightreport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["report_id", "position"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "text",
                                            "summary",
                                            "themes",
                                            "tag",
                                            "insights",
                                            "together",
                                            "feedback",
                                            "reuse",
                                            "coverage",
                                            "method",
                                        ],
                                    )
                                ),
                                name="section_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kept_from__contained_by", ["internal", "leadership", "company"])
                                ),
                                name="section_kept_from_known",
                            ),
                            models.UniqueConstraint(fields=("report", "key"), name="section_key_once"),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("report", "position"),
                                name="section_position_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSubscription",
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
                                choices=[
                                    ("internal", "Research and product"),
                                    ("leadership", "Leadership"),
                                    ("company", "Whole company"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("audience__in", ["internal", "leadership", "company"])),
                                name="report_subscription_audience_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Study",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("title", models.CharField(max_length=200)),
                        ("question", models.TextField(blank=True)),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("interview", "Interview"),
                                    ("usability_test", "Usability test"),
                                    ("unmoderated_test", "Unmoderated test"),
                                    ("field_visit", "Field visit"),
                                    ("diary", "Diary"),
                                    ("survey", "Survey"),
                                    ("survey_call", "Survey call"),
                                    ("sales_call", "Sales call"),
                                    ("support_call", "Support call"),
                                    ("desk_research", "Desk research"),
                                ],
                                default="interview",
                                max_length=20,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("running", "In the field"),
                                    ("closed", "Closed"),
                                ],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("started_on", models.DateField(blank=True, null=True)),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        ("summary", models.TextField(blank=True)),
                        (
                            "visibility",
                            models.CharField(
                                choices=[
                                    ("workspace", "Everybody in research"),
                                    ("team", "The team and people named"),
                                    ("named", "Only people named"),
                                ],
                                default="workspace",
                                max_length=10,
                            ),
                        ),
                        (
                            "reader_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, editable=False
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("properties", models.JSONField(blank=True, default=dict, editable=False)),
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
                            "lead",
                            models.ForeignKey(
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
                            "readers",
                            models.ManyToManyField(
                                related_name="+",
                                through="research.StudyReader",
                                through_fields=("study", "user"),
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "studies",
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="study_newest"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["properties"], name="study_properties", opclasses=["jsonb_path_ops"]
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["planned", "running", "closed"])),
                                name="study_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "method__in",
                                        [
                                            "interview",
                                            "usability_test",
                                            "unmoderated_test",
                                            "field_visit",
                                            "diary",
                                            "survey",
                                            "survey_call",
                                            "sales_call",
                                            "support_call",
                                            "desk_research",
                                        ],
                                    )
                                ),
                                name="study_method_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("visibility__in", ["workspace", "team", "named"])),
                                name="study_visibility_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("started_on", None),
                                    ("ended_on", None),
                                    ("ended_on__gte", models.F("started_on")),
                                    _connector="OR",
                                ),
                                name="study_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvitationBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject", models.CharField(max_length=150)),
                        ("words", models.TextField()),
                        ("send_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Goes out later"),
                                    ("sent", "Sent"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="batches",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["send_at"],
                                name="batch_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["waiting", "sent", "cancelled"])),
                                name="batch_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("interview", "Interview"),
                                    ("moderated_test", "Moderated usability test"),
                                    ("unmoderated_test", "Unmoderated usability test"),
                                    ("survey", "Survey"),
                                    ("diary", "Diary"),
                                    ("field_visit", "Field visit"),
                                    ("sales_call", "Sales call"),
                                    ("support_call", "Support call"),
                                    ("desk_research", "Desk research"),
                                ],
                                default="interview",
                                max_length=20,
                            ),
                        ),
                        ("held_on", models.DateField()),
                        (
                            "source",
                            models.FileField(
                                blank=True, editable=False, max_length=200, upload_to="transcripts/%Y/%m/"
                            ),
                        ),
                        ("source_name", models.CharField(blank=True, editable=False, max_length=200)),
                        ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("webvtt", "WebVTT"),
                                    ("srt", "SubRip"),
                                    ("text", "Text"),
                                    ("docx", "Word document"),
                                    ("sbv", "YouTube captions"),
                                    ("rtf", "Rich Text"),
                                    ("pdf", "PDF"),
                                ],
                                default="text",
                                max_length=10,
                            ),
                        ),
                        ("duration_ms", models.PositiveIntegerField(blank=True, null=True)),
                        ("properties", models.JSONField(blank=True, default=dict, editable=False)),
                        ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("created_at", models.DateTimeField(editable=False)),
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
                            "moderator",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "participant",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="research.participant",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-held_on", "-pk"],
                        "indexes": [
                            models.Index(fields=["-held_on", "-id"], name="session_newest"),
                            models.Index(fields=["study", "-held_on", "-id"], name="session_newest_in_study"),
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["properties"], name="session_properties", opclasses=["jsonb_path_ops"]
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("format__in", ["webvtt", "srt", "text", "docx", "sbv", "rtf", "pdf"])
                                ),
                                name="session_format_known",
                            ),
                            models.UniqueConstraint(
                                fields=("study", "guid"), name="session_guid_once_in_study"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "interview",
                                            "moderated_test",
                                            "unmoderated_test",
                                            "survey",
                                            "diary",
                                            "field_visit",
                                            "sales_call",
                                            "support_call",
                                            "desk_research",
                                        ],
                                    )
                                ),
                                name="session_kind_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("sha256", ""), _negated=True),
                                fields=("study", "sha256"),
                                name="session_source_once_in_study",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Part",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("notes", "Notes"),
                                    ("document", "Document"),
                                    ("answers", "Answers"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "source",
                            models.FileField(
                                blank=True, editable=False, max_length=200, upload_to="documents/%Y/%m/"
                            ),
                        ),
                        ("source_name", models.CharField(blank=True, editable=False, max_length=200)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="research.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id", "position"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["notes", "document", "answers"])),
                                name="part_kind_known",
                            ),
                            models.UniqueConstraint(
                                fields=("session", "guid"), name="part_guid_once_in_session"
                            ),
                            models.UniqueConstraint(
                                fields=("session", "position"), name="part_position_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("start_ms", models.PositiveIntegerField(null=True)),
                        ("end_ms", models.PositiveIntegerField(null=True)),
                        ("speaker", models.CharField(blank=True, max_length=200)),
                        ("text", models.TextField()),
                        (
                            "part",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cues",
                                to="research.part",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cues",
                                to="research.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id", "position"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                                fields=("session", "position"),
                                name="cue_position_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_ms", None), ("end_ms__gte", models.F("start_ms")), _connector="OR"
                                ),
                                name="cue_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Highlight",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                            ),
                        ),
                        ("start_offset", models.PositiveIntegerField()),
                        ("end_offset", models.PositiveIntegerField()),
                        ("quote", models.TextField()),
                        ("orphaned_at", models.DateTimeField(editable=False, null=True)),
                        ("reworded_at", models.DateTimeField(editable=False, null=True)),
                        ("withdrawn", models.BooleanField(db_default=False, default=False, editable=False)),
                        (
                            "quote_was",
                            models.TextField(blank=True, db_default="", default="", editable=False),
                        ),
                        (
                            "prefix",
                            models.CharField(
                                blank=True, db_default="", default="", editable=False, max_length=80
                            ),
                        ),
                        (
                            "suffix",
                            models.CharField(
                                blank=True, db_default="", default="", editable=False, max_length=80
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
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
                            "end_cue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.cue",
                            ),
                        ),
                        (
                            "start_cue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.cue",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="highlights",
                                to="research.session",
                            ),
                        ),
                        (
                            "tags",
                            models.ManyToManyField(
                                related_name="highlights", through="research.HighlightTag", to="research.tag"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-created_at", "-id"], name="highlight_newest"),
                            models.Index(
                                condition=models.Q(
                                    ("orphaned_at__isnull", False),
                                    ("reworded_at__isnull", False),
                                    _connector="OR",
                                ),
                                fields=["session"],
                                name="highlight_to_review",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("session", "guid"), name="highlight_guid_once_in_session"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("orphaned_at", None)),
                                fields=("start_cue", "start_offset", "end_cue", "end_offset"),
                                name="highlight_span_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("orphaned_at__isnull", False),
                                    models.Q(("start_cue", models.F("end_cue")), _negated=True),
                                    ("end_offset__gt", models.F("start_offset")),
                                    _connector="OR",
                                ),
                                name="highlight_not_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("quote_was", ""), ("reworded_at", None)),
                                    models.Q(
                                        ("orphaned_at", None),
                                        ("reworded_at__isnull", False),
                                        models.Q(("quote_was", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="highlight_says_what_it_was",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recruit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("picked", "Picked"),
                                    ("invited", "Invited"),
                                    ("answered", "To be looked at"),
                                    ("screened", "May book"),
                                    ("screened_out", "Does not fit"),
                                    ("booked", "Booked"),
                                    ("done", "Done"),
                                    ("no_show", "Did not come"),
                                    ("declined", "Declined"),
                                    ("withheld", "Not invited"),
                                ],
                                default="picked",
                                max_length=12,
                            ),
                        ),
                        (
                            "segment",
                            models.CharField(
                                choices=[
                                    ("small", "Small business"),
                                    ("mid", "Mid-market"),
                                    ("enterprise", "Enterprise"),
                                    ("unknown", "Unknown"),
                                ],
                                default="unknown",
                                max_length=12,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=300)),
                        ("answers", models.JSONField(blank=True, default=list)),
                        (
                            "nonce",
                            models.CharField(
                                default=research.models.recruit.new_nonce, editable=False, max_length=32
                            ),
                        ),
                        ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("picked_at", models.DateTimeField()),
                        ("invited_at", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="recruits",
                                to="research.invitationbatch",
                            ),
                        ),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recruits",
                                to="research.participant",
                            ),
                        ),
                        (
                            "picked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="recruits",
                                to="research.session",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recruits",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id", "pk"],
                        "indexes": [
                            models.Index(fields=["study", "state", "changed_at"], name="recruit_board"),
                            models.Index(fields=["participant", "-changed_at"], name="recruit_of_person"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "picked",
                                            "invited",
                                            "answered",
                                            "screened",
                                            "screened_out",
                                            "booked",
                                            "done",
                                            "no_show",
                                            "declined",
                                            "withheld",
                                        ],
                                    )
                                ),
                                name="recruit_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("segment__in", ["small", "mid", "enterprise", "unknown"])
                                ),
                                name="recruit_segment_known",
                            ),
                            models.UniqueConstraint(
                                fields=("study", "participant"), name="recruit_once_in_study"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("token_hash", ""), _negated=True),
                                name="recruit_has_a_link",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Booking",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("zone", models.CharField(max_length=60)),
                        ("place", models.CharField(blank=True, max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("booked", "Booked"),
                                    ("held", "Held"),
                                    ("guest_missed", "Participant did not come"),
                                    ("host_missed", "Host did not come"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="booked",
                                max_length=12,
                            ),
                        ),
                        ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                        ("moves", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("booked_at", models.DateTimeField(editable=False)),
                        ("ended_at", models.DateTimeField(editable=False, null=True)),
                        ("because", models.CharField(blank=True, max_length=300)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "observers",
                            models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "recruit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bookings",
                                to="research.recruit",
                            ),
                        ),
                        (
                            "session",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="booking",
                                to="research.session",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bookings",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at", "pk"],
                        "indexes": [
                            models.Index(fields=["starts_at", "id"], name="booking_by_time"),
                            models.Index(fields=["study", "starts_at", "id"], name="booking_of_study"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["booked", "held", "guest_missed", "host_missed", "cancelled"],
                                    )
                                ),
                                name="booking_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="booking_lasts",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "booked")),
                                fields=("recruit",),
                                name="booking_one_open_a_recruit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("state", "booked")),
                                    models.Q(
                                        models.Q(("state", "booked"), _negated=True),
                                        ("ended_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="booking_ended_with_its_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BookingMail",
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
                                    ("booked", "Booked or changed"),
                                    ("cancelled", "Cancelled"),
                                    ("day_before", "Reminder, 24 hours"),
                                    ("hour_before", "Reminder, one hour"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("sequence", models.PositiveIntegerField()),
                        ("due_at", models.DateTimeField()),
                        ("mailed_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("given_up_at", models.DateTimeField(null=True)),
                        ("fault", models.CharField(blank=True, max_length=300)),
                        (
                            "booking",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mails",
                                to="research.booking",
                            ),
                        ),
                        (
                            "host",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["booking_id", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("given_up_at", None), ("mailed_at", None)),
                                fields=["due_at"],
                                name="booking_mail_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["booked", "cancelled", "day_before", "hour_before"])
                                ),
                                name="booking_mail_kind_known",
                            ),
                            models.UniqueConstraint(
                                fields=("booking", "kind", "host", "sequence"),
                                name="booking_mail_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                                    ("invitation", "Invitation"),
                                    ("reminder", "Reminder"),
                                    ("accepted", "You fit"),
                                ],
                                default="invitation",
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("mailed_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("try_at", models.DateTimeField(null=True)),
                        ("given_up_at", models.DateTimeField(null=True)),
                        (
                            "recruit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="research.recruit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["recruit_id", "at", "pk"],
                        "indexes": [
                            models.Index(fields=["-at"], name="invitation_newest"),
                            models.Index(
                                condition=models.Q(("given_up_at", None), ("mailed_at", None)),
                                fields=["at"],
                                name="invitation_to_mail",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["invitation", "reminder", "accepted"])),
                                name="recruit_invitation_kind_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Seat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ("live", models.BooleanField(default=True)),
                        ("missed", models.BooleanField(default=False)),
                        (
                            "booking",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="seats",
                                to="research.booking",
                            ),
                        ),
                        (
                            "host",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "left_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["booking_id", "pk"],
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("live", True)),
                                expressions=[("host", "="), ("during", "&&")],
                                name="seat_one_at_a_time",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("live", True)),
                                fields=("booking", "host"),
                                name="seat_once_a_host",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("during__isempty", False),
                                    ("during__lower_inf", False),
                                    ("during__upper_inf", False),
                                ),
                                name="seat_has_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("left_to", None), ("live", False), _connector="OR"),
                                name="seat_left_is_not_live",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("missed", False), ("live", True), _connector="OR"),
                                name="seat_missed_was_live",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RedactionChoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("start", models.PositiveIntegerField()),
                        ("end", models.PositiveIntegerField()),
                        ("kind", models.CharField(max_length=10)),
                        (
                            "choice",
                            models.CharField(choices=[("remove", "Remove"), ("keep", "Keep")], max_length=6),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("at", models.DateTimeField(editable=False)),
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
                            "cue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.cue",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="redaction_choices",
                                to="research.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id", "cue_id", "start", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("choice__in", ["remove", "keep"])),
                                name="redaction_choice_known",
                            ),
                            models.UniqueConstraint(
                                fields=("cue", "start", "end"), name="redaction_choice_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("end__gt", models.F("start"))),
                                name="redaction_choice_not_empty",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recording",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("file", models.CharField(editable=False, max_length=200, unique=True)),
                        ("name", models.CharField(editable=False, max_length=200)),
                        ("media_type", models.CharField(blank=True, editable=False, max_length=40)),
                        ("size", models.BigIntegerField(editable=False)),
                        ("received", models.BigIntegerField(default=0, editable=False)),
                        ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                        ("duration_ms", models.PositiveIntegerField(editable=False, null=True)),
                        ("offset_ms", models.IntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("uploading", "Being uploaded"),
                                    ("ready", "Ready"),
                                    ("deleted", "Deleted"),
                                ],
                                default="uploading",
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("touched_at", models.DateTimeField(editable=False)),
                        ("warned_on", models.DateField(editable=False, null=True)),
                        ("deleted_at", models.DateTimeField(editable=False, null=True)),
                        ("deleted_because", models.CharField(blank=True, editable=False, max_length=300)),
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
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recordings",
                                to="research.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id", "created_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "uploading")),
                                fields=["touched_at"],
                                name="recording_uploads_by_age",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["uploading", "ready", "deleted"])),
                                name="recording_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("received__gte", 0), ("received__lte", models.F("size")), ("size__gt", 0)
                                ),
                                name="recording_within_size",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "ready"), _negated=True),
                                    models.Q(
                                        ("received", models.F("size")),
                                        models.Q(("sha256", ""), _negated=True),
                                        models.Q(("media_type", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recording_ready_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("deleted_at__isnull", False), ("state", "deleted")),
                                    models.Q(
                                        models.Q(("state", "deleted"), _negated=True),
                                        ("deleted_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recording_deleted_when_it_says_so",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Speaker",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=200)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("participant", "Participant"),
                                    ("moderator", "Moderator"),
                                    ("observer", "Observer"),
                                    ("other", "Somebody else"),
                                ],
                                default="other",
                                max_length=12,
                            ),
                        ),
                        ("guessed", models.BooleanField(default=True, editable=False)),
                        (
                            "participant",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="research.participant",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="speakers",
                                to="research.session",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role__in", ["participant", "moderator", "observer", "other"])
                                ),
                                name="speaker_role_known",
                            ),
                            models.UniqueConstraint(
                                fields=("session", "label"), name="speaker_label_once_in_session"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("participant", None), ("user", None), _connector="OR"),
                                name="speaker_is_one_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("typed_name", models.CharField(max_length=120)),
                        (
                            "granted",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), default=list
                            ),
                        ),
                        ("at", models.DateTimeField(editable=False)),
                        ("ip", models.GenericIPAddressField(editable=False, null=True)),
                        ("text_sha256", models.CharField(editable=False, max_length=64)),
                        ("mailed_at", models.DateTimeField(editable=False, null=True)),
                        ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signatures",
                                to="research.participant",
                            ),
                        ),
                        (
                            "text",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signatures",
                                to="research.consenttext",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("typed_name", ""), _negated=True),
                                name="signature_has_name",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("participant", "text", "study"),
                                name="signature_once_in_study",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawn_at", None),
                                    ("withdrawn_at__gte", models.F("at")),
                                    _connector="OR",
                                ),
                                name="signature_withdrawn_later",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScreenerQuestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("text", models.CharField(max_length=300)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("one", "One of several"),
                                    ("several", "Any of several"),
                                    ("number", "A number"),
                                    ("text", "A few words"),
                                ],
                                default="one",
                                max_length=8,
                            ),
                        ),
                        (
                            "options",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), blank=True, default=list
                            ),
                        ),
                        (
                            "accepts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), blank=True, default=list
                            ),
                        ),
                        (
                            "rejects",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), blank=True, default=list
                            ),
                        ),
                        (
                            "at_least",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
                        ),
                        (
                            "at_most",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
                        ),
                        ("required", models.BooleanField(default=True)),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="screener_questions",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id", "position"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["one", "several", "number", "text"])),
                                name="screener_kind_known",
                            ),
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("study", "position"),
                                name="screener_position_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("at_least", None),
                                    ("at_most", None),
                                    ("at_most__gte", models.F("at_least")),
                                    _connector="OR",
                                ),
                                name="screener_range_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Scheduling",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("one", "One host"),
                                    ("together", "All hosts together"),
                                    ("in_turn", "In turn: whoever is free and has had the fewest"),
                                ],
                                default="one",
                                max_length=10,
                            ),
                        ),
                        (
                            "offer",
                            models.CharField(
                                choices=[
                                    ("hours", "Whenever the hosts' hours allow"),
                                    ("slots", "Only the times added below"),
                                ],
                                default="hours",
                                max_length=10,
                            ),
                        ),
                        (
                            "length_minutes",
                            models.PositiveSmallIntegerField(
                                default=60,
                                validators=[
                                    django.core.validators.MinValueValidator(5),
                                    django.core.validators.MaxValueValidator(480),
                                ],
                            ),
                        ),
                        (
                            "step_minutes",
                            models.PositiveSmallIntegerField(
                                default=30,
                                validators=[
                                    django.core.validators.MinValueValidator(5),
                                    django.core.validators.MaxValueValidator(480),
                                ],
                            ),
                        ),
                        ("first_day", models.DateField(blank=True, null=True)),
                        ("last_day", models.DateField(blank=True, null=True)),
                        (
                            "most_moves",
                            models.PositiveSmallIntegerField(
                                default=2, validators=[django.core.validators.MaxValueValidator(20)]
                            ),
                        ),
                        (
                            "change_hours",
                            models.PositiveSmallIntegerField(
                                default=4, validators=[django.core.validators.MaxValueValidator(336)]
                            ),
                        ),
                        ("place", models.CharField(blank=True, max_length=500)),
                        ("guest_note", models.TextField(blank=True)),
                        ("guide", models.TextField(blank=True)),
                        ("is_open", models.BooleanField(default=True)),
                        ("hosts", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "study",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="scheduling",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("mode__in", ["one", "together", "in_turn"])),
                                name="scheduling_mode_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("offer__in", ["hours", "slots"])),
                                name="scheduling_offer_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("length_minutes__range", (5, 480)), ("step_minutes__range", (5, 480))
                                ),
                                name="scheduling_minutes_sane",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("first_day", None),
                                    ("last_day", None),
                                    ("last_day__gte", models.F("first_day")),
                                    _connector="OR",
                                ),
                                name="scheduling_days_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "keeping",
                            models.CharField(
                                choices=[
                                    ("workspace", "As the workspace does"),
                                    ("keep", "Keep them"),
                                    ("delete", "Delete them after some days"),
                                ],
                                default="workspace",
                                max_length=10,
                            ),
                        ),
                        ("days", models.PositiveIntegerField(blank=True, null=True)),
                        ("held_because", models.CharField(blank=True, max_length=300)),
                        ("held_at", models.DateTimeField(blank=True, null=True)),
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
                            "held_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="retention_rule",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("keeping__in", ["workspace", "keep", "delete"])),
                                name="retention_keeping_known",
                            ),
                            models.UniqueConstraint(
                                fields=("study",), name="retention_one_rule_a_study", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("days__gte", 1), ("keeping", "delete")),
                                    models.Q(
                                        models.Q(("keeping", "delete"), _negated=True), ("days__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="retention_days_where_it_deletes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("study__isnull", False),
                                    models.Q(
                                        ("held_at__isnull", True),
                                        ("held_by__isnull", True),
                                        models.Q(("keeping", "workspace"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="retention_of_the_workspace",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("held_at__isnull", True), ("held_by__isnull", True)),
                                    models.Q(("held_at__isnull", False), ("held_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="retention_held_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Redaction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "session_ids",
                            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField()),
                        ),
                        ("at", models.DateTimeField(editable=False)),
                        ("counts", models.JSONField(default=dict)),
                        ("highlights", models.PositiveIntegerField(default=0)),
                        (
                            "insight_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list
                            ),
                        ),
                        (
                            "report_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list
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
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="redactions",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Recruiting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "target",
                            models.PositiveSmallIntegerField(default=8, verbose_name="Sessions wanted"),
                        ),
                        ("public_title", models.CharField(max_length=150)),
                        ("words", models.TextField(blank=True)),
                        (
                            "gatekeeping",
                            models.CharField(
                                choices=[
                                    ("none", "Nothing"),
                                    ("tell", "They are told"),
                                    ("ask", "They are asked first"),
                                ],
                                default="tell",
                                max_length=5,
                            ),
                        ),
                        ("by_hand", models.BooleanField(default=False)),
                        ("link_days", models.PositiveSmallIntegerField(default=21)),
                        ("reminders", models.PositiveSmallIntegerField(default=1)),
                        ("reminder_days", models.PositiveSmallIntegerField(default=3)),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "study",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recruiting",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("gatekeeping__in", ["none", "tell", "ask"])),
                                name="recruiting_gatekeeping_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("target__range", (1, 500))), name="recruiting_target_sane"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("link_days__range", (1, 180))),
                                name="recruiting_link_sane",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reminders__lte", 3)), name="recruiting_reminders_few"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reminder_days__range", (1, 30))),
                                name="recruiting_reminder_days_sane",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Quota",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "segment",
                            models.CharField(
                                choices=[
                                    ("small", "Small business"),
                                    ("mid", "Mid-market"),
                                    ("enterprise", "Enterprise"),
                                    ("unknown", "Unknown"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("wanted", models.PositiveSmallIntegerField()),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quotas",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id", "segment"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("segment__in", ["small", "mid", "enterprise", "unknown"])
                                ),
                                name="quota_segment_known",
                            ),
                            models.UniqueConstraint(fields=("study", "segment"), name="quota_once_a_segment"),
                            models.CheckConstraint(
                                condition=models.Q(("wanted__lte", 500)), name="quota_wanted_sane"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MaterialImport",
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
                                    ("project", "REFI-QDA project"),
                                    ("codebook", "REFI-QDA codebook"),
                                    ("study", "Exported study"),
                                    ("highlights", "Highlights"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("reading", "Being read"),
                                    ("failed", "Can't be read"),
                                    ("staged", "To be checked"),
                                    ("running", "Being imported"),
                                    ("done", "Imported"),
                                    ("undone", "Undone"),
                                ],
                                default="staged",
                                editable=False,
                                max_length=10,
                            ),
                        ),
                        (
                            "file",
                            models.FileField(editable=False, max_length=200, upload_to="imports/%Y/%m/"),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("size", models.BigIntegerField()),
                        ("outline", models.JSONField(default=dict, editable=False)),
                        ("choices", models.JSONField(default=dict, editable=False)),
                        ("counts", models.JSONField(default=dict, editable=False)),
                        ("made", models.JSONField(default=dict, editable=False)),
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
                            "undone_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["project", "codebook", "study", "highlights"])
                                ),
                                name="material_import_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        ["reading", "failed", "staged", "running", "done", "undone"],
                                    )
                                ),
                                name="material_import_stage_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="material_import_undone_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IncentiveTerms",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=8)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("gift_card", "Gift card"),
                                    ("bank_transfer", "Bank transfer"),
                                    ("paypal", "PayPal"),
                                    ("account_credit", "Credit to the account"),
                                    ("donation", "Donation"),
                                    ("other", "Other"),
                                ],
                                default="gift_card",
                                max_length=14,
                            ),
                        ),
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
                            "study",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="incentive_terms",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "incentive terms",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="incentive_terms_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                                name="incentive_terms_iso",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "method__in",
                                        [
                                            "gift_card",
                                            "bank_transfer",
                                            "paypal",
                                            "account_credit",
                                            "donation",
                                            "other",
                                        ],
                                    )
                                ),
                                name="incentive_terms_method_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Incentive",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=8)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("gift_card", "Gift card"),
                                    ("bank_transfer", "Bank transfer"),
                                    ("paypal", "PayPal"),
                                    ("account_credit", "Credit to the account"),
                                    ("donation", "Donation"),
                                    ("other", "Other"),
                                ],
                                default="gift_card",
                                max_length=14,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("due", "Due"),
                                    ("approved", "Approved"),
                                    ("paid", "Paid"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="due",
                                max_length=9,
                            ),
                        ),
                        ("due_on", models.DateField()),
                        ("reference", models.CharField(blank=True, max_length=120)),
                        ("failed_because", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("approved_at", models.DateTimeField(editable=False, null=True)),
                        ("paid_on", models.DateField(blank=True, null=True)),
                        (
                            "approved_by",
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
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentives",
                                to="research.participant",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="research.session",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incentives",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-due_on", "-pk"],
                        "indexes": [models.Index(fields=["-due_on", "-id"], name="incentive_newest")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["due", "approved", "paid", "failed", "cancelled"])
                                ),
                                name="incentive_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "method__in",
                                        [
                                            "gift_card",
                                            "bank_transfer",
                                            "paypal",
                                            "account_credit",
                                            "donation",
                                            "other",
                                        ],
                                    )
                                ),
                                name="incentive_method_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="incentive_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="incentive_iso"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    models.Q(("approved_by", models.F("created_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="incentive_approved_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    models.Q(
                                        ("approved_at__isnull", True),
                                        ("approved_by__isnull", True),
                                        ("state__in", ["due", "cancelled"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="incentive_approved_before_paid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("paid_on__isnull", False), ("state", "paid")),
                                    models.Q(
                                        models.Q(("state", "paid"), _negated=True), ("paid_on__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="incentive_paid_on_a_day",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "cancelled"), _negated=True),
                                fields=("participant", "study", "session"),
                                name="incentive_once_a_session",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactOverride",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("because", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(editable=False)),
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
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="overrides",
                                to="research.participant",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("participant", "study"), name="contact_override_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("because", ""), _negated=True),
                                name="contact_override_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clearance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("told", "Told"),
                                    ("waiting", "Asked"),
                                    ("allowed", "Allowed"),
                                    ("refused", "Refused"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("because", models.CharField(blank=True, max_length=300)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.customeraccount",
                            ),
                        ),
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
                            "asked_by",
                            models.ForeignKey(
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
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clearances",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-asked_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["owner", "-asked_at", "-id"], name="clearance_of_owner")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["told", "waiting", "allowed", "refused"])),
                                name="clearance_state_known",
                            ),
                            models.UniqueConstraint(
                                fields=("study", "account"), name="clearance_once_an_account"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="clearance_answer_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccessRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("session_pk", models.BigIntegerField(default=0)),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("read", "Read"),
                                    ("found", "Found by search"),
                                    ("exported", "Exported"),
                                    ("downloaded", "Downloaded a file"),
                                    ("played", "Played a recording"),
                                    ("contact", "Looked up contact details"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("day", models.DateField()),
                        ("times", models.PositiveIntegerField(default=1)),
                        ("first_at", models.DateTimeField()),
                        ("last_at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="access_records",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-last_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["study", "-last_at", "-id"], name="access_record_newest")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("study", "session_pk", "user", "what", "day"),
                                name="access_record_once_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "what__in",
                                        ["read", "found", "exported", "downloaded", "played", "contact"],
                                    )
                                ),
                                name="access_record_what_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StudyConsent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.consentform",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="consents",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id", "form_id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("study", "form"), name="study_consent_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StudyReader",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reader_rows",
                                to="research.study",
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
                        "ordering": ["study_id", "added_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("study", "user"), name="study_reader_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StudySlot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        (
                            "scheduling",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="slots",
                                to="research.scheduling",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["scheduling_id", "starts_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scheduling", "starts_at"), name="study_slot_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("columns", models.JSONField(default=list)),
                        ("fingerprint", models.CharField(db_index=True, max_length=64)),
                        (
                            "session",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey",
                                to="research.session",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SurveyImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("file_name", models.CharField(max_length=200)),
                        ("text", models.TextField(blank=True)),
                        ("columns", models.JSONField(default=list)),
                        ("columns_before", models.JSONField(null=True)),
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
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey_imports",
                                to="research.study",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="imports",
                                to="research.survey",
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
                        "indexes": [models.Index(fields=["survey", "-at"], name="survey_import_by_survey")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["staged", "done", "undone"])),
                                name="survey_import_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="survey_import_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "undone"), _negated=True), ("undone_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="survey_import_undone_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200)),
                        ("before", models.JSONField(null=True)),
                        (
                            "load",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="research.surveyimport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["load_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("load", "key"), name="survey_change_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyQuestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("header", models.CharField(max_length=500)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("text", models.CharField(max_length=500)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("nps", "Recommendation, 0 to 10 (NPS)"),
                                    ("csat", "Satisfaction (CSAT)"),
                                    ("likert", "Agreement or rating scale (Likert)"),
                                    ("single", "One choice"),
                                    ("multi", "Several choices"),
                                    ("open", "Open text"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "labels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), blank=True, default=list
                            ),
                        ),
                        (
                            "part",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="question",
                                to="research.part",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="questions",
                                to="research.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey_id", "position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["nps", "csat", "likert", "single", "multi", "open"])
                                ),
                                name="survey_question_kind_known",
                            ),
                            models.UniqueConstraint(fields=("survey", "header"), name="survey_question_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyResponse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=200)),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("digest", models.CharField(max_length=64)),
                        ("submitted_on", models.DateField(null=True)),
                        ("segment", models.CharField(blank=True, max_length=120)),
                        (
                            "participant",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="research.participant",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="responses",
                                to="research.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["survey_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("survey", "key"), name="survey_response_once"),
                            models.UniqueConstraint(
                                fields=("survey", "number"), name="survey_response_number_once"
                            ),
                        ],
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
                        ("number", models.FloatField(null=True)),
                        (
                            "choices",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), default=list
                            ),
                        ),
                        (
                            "cue",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answer",
                                to="research.cue",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="research.surveyquestion",
                            ),
                        ),
                        (
                            "response",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="research.surveyresponse",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["response_id", "question_id"],
                        "indexes": [
                            models.Index(
                                fields=["question"], include=("number",), name="survey_answer_by_question"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("response", "question"), name="survey_answer_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("choices", []), ("cue", None), ("number__isnull", False)),
                                    models.Q(
                                        ("cue", None),
                                        ("number", None),
                                        models.Q(("choices", []), _negated=True),
                                    ),
                                    models.Q(("choices", []), ("cue__isnull", False), ("number", None)),
                                    _connector="OR",
                                ),
                                name="survey_answer_is_of_one_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number", None),
                                    models.Q(("number__gt", float("-inf")), ("number__lt", float("inf"))),
                                    _connector="OR",
                                ),
                                name="survey_answer_finite",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SusAnswers",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "items",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(null=True), size=10
                            ),
                        ),
                        (
                            "session",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sus",
                                to="research.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["session_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("items__len", 10)), name="sus_has_ten_items"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TagGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(),
                                editable=False,
                                unique=True,
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("locked", models.BooleanField(default=False)),
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
                    ],
                    options={
                        "ordering": ["position", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"), name="tag_group_name_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                            ),
                        ),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "colour",
                            models.CharField(
                                choices=[
                                    ("violet", "Violet"),
                                    ("amber", "Amber"),
                                    ("blue", "Blue"),
                                    ("green", "Green"),
                                    ("red", "Red"),
                                    ("teal", "Teal"),
                                    ("pink", "Pink"),
                                    ("slate", "Slate"),
                                ],
                                default="slate",
                                max_length=10,
                            ),
                        ),
                        ("guideline", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("used", "In use"), ("retired", "Retired"), ("merged", "Merged")],
                                default="used",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_from",
                                to="research.tag",
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
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="research.tag",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="own_tags",
                                to="research.study",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tags",
                                to="research.taggroup",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["group__position", "group__name", "name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"),
                                models.F("study"),
                                condition=models.Q(("state", "merged"), _negated=True),
                                name="tag_name_once",
                                nulls_distinct=False,
                            ),
                            models.UniqueConstraint(
                                fields=("guid", "study"), name="tag_guid_once_in_study", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "colour__in",
                                        ["violet", "amber", "blue", "green", "red", "teal", "pink", "slate"],
                                    )
                                ),
                                name="tag_colour_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["used", "retired", "merged"])),
                                name="tag_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                                    models.Q(
                                        models.Q(("state", "merged"), _negated=True),
                                        ("merged_into__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="tag_merged_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into", None),
                                    models.Q(("merged_into", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                name="tag_not_merged_into_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HighlightTag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("since", models.DateTimeField(editable=False, null=True)),
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
                            "highlight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="taggings",
                                to="research.highlight",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taggings",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["highlight_id", "tag_id"],
                        "indexes": [models.Index(fields=["tag", "-highlight"], name="highlight_tag_by_tag")],
                        "constraints": [
                            models.UniqueConstraint(fields=("highlight", "tag"), name="highlight_tag_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecondTagging",
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
                            "tagging",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="seconds",
                                to="research.highlighttag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["tagging_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("tagging", "by"), name="second_tagging_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PastTagging",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("highlight_id", models.BigIntegerField(db_index=True)),
                        ("created_by_id", models.BigIntegerField()),
                        ("began_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="past_taggings",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-ended_at", "-pk"],
                        "indexes": [models.Index(fields=["tag", "ended_at"], name="past_tagging_of_tag")],
                    },
                ),
                migrations.CreateModel(
                    name="KeptApart",
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
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.tag",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("first", "second"), name="kept_apart_once"),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))),
                                name="kept_apart_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TagChange",
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
                                    ("rename", "Renamed"),
                                    ("merge", "Merged"),
                                    ("split", "Split"),
                                    ("promotion", "Made a workspace tag"),
                                    ("move", "Moved"),
                                    ("retire", "Retired"),
                                    ("revive", "Brought back"),
                                    ("bulk", "Tagged in bulk"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "tag_ids",
                            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField()),
                        ),
                        ("words", models.CharField(max_length=300)),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
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
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="research.tag",
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
                            django.contrib.postgres.indexes.GinIndex(
                                fields=["tag_ids"], name="tag_change_touches"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "rename",
                                            "merge",
                                            "split",
                                            "promotion",
                                            "move",
                                            "retire",
                                            "revive",
                                            "bulk",
                                        ],
                                    )
                                ),
                                name="tag_change_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="tag_change_undone_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TagEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("slug", models.SlugField(db_index=False, max_length=80)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "colour",
                            models.CharField(
                                choices=[
                                    ("violet", "Violet"),
                                    ("amber", "Amber"),
                                    ("blue", "Blue"),
                                    ("green", "Green"),
                                    ("red", "Red"),
                                    ("teal", "Teal"),
                                    ("pink", "Pink"),
                                    ("slate", "Slate"),
                                ],
                                default="slate",
                                max_length=10,
                            ),
                        ),
                        ("guideline", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("used", "In use"), ("retired", "Retired"), ("merged", "Merged")],
                                default="used",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="research.tag",
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
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="research.tag",
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
                                to="research.tag",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="research.study",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="research.taggroup",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TagGroupEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("slug", models.SlugField(db_index=False)),
                        ("name", models.CharField(max_length=80)),
                        ("position", models.PositiveSmallIntegerField(default=100)),
                        ("locked", models.BooleanField(default=False)),
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
                                to="research.taggroup",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TagMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("tagged_at", models.DateTimeField()),
                        ("kept_at", models.DateTimeField()),
                        ("met", models.BooleanField(default=False)),
                        ("seconds", models.JSONField(default=list)),
                        ("came_back", models.BooleanField(default=False)),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves",
                                to="research.tagchange",
                            ),
                        ),
                        (
                            "from_tag",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.tag",
                            ),
                        ),
                        (
                            "highlight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.highlight",
                            ),
                        ),
                        (
                            "tagged_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "to_tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["change_id", "highlight_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("change", "highlight", "from_tag", "to_tag"),
                                name="tag_move_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TagRedirect",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80)),
                        ("at", models.DateTimeField()),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="redirects",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("name"),
                                models.F("tag"),
                                name="tag_redirect_name_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TagSuggestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("start", models.PositiveIntegerField()),
                        ("end", models.PositiveIntegerField()),
                        ("of_length", models.PositiveIntegerField()),
                        ("score", models.PositiveSmallIntegerField()),
                        (
                            "because",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), default=list
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To decide"),
                                    ("accepted", "Accepted"),
                                    ("rejected", "Rejected"),
                                ],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "cue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="research.cue",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "highlight",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="research.highlight",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="suggestions",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["tag_id", "-score", "pk"],
                        "indexes": [models.Index(fields=["tag", "state", "-score"], name="suggestion_next")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("tag", "cue", "start", "end"), name="suggestion_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("end__gt", models.F("start"))),
                                name="suggestion_not_empty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "accepted", "rejected"])),
                                name="suggestion_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="suggestion_decided_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="suggestion_decided_when_it_says_so",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ThemeSuggestion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=80)),
                        ("spans", models.JSONField(default=list)),
                        ("sentences", models.PositiveIntegerField()),
                        ("people", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "To decide"),
                                    ("accepted", "Became a tag"),
                                    ("rejected", "No theme"),
                                ],
                                default="open",
                                editable=False,
                                max_length=8,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(editable=False, null=True)),
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
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="suggested",
                                to="research.insightreport",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="research.tag",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["report_id", "-people", "-sentences", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "accepted", "rejected"])),
                                name="theme_suggestion_state_known",
                            ),
                            models.UniqueConstraint(fields=("report", "key"), name="theme_suggestion_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("decided_by", None), ("state", "open")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("state__in", ["accepted", "rejected"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="theme_suggestion_decided_pair",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UsabilityTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        (
                            "criterion",
                            models.CharField(blank=True, max_length=500, verbose_name="success criterion"),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tasks",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["study_id", "position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("study", "position"),
                                name="usability_task_position_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TaskResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("success", "Success"),
                                    ("partial", "Partial success"),
                                    ("fail", "Failure"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("seconds", models.FloatField(null=True)),
                        ("errors", models.PositiveSmallIntegerField(null=True)),
                        ("seq", models.PositiveSmallIntegerField(null=True)),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="task_results",
                                to="research.session",
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="results",
                                to="research.usabilitytask",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["task_id", "session_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("outcome__in", ["success", "partial", "fail"])),
                                name="task_result_outcome_known",
                            ),
                            models.UniqueConstraint(fields=("task", "session"), name="task_result_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("seconds", None),
                                    models.Q(("seconds__gt", 0), ("seconds__lt", float("inf"))),
                                    _connector="OR",
                                ),
                                name="task_result_takes_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seq", None), ("seq__range", (1, 7)), _connector="OR"),
                                name="task_result_seq_1_to_7",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsightEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reading", models.CharField(blank=True, max_length=300)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("supports", "Supports"),
                                    ("contradicts", "Contradicts"),
                                    ("context", "Gives context"),
                                ],
                                default="supports",
                                max_length=12,
                            ),
                        ),
                        (
                            "highlight",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="research.highlight",
                            ),
                        ),
                        (
                            "insight",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="research.insight",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="research.surveyquestion",
                            ),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="research.usabilitytask",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["insight_id", "position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("insight", "highlight"), name="evidence_once_in_insight"
                            ),
                            models.UniqueConstraint(
                                fields=("insight", "question"), name="evidence_question_once"
                            ),
                            models.UniqueConstraint(fields=("insight", "task"), name="evidence_task_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("highlight__isnull", False), ("question", None), ("task", None)
                                    ),
                                    models.Q(
                                        ("highlight", None), ("question__isnull", False), ("task", None)
                                    ),
                                    models.Q(
                                        ("highlight", None), ("question", None), ("task__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="evidence_is_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["supports", "contradicts", "context"])),
                                name="evidence_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ValueAlias",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("field", models.CharField(max_length=80)),
                        ("said", models.CharField(max_length=120)),
                        ("value", models.CharField(blank=True, max_length=120)),
                        ("at", models.DateTimeField(editable=False)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "value aliases",
                        "ordering": ["field", "said"],
                        "constraints": [
                            models.UniqueConstraint(fields=("field", "said"), name="value_alias_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeeklyHours",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "weekday",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (1, "Monday"),
                                    (2, "Tuesday"),
                                    (3, "Wednesday"),
                                    (4, "Thursday"),
                                    (5, "Friday"),
                                    (6, "Saturday"),
                                    (7, "Sunday"),
                                ],
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(7),
                                ],
                            ),
                        ),
                        ("start_minute", models.PositiveSmallIntegerField()),
                        ("end_minute", models.PositiveSmallIntegerField()),
                        (
                            "availability",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="weekly",
                                to="research.availability",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["availability_id", "weekday", "start_minute"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_minute__lte", 1440), ("start_minute__lt", models.F("end_minute"))
                                ),
                                name="weekly_hours_window",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)),
                                name="weekly_hours_weekday_known",
                            ),
                            models.UniqueConstraint(
                                fields=("availability", "weekday", "start_minute"), name="weekly_hours_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Withdrawal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=300)),
                        (
                            "session_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list
                            ),
                        ),
                        (
                            "insight_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list
                            ),
                        ),
                        (
                            "report_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("at", models.DateTimeField(editable=False)),
                        ("erased_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "erased_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "participant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="withdrawals",
                                to="research.participant",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="research.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("erased_at__isnull", True), ("erased_by__isnull", True)),
                                    models.Q(("erased_at__isnull", False), ("erased_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="withdrawal_erased_pair",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="insightreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="report_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'published')",
                            func="\nIF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'job_id' IS DISTINCT FROM to_jsonb(NEW) - 'job_id' THEN\n  RAISE EXCEPTION 'a published report is frozen'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_frozen';\nEND IF;\nRETURN NEW;\n",
                            hash="2a437723a1521365b080c04299918cf0eebeec5d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_report_frozen_6f792",
                            table="research_insightreport",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reportsection",
                    trigger=pgtrigger.compiler.Trigger(
                        name="section_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\nIF TG_OP = 'UPDATE' AND current_setting('prodops.redacting', true) = 'on'\n   AND to_jsonb(OLD) - 'data' = to_jsonb(NEW) - 'data' THEN\n  RETURN NEW;\nEND IF;\nIF EXISTS (SELECT 1 FROM research_insightreport\n           WHERE id IN (OLD.report_id, NEW.report_id) AND state = 'published') THEN\n  RAISE EXCEPTION 'a published report is frozen'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_frozen';\nEND IF;\nRETURN COALESCE(NEW, OLD);\n",
                            hash="49ef2339719b34c804fcf8bab1503120cf298e31",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_section_frozen_db8af",
                            table="research_reportsection",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="studyreader",
                    trigger=pgtrigger.compiler.Trigger(
                        name="study_reader_ids",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\nUPDATE research_study SET reader_ids = ARRAY(\n  SELECT user_id FROM research_studyreader WHERE study_id = COALESCE(NEW.study_id, OLD.study_id) ORDER BY 1)\n WHERE id = COALESCE(NEW.study_id, OLD.study_id);\nRETURN NULL;\n",
                            hash="69b7e74e395652d85e51cdcb47e5176923fdaba7",
                            operation="INSERT OR DELETE",
                            pgid="pgtrigger_study_reader_ids_2a9e2",
                            table="research_studyreader",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="highlighttag",
                    trigger=pgtrigger.compiler.Trigger(
                        name="highlight_tag_gone",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\nINSERT INTO research_pasttagging (highlight_id, tag_id, created_by_id, began_at, ended_at)\nSELECT gone.highlight_id, gone.tag_id, gone.created_by_id, coalesce(gone.since, gone.created_at),\n       greatest(coalesce(gone.since, gone.created_at),\n                coalesce(nullif(current_setting('prodops.at', true), '')::timestamptz, now()))\n  FROM gone JOIN research_tag kept ON kept.id = gone.tag_id ;\nRETURN NULL;\n",
                            hash="690425ff83d97c206f9147c40de663285529a4ff",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_highlight_tag_gone_a6359",
                            referencing="REFERENCING OLD TABLE AS gone ",
                            table="research_highlighttag",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="highlighttag",
                    trigger=pgtrigger.compiler.Trigger(
                        name="highlight_tag_moved",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\nINSERT INTO research_pasttagging (highlight_id, tag_id, created_by_id, began_at, ended_at)\nSELECT gone.highlight_id, gone.tag_id, gone.created_by_id, coalesce(gone.since, gone.created_at),\n       greatest(coalesce(gone.since, gone.created_at),\n                coalesce(nullif(current_setting('prodops.at', true), '')::timestamptz, now()))\n  FROM gone JOIN research_tag kept ON kept.id = gone.tag_id JOIN come ON come.id = gone.id WHERE come.tag_id <> gone.tag_id;\nRETURN NULL;\n",
                            hash="29dd60f2a17ed14b5ba629c4b08921f490e9d56b",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_highlight_tag_moved_eb0a7",
                            referencing="REFERENCING OLD TABLE AS gone  NEW TABLE AS come ",
                            table="research_highlighttag",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="highlight",
                    trigger=pgtrigger.compiler.Trigger(
                        name="highlight_verbatim",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."orphaned_at" IS NULL)',
                            declare="DECLARE said text; inside boolean; first_at integer; last_at integer; part bigint;",
                            func="\nSELECT position, part_id INTO first_at, part FROM research_cue\n WHERE id = NEW.start_cue_id AND session_id = NEW.session_id;\nSELECT position INTO last_at FROM research_cue\n WHERE id = NEW.end_cue_id AND session_id = NEW.session_id AND part_id IS NOT DISTINCT FROM part;\nSELECT string_agg(\n         substring(cue.text\n           FROM CASE WHEN cue.id = NEW.start_cue_id THEN NEW.start_offset ELSE 0 END + 1\n           FOR greatest(0,\n             CASE WHEN cue.id = NEW.end_cue_id THEN NEW.end_offset ELSE char_length(cue.text) END\n             - CASE WHEN cue.id = NEW.start_cue_id THEN NEW.start_offset ELSE 0 END)),\n         E'\\n' ORDER BY cue.position),\n       bool_and(cue.id <> NEW.end_cue_id OR NEW.end_offset <= char_length(cue.text))\n  INTO said, inside\n  FROM research_cue cue\n WHERE cue.session_id = NEW.session_id AND cue.position BETWEEN first_at AND last_at;\nIF said IS DISTINCT FROM NEW.quote OR NOT inside THEN\n  RAISE EXCEPTION 'the quote is not what the transcript says there'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'highlight_quote_verbatim';\nEND IF;\nRETURN NEW;\n",
                            hash="d0f41e5b4ee1800dc50e5d308fa605097dd8e8d7",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_highlight_verbatim_8ddb7",
                            table="research_highlight",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="taggroup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "research_taggroupevent" ("id", "locked", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "slug") VALUES (NEW."id", NEW."locked", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."slug"); RETURN NULL;',
                            hash="a3432e218c8642c2ae69642cf8aa66f2a12490b6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6f170",
                            table="research_taggroup",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="taggroup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."locked" IS DISTINCT FROM (NEW."locked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."slug" IS DISTINCT FROM (NEW."slug"))',
                            func='INSERT INTO "research_taggroupevent" ("id", "locked", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "slug") VALUES (NEW."id", NEW."locked", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."slug"); RETURN NULL;',
                            hash="2a978c896ae1116e5144d902da16f77d220096da",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bd0ea",
                            table="research_taggroup",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tag",
                    trigger=pgtrigger.compiler.Trigger(
                        name="tag_parent_above",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE round_trip boolean; levels integer;",
                            func="\nIF NEW.parent_id IS NULL THEN RETURN NEW; END IF;\nPERFORM pg_advisory_xact_lock(hashtext('research_tag_parent'));\nWITH RECURSIVE above(id, parent_id, level) AS (\n  SELECT id, parent_id, 1 FROM research_tag WHERE id = NEW.parent_id\n  UNION ALL\n  SELECT up.id, up.parent_id, above.level + 1 FROM research_tag up\n  JOIN above ON up.id = above.parent_id WHERE above.level < 50)\nSELECT bool_or(id = NEW.id), max(level) INTO round_trip, levels FROM above;\nIF round_trip OR levels >= 6 THEN\n  RAISE EXCEPTION 'a tag cannot stand under itself, nor more than 6 deep'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'tag_parent_above';\nEND IF;\nIF EXISTS (SELECT 1 FROM research_tag\n           WHERE id = NEW.parent_id AND study_id IS NOT NULL AND study_id IS DISTINCT FROM NEW.study_id) THEN\n  RAISE EXCEPTION 'a tag cannot stand under a tag of another study'\n    USING ERRCODE = 'check_violation', CONSTRAINT = 'tag_parent_in_scope';\nEND IF;\nRETURN NEW;\n",
                            hash="15fdfb322891d02ddd2a2c587c9e768d9361274b",
                            operation='INSERT OR UPDATE OF "parent_id", "study_id"',
                            pgid="pgtrigger_tag_parent_above_b7917",
                            table="research_tag",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tag",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "research_tagevent" ("colour", "group_id", "guideline", "id", "merged_into_id", "name", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "state", "study_id") VALUES (NEW."colour", NEW."group_id", NEW."guideline", NEW."id", NEW."merged_into_id", NEW."name", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."state", NEW."study_id"); RETURN NULL;',
                            hash="495e3a27e8c39fabbb9c5955083d04e974277a2c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_44dfd",
                            table="research_tag",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tag",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."colour" IS DISTINCT FROM (NEW."colour") OR OLD."group_id" IS DISTINCT FROM (NEW."group_id") OR OLD."guideline" IS DISTINCT FROM (NEW."guideline") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."study_id" IS DISTINCT FROM (NEW."study_id"))',
                            func='INSERT INTO "research_tagevent" ("colour", "group_id", "guideline", "id", "merged_into_id", "name", "owner_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "state", "study_id") VALUES (NEW."colour", NEW."group_id", NEW."guideline", NEW."id", NEW."merged_into_id", NEW."name", NEW."owner_id", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."state", NEW."study_id"); RETURN NULL;',
                            hash="d328dcb21cd79bf4b7932af12466ee9880e20fc0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_31d9e",
                            table="research_tag",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
