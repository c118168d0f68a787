"""Fernway's experiments: one in every state, from an idea to a learning that is contested."""

import dataclasses
import datetime as dt
import math

from metrics.models import ChecklistItem, Experiment, ExperimentTemplate, KpiRole, Learning, StopReason
from metrics.queries import sizing
from metrics.services import experiments, learnings, results, rulings
from prodops import search

GUARD, TICKETS = "support-tickets-per-100-accounts", 0.12  # the share of accounts that write to support
FASTER, HOURS, SPREAD = "time-to-first-route", 22.0, 9.0
CHANGED = {"error-beside-row": "Errors beside their row", "welcome-call": "A call is offered"}


@dataclasses.dataclass(frozen=True)
class Spec:
    """`began` and `ran` are days (ago, and how many); `lift` is how much better the change really is.

    `end` is the state it came to. `earlier`: the KPI is a mean of accounts that were there before, so that
    what they did then is known too.
    """

    key: str
    title: str
    kpi: str
    surface: str
    audience: str
    because: str
    change: str
    began: int
    ran: int | None
    end: str
    lift: float = 0.0
    baseline: float = 0.61
    daily: int = 300
    method: str = "fixed"
    insights: tuple[str, ...] = ()
    earlier: bool = False


TESTS = (
    Spec(
        key="error-beside-row",
        title="Show import errors beside their row",
        kpi="import-success-first-try",
        surface="importer",
        audience="New accounts",
        because="People understand a message and still do not know which row it speaks of.",
        change="showing each error beside its row",
        began=150,
        ran=28,
        end="closed",
        lift=0.078,
        insights=("People understand the messages but not what the buttons do to the row",),
    ),
    Spec(
        key="import-checklist",
        title="A checklist before the first import",
        kpi="import-success-first-try",
        surface="importer",
        audience="",
        because="Half of the failed imports lack a column that we could have asked for.",
        change="a checklist before the first import",
        began=110,
        ran=28,
        end="closed",
        lift=-0.006,
        insights=("Starting with the forty customers that matter beats importing everything",),
    ),
    Spec(
        key="calm-board",
        title="Only what is urgent is red on the board",
        kpi="replan-share",
        surface="board",
        audience="",
        because="All of the board shouts alike, so people look away from it.",
        change="one colour for what is urgent, and none for the rest",
        began=95,
        ran=28,
        end="decided",
        lift=0.061,
        baseline=16.0,
        daily=320,
        method="bayesian",
        insights=("The trouble is not how much the board shows but that all of it shouts alike",),
        earlier=True,
    ),
    Spec(
        key="welcome-call",
        title="Offer a call in the first week",
        kpi="activation-day-7",
        surface="sign-up",
        audience="New accounts",
        because="Carriers leave when their people are afraid of a screen.",
        change="offering a call with a planner",
        began=62,
        ran=28,
        end="decided",
        lift=0.115,
        baseline=0.36,
        daily=320,
        insights=(
            "Carriers leave when their people are afraid of a screen, and not when a rival has more features",
        ),
    ),
    Spec(
        key="short-sign-up",
        title="Sign-up in two steps instead of five",
        kpi="activation-day-7",
        surface="sign-up",
        audience="",
        because="One in four leaves at the question about the fleet.",
        change="asking for the fleet only after the first route",
        began=40,
        ran=28,
        end="stopped",
        lift=0.022,
        baseline=0.36,
        daily=320,
    ),
    Spec(
        key="sample-import",
        title="Begin with a sample import",
        kpi="import-success-first-try",
        surface="importer",
        audience="New accounts",
        because="For part of our users the best error screen is a safe second try.",
        change="a sample file that can be tried at once",
        began=16,
        ran=None,
        end="running",
        lift=0.041,
        method="sequential",
        insights=("For part of our users the best error screen is a safe second upload",),
    ),
    Spec(
        key="import-preview",
        title="Preview the import before it runs",
        kpi="import-success-first-try",
        surface="importer",
        audience="New accounts",
        because="An import that succeeds wrongly costs more than one that fails.",
        change="a preview of the first ten rows",
        began=-4,
        ran=None,
        end="ready",
        insights=("An import that succeeds wrongly costs carriers more than one that fails",),
    ),
    Spec(
        key="short-list",
        title="A short list of trouble beside the map",
        kpi="driver-app-weekly-use",
        surface="map",
        audience="More than ten deliveries a day",
        because="Above about ten deliveries a day the map gets in the way.",
        change="a list of the stops that are in trouble",
        began=-20,
        ran=None,
        end="draft",
        insights=(
            "Above about ten deliveries a day the map gets in the way and a short list of trouble is wanted",
        ),
    ),
    Spec(
        key="dark-map",
        title="A dark map at night",
        kpi="weekly-active-dispatchers",
        surface="map",
        audience="",
        because="Night dispatchers dim their screens.",
        change="a dark map after sunset",
        began=-30,
        ran=None,
        end="dropped",
    ),
)


def build(world):
    template = ExperimentTemplate.objects.create(
        name="Onboarding",
        purpose="Tests in the first two weeks of an account",
        design={"unit": "account", "method": "fixed", "correction": "holm", "min_days": 14},
        guardrails=[{"kpi": GUARD, "margin": 0.15}],
        checklist=[
            {"text": "Tried out on a phone and on a slow line", "required": True},
            {"text": "Exposure is logged once an account", "required": True},
            {"text": "Support knows what some accounts will see", "required": False},
        ],
        by=world.people["tomas"],
        at=world.moment(200),
    )
    dice = world.dice("experiments")
    made = {spec.key: _one(world, template, spec, dice) for spec in TESTS}
    _learn(world, made)
    search.index_many(Experiment.objects.all())
    search.index_many(Learning.objects.all())


def _one(world, template, spec, dice):
    kpi = world.kpis[spec.kpi]
    owner = kpi.owner
    began = world.moment(max(spec.began, 0), 9)
    written = world.moment(max(spec.began, 0) + 12, 10)
    test = _drafted(world, template, spec, kpi, at=written)
    if spec.end == "dropped":
        experiments.drop(test, reason="Maps follow the device's own setting since May.", by=owner, at=began)
    if spec.end in ("draft", "dropped"):
        return test
    ChecklistItem.objects.filter(experiment=test).update(done_by=owner, done_at=written)
    experiments.make_ready(test, by=owner, at=written)
    if spec.end == "ready":
        return test
    experiments.start(test, by=owner, at=began)
    if spec.end == "running":
        until = test.planned_to + dt.timedelta(days=7)
        why = "A public holiday fell into the first week."
        experiments.extend(test, until=until, reason=why, by=owner, at=world.moment(10, 11))
        for days_ago in (7, 1):
            _take(test, spec, dice, days=spec.began - days_ago, by=owner, at=world.moment(days_ago, 7))
        return test
    if spec.end == "stopped":  # somebody could not wait
        early = world.moment(spec.began - 12, 16)
        seen = _take(test, spec, dice, days=12, by=owner, at=early)
        results.peek(test, seen, by=owner, at=early)
    stopped = world.moment(spec.began - spec.ran, 17)
    experiments.stop(test, reason=StopReason.PLANNED, note="", by=owner, at=stopped)
    later = stopped + dt.timedelta(hours=2)
    newest = _take(test, spec, dice, days=spec.ran, by=owner, at=later)
    _decide(test, spec, newest, by=owner, at=stopped + dt.timedelta(days=1))
    return test


def _drafted(world, template, spec, kpi, *, at):
    """The idea and its design, with as many units and days as it needs."""
    down = kpi.direction == "down"
    sized = sizing.size(
        proportion=not spec.earlier,
        baseline=spec.baseline,
        spread=SPREAD,
        mde=0.05 if spec.baseline > 0.5 else 0.08,
        daily_units=spec.daily,
    )
    first = world.day(spec.began)
    test = experiments.create(
        title=spec.title,
        key=spec.key,
        team=kpi.team,
        owner=kpi.owner,
        template=template,
        insights=[world.insights[title] for title in spec.insights],
        by=kpi.owner,
        at=at,
        area=kpi.area,
        because=spec.because,
        change=spec.change,
        audience=spec.audience,
        wanted="down" if down else "up",
        size=0.05 if spec.baseline > 0.5 else 0.08,
        mde=0.05 if spec.baseline > 0.5 else 0.08,
        baseline=spec.baseline,
        spread=SPREAD if spec.earlier else None,
        daily_units=spec.daily,
        sample_size=sized.per_variant,
        know_when="the KPI has moved by that much after the planned weeks, and no guardrail is harmed",
        surfaces=[spec.surface],
        planned_from=first,
        planned_to=first + dt.timedelta(days=spec.ran or 27),
    )
    if spec.method != "fixed":
        test.method = spec.method
        test.save(update_fields=["method"])
    test.variants.filter(is_control=False).update(name=CHANGED.get(spec.key, "With the change"))
    measured = "mean" if spec.earlier else "proportion"
    direction = "down" if down else "up"
    test.kpis.create(kpi=kpi, role=KpiRole.PRIMARY, direction=direction, measured=measured)
    if spec.kpi == "activation-day-7":
        faster = world.kpis[FASTER]
        test.kpis.create(kpi=faster, role=KpiRole.SECONDARY, direction="down", measured="mean", position=2)
    return test


def _take(test, spec, dice, *, days, by, at):
    """What a pipeline would have sent after so many days; gives the snapshot."""
    down = test.wanted == "down"
    rows = []
    for variant in test.variants.all():
        n = round(spec.daily * days / 2) + dice.randint(-18, 18)
        gain = 0.0 if variant.is_control else spec.lift
        level = spec.baseline * (1 - gain if down else 1 + gain)
        numbers = {
            spec.kpi: _mean(n, level, before=spec.baseline) if spec.earlier else {"count": round(n * level)},
            GUARD: {"count": round(n * TICKETS * (1 - gain / 2)) + dice.randint(-4, 4)},
        }
        if spec.kpi == "activation-day-7":
            numbers[FASTER] = _mean(n, HOURS * (1 - gain * 0.7))
        rows.append({"key": variant.key, "n": n, "kpis": numbers})
    return results.take(test, {"variants": rows}, source="api", by=by, at=at)[0]


def _mean(n, level, before=None):
    """Sums of `n` units around `level`; with `before`, of the time before too, which explains half of it."""
    sums = {"sum": round(n * level, 1), "sum_squares": round(n * (level**2 + SPREAD**2), 1)}
    if before is not None:
        together = SPREAD**2 * math.sqrt(0.5)
        sums |= {
            "pre_sum": round(n * before, 1),
            "pre_sum_squares": round(n * (before**2 + SPREAD**2), 1),
            "pre_sum_products": round(n * (level * before + together), 1),
        }
    return sums


WHY = {
    "error-beside-row": "Clearly better over four weeks, and support saw no more tickets.",
    "import-checklist": "No difference that anybody could see, and one more step to look after.",
    "calm-board": "Fewer loads are planned twice, and nobody asked for the old colours.",
    "welcome-call": "The call helps, and a planner has time for thirty of them a week.",
    "short-sign-up": "Not clear by the numbers, but sales hear about the five steps in every call.",
}


def _decide(test, spec, snapshot, *, by, at):
    """By the rule; but the short sign-up is wanted against it and waits for somebody else."""
    ships = snapshot.readout["recommendation"]["action"] == "ship" or spec.end == "stopped"
    rulings.decide(
        test,
        ruling="ship" if ships else "roll_back",
        variant=test.variants.get(is_control=False) if ships else None,
        rationale=WHY[spec.key],
        by=by,
        at=at,
    )


def _learn(world, made):
    """Two tests of the importer speak for one sentence and against it."""
    first, second = made["error-beside-row"], made["import-checklist"]
    at = world.moment(75, 15)
    rulings.close(
        first,
        title="People mend what they see where it is wrong",
        body="Show what is wrong beside it. Lists of errors at the end are not read.",
        by=first.owner,
        at=at,
    )
    learning = first.learnings.select_related("learning").get().learning
    note = "Told beforehand what may go wrong, people did not look."
    rulings.close(second, learning=learning, stance="contradicts", note=note, by=second.owner, at=at)
    insight = world.insights[TESTS[0].insights[0]]
    learnings.cite(learning, insight=insight, stance="supports", by=first.owner, at=at)
