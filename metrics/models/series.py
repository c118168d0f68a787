"""A KPI's values over time, where each came from, and what it was before."""

from django.db import connection, models
from django.db.models import Q

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

MAIN = Q(slice=None, beside=False)
FINITE = Q(value__gt=float("-inf"), value__lt=float("inf"))  # PostgreSQL holds NaN to be above infinity


class PointQuerySet(models.QuerySet):
    def main(self):
        """The values of the whole, one for each period: what checks, lists and charts of a KPI go by."""
        return self.filter(MAIN)

    def series(self, since=None):
        """(period, value) in order of time."""
        chosen = self if since is None else self.filter(period__gte=since)
        return chosen.order_by("period").values_list("period", "value")

    def write_expected(self, rows):
        """Keep what points were expected to be: rows of (KPI id, period, expected, low, high)."""
        if not rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE metrics_point p SET expected = e.expected, low = e.low, high = e.high"
                " FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[])"
                " AS e (kpi_id, period, expected, low, high)"
                " WHERE p.kpi_id = e.kpi_id AND p.period = e.period AND p.slice_id IS NULL AND NOT p.beside",
                [list(column) for column in zip(*rows, strict=True)],
            )


class Point(models.Model):
    """One value of one period; a period without data has no row.

    `period` is the start: of an hour in UTC; for days, weeks and months, midnight UTC stands for the
    calendar day, and is shown as that day in every time zone. `value` is a double and not a decimal: these
    are measurements, the detector and the chart work in doubles, and no invoice is made from them.
    `low` to `high` is where the checks expected the value to lie before they knew it.

    `version` is the definition it was counted by. `beside`: another version governs this period, and the
    value only stands beside that one's. With a `slice` it is the value of a part. What is neither beside nor
    a part is the series: `main()`.

    Versions and slices are never deleted, and services/ingest.py reads their ids in the transaction that
    writes points; so the database does not look each up again for each point, which was half of the cost.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="points", db_index=False)
    version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, related_name="points", db_index=False, db_constraint=False
    )
    slice = models.ForeignKey(
        "metrics.Slice",
        models.PROTECT,
        null=True,
        related_name="points",
        db_index=False,
        db_constraint=False,
    )
    beside = models.BooleanField(default=False, db_default=False)
    period = models.DateTimeField()
    value = models.FloatField()
    load = models.ForeignKey("metrics.SeriesImport", models.PROTECT, null=True, related_name="points")
    loaded_at = models.DateTimeField()
    expected = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ["kpi_id", "period"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "period"], condition=MAIN, include=["value"], name="point_main_once"
            ),
            models.UniqueConstraint(
                fields=["kpi", "slice", "period", "version"], nulls_distinct=False, name="point_once"
            ),
            models.CheckConstraint(condition=FINITE, name="point_finite"),
        ]

    def __str__(self):
        return f"{self.value} on {self.period:%Y-%m-%d}"


class ImportState(models.TextChoices):
    STAGED = "staged", "Waiting for you to confirm"
    DONE = "done", "Imported"
    UNDONE = "undone", "Undone"


class SourceKind(models.TextChoices):
    FILE = "file", "File"
    API = "api", "API"
    SQL = "sql", "Query"
    HAND = "hand", "By hand"


class SeriesImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody reads what was imported; what only waits is its uploader's."""
        return self.filter(~Q(state=ImportState.STAGED) | Q(by=user))

    def staged_by(self, user):
        return self.filter(state=ImportState.STAGED, by=user)

    def for_kpi(self):
        """Beside a KPI that is loaded."""
        return self.select_related("by").defer("text").fetch_mode(STRICT_FETCH)

    def for_list(self):
        return self.select_related("by", "kpi").defer("text").fetch_mode(STRICT_FETCH)


class SeriesImport(models.Model):
    """Values that came together from a file, by the API, from a query or by hand, into one KPI's series.

    `file_name` says more of where: the file, the token or the source. While staged, `text` holds the upload;
    it is emptied once the values are in.
    """

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="imports")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    source_kind = models.CharField(max_length=10, choices=SourceKind, default=SourceKind.FILE)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.STAGED)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = SeriesImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", ImportState, name="import_state_known"),
            one_of("source_kind", SourceKind, name="import_source_kind_known"),
            both_or_neither("undone_by", "undone_at", name="import_undone_pair"),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE, undone_at__isnull=False)
                | (~Q(state=ImportState.UNDONE) & Q(undone_at=None)),
                name="import_undone_says_when",
            ),
        ]
        indexes = [models.Index(fields=["kpi", "-at"], name="import_by_kpi")]

    def __str__(self):
        return self.file_name


class RestatementQuerySet(models.QuerySet):
    def for_list(self):
        whole = self.select_related("load__by", "slice", "version")
        return whole.defer("load__text").fetch_mode(STRICT_FETCH)


class Restatement(models.Model):
    """A value that an import changed, and what it was: "last week's 4.2 % is now 3.9 %"."""

    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="restatements")
    load = models.ForeignKey("metrics.SeriesImport", models.PROTECT, related_name="restatements")
    version = models.ForeignKey(
        "metrics.KpiVersion", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    slice = models.ForeignKey(
        "metrics.Slice", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    period = models.DateTimeField()
    before = models.FloatField()
    before_load = models.ForeignKey("metrics.SeriesImport", models.PROTECT, null=True, related_name="+")
    after = models.FloatField()

    objects = RestatementQuerySet.as_manager()

    class Meta:
        ordering = ["-load_id", "-period"]
        constraints = [
            models.UniqueConstraint(
                fields=["load", "slice", "period", "version"], nulls_distinct=False, name="restatement_once"
            )
        ]
        indexes = [models.Index(fields=["kpi", "-period"], name="restatement_by_kpi")]

    def __str__(self):
        return f"{self.before} is now {self.after}"
