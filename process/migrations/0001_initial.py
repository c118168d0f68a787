import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import prodops.migrations._together


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("metrics", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("prodops", "0001_initial"),
    ]

    operations = [
        prodops.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name="OkrCycle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("number", models.PositiveSmallIntegerField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("review", "Review"),
                                    ("align", "Align"),
                                    ("active", "Active"),
                                    ("grading", "Grading"),
                                    ("closed", "Closed"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("personal", models.BooleanField(default=False)),
                        ("activated_at", models.DateTimeField(editable=False, null=True)),
                        ("closed_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "activated_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    ],
                    options={
                        "ordering": [
                            "-year",
                            models.OrderBy(models.F("number"), descending=True, nulls_first=True),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("year", "number"), name="okr_cycle_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number__range", (1, 4)), ("number", None), _connector="OR"
                                ),
                                name="okr_cycle_quarter_or_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("year__range", (1900, 9998))),
                                name="okr_cycle_year_sensible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "review", "align", "active", "grading", "closed"])
                                ),
                                name="okr_cycle_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("activated_at__isnull", True), ("activated_by__isnull", True)),
                                    models.Q(
                                        ("activated_at__isnull", False), ("activated_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="okr_cycle_activated_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="okr_cycle_closed_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="okr_cycle_closed_when_signed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CycleGate",
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
                                    ("draft", "Draft"),
                                    ("review", "Review"),
                                    ("align", "Align"),
                                    ("active", "Active"),
                                    ("grading", "Grading"),
                                    ("closed", "Closed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
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
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gates",
                                to="process.okrcycle",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["cycle_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("cycle", "state"), name="cycle_gate_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "review", "align", "active", "grading", "closed"])
                                ),
                                name="cycle_gate_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state", "closed"), _negated=True),
                                name="cycle_gate_leads_on",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GateItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(max_length=200)),
                        ("ticked_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "gate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="process.cyclegate",
                            ),
                        ),
                        (
                            "ticked_by",
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
                        "ordering": ["gate_id", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ticked_at__isnull", True), ("ticked_by__isnull", True)),
                                    models.Q(("ticked_at__isnull", False), ("ticked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="gate_item_ticked_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Objective",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160)),
                        ("why", models.TextField(blank=True, max_length=2000)),
                        (
                            "intent",
                            models.CharField(
                                choices=[
                                    ("committed", "Committed"),
                                    ("aspirational", "Aspirational"),
                                    ("learning", "Learning"),
                                ],
                                default="committed",
                                max_length=12,
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[("company", "Company"), ("team", "Team"), ("personal", "Personal")],
                                default="team",
                                max_length=8,
                            ),
                        ),
                        ("learned", models.TextField(blank=True, max_length=2000)),
                        ("abandoned_at", models.DateTimeField(editable=False, null=True)),
                        ("abandoned_reason", models.CharField(blank=True, editable=False, max_length=500)),
                        ("reviewed_at", models.DateTimeField(editable=False, null=True)),
                        ("archived_at", models.DateTimeField(editable=False, null=True)),
                        ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("created_at", models.DateTimeField(editable=False)),
                        (
                            "abandoned_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "carried_from",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="carried_to",
                                to="process.objective",
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
                            "reviewed_by",
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
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="objectives",
                                to="process.okrcycle",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["cycle_id", "team_id", "position", "pk"],
                        "indexes": [
                            models.Index(fields=["cycle", "team", "position"], name="objective_in_order")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("intent__in", ["committed", "aspirational", "learning"])),
                                name="objective_intent_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("level__in", ["company", "team", "personal"])),
                                name="objective_level_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="objective_reviewed_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("abandoned_at__isnull", True), ("abandoned_by__isnull", True)),
                                    models.Q(
                                        ("abandoned_at__isnull", False), ("abandoned_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="objective_abandoned_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("abandoned_at", None), ("abandoned_reason", "")),
                                    models.Q(
                                        ("abandoned_at__isnull", False),
                                        models.Q(("abandoned_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="objective_abandoned_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160)),
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
                                default="percent",
                                max_length=10,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("increase", "Increase"),
                                    ("decrease", "Decrease"),
                                    ("keep_above", "Keep above"),
                                    ("keep_below", "Keep below"),
                                    ("keep_within", "Keep within"),
                                    ("milestones", "Milestones"),
                                    ("ordinal", "Steps on a scale"),
                                ],
                                default="increase",
                                max_length=12,
                            ),
                        ),
                        ("start", models.FloatField(null=True)),
                        ("target", models.FloatField(null=True)),
                        ("stretch", models.FloatField(blank=True, null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        (
                            "levels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=80), blank=True, default=list
                            ),
                        ),
                        ("guardrail", models.BooleanField(default=False)),
                        ("agreed_start", models.FloatField(editable=False, null=True)),
                        ("agreed_target", models.FloatField(editable=False, null=True)),
                        ("agreed_low", models.FloatField(editable=False, null=True)),
                        ("agreed_high", models.FloatField(editable=False, null=True)),
                        ("weight", models.FloatField(default=1)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("hand", "Typed at each check-in"),
                                    ("kpi", "A KPI"),
                                    ("key_result", "Another key result"),
                                    ("roadmap", "The roadmap"),
                                ],
                                default="hand",
                                max_length=10,
                            ),
                        ),
                        ("item_label", models.CharField(blank=True, editable=False, max_length=60)),
                        ("item_id", models.PositiveBigIntegerField(editable=False, null=True)),
                        ("current", models.FloatField(editable=False, null=True)),
                        ("closed_share", models.FloatField(editable=False, null=True)),
                        ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                        (
                            "follows",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followers",
                                to="process.keyresult",
                            ),
                        ),
                        (
                            "kpi",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "kpi_version",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="metrics.kpiversion",
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
                            "objective",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="key_results",
                                to="process.objective",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["objective_id", "position", "pk"],
                        "indexes": [
                            models.Index(fields=["kpi"], name="key_result_by_kpi"),
                            models.Index(fields=["owner"], name="key_result_by_owner"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unit__in", ["count", "percent", "hours", "minutes", "money", "ratio"])
                                ),
                                name="key_result_unit_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "increase",
                                            "decrease",
                                            "keep_above",
                                            "keep_below",
                                            "keep_within",
                                            "milestones",
                                            "ordinal",
                                        ],
                                    )
                                ),
                                name="key_result_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ["hand", "kpi", "key_result", "roadmap"])),
                                name="key_result_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("start__gt", float("-inf")), ("start__lt", float("inf"))),
                                        ("start", None),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("target__gt", float("-inf")), ("target__lt", float("inf"))),
                                        ("target", None),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("stretch__gt", float("-inf")), ("stretch__lt", float("inf"))
                                        ),
                                        ("stretch", None),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("low__gt", float("-inf")), ("low__lt", float("inf"))),
                                        ("low", None),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("high__gt", float("-inf")), ("high__lt", float("inf"))),
                                        ("high", None),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("current__gt", float("-inf")), ("current__lt", float("inf"))
                                        ),
                                        ("current", None),
                                        _connector="OR",
                                    ),
                                ),
                                name="key_result_finite",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kpi__isnull", True), ("kpi_version__isnull", True)),
                                    models.Q(("kpi__isnull", False), ("kpi_version__isnull", False)),
                                    _connector="OR",
                                ),
                                name="key_result_pins_a_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "increase"),
                                        ("start__isnull", False),
                                        ("start__lt", models.F("target")),
                                        ("target__isnull", False),
                                    ),
                                    models.Q(
                                        ("kind", "decrease"),
                                        ("start__gt", models.F("target")),
                                        ("start__isnull", False),
                                        ("target__isnull", False),
                                    ),
                                    models.Q(
                                        ("kind", "ordinal"),
                                        ("start__isnull", False),
                                        ("target__isnull", False),
                                        models.Q(("start", models.F("target")), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("kind__in", ("increase", "decrease", "ordinal")), _negated=True
                                        ),
                                        ("start", None),
                                        ("target", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_result_has_a_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("high", None), ("kind", "keep_above"), ("low__isnull", False)),
                                    models.Q(("high__isnull", False), ("kind", "keep_below"), ("low", None)),
                                    models.Q(("kind", "keep_within"), ("low__lt", models.F("high"))),
                                    models.Q(
                                        models.Q(
                                            ("kind__in", ["keep_above", "keep_below", "keep_within"]),
                                            _negated=True,
                                        ),
                                        ("high", None),
                                        ("low", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_result_keeps_to_its_bounds",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kpi__isnull", False), ("source", "kpi")),
                                    models.Q(models.Q(("source", "kpi"), _negated=True), ("kpi", None)),
                                    _connector="OR",
                                ),
                                name="key_result_kpi_is_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("follows__isnull", False), ("source", "key_result")),
                                    models.Q(
                                        models.Q(("source", "key_result"), _negated=True), ("follows", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="key_result_follows_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("item_id__isnull", False),
                                        ("source", "roadmap"),
                                        models.Q(("item_label", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("source", "roadmap"), _negated=True),
                                        ("item_id", None),
                                        ("item_label", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="key_result_item_is_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gte", 0), ("weight__lte", 1000)),
                                name="key_result_weight_sensible",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alignment",
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
                                choices=[("supports", "Supports"), ("contributes", "Contributes value")],
                                default="supports",
                                max_length=12,
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
                            "key_result",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="child_links",
                                to="process.keyresult",
                            ),
                        ),
                        (
                            "child",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parent_links",
                                to="process.objective",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="child_links",
                                to="process.objective",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["child_id", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["supports", "contributes"])),
                                name="alignment_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("child", models.F("parent")), _negated=True),
                                name="alignment_not_to_itself",
                            ),
                            models.UniqueConstraint(
                                fields=("child", "parent", "key_result"),
                                name="alignment_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CheckIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("week", models.DateField()),
                        ("value", models.FloatField()),
                        ("by_hand", models.BooleanField(default=True)),
                        ("confidence", models.PositiveSmallIntegerField(default=7)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("next", models.CharField(blank=True, max_length=1000)),
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
                            "key_result",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="check_ins",
                                to="process.keyresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key_result_id", "-week", "-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["key_result", "-week", "-at", "-id"], name="check_in_latest")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("value__gt", float("-inf")), ("value__lt", float("inf"))),
                                    ("value", None),
                                    _connector="OR",
                                ),
                                name="check_in_finite",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("confidence__range", (0, 10))), name="check_in_confidence"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Grade",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value", models.FloatField()),
                        ("proposed", models.FloatField(editable=False, null=True)),
                        ("proposed_edited", models.FloatField(editable=False, null=True)),
                        ("why", models.CharField(blank=True, max_length=500)),
                        ("on_time", models.BooleanField(editable=False)),
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
                            "key_result",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="grade",
                                to="process.keyresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key_result_id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("value__range", (0, 1))), name="grade_from_0_to_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("proposed", None), ("proposed__range", (0, 1)), _connector="OR"
                                ),
                                name="grade_proposed_from_0_to_1",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="KeyResultEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("title", models.CharField(max_length=160)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("increase", "Increase"),
                                    ("decrease", "Decrease"),
                                    ("keep_above", "Keep above"),
                                    ("keep_below", "Keep below"),
                                    ("keep_within", "Keep within"),
                                    ("milestones", "Milestones"),
                                    ("ordinal", "Steps on a scale"),
                                ],
                                default="increase",
                                max_length=12,
                            ),
                        ),
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
                                default="percent",
                                max_length=10,
                            ),
                        ),
                        ("start", models.FloatField(null=True)),
                        ("target", models.FloatField(null=True)),
                        ("low", models.FloatField(blank=True, null=True)),
                        ("high", models.FloatField(blank=True, null=True)),
                        ("weight", models.FloatField(default=1)),
                        (
                            "kpi",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="metrics.kpi",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
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
                                related_name="title_kind_unit_start_target_low_high_weight_kpi_owner_events",
                                to="process.keyresult",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160)),
                        ("weight", models.FloatField(default=1)),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("done_at", models.DateTimeField(editable=False, null=True)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "done_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "key_result",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="milestones",
                                to="process.keyresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key_result_id", "position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="milestone_done_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__gt", 0), ("weight__lte", 1000)),
                                name="milestone_weight_sensible",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OkrImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("shape", models.CharField(max_length=12)),
                        ("columns", models.JSONField(default=dict)),
                        ("people", models.JSONField(default=dict)),
                        ("teams", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("staged", "Being looked at"),
                                    ("done", "Imported"),
                                    ("undone", "Undone"),
                                ],
                                default="staged",
                                max_length=10,
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("left", models.JSONField(default=list)),
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
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="process.okrcycle",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
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
                                condition=models.Q(("state__in", ["staged", "done", "undone"])),
                                name="okr_import_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="okr_import_undone_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "undone"), _negated=True), ("undone_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="okr_import_undone_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OkrImportRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        ("check_ins", models.PositiveIntegerField(default=0)),
                        (
                            "load",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="process.okrimport",
                            ),
                        ),
                        (
                            "objective",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="process.objective",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["load_id", "line", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("load", "objective"), name="okr_import_row_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Retrospective",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("went_well", models.TextField(blank=True, max_length=4000)),
                        ("went_badly", models.TextField(blank=True, max_length=4000)),
                        ("learned", models.TextField(blank=True, max_length=2000)),
                        ("differently", models.TextField(blank=True, max_length=2000)),
                        ("postmortem", models.TextField(blank=True, max_length=8000)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                            "objective",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="retrospective",
                                to="process.objective",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["objective_id"],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewMeeting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("begun_at", models.DateTimeField(editable=False)),
                        ("ended_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "begun_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="meetings",
                                to="process.okrcycle",
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
                        "ordering": ["-begun_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="review_meeting_ended_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AgendaItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=160)),
                        ("why", models.CharField(blank=True, max_length=300)),
                        ("stood", models.CharField(blank=True, max_length=200)),
                        ("discussed_at", models.DateTimeField(null=True)),
                        (
                            "objective",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="agenda_items",
                                to="process.objective",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="process.reviewmeeting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["meeting_id", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("meeting", "number"), name="agenda_item_number_once"
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
                        ("text", models.CharField(max_length=1000)),
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
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="decisions",
                                to="process.agendaitem",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["item_id", "at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewAction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(max_length=500)),
                        ("due_on", models.DateField()),
                        ("at", models.DateTimeField()),
                        ("done_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "done_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="actions",
                                to="process.agendaitem",
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
                        "ordering": ["due_on", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at", None)),
                                fields=["owner", "due_on"],
                                name="review_action_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="review_action_done_pair",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Waiver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
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
                            "key_result",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="waivers",
                                to="process.keyresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key_result_id", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("key_result", "incident", "hold"),
                                name="waiver_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("hold", None), ("incident__isnull", False)),
                                    models.Q(("hold__isnull", False), ("incident", None)),
                                    _connector="OR",
                                ),
                                name="waiver_of_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="waiver_says_why"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TemplateVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("body", models.TextField(max_length=50000)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("approved", "Approved")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("written_at", models.DateTimeField()),
                        ("approved_at", models.DateTimeField(editable=False, null=True)),
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
                            "template",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="process.documenttemplate",
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["template_id", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("template", "number"), name="template_version_number_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("template",),
                                name="template_one_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="template_version_approved_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at", None), ("state", "draft")),
                                    models.Q(("approved_at__isnull", False), ("state", "approved")),
                                    _connector="OR",
                                ),
                                name="template_version_approved_when_signed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "approved"])),
                                name="template_version_state_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=160)),
                        ("body", models.TextField(max_length=200000)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("in_review", "In review"), ("final", "Final")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("answered", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("asked", models.PositiveSmallIntegerField(default=0, editable=False)),
                        ("created_at", models.DateTimeField(editable=False)),
                        ("updated_at", models.DateTimeField(editable=False)),
                        ("final_at", models.DateTimeField(editable=False, null=True)),
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
                            "final_by",
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
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "template_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="process.templateversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-updated_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["-updated_at", "-id"], name="document_newest"),
                            models.Index(fields=["area", "-updated_at"], name="document_by_area"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "in_review", "final"])),
                                name="document_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("final_at__isnull", True), ("final_by__isnull", True)),
                                    models.Q(("final_at__isnull", False), ("final_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="document_final_pair",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("final_at__isnull", False), ("state", "final")),
                                    models.Q(
                                        models.Q(("state", "final"), _negated=True),
                                        ("final_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="document_final_when_signed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=80, unique=True)),
                        ("purpose", models.CharField(max_length=300)),
                        (
                            "current",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="process.templateversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="grade",
                    trigger=pgtrigger.compiler.Trigger(
                        name="grade_stands_once_closed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF EXISTS (\n                SELECT 1 FROM process_okrcycle cycle\n                WHERE cycle.state = 'closed' AND cycle.id IN (SELECT o.cycle_id FROM process_objective o JOIN process_keyresult k ON o.id = k.objective_id WHERE k.id IN (OLD.key_result_id, NEW.key_result_id))\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: % of a closed cycle stand as they are', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="331254f5b9407b6e5dc0459122314904cbe73a41",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_grade_stands_once_closed_ffb28",
                            table="process_grade",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="keyresult",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "process_keyresultevent" ("high", "kind", "kpi_id", "low", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start", "target", "title", "unit", "weight") VALUES (NEW."high", NEW."kind", NEW."kpi_id", NEW."low", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start", NEW."target", NEW."title", NEW."unit", NEW."weight"); RETURN NULL;',
                            hash="88d958f2a627e3ef2c90bcc3e0ced03f7ab4848e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_40271",
                            table="process_keyresult",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="keyresult",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."high" IS DISTINCT FROM (NEW."high") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."kpi_id" IS DISTINCT FROM (NEW."kpi_id") OR OLD."low" IS DISTINCT FROM (NEW."low") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."start" IS DISTINCT FROM (NEW."start") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."weight" IS DISTINCT FROM (NEW."weight"))',
                            func='INSERT INTO "process_keyresultevent" ("high", "kind", "kpi_id", "low", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start", "target", "title", "unit", "weight") VALUES (NEW."high", NEW."kind", NEW."kpi_id", NEW."low", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start", NEW."target", NEW."title", NEW."unit", NEW."weight"); RETURN NULL;',
                            hash="29a6a8ec9801ec2e0eec314d5699c99eff8ef048",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8a9e1",
                            table="process_keyresult",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="alignment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_circle",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    PERFORM pg_advisory_xact_lock(7204119);\n    IF EXISTS (\n        WITH RECURSIVE above (id) AS (\n            SELECT NEW.parent_id\n            UNION\n            SELECT a.parent_id FROM process_alignment a JOIN above b ON a.child_id = b.id WHERE a.id <> NEW.id\n        )\n        SELECT 1 FROM above WHERE id = NEW.child_id\n    ) THEN\n        RAISE EXCEPTION 'alignment_no_circle' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n",
                            hash="b479bf057c32326f59db70e6397a61c5e5de9138",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_no_circle_4ab91",
                            table="process_alignment",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="retrospective",
                    trigger=pgtrigger.compiler.Trigger(
                        name="retrospective_stands_once_closed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF EXISTS (\n                SELECT 1 FROM process_okrcycle cycle\n                WHERE cycle.state = 'closed' AND cycle.id IN (SELECT o.cycle_id FROM process_objective o WHERE o.id IN (OLD.objective_id, NEW.objective_id))\n            ) THEN\n                RAISE EXCEPTION 'pgtrigger: % of a closed cycle stand as they are', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="bb084f860e1b3a8651fbccfb1fc92b0768659743",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_retrospective_stands_once_closed_c5135",
                            table="process_retrospective",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="templateversion",
                    trigger=pgtrigger.compiler.Trigger(
                        name="approved_is_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'approved')",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e152bc461ff40ae31320992b70f0be10cf74e75d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_approved_is_frozen_23e6c",
                            table="process_templateversion",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
