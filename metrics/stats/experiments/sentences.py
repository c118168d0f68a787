"""The verdict in a sentence that needs no statistics to be read aright."""

from metrics.stats.experiments.advice import KEEP_RUNNING, REVIEW, ROLL_BACK, SHIP, Advice
from metrics.stats.experiments.arms import CannotSay
from metrics.stats.experiments.bayes import Betas, Normal
from metrics.stats.experiments.comparing import Comparison, deciding
from metrics.stats.experiments.trial import BAYESIAN, PRIMARY, RELATIVE, Trial

ACTIONS = {SHIP: "Ship", ROLL_BACK: "Roll back", KEEP_RUNNING: "Keep running", REVIEW: "Review"}
MINUS = "\u2212"


def verdict(trial: Trial, advised: Advice, comparisons: list[Comparison]) -> str:
    """One or two sentences: what to do, and what was seen."""
    seen = _seen(trial, advised, comparisons)
    if advised.action == SHIP:
        name = next(one.name for one in trial.variants if one.key == advised.variant)
        return f"Ship “{name}”. {seen}"
    if advised.action == ROLL_BACK:
        return f"Roll back. {advised.reasons[0]} {seen}"
    if advised.action == KEEP_RUNNING:
        return f"Keep running. {advised.reasons[0]}"
    return f"Look closer before deciding. {advised.reasons[-1]}"


def _seen(trial: Trial, advised: Advice, comparisons: list[Comparison]) -> str:
    primary = [one for one in comparisons if one.measure.role == PRIMARY]
    chosen = next((one for one in primary if one.variant.key == advised.variant), primary[0])
    return seen(trial, chosen)


def seen(trial: Trial, one: Comparison) -> str:
    """ "It changed Revenue by +4.2 % (between +1.1 % and +7.3 %)." with the interval that decided."""
    scale, effect = deciding(trial, one)
    name = one.measure.name
    if isinstance(effect, CannotSay):
        return f"Of {name} nothing can be said because {effect}."
    low, high = effect.interval(trial.alpha * one.share.get(scale, 1.0))
    first, last, middle = (amount(value, scale) for value in (low, high, effect.estimate))
    sentence = f"“{one.variant.name}” changed {name} by {middle}, likely between {first} and {last}"
    if trial.method == BAYESIAN and isinstance(effect, Normal | Betas):
        won = effect.chance if one.measure.direction == "up" else 1 - effect.chance
        return f"{sentence}; it is better with a chance of {min(won, 0.999):.1%}."
    return f"{sentence}."


def amount(value: float, scale: str) -> str:
    """ "+4.2 %" of a relative effect, "+0.29" of an absolute one."""
    text = f"{value * 100:+,.1f}\u00a0%" if scale == RELATIVE else f"{value:+,.4g}"
    return text.replace("-", MINUS)
