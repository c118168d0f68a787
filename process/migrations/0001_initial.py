import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("metrics", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("prodops", "0001_initial"),
    ]

    operations = [
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
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
                        default="draft",
                        max_length=10,
                    ),
                ),
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
                "ordering": ["-year", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "number"), name="okr_cycle_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__range", (1, 4))), name="okr_cycle_is_a_quarter"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (1900, 9998))), name="okr_cycle_year_sensible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "active", "closed"])),
                        name="okr_cycle_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("activated_at__isnull", True), ("activated_by__isnull", True)),
                            models.Q(("activated_at__isnull", False), ("activated_by__isnull", False)),
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
                                models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="okr_cycle_closed_when_signed",
                    ),
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
                ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="prodops.team"
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
                "indexes": [models.Index(fields=["cycle", "team", "position"], name="objective_in_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("intent__in", ["committed", "aspirational", "learning"])),
                        name="objective_intent_known",
                    )
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
                ("start", models.FloatField()),
                ("target", models.FloatField()),
                ("weight", models.FloatField(default=1)),
                ("current", models.FloatField(editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False)),
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
                                models.Q(("current__gt", float("-inf")), ("current__lt", float("inf"))),
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
                        condition=models.Q(("start", models.F("target")), _negated=True),
                        name="key_result_has_a_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0), ("weight__lte", 1000)),
                        name="key_result_weight_sensible",
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
                ("confidence", models.PositiveSmallIntegerField(default=7)),
                ("note", models.CharField(blank=True, max_length=1000)),
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
            name="KeyResultEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
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
                ("start", models.FloatField()),
                ("target", models.FloatField()),
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
                        related_name="title_unit_start_target_weight_kpi_owner_events",
                        to="process.keyresult",
                    ),
                ),
            ],
            options={
                "abstract": False,
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
            ],
            options={
                "ordering": ["name"],
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
                        choices=[("draft", "Draft"), ("approved", "Approved")], default="draft", max_length=10
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="prodops.team"
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
                            models.Q(models.Q(("state", "final"), _negated=True), ("final_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="document_final_when_signed",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="documenttemplate",
            name="current",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="process.templateversion",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keyresult",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "process_keyresultevent" ("kpi_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start", "target", "title", "unit", "weight") VALUES (NEW."kpi_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start", NEW."target", NEW."title", NEW."unit", NEW."weight"); RETURN NULL;',
                    hash="5d2d586fa4a85f9cf7bae5452e2677ab5efb0cba",
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
                    condition='WHEN (OLD."kpi_id" IS DISTINCT FROM (NEW."kpi_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."start" IS DISTINCT FROM (NEW."start") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."weight" IS DISTINCT FROM (NEW."weight"))',
                    func='INSERT INTO "process_keyresultevent" ("kpi_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start", "target", "title", "unit", "weight") VALUES (NEW."kpi_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start", NEW."target", NEW."title", NEW."unit", NEW."weight"); RETURN NULL;',
                    hash="a70a9e30b02c8e1a5e6a364aa1757a653232805d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8a9e1",
                    table="process_keyresult",
                    when="AFTER",
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
    ]
