"""How requests fare: how long a decision takes, and whether all who ask are answered and taken on alike."""

from typing import Any, NamedTuple

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Extract, Greatest, Least

from coordination.models import DECIDED, TAKEN_ON, RequestComment, State, Voice
from prodops.models import Tier
from research.synthesis.intervals import Estimate, wilson

FEWEST = 10  # of which a share is told; below, the numbers are shown and nothing is said of them
RANKS = [Tier.NONE, Tier.BRONZE, Tier.SILVER, Tier.GOLD]
NO_ACCOUNT = "no-account"  # in addresses


class Percentile(Aggregate):
    """The value that a share (`at`, from 0 to 1) of the rows does not exceed."""

    output_field = FloatField()
    template = "percentile_cont(%(at)s) WITHIN GROUP (ORDER BY %(expressions)s)%(filter)s"
    allow_distinct = False

    def __init__(self, expression, at, **extra):
        super().__init__(expression, at=f"{float(at):.2f}", **extra)


class Group(NamedTuple):
    """One team, tier, area or source. Times are in days, of those decided or answered.

    `accepted` is a share of the decided. `stands_out` says "lower" or "higher" where the interval leaves the
    share of all out. `query` narrows the list of requests to the group.
    """

    name: str
    query: str
    sent: int
    decided: int
    waiting: int
    days_half: float | None
    days_most: float | None
    answer_half: float | None
    answered: Estimate
    accepted: Estimate
    small: bool
    stands_out: str


class Report(NamedTuple):
    whole: Group
    parts: list[tuple[str, str, list[Group]]]  # key, heading, groups, the one with most requests first


def best_tier():
    """The best tier among a request's own accounts, as it was when each was added."""
    rank = Case(
        *(
            When(Q(tier_then=tier) | Q(tier_then="", account__tier=tier), then=Value(place))
            for place, tier in enumerate(RANKS)
        ),
        output_field=IntegerField(),
    )
    voices = Voice.objects.filter(request=OuterRef("pk")).order_by().values("request")
    return Subquery(voices.annotate(best=Max(rank)).values("best"))


def fate():
    """The state that counts: a joined request shares that of the one it was joined with."""
    return Coalesce("root__state", "state")


def fairness(requests):
    """The `Report` of a QuerySet of requests."""
    told = RequestComment.objects.filter(request=OuterRef("pk"), message__isnull=False)
    first = told.order_by().values("request").annotate(first=Min("at")).values("first")
    rows = requests.order_by().annotate(
        fate=fate(),
        best=best_tier(),
        answered_at=Least("decided_at", Subquery(first)),
        came_by=Coalesce("channel__name", Value(""), output_field=CharField()),
    )
    days = {"days": _days("decided_at"), "answer_days": _days("answered_at")}
    rows = rows.annotate(**days)
    whole = _group(rows.aggregate(**_counts()), "All", "", None)
    parts = [
        ("tier", "By tier", _by(rows, "best", whole, _tier)),
        ("area", "By area", _by(rows, "area__name", whole, _area, "area__slug")),
        ("team", "By team", _by(rows, "submitter_team__name", whole, _team, "submitter_team__slug")),
        ("source", "By source", _by(rows, "came_by", whole, _source, "channel__slug")),
    ]
    return Report(whole, parts)


def _days(until):
    span = ExpressionWrapper(F(until) - F("submitted_at"), output_field=DurationField())
    return Greatest(Extract(span, "epoch", output_field=FloatField()) / 86_400.0, 0.0)


def _counts():
    over = Q(fate__in=DECIDED)
    return {
        "sent": Count("pk"),
        "decided": Count("pk", filter=over),
        "waiting": Count("pk", filter=Q(fate=State.NEW)),
        "taken": Count("pk", filter=Q(fate__in=TAKEN_ON)),
        "replied": Count("pk", filter=Q(answered_at__isnull=False)),
        "days_half": Percentile("days", 0.5),
        "days_most": Percentile("days", 0.9),
        "answer_half": Percentile("answer_days", 0.5),
    }


def _by(rows, field, whole, name, *more):
    found: Any = rows.values(field, *more).annotate(**_counts())
    groups = []
    for one in found:
        label, query = name(*(one[key] for key in (field, *more)))
        groups.append(_group(one, label, query, whole))
    return sorted(groups, key=lambda one: (-one.sent, one.name))


def _group(counts, name, query, whole):
    accepted = wilson(counts["taken"], counts["decided"])
    small = counts["decided"] < FEWEST
    stands_out = ""
    if whole is not None and not small and accepted.has_interval and whole.accepted.known:
        if accepted.high < whole.accepted.value:
            stands_out = "lower"
        elif accepted.low > whole.accepted.value:
            stands_out = "higher"
    return Group(
        name=name,
        query=query,
        sent=counts["sent"],
        decided=counts["decided"],
        waiting=counts["waiting"],
        days_half=counts["days_half"],
        days_most=counts["days_most"],
        answer_half=counts["answer_half"],
        answered=wilson(counts["replied"], counts["sent"]),
        accepted=accepted,
        small=small,
        stands_out=stands_out,
    )


def _tier(best):
    if best is None:
        return "Without an account", f"tier={NO_ACCOUNT}"
    tier = RANKS[best]
    return tier.label if tier != Tier.NONE else "No tier", f"tier={tier.value}"


def _area(name, slug):
    return name or "No area yet", f"area={slug or 'null'}"


def _team(name, slug):
    return name or "Without a team", f"team={slug or 'null'}"


def _source(name, slug):
    return name or "Request form", f"channel={slug or 'null'}"
