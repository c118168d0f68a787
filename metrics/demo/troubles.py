"""Fernway's incidents of a year and what became of them, its quarantines, and decisions on its numbers."""

import datetime as dt

from metrics.models import Cause, Flag, FlagKind, FlagState, Incident, IncidentState, Severity
from metrics.services import decisions, incidents, reviews
from metrics.stats import severity

# Where nothing in the year's story explains a flag
CALM = (
    (Cause.FALSE_POSITIVE, "One odd day; the rows behind it are as they should be."),
    (Cause.FALSE_POSITIVE, "Checked against the source: the number is right, and the week is ordinary."),
    (Cause.REAL_CHANGE, "A public holiday in two of our larger markets."),
    (Cause.PIPELINE, "The warehouse reloaded that day; the value after the reload was ordinary."),
    (Cause.REAL_CHANGE, "Two large accounts moved their month-end run. Nothing of ours changed."),
)
CAUSES = {"flat": Cause.PIPELINE, "dropout": Cause.PIPELINE, "missing": Cause.MISSING_DATA}
OPEN = ("import-success-first-try", "support-tickets-per-100-accounts", "time-to-first-route")


def decide(world):
    """Before the checks found anything: decisions that rest on the year's numbers."""
    maya, tomas = world.people["maya"], world.people["tomas"]
    day = world.today
    for kpi, who, ago, title, text in (
        (
            "import-success-first-try",
            maya,
            2,
            "Roll the new importer out to everybody",
            "First-try success has held above the old importer for four weeks. We open it to all accounts.",
        ),
        (
            "weekly-active-dispatchers",
            tomas,
            24,
            "Keep the weekly target as it is",
            "Growth is on the line we planned in January; no reason to move the target.",
        ),
    ):
        decisions.record(
            [world.kpis[kpi]],
            title=title,
            text=text,
            data_from=day - dt.timedelta(days=ago + 27),
            data_to=day - dt.timedelta(days=ago),
            by=who,
            at=world.moment(ago, 11),
        )


def answer(world, specs):
    """Answer what the real checks found in the year as the owners did; leave the last days open."""
    for spec in specs:
        _answer_history(world, spec)
    _answer_now(world)
    held = world.kpis["first-response-time"]
    decisions.hold(
        held,
        reason="The help desk moves to another system this week: times before and after do not compare",
        until=world.moment(-5, 0),
        window_from=world.moment(3, 0),
        window_to=world.moment(0, 0),
        by=world.people["tomas"],
        at=world.moment(1, 9),
    )


def _answer_history(world, spec):
    """Each flag of the past had its incident, which somebody resolved."""
    kpi = world.kpis[spec["slug"]]
    dice = world.dice(f"metrics:answers:{kpi.slug}")
    flags = list(Flag.objects.filter(kpi=kpi, state=FlagState.PAST).order_by("period", "pk"))
    made = []
    for flag in flags:
        flag.raised_at = flag.period + dt.timedelta(days=1, minutes=15)
        event = _behind(spec, (world.today - flag.period.date()).days)
        cause, words = (
            (CAUSES.get(event["kind"], Cause.REAL_CHANGE), event["note"]) if event else dice.choice(CALM)
        )
        resolved = flag.raised_at + dt.timedelta(hours=dice.randint(8, 30), minutes=dice.randint(0, 59))
        grade = severity.severity(flag.kind, flag.score, flag.value, flag.expected)
        made.append(
            Incident(
                kpi=kpi,
                way=incidents.way_of(flag),
                state=IncidentState.RESOLVED,
                severity=grade,
                window_from=flag.period,
                window_to=flag.period,
                opened_at=flag.raised_at,
                resolved_at=resolved,
                resolved_by=kpi.owner,
                cause=cause,
                comment=words,
            )
        )
    for flag, incident in zip(flags, Incident.objects.bulk_create(made), strict=True):
        flag.incident, flag.state = incident, FlagState.FOUND
    Flag.objects.bulk_update(flags, ["raised_at", "state", "incident"])


def _behind(spec, days_ago):
    """What of the year's story lies behind a flag: an event that began, held or ended within a week of it."""
    for event in spec.get("events", []):
        began, ended = event["days_ago"], event["days_ago"] - event["length_days"]
        if ended - 7 <= days_ago <= began + 1:
            return event
    return None


def _answer_now(world):
    """The last fortnight's: some wait, one is looked after, one is put off, the rest were nothing."""
    now = world.moment(0, 8)
    people = world.people
    for incident in Incident.objects.open().select_related("kpi__owner").order_by("pk"):
        slug = incident.kpi.slug
        if slug == OPEN[0]:
            incidents.assign(incident, to=people["maya"], by=people["tomas"], at=now)
        elif slug == OPEN[1]:
            incidents.acknowledge(incident, by=incident.kpi.owner, at=now)
        elif slug not in OPEN and not incident.flags.filter(kind=FlagKind.LATE).exists():
            words = CALM[incident.pk % 2][1]
            by = incident.kpi.owner or people["tomas"]
            incidents.resolve(incident, cause=Cause.FALSE_POSITIVE, comment=words, by=by, at=now)
    _a_problem_somebody_saw(world)


def _a_problem_somebody_saw(world):
    """Reported by a person, put off until the reload; and a decision that was looked at again."""
    kpi, ops = world.kpis["weekly-active-dispatchers"], world.people["tomas"]
    incident = incidents.report(
        kpi,
        way="data",
        what="Dispatchers of two merged accounts count twice since the merge",
        severity=Severity.MEDIUM,
        window_from=world.moment(30, 0),
        window_to=world.moment(22, 0),
        by=ops,
        at=world.moment(1, 15),
    )
    incidents.snooze(incident, until=world.moment(-3, 8), by=ops, at=world.moment(1, 15, 5))
    for review in incident.reviews.select_related("decision"):
        reviews.answer(
            review,
            outcome="stands",
            reason="Without the doubled accounts the line is one per cent lower: still on plan.",
            by=ops,
            at=world.moment(1, 16),
        )
