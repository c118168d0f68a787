"""What a KPI and its versions choose from."""

from django.db import models


class Unit(models.TextChoices):
    COUNT = "count", "Count"
    PERCENT = "percent", "Percent"
    HOURS = "hours", "Hours"
    MINUTES = "minutes", "Minutes"
    MONEY = "money", "Money"
    RATIO = "ratio", "Ratio"


class Direction(models.TextChoices):
    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"
    RANGE = "range", "Best within a range"


class KpiTier(models.TextChoices):
    NORTH_STAR = "north_star", "North star"
    INPUT = "input", "Input"
    GUARDRAIL = "guardrail", "Guardrail"
    SUPPORTING = "supporting", "Supporting"


class Grain(models.TextChoices):
    HOUR = "hour", "Hour"
    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"


class KpiStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    DRIFTED = "drifted", "Drifted"
    DEPRECATED = "deprecated", "Deprecated"


# From which statuses a KPI may come into each.
STATUS_MOVES = {
    KpiStatus.PROPOSED: (KpiStatus.DRAFT,),
    KpiStatus.DRAFT: (KpiStatus.PROPOSED, KpiStatus.DEPRECATED),
    KpiStatus.APPROVED: (KpiStatus.PROPOSED, KpiStatus.DRIFTED, KpiStatus.DEPRECATED),
    KpiStatus.DRIFTED: (KpiStatus.APPROVED,),
    KpiStatus.DEPRECATED: (KpiStatus.DRAFT, KpiStatus.PROPOSED, KpiStatus.APPROVED, KpiStatus.DRIFTED),
}
