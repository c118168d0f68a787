"""Fernway's experiments: one in every state, from an idea to a learning that is contested."""

import datetime as dt

from metrics.models import ChecklistItem, Experiment, ExperimentTemplate, KpiRole, Learning, StopReason
from metrics.services import experiments, learnings, rulings
from prodops import search

# key, title, primary KPI, surface, audience, change, days ago it started, days it ran, what became of it
TESTS = (
    (
        *("error-beside-row", "Show import errors beside their row", "import-success-first-try", "importer"),
        *("New accounts", "showing each error beside its row", 150, 28, "closed"),
    ),
    (
        *("import-checklist", "A checklist before the first import", "import-success-first-try", "importer"),
        *("", "a checklist before the first import", 100, 21, "closed"),
    ),
    (
        *("welcome-call", "Offer a call in the first week", "activation-day-7", "sign-up"),
        *("New accounts", "offering a call with a planner", 60, 28, "decided"),
    ),
    (
        *("short-sign-up", "Sign-up in two steps instead of five", "activation-day-7", "sign-up"),
        *("", "asking for the fleet only after the first route", 40, 28, "stopped"),
    ),
    (
        *("sample-import", "Begin with a sample import", "import-success-first-try", "importer"),
        *("New accounts", "a sample file that can be tried at once", 9, None, "running"),
    ),
    (
        *("import-preview", "Preview the import before it runs", "import-success-first-try", "importer"),
        *("New accounts", "a preview of the first ten rows", -4, None, "ready"),
    ),
    (
        *("quiet-alerts", "Bundle board alerts by the hour", "board-alerts-per-dispatcher", "board"),
        *("", "one bundle an hour instead of single alerts", -20, None, "draft"),
    ),
    (
        *("dark-map", "A dark map at night", "weekly-active-dispatchers", "board"),
        *("", "a dark map after sunset", -30, None, "dropped"),
    ),
)


def build(world):
    ops = world.people["tomas"]
    template = ExperimentTemplate.objects.create(
        name="Onboarding",
        purpose="Tests in the first two weeks of an account",
        design={"unit": "account", "method": "fixed", "correction": "holm", "min_days": 14},
        guardrails=[{"kpi": "support-tickets-per-100-accounts", "margin": 0.03}],
        checklist=[
            {"text": "Tried out on a phone and on a slow line", "required": True},
            {"text": "Exposure is logged once an account", "required": True},
            {"text": "Support knows what some accounts will see", "required": False},
        ],
        by=ops,
        at=world.moment(200),
    )
    made = {}
    for spec in TESTS:
        kpi = world.kpis[spec[2]]
        if kpi.approved_at is not None:
            made[spec[0]] = _one(world, template, kpi, *spec)
    _learn(world, made)
    search.index_many(Experiment.objects.all())
    search.index_many(Learning.objects.all())


def _one(world, template, kpi, key, title, slug, surface, audience, change, ago, ran, end):
    owner = kpi.owner or world.people["maya"]
    began = world.moment(max(ago, 0), 9)
    written = world.moment(max(ago, 0) + 12, 10)
    first = world.day(ago)
    down = kpi.direction == "down"
    test = experiments.create(
        title=title,
        key=key,
        team=kpi.team,
        owner=owner,
        template=template,
        by=owner,
        at=written,
        area=kpi.area,
        because="In five of eight interviews people gave up at this step.",
        change=change,
        audience=audience,
        wanted="down" if down else "up",
        size=0.05,
        mde=0.05,
        baseline=0.61,
        daily_units=260,
        sample_size=2_900,
        know_when="the KPI has moved by that much after the planned weeks, and no guardrail is harmed",
        surfaces=[surface],
        planned_from=first,
        planned_to=first + dt.timedelta(days=ran or 27),
    )
    test.kpis.create(kpi=kpi, role=KpiRole.PRIMARY, direction="down" if down else "up", measured="proportion")
    if end == "dropped":
        experiments.drop(test, reason="Maps follow the device's own setting since May.", by=owner, at=began)
    if end in ("draft", "dropped"):
        return test
    ChecklistItem.objects.filter(experiment=test).update(done_by=owner, done_at=written)
    experiments.make_ready(test, by=owner, at=written)
    if end == "ready":
        return test
    experiments.start(test, by=owner, at=began)
    if end == "running":
        until = test.planned_to + dt.timedelta(days=7)
        why = "A public holiday fell into the first week; nobody has looked at results."
        experiments.extend(test, until=until, reason=why, by=owner, at=world.moment(2, 11))
        return test
    stopped = world.moment(ago - ran, 17)
    experiments.stop(test, reason=StopReason.PLANNED, note="", by=owner, at=stopped)
    if end != "stopped":
        _decide(world, test, ships=key != "import-checklist", by=owner, at=stopped)
    return test


def _decide(world, test, *, ships, by, at):
    """Results were kept elsewhere then, so somebody else agreed."""
    ruling = rulings.decide(
        test,
        ruling="ship" if ships else "roll_back",
        variant=test.variants.get(is_control=False) if ships else None,
        rationale="Clearly better over four weeks, and support saw no more tickets."
        if ships
        else "No difference that anybody could see, and one more step to look after.",
        by=by,
        at=at + dt.timedelta(days=1),
    )
    other = next(one for one in (world.people["tomas"], world.people["maya"]) if one.pk != by.pk)
    note = "Seen in the analysts' notebook."
    rulings.review(ruling, agree=True, note=note, by=other, at=at + dt.timedelta(days=2))


def _learn(world, made):
    """Two tests of the importer speak for one sentence and against it."""
    first, second = made.get("error-beside-row"), made.get("import-checklist")
    if first is None or second is None:
        return
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
    for insight in list(world.insights.values())[:1]:
        learnings.cite(learning, insight=insight, stance="supports", by=first.owner, at=at)
