"""The read-out of an experiment: one function for the page, the API and the command."""

import math
from typing import Any

from metrics.stats.experiments import advice, comparing, health, judging, sentences
from metrics.stats.experiments.advice import Advice
from metrics.stats.experiments.arms import Adjusted, Arm, CannotSay
from metrics.stats.experiments.balance import Balance, balance
from metrics.stats.experiments.bayes import Betas, Normal
from metrics.stats.experiments.comparing import Comparison, Said
from metrics.stats.experiments.effects import Effect, Wald, wilson
from metrics.stats.experiments.sequential import Sequence
from metrics.stats.experiments.trial import METHODS, SCALES, Trial, Variant

VERSION = 1
DIGITS = 12  # significant: what is printed is the same on every machine


def read_out(trial: Trial) -> dict[str, Any]:
    """All that can be said of an experiment, as JSON has it; no value is NaN or infinite."""
    ratios = _ratios(trial)
    kinds, found, comparisons = {}, {}, []
    for measure in trial.measures:
        cells = [one.cells[measure.key] for one in trial.variants if measure.key in one.cells]
        kind = kinds[measure.key] = comparing.kind_of(measure, cells)
        arms = found[measure.key] = {one.key: comparing.arm_of(measure, kind, one) for one in trial.variants}
        comparisons += [comparing.compare(trial, measure, kind, one, arms) for one in trial.variants[1:]]
    judging.correct(trial, comparisons)
    for one in comparisons:
        one.result = judging.judge(trial, one)
    checks = health.checks(trial, ratios, comparisons)
    advised = advice.advise(trial, checks, comparisons)
    answer = {
        "version": VERSION,
        "experiment": {"key": trial.key, "name": trial.name},
        "method": trial.method,
        "alpha": trial.alpha,
        "scale": trial.scale,
        "correction": trial.correction,
        "control": trial.control.key,
        "verdict": sentences.verdict(trial, advised, comparisons),
        "recommendation": _recommendation(advised),
        "srm": _srm(trial, ratios),
        "health": [
            {"check": one.check, "title": one.title, "state": one.state, "message": one.message}
            for one in checks
        ],
        "variants": [_variant(trial, one) for one in trial.variants],
        "kpis": [
            {
                "key": measure.key,
                "name": measure.name,
                "role": measure.role,
                "kind": kinds[measure.key],
                "direction": measure.direction,
                "margin": measure.margin,
                "mde": measure.effect,
                "control": _shown(trial.control, found[measure.key][trial.control.key], trial.alpha),
                "variants": [_compared(trial, one) for one in comparisons if one.measure is measure],
            }
            for measure in trial.measures
        ],
        "as_of": trial.as_of.isoformat() if trial.as_of else None,
        "peek": health.peeked(trial),
        "changes": list(trial.changes),
        "notes": list(trial.notes),
    }
    clean: dict[str, Any] = _clean(answer)
    return clean


def _ratios(trial: Trial) -> Balance | CannotSay:
    try:
        units, shares = [one.n for one in trial.variants], [one.share for one in trial.variants]
        return balance(units, shares, alarm=trial.alarm, least=trial.least_off)
    except CannotSay as error:
        return error
    except (OverflowError, ZeroDivisionError):
        return CannotSay("the numbers are too far apart to be computed with")


def _recommendation(advised: Advice) -> dict[str, Any]:
    return {
        "action": advised.action,
        "variant": advised.variant or None,
        "label": sentences.ACTIONS[advised.action],
        "reasons": list(advised.reasons),
    }


def _srm(trial: Trial, ratios: Balance | CannotSay) -> dict[str, Any]:
    bounds = {"alarm_below": trial.alarm, "least_deviation": trial.least_off}
    if isinstance(ratios, CannotSay):
        return {"mismatch": None, "p": None, "cannot_say_because": str(ratios), **bounds}
    return {
        "mismatch": ratios.mismatch,
        "p": ratios.p,
        "chi_square": ratios.statistic,
        "degrees_of_freedom": ratios.degrees,
        "largest_deviation": ratios.off,
        "cannot_say_because": None,
        **bounds,
    }


def _variant(trial: Trial, variant: Variant) -> dict[str, Any]:
    total = sum(one.n for one in trial.variants)
    return {
        "key": variant.key,
        "name": variant.name,
        "is_control": variant is trial.control,
        "n": variant.n,
        "configured_share": variant.share,
        "share": variant.n / total if total > 0 else None,
        "expected": total * variant.share,
    }


def _shown(variant: Variant, arm: Said[Arm], alpha: float) -> dict[str, Any]:
    """What the variant itself shows: its mean and an interval of that."""
    if isinstance(arm, CannotSay):
        return {"key": variant.key, "n": variant.n, "mean": None, "interval": None, "because": str(arm)}
    if arm.count is not None:
        interval = wilson(arm.count, arm.n, alpha)
    elif arm.variance > 0:
        interval = Wald(arm.mean, math.sqrt(arm.error), arm.n - 1, "t").interval(alpha)
    else:
        interval = (arm.mean, arm.mean)
    return {"key": variant.key, "n": arm.n, "mean": arm.mean, "interval": list(interval), "because": None}


def _compared(trial: Trial, one: Comparison) -> dict[str, Any]:
    scale, decisive = comparing.deciding(trial, one)
    shown = _shown(one.variant, one.arm, trial.alpha)
    return {
        **{name: shown[name] for name in ("key", "n", "mean", "interval")},
        "name": one.variant.name,
        "result": one.result,
        "decided_on": scale,
        "cannot_say_because": str(decisive) if isinstance(decisive, CannotSay) else None,
        **{each: _effect(trial, one, trial.method, each) for each in SCALES},
        "cuped": _cuped(one.adjusted),
        "others": {
            method: {each: _effect(trial, one, method, each) for each in SCALES}
            for method in METHODS
            if method != trial.method
        },
    }


def _effect(trial: Trial, one: Comparison, method: str, scale: str) -> dict[str, Any]:
    effect = one.effects[method][scale]
    if isinstance(effect, CannotSay):
        return _silent(effect)
    return _said(trial, one, method, scale, effect)


def _silent(why: CannotSay) -> dict[str, Any]:
    return {"effect": None, "error": None, "interval": None, "p": None, "cannot_say_because": str(why)}


def _said(trial: Trial, one: Comparison, method: str, scale: str, effect: Effect) -> dict[str, Any]:
    low, high = effect.interval(trial.alpha)
    found: dict[str, Any] = {
        "effect": effect.estimate,
        "error": _error(effect),
        "interval": [low, high],
        "p": effect.p,
        "test": effect.name,
        "cannot_say_because": None,
    }
    if method == trial.method and scale in one.p:
        found["p_adjusted"] = one.p[scale]
        found["interval_adjusted"] = list(effect.interval(trial.alpha * one.share[scale]))
    if isinstance(effect, Normal | Betas):
        up = one.measure.direction == "up"
        found["chance_to_win"] = effect.chance if up else 1 - effect.chance
        found["expected_loss"] = effect.loss if up else effect.gain
    return found


def _error(effect: Effect) -> float:
    """The standard error; where a test has none, that of a normal interval as wide as its 95 % one."""
    if isinstance(effect, Wald | Sequence | Normal):
        return effect.error
    low, high = effect.interval(0.05)
    return (high - low) / (2 * 1.959964)


def _cuped(adjusted: Said[Adjusted] | None) -> dict[str, Any] | None:
    if adjusted is None:
        return None
    if isinstance(adjusted, CannotSay):
        return {"used": False, "variance_left": None, "cannot_say_because": str(adjusted)}
    return {
        "used": True,
        "variance_left": adjusted.kept,
        "theta": adjusted.theta,
        "adjusted_means": [adjusted.control.mean, adjusted.variant.mean],
        "cannot_say_because": None,
    }


def _clean(value: Any) -> Any:
    """The same with numbers rounded, -0 made 0, and no number that JSON does not know."""
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value]
