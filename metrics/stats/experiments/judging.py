"""What each comparison comes to: better, worse, unclear; whether a guardrail holds."""

from metrics.stats.experiments import several
from metrics.stats.experiments.arms import CannotSay
from metrics.stats.experiments.bayes import Betas, Normal
from metrics.stats.experiments.comparing import Comparison, Said, deciding, good
from metrics.stats.experiments.effects import Effect
from metrics.stats.experiments.trial import BAYESIAN, GUARDRAIL, RELATIVE, SCALES, Trial

BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
HOLDS, HARMED = "holds", "harmed"
CANNOT_SAY = "cannot_say"


def correct(trial: Trial, comparisons: list[Comparison]) -> None:
    """Set each comparison's p and level after the correction; guardrails stand outside of it: each of them
    alone must hold, which several looks do not make easier.
    """
    for scale in SCALES:
        for family in _families(trial, comparisons):
            found = [(one, one.effects[trial.method][scale]) for one in family]
            tested = [
                (one, effect.p)
                for one, effect in found
                if not isinstance(effect, CannotSay) and effect.p is not None
            ]
            way = trial.correction if family[0].measure.role != GUARDRAIL else "none"
            results = several.adjusted([p for _, p in tested], way)
            for (one, _), (p, share) in zip(tested, results, strict=True):
                one.p[scale], one.share[scale] = p, share


def _families(trial: Trial, comparisons: list[Comparison]) -> list[list[Comparison]]:
    guards = [one for one in comparisons if one.measure.role == GUARDRAIL]
    rest = [one for one in comparisons if one.measure.role != GUARDRAIL]
    if trial.together:
        parts = [rest]
    else:
        roles = dict.fromkeys(one.measure.role for one in rest)
        parts = [[one for one in rest if one.measure.role == role] for role in roles]
    return [part for part in (*parts, guards) if part]


def judge(trial: Trial, comparison: Comparison) -> str:
    """The result of one comparison, by the plan's method and scale."""
    scale, effect = deciding(trial, comparison)
    if isinstance(effect, CannotSay):
        return CANNOT_SAY
    if comparison.measure.role == GUARDRAIL:
        return _guard(trial, comparison, effect)
    return _clear(trial, comparison, scale, effect)


def _clear(trial: Trial, comparison: Comparison, scale: str, effect: Effect) -> str:
    up = comparison.measure.direction == "up"
    if trial.method == BAYESIAN:
        chance = chance_of(effect)
        won = chance if up else 1 - chance
        if won >= trial.chance:
            return BETTER
        return WORSE if 1 - won >= trial.chance else UNCLEAR
    if comparison.p[scale] >= trial.alpha or effect.estimate == 0:
        return UNCLEAR
    return BETTER if (effect.estimate > 0) == up else WORSE


def _guard(trial: Trial, comparison: Comparison, effect: Effect) -> str:
    measure = comparison.measure
    if measure.margin is None:
        low, high = good(measure, effect.interval(trial.alpha))
        return HARMED if high < 0 else HOLDS
    share: Said[Effect] = comparison.effects[trial.method][RELATIVE]
    if isinstance(share, CannotSay):
        return CANNOT_SAY
    low, high = good(measure, share.interval(trial.alpha))
    if low >= -measure.margin:
        return HOLDS
    return HARMED if high < -measure.margin else UNCLEAR


def chance_of(effect: Effect) -> float:
    """The chance that the variant lies above the control, of a Bayesian effect."""
    if isinstance(effect, Normal | Betas):
        return effect.chance
    raise TypeError("only a posterior has a chance")
