import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import pgvector.django.halfvec
import pgvector.django.indexes
from django.conf import settings
from django.contrib.postgres import operations as postgres
from django.db import migrations, models

import prodops.migrations._together

# Words without accents and signs, so that paths, host names and file names fall into their words; the
# title weighs A and the body D.
SEARCH_FUNCTIONS = """
CREATE FUNCTION prodops_norm(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(regexp_replace(public.unaccent('public.unaccent'::regdictionary, $1), '[^[:alnum:]]+', ' ', 'g'))
$$;
CREATE FUNCTION prodops_document(title text, body text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('pg_catalog.english'::regconfig, public.prodops_norm(title)), 'A')
      || setweight(to_tsvector('pg_catalog.english'::regconfig, public.prodops_norm(left(body, 200000))), 'D')
$$;
"""
DROP_SEARCH_FUNCTIONS = """
DROP FUNCTION prodops_document(text, text);
DROP FUNCTION prodops_norm(text);
"""

# What an entry means is worked out from its first words by one model: the key names both, so that a changed
# text, or another model (by a migration that writes its name here), makes the vector one to make again.
MEANING_KEY = """
CREATE FUNCTION prodops_meaning_key(title text, body text) RETURNS uuid
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT md5('minilm-l6-v2-int8 ' || title || '. ' || left(body, 2000))::uuid
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        postgres.CreateExtension("unaccent"),
        postgres.CreateExtension("pg_trgm"),
        postgres.CreateExtension("btree_gin"),
        postgres.CreateExtension("btree_gist"),
        postgres.CreateExtension("vector"),
        migrations.RunSQL(SEARCH_FUNCTIONS, DROP_SEARCH_FUNCTIONS),
        migrations.RunSQL(MEANING_KEY, "DROP FUNCTION prodops_meaning_key(text, text);"),
        prodops.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name="Heartbeat",
                    fields=[
                        ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="SentMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("to", models.TextField()),
                        ("subject", models.CharField(max_length=300)),
                        ("body", models.TextField()),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("job_title", models.CharField(blank=True, max_length=120)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("submitter", "Submitter"),
                                    ("member", "Member"),
                                    ("product_ops", "Product ops"),
                                    ("admin", "Admin"),
                                ],
                                default="member",
                                max_length=20,
                            ),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        (
                            "mail_preference",
                            models.CharField(
                                choices=[("at_once", "At once"), ("daily", "Once a day"), ("off", "Never")],
                                default="at_once",
                                max_length=10,
                            ),
                        ),
                        ("digest_sent_at", models.DateTimeField(editable=False, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("date_joined", models.DateTimeField(auto_now_add=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"), name="user_email_lower_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role__in", ["submitter", "member", "product_ops", "admin"])
                                ),
                                name="user_role_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.BigIntegerField()),
                        ("file", models.FileField(max_length=200, upload_to="attachments/%Y/%m/")),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.BigIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
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
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["subject_type", "subject_id", "at"], name="attachment_by_subject"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Away",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("first_day", models.DateField()),
                        ("last_day", models.DateField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="away",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["first_day", "pk"],
                        "indexes": [models.Index(fields=["last_day", "first_day"], name="away_by_days")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("last_day__gte", models.F("first_day"))),
                                name="away_ends_after_it_begins",
                            ),
                            models.UniqueConstraint(
                                fields=("user", "first_day", "last_day"), name="away_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.BigIntegerField()),
                        (
                            "guid",
                            models.UUIDField(
                                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                            ),
                        ),
                        ("body", models.TextField(max_length=10000)),
                        (
                            "mentions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("edited_at", models.DateTimeField(null=True)),
                        ("deleted_at", models.DateTimeField(null=True)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["subject_type", "subject_id", "at"], name="comment_by_subject"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=160)),
                        ("domain", models.CharField(blank=True, max_length=253)),
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
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("bronze", "Bronze"),
                                    ("silver", "Silver"),
                                    ("gold", "Gold"),
                                    ("none", "None"),
                                ],
                                default="none",
                                max_length=10,
                            ),
                        ),
                        (
                            "arr",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="ARR"
                            ),
                        ),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        (
                            "external_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), blank=True, default=list
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
                                to="prodops.customeraccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "indexes": [models.Index(fields=["name", "id"], name="account_by_name")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("domain", ""), _negated=True),
                                fields=("domain",),
                                name="account_domain_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("arr", None), ("arr__gte", 0), _connector="OR"),
                                name="account_arr_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                                name="account_currency_iso",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("pk")), _negated=True),
                                name="account_not_its_own_parent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("segment__in", ["small", "mid", "enterprise", "unknown"])
                                ),
                                name="account_segment_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tier__in", ["bronze", "silver", "gold", "none"])),
                                name="account_tier_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountFigures",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on", models.DateField()),
                        ("arr", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("bronze", "Bronze"),
                                    ("silver", "Silver"),
                                    ("gold", "Gold"),
                                    ("none", "None"),
                                ],
                                max_length=10,
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
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="prodops.customeraccount",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "account figures",
                        "ordering": ["account", "-on"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "on"), name="account_figures_once_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tier__in", ["bronze", "silver", "gold", "none"])),
                                name="account_figures_tier_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("segment__in", ["small", "mid", "enterprise", "unknown"])
                                ),
                                name="account_figures_segment_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject", models.CharField(max_length=60)),
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("number", "Number"),
                                    ("date", "Date"),
                                    ("checkbox", "Checkbox"),
                                    ("url", "Link"),
                                    ("select", "One of a list"),
                                    ("multiselect", "Several of a list"),
                                    ("person", "Person"),
                                ],
                                default="text",
                                max_length=12,
                            ),
                        ),
                        ("help_text", models.CharField(blank=True, max_length=200)),
                        ("options", models.JSONField(blank=True, default=list)),
                        ("position", models.PositiveIntegerField(default=0)),
                        ("required", models.BooleanField(default=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        "ordering": ["subject", "position", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "text",
                                            "number",
                                            "date",
                                            "checkbox",
                                            "url",
                                            "select",
                                            "multiselect",
                                            "person",
                                        ],
                                    )
                                ),
                                name="custom_field_kind_known",
                            ),
                            models.UniqueConstraint(fields=("subject", "key"), name="custom_field_key_once"),
                            models.UniqueConstraint(
                                models.F("subject"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("retired_at", None)),
                                name="custom_field_name_once",
                                violation_error_message="There is a field of this name already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("verb", models.CharField(max_length=60)),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.BigIntegerField()),
                        ("subject_text", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        ("data", models.JSONField(default=dict)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(null=True)),
                        ("error", models.TextField(blank=True)),
                        (
                            "by",
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
                                fields=["subject_type", "subject_id", "-at"], name="event_by_subject"
                            ),
                            models.Index(
                                condition=models.Q(("delivered_at", None)),
                                fields=["next_try_at"],
                                name="event_outbox",
                            ),
                            models.Index(fields=["-at", "-id"], name="event_newest"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("on", models.DateField()),
                        ("rate", models.DecimalField(decimal_places=8, max_digits=18)),
                        ("entered_at", models.DateTimeField()),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["currency", "-on"],
                        "constraints": [
                            models.UniqueConstraint(fields=("currency", "on"), name="rate_once_a_day"),
                            models.CheckConstraint(
                                condition=models.Q(("rate__gt", 0)), name="rate_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                                name="rate_currency_iso",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Favourite",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.BigIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("url", models.CharField(max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="favourites",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["title", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "subject_type", "subject_id"), name="favourite_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("task", models.CharField(max_length=100)),
                        ("arguments", models.JSONField(default=dict)),
                        ("asked_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("stage", models.CharField(blank=True, max_length=120)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("beat_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("cancel_asked_at", models.DateTimeField(null=True)),
                        ("result_url", models.CharField(blank=True, max_length=300)),
                        ("log", models.TextField(blank=True)),
                        (
                            "asked_by",
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=["state"],
                                name="job_unfinished",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "running", "done", "failed", "cancelled"])
                                ),
                                name="job_state_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(max_length=300)),
                        ("url", models.CharField(max_length=300)),
                        ("at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(null=True)),
                        ("mailed_at", models.DateTimeField(null=True)),
                        ("topic", models.CharField(blank=True, max_length=100)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="prodops.event",
                            ),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notifications",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(fields=["recipient", "-at", "-id"], name="notification_mine"),
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["recipient"],
                                name="notification_unread",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("recipient", "event"), name="notification_once_per_event"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("topic", ""), _negated=True),
                                fields=("recipient", "topic"),
                                name="notification_once_per_topic",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedFilter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("page", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=80)),
                        ("query", models.CharField(max_length=1000)),
                        ("bell", models.BooleanField(default=False)),
                        ("heard_to", models.BigIntegerField(default=0, editable=False)),
                        ("heard_next", models.BigIntegerField(default=0, editable=False)),
                        (
                            "told",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), blank=True, default=list, editable=False
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_filters",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("bell", True)), fields=["user"], name="saved_search_bell"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "page", "name"), name="saved_filter_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("object_id", models.BigIntegerField()),
                        ("title", models.CharField(max_length=300)),
                        ("body", models.TextField(blank=True)),
                        ("url", models.CharField(max_length=300)),
                        ("context", models.CharField(blank=True, max_length=300)),
                        ("capability", models.CharField(max_length=40)),
                        ("wide_capability", models.CharField(blank=True, default="", max_length=40)),
                        (
                            "team_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), null=True
                            ),
                        ),
                        (
                            "user_ids",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), null=True
                            ),
                        ),
                        ("happened_at", models.DateTimeField()),
                        ("moment_ms", models.PositiveIntegerField(null=True)),
                        (
                            "facets",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), default=list
                            ),
                        ),
                        (
                            "document",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("title"), models.F("body"), function="prodops_document"
                                ),
                                output_field=django.contrib.postgres.search.SearchVectorField(),
                            ),
                        ),
                        ("embedding", pgvector.django.halfvec.HalfVectorField(dimensions=384, null=True)),
                        (
                            "meaning_key",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("title"), models.F("body"), function="prodops_meaning_key"
                                ),
                                output_field=models.UUIDField(),
                            ),
                        ),
                        ("embedded_key", models.UUIDField(null=True)),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("kind", "text_ops"),
                                models.F("document"),
                                fastupdate=False,
                                name="search_kind_document",
                            ),
                            models.Index(fields=["kind", "-happened_at"], name="search_newest"),
                            models.Index(fields=["-happened_at", "-id"], name="search_newest_of_all"),
                            django.contrib.postgres.indexes.GinIndex(
                                fastupdate=False, fields=["facets"], name="search_facets"
                            ),
                            pgvector.django.indexes.HnswIndex(
                                ef_construction=64,
                                fields=["embedding"],
                                m=16,
                                name="search_meaning",
                                opclasses=["halfvec_cosine_ops"],
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("embedded_key", None),
                                    models.Q(("embedded_key", models.F("meaning_key")), _negated=True),
                                    _connector="OR",
                                ),
                                fields=["-id"],
                                name="search_to_embed",
                            ),
                            models.Index(
                                condition=models.Q(("embedding__isnull", False)),
                                fields=["embedded_key"],
                                name="search_embedded",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "object_id"), name="search_entry_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchLexeme",
                    fields=[
                        ("lexeme", models.TextField(primary_key=True, serialize=False)),
                        ("entries", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                django.contrib.postgres.indexes.OpClass("lexeme", "gin_trgm_ops"),
                                name="search_lexeme_trigram",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Team",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=80, unique=True)),
                        (
                            "members",
                            models.ManyToManyField(
                                related_name="teams",
                                through="prodops.Membership",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[("viewer", "Viewer"), ("editor", "Editor"), ("lead", "Lead")],
                                default="editor",
                                max_length=10,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to="prodops.team",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["team_id", "user_id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "team"), name="membership_once"),
                            models.CheckConstraint(
                                condition=models.Q(("level__in", ["viewer", "editor", "lead"])),
                                name="membership_level_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductArea",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=80)),
                        ("description", models.TextField(blank=True)),
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
                                to="prodops.productarea",
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
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("parent", "name"),
                                name="area_name_once_in_parent",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("pk")), _negated=True),
                                name="area_not_its_own_parent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MembershipEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "level",
                            models.CharField(
                                choices=[("viewer", "Viewer"), ("editor", "Editor"), ("lead", "Lead")],
                                default="editor",
                                max_length=10,
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
                                to="prodops.membership",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    ],
                    options={
                        "abstract": False,
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
                        ("email", models.EmailField(max_length=254)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("submitter", "Submitter"),
                                    ("member", "Member"),
                                    ("product_ops", "Product ops"),
                                    ("admin", "Admin"),
                                ],
                                default="member",
                                max_length=20,
                            ),
                        ),
                        ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                        ("invited_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(editable=False, null=True)),
                        ("accepted_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "invited_by",
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
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="prodops.team",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-invited_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                                name="invitation_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role__in", ["submitter", "member", "product_ops", "admin"])
                                ),
                                name="invitation_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("invited_at"))),
                                name="invitation_lasts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UserRoleIsActiveEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("submitter", "Submitter"),
                                    ("member", "Member"),
                                    ("product_ops", "Product ops"),
                                    ("admin", "Admin"),
                                ],
                                default="member",
                                max_length=20,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
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
                                related_name="role_is_active_events",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "prodops_userroleisactiveevent" ("is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."is_active", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role"); RETURN NULL;',
                            hash="fc7e0c10b7db971df6a5241d1cbcd46e5533b493",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_61f4d",
                            table="prodops_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."role" IS DISTINCT FROM (NEW."role"))',
                            func='INSERT INTO "prodops_userroleisactiveevent" ("is_active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."is_active", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role"); RETURN NULL;',
                            hash="a922bf0a6bb542cafd3734e74bf7f5982485e5c7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e6442",
                            table="prodops_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membership",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "prodops_membershipevent" ("id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id") VALUES (NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."team_id", NEW."user_id"); RETURN NULL;',
                            hash="80ce0777b414db97f6a3831f0427acd2c4fac00d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_81735",
                            table="prodops_membership",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membership",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "prodops_membershipevent" ("id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id") VALUES (NEW."id", NEW."level", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."team_id", NEW."user_id"); RETURN NULL;',
                            hash="bceaaa3ae89dfa95aaaf712d6fd107c213964280",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_12cc3",
                            table="prodops_membership",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
