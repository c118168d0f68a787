"""Data checks: how each KPI's data stand to the rules, and an incident where one fails."""

from django.db import transaction

from metrics import queries
from metrics.models import Flag, FlagKind, FlagState, QualityCheck, QualityResult, Rule, Unit
from metrics.services import flags
from metrics.stats import periods, quality
from prodops import activity

# What a failed rule is called as a finding; late values are found by the freshness of the checks.
FINDINGS = {
    Rule.VOLUME: FlagKind.VOLUME,
    Rule.NULLS: FlagKind.NULLS,
    Rule.RANGE: FlagKind.RANGE,
    Rule.UNIQUENESS: FlagKind.COPIED,
    Rule.RESTATED: FlagKind.RESTATED,
    Rule.PARTS: FlagKind.PARTS,
}
DEFAULTS = {
    Rule.VOLUME: (0.2, 0.5),
    Rule.NULLS: (0.05, 0.2),
    Rule.UNIQUENESS: (3.0, 6.0),
    Rule.RESTATED: (0.05, 0.25),
    Rule.PARTS: (0.01, 0.05),
}
ADD_UP = (Unit.COUNT, Unit.MONEY)
PASSES = "The data check passes again."
SWITCHED_OFF = "Somebody has switched this check off."


class NotPossible(Exception):
    """The thresholds make no sense."""


def look(kpis, *, at):
    """Hold the newest data of KPIs against their rules; a rule that newly fails opens or joins an incident.

    A fixed number of queries, however many KPIs. Call in the transaction of the check.
    """
    by_id = {kpi.pk: kpi for kpi in kpis}
    points_of = queries.newest_points(by_id)
    settings, before = queries.settings_of(by_id), queries.results_of(by_id)
    rows = queries.rows_by_period(points_of)
    additive = [kpi.pk for kpi in kpis if kpi.unit in ADD_UP]
    sums = queries.sums_of_parts(points_of, additive)
    changes = queries.restatements(points_of, {kpi.pk: kpi.grain for kpi in kpis})
    results = []
    for kpi in kpis:
        points = points_of.get(kpi.pk, [])
        outcomes = {
            Rule.FRESHNESS: freshness_of(kpi, points[-1][0] if points else None, at),
            **_outcomes(
                kpi, points, settings[kpi.pk], rows.get(kpi.pk), sums.get(kpi.pk, {}), changes.get(kpi.pk, ())
            ),
        }
        results += [
            _result(kpi, rule, outcome, before[kpi.pk].get(rule), at) for rule, outcome in outcomes.items()
        ]
    QualityResult.objects.bulk_create(
        results,
        update_conflicts=True,
        unique_fields=["kpi", "rule"],
        update_fields=["state", "measure", "words", "at", "since"],
    )
    return _follow(by_id, points_of, results, at)


def freshness_of(kpi, last, at):
    """How fresh a KPI is whose newest value is of the period `last` (None: it has none)."""
    if last is None:
        return quality.freshness(None, None, at)
    return quality.freshness(kpi.due_after(last), kpi.fails_after(last), at)


def _outcomes(kpi, points, settings, rows, sums, changes):
    recent = points[-queries.RECENT :]
    values = [value for _, value in points]
    last = [value for _, value in recent]
    counts = [(rows or {}).get(period, 1) for period, _ in recent]
    given = {rule: (check.warn, check.fail) for rule, check in settings.items()}
    limits = {rule: _limits(rule, given) for rule in DEFAULTS}
    low, high = given.get(Rule.RANGE, (None, None))
    if Rule.RANGE not in given and values and min(values) >= 0:
        low = 0.0  # what has never been negative is not meant to be
    outcomes = {
        Rule.VOLUME: quality.volume(counts, *limits[Rule.VOLUME]),
        Rule.NULLS: quality.nulls(_present(kpi, recent), *limits[Rule.NULLS]),
        Rule.RANGE: quality.within(last, low, high),
        Rule.UNIQUENESS: quality.uniqueness(values, *limits[Rule.UNIQUENESS]),
        Rule.RESTATED: quality.restated(changes, len(recent), *limits[Rule.RESTATED]),
        Rule.PARTS: quality.parts(sums, values[-1] if values else None, *limits[Rule.PARTS]),
    }
    return {rule: one for rule, one in outcomes.items() if rule not in settings or settings[rule].on}


def _limits(rule, given):
    warn, fail = given.get(rule, (None, None))
    usual_warn, usual_fail = DEFAULTS[rule]
    return usual_warn if warn is None else warn, usual_fail if fail is None else fail


def _present(kpi, recent):
    """Whether each of the periods from the first of `recent` to the last has a value, the newest RECENT."""
    if not recent:
        return []
    held = {period for period, _ in recent}
    period, present = recent[0][0], []
    while period <= recent[-1][0]:
        present.append(period in held)
        period = periods.next_period(period, kpi.grain)
    return present[-queries.RECENT :]


def _result(kpi, rule, outcome, before, at):
    same = before is not None and before.state == outcome.state
    return QualityResult(
        kpi=kpi,
        rule=rule,
        state=outcome.state,
        measure=outcome.measure,
        words=outcome.words[:200],
        at=at,
        since=before.since if same else at,
    )


def _follow(by_id, points_of, results, at):
    """Raise what fails and is not said yet; take back what passes again."""
    said: dict[tuple[int, str], Flag] = {}
    for one in Flag.objects.filter(kpi__in=by_id, kind__in=FINDINGS.values(), state=FlagState.FOUND):
        said[one.kpi_id, one.kind] = one
    fresh: dict = {}
    over = []
    for result in results:
        kind = FINDINGS.get(Rule(result.rule))
        flag = said.get((result.kpi_id, kind or ""))
        failed = result.state == quality.State.FAIL
        if failed and kind and flag is None:
            kpi = by_id[result.kpi_id]
            fresh.setdefault(kpi, []).append(_finding(kpi, kind, points_of[kpi.pk][-1], result, at))
        elif flag is not None and not failed:
            flag.kpi = by_id[flag.kpi_id]
            over.append(flag)
    asking = []
    for kpi, those in fresh.items():
        known = set(kpi.flags.filter(kind__in=[flag.kind for flag in those]).values_list("period", "kind"))
        news = [flag for flag in those if (flag.period, flag.kind) not in known]
        flags.raise_(kpi, news, at=at)
        asking += news
    flags.withdraw(over, PASSES, at=at)
    return asking


def _finding(kpi, kind, point, result, at):
    period, value = point
    return Flag(kpi=kpi, period=period, kind=kind, value=value, score=1, reason=result.words, raised_at=at)


@transaction.atomic
def configure(kpi, wanted, *, by, at):
    """Set how rules are meant: `wanted` is {rule: (on, warn, fail)}, None for a rule's own threshold."""
    for rule, (_, warn, fail) in wanted.items():
        if warn is not None and fail is not None and warn > fail:
            raise NotPossible(f"{Rule(rule).label}: the first number is larger than the second.")
    QualityCheck.objects.bulk_create(
        [
            QualityCheck(kpi=kpi, rule=rule, on=on, warn=warn, fail=fail)
            for rule, (on, warn, fail) in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["kpi", "rule"],
        update_fields=["on", "warn", "fail"],
    )
    off = [rule for rule, (on, _, _) in wanted.items() if not on]
    QualityResult.objects.filter(kpi=kpi, rule__in=off).delete()
    flags.withdraw(
        list(
            kpi.flags.filter(
                kind__in=[FINDINGS[rule] for rule in off if rule in FINDINGS], state=FlagState.FOUND
            )
        ),
        "Somebody has switched this check off.",
        at=at,
    )
    activity.record("kpi.checks_set", on=kpi, by=by, at=at, data={"off": off})
    look([kpi], at=at)
