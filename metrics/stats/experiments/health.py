"""Whether an experiment's data can be trusted, before anybody looks at what they say."""

import math
from dataclasses import dataclass

from metrics.stats.experiments import planning
from metrics.stats.experiments.arms import CannotSay
from metrics.stats.experiments.balance import Balance
from metrics.stats.experiments.comparing import Comparison
from metrics.stats.experiments.trial import FIXED, PRIMARY, RELATIVE, Trial

OK, WARN, FAIL, UNKNOWN = "ok", "warn", "fail", "unknown"
MANY_TIMES = 10  # its expected units: beyond, the share is no longer told
SEVERAL_MOST = 0.01  # of all units, seen in more than one variant


@dataclass(frozen=True, slots=True)
class Check:
    """`state` is one of ok, warn (read with care), fail (do not trust the effects) and unknown."""

    check: str
    title: str
    state: str
    message: str


def checks(trial: Trial, ratios: Balance | CannotSay, comparisons: list[Comparison]) -> list[Check]:
    """All of them, in the order in which they are read."""
    return [
        _ratios(trial, ratios),
        _several(trial),
        _data(trial, comparisons),
        _length(trial),
        *_peek(trial),
        _power(trial, comparisons),
        _incidents(trial),
        *_changes(trial),
    ]


def _ratios(trial: Trial, ratios: Balance | CannotSay) -> Check:
    title = "Sample ratio"
    if isinstance(ratios, CannotSay):
        return Check("srm", title, UNKNOWN, f"Cannot say because {ratios}.")
    if ratios.mismatch:
        words = (
            f"Units did not come in the configured ratios (p {_p(ratios.p)};"
            f" a variant is off by {_off(ratios.off)})."
            " Something drops or adds units: find it before reading any effect."
        )
        return Check("srm", title, FAIL, words)
    if ratios.p < trial.alarm:
        words = (
            f"The ratios differ from the configured ones (p {_p(ratios.p)}), but by {ratios.off:.2%} at most,"
            f" below the {trial.least_off:.2%} that would matter."
        )
        return Check("srm", title, OK, words)
    return Check("srm", title, OK, f"Units came in the configured ratios (p {_p(ratios.p)}).")


def _off(share: float) -> str:
    return f"{share:.1%}" if share < MANY_TIMES else f"more than {MANY_TIMES:,} times its units"


def _several(trial: Trial) -> Check:
    title, seen, total = "Multiple exposure", trial.exposed_to_several, sum(one.n for one in trial.variants)
    if seen is None:
        return Check(
            "multiple_exposure", title, UNKNOWN, "The data do not say how many units saw two variants."
        )
    if total <= 0:
        return Check("multiple_exposure", title, UNKNOWN, "Cannot say because no unit has been counted yet.")
    share = seen / total
    words = f"{seen:,} of {total:,} units ({share:.2%}) saw more than one variant."
    if share > SEVERAL_MOST:
        return Check(
            "multiple_exposure", title, FAIL, f"{words} More than {SEVERAL_MOST:.0%} blurs every effect."
        )
    return Check("multiple_exposure", title, OK, words)


def _data(trial: Trial, comparisons: list[Comparison]) -> Check:
    title = "Data"
    empty = [one.name for one in trial.variants if one.n == 0]
    if empty:
        return Check("no_data", title, FAIL, f"No unit has been counted in {_listed(empty)}.")
    missing = dict.fromkeys(
        f"{one.measure.name} of {variant.name}"
        for one in comparisons
        for variant in (trial.control, one.variant)
        if one.measure.key not in variant.cells
    )
    if missing:
        return Check("no_data", title, WARN, f"There are no numbers for {_listed(list(missing))}.")
    return Check("no_data", title, OK, "Every variant has numbers for every KPI.")


def _length(trial: Trial) -> Check:
    title = "Run length"
    if trial.days is None:
        return Check("run_length", title, UNKNOWN, "The data do not say how long the experiment has run.")
    ran = _days(trial.days)
    if trial.least_days and trial.days < trial.least_days:
        return Check("run_length", title, WARN, f"It has run {ran} of the {trial.least_days} that it must.")
    if trial.days < 7:
        return Check("run_length", title, WARN, f"It has run {ran}: not every weekday is in the data yet.")
    return Check("run_length", title, OK, f"It has run {ran}.")


def peeked(trial: Trial) -> bool:
    """Whether a fixed-horizon test is looked at before its stop date, or without the units it asks for."""
    if trial.method != FIXED:
        return False
    if trial.ends is not None and trial.as_of is not None:
        return trial.as_of < trial.ends
    return trial.planned is not None and sum(one.n for one in trial.variants) < trial.planned


def _peek(trial: Trial) -> list[Check]:
    if not peeked(trial):
        return []
    when = f" ({trial.ends:%-d %B %Y})" if trial.ends else ""
    words = (
        f"This fixed-horizon test is looked at before its end{when}. Its p and intervals hold at the end"
        " only: who decides now finds effects that are not there."
    )
    return [Check("peeking", "Early look", WARN, words)]


def _power(trial: Trial, comparisons: list[Comparison]) -> Check:
    title = "Power"
    found = []
    primary = [one for one in comparisons if one.measure.role == PRIMARY]
    for one in primary:
        effect = one.effects[FIXED][RELATIVE]
        if isinstance(effect, CannotSay) or effect.p is None:
            continue
        low, high = effect.interval(0.05)
        found.append((one, (high - low) / (2 * 1.959964)))
    if not found:
        return Check("power", title, UNKNOWN, "Cannot say because no primary KPI has a relative effect.")
    alpha = trial.alpha / max(1, len(primary))
    worst, error = max(found, key=lambda pair: pair[1] / (pair[0].measure.effect or 1.0))
    wanted = worst.measure.effect
    if wanted is None:
        seen = planning.reach(alpha, trial.power) * error
        words = (
            f"So many units show a change of {seen:.1%} in {worst.measure.name} with {trial.power:.0%} power."
        )
        return Check("power", title, UNKNOWN, f"{words} The plan names no smallest effect to compare with.")
    power = planning.power_of(wanted, error, alpha) if math.isfinite(error) and error > 0 else 0.0
    words = f"A change of {wanted:.1%} in {worst.measure.name} would be found with {power:.0%} power"
    if power < trial.power - 0.005:
        return Check("power", title, WARN, f"{words}, less than the planned {trial.power:.0%}.")
    return Check("power", title, OK, f"{words}.")


def _incidents(trial: Trial) -> Check:
    title = "Incidents"
    if not trial.incidents:
        return Check("incidents", title, OK, "No incident of a KPI is known in the window.")
    primary = {one.key for one in trial.measures if one.role == PRIMARY}
    names = {one.key: one.name for one in trial.measures}
    words = "; ".join(
        f"{names.get(one.kpi, one.kpi)}: {one.title}" if one.kpi else one.title for one in trial.incidents[:5]
    )
    more = f" and {len(trial.incidents) - 5} more" if len(trial.incidents) > 5 else ""
    open_ones = [one for one in trial.incidents if not one.over]
    state = FAIL if any(one.kpi in primary or not one.kpi for one in open_ones) else WARN
    return Check("incidents", title, state, f"In the window: {words}{more}.")


def _changes(trial: Trial) -> list[Check]:
    if not trial.changes:
        return []
    words = "; ".join(trial.changes[:5])
    more = f" and {len(trial.changes) - 5} more" if len(trial.changes) > 5 else ""
    return [Check("plan_changes", "Plan", WARN, f"Changed after the start: {words}{more}.")]


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number:,} days"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else "below 0.0001"
