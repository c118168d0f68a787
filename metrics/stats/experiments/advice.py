"""What the rule recommends: ship, roll back, keep running, or that people look."""

from dataclasses import dataclass

from metrics.stats.experiments import health
from metrics.stats.experiments.arms import CannotSay
from metrics.stats.experiments.bayes import Betas, Normal
from metrics.stats.experiments.comparing import Comparison, deciding, good
from metrics.stats.experiments.health import FAIL, Check
from metrics.stats.experiments.judging import BETTER, CANNOT_SAY, HARMED, HOLDS, UNCLEAR, WORSE
from metrics.stats.experiments.trial import BAYESIAN, FIXED, GUARDRAIL, PRIMARY, RELATIVE, Trial, Variant

SHIP, ROLL_BACK, KEEP_RUNNING, REVIEW = ACTIONS = ("ship", "roll_back", "keep_running", "review")


@dataclass(frozen=True, slots=True)
class Advice:
    """`variant`: the key of the one to ship, or that the advice is about; "" for none."""

    action: str
    variant: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A variant's results: of its primary KPIs, and of its guardrails by state."""

    variant: Variant
    primary: tuple[Comparison, ...]
    guards: tuple[Comparison, ...]

    def guards_that(self, *results: str) -> list[str]:
        return [one.measure.name for one in self.guards if one.result in results]

    @property
    def won(self) -> bool:
        results = [one.result for one in self.primary]
        return BETTER in results and WORSE not in results

    @property
    def lost(self) -> bool:
        return any(one.result == WORSE for one in self.primary)


def advise(trial: Trial, checks: list[Check], comparisons: list[Comparison]) -> Advice:
    """The recommendation and its reasons. Trust comes first, then time, then effects."""
    if broken := [one for one in checks if one.state == FAIL and one.check != "no_data"]:
        return Advice(REVIEW, "", tuple(one.message for one in broken))
    standings = [
        _Standing(
            variant,
            tuple(one for one in comparisons if one.variant is variant and one.measure.role == PRIMARY),
            tuple(one for one in comparisons if one.variant is variant and one.measure.role == GUARDRAIL),
        )
        for variant in trial.variants[1:]
    ]
    if any(one.n == 0 for one in trial.variants):
        return Advice(KEEP_RUNNING, "", ("A variant has no units yet: there is nothing to compare.",))
    if silent := _silent(standings):
        return silent
    return _too_early(trial, standings) or _won(trial, standings) or _not_won(trial, checks, standings)


def _silent(standings: list[_Standing]) -> Advice | None:
    """Where no primary KPI can be judged."""
    primary = [one for standing in standings for one in standing.primary]
    if any(one.result != CANNOT_SAY for one in primary):
        return None
    reasons = []
    for one in primary:
        why = one.effects[FIXED][RELATIVE]
        reasons.append(f"{one.measure.name}, {one.variant.name}: cannot say because {why}.")
    return Advice(REVIEW, "", tuple(reasons[:5]))


def _too_early(trial: Trial, standings: list[_Standing]) -> Advice | None:
    """What holds while the test must go on, whatever it shows; None once it may be judged."""
    short = bool(trial.least_days and trial.days is not None and trial.days < trial.least_days)
    waiting = short or health.peeked(trial)
    harmed = [one for one in standings if one.guards_that(HARMED)]
    if not waiting:
        return None
    if harmed and trial.method != FIXED and len(harmed) == len(standings):
        return None
    if harmed:
        words = [f"“{one.variant.name}” harms {_listed(one.guards_that(HARMED))}." for one in harmed]
        return Advice(REVIEW, harmed[0].variant.key, (*words, "It is too early to decide by rule: look now."))
    if short:
        ran = f"It has run {trial.days} of at least {trial.least_days} days."
        return Advice(KEEP_RUNNING, "", (ran,))
    until = f"until {trial.ends:%-d %B %Y}" if trial.ends else f"until it has {trial.planned:,} units"
    return Advice(KEEP_RUNNING, "", (f"A fixed-horizon test is judged once, at its end: run it {until}.",))


def _won(trial: Trial, standings: list[_Standing]) -> Advice | None:
    winners = sorted((one for one in standings if one.won), key=lambda one: -_size(trial, one))
    if not winners:
        return None
    for one in winners:
        loss = _loss(trial, one)
        if not one.guards_that(HARMED, UNCLEAR, CANNOT_SAY) and (trial.loss is None or loss <= trial.loss):
            better = [each.measure.name for each in one.primary if each.result == BETTER]
            reasons = [f"“{one.variant.name}” is better in {_listed(better)}."]
            if one.guards:
                reasons.append("Every guardrail holds." if len(one.guards) > 1 else "The guardrail holds.")
            if len(winners) > 1:
                reasons.append(f"It is the best of {len(winners)} variants that are better.")
            return Advice(SHIP, one.variant.key, tuple(reasons))
    best = winners[0]
    reasons = [f"“{best.variant.name}” is better in its primary KPI."]
    if harmed := best.guards_that(HARMED):
        return Advice(
            REVIEW, best.variant.key, (*reasons, f"But it harms {_listed(harmed)}: people weigh that.")
        )
    if unsure := best.guards_that(UNCLEAR, CANNOT_SAY):
        action = REVIEW if _over(trial) else KEEP_RUNNING
        words = f"It is not clear yet that {_listed(unsure)} stays within the margin."
        return Advice(action, best.variant.key, (*reasons, words))
    words = f"But the expected loss, {_loss(trial, best):.2%}, is above the {trial.loss:.2%} that was set."
    return Advice(KEEP_RUNNING, best.variant.key, (*reasons, words))


def _not_won(trial: Trial, checks: list[Check], standings: list[_Standing]) -> Advice:
    bad = [one for one in standings if one.lost or one.guards_that(HARMED)]
    if len(bad) == len(standings):
        words = []
        for one in bad:
            worse = [each.measure.name for each in one.primary if each.result == WORSE]
            words.append(f"“{one.variant.name}” is worse in {_listed([*worse, *one.guards_that(HARMED)])}.")
        return Advice(ROLL_BACK, "", tuple(words))
    if all(one in bad or _too_small(trial, one) for one in standings):
        return Advice(ROLL_BACK, "", ("No variant reaches the smallest effect that was worth having.",))
    nothing = "No variant differs clearly from the control."
    weak = any(one.check == "power" and one.state == health.WARN for one in checks)
    if not _over(trial) and (trial.method != FIXED or weak):
        return Advice(KEEP_RUNNING, "", (nothing, "An effect may still show with more units."))
    if weak:
        return Advice(REVIEW, "", (nothing, "It had too few units to find the effect it was planned for."))
    return Advice(REVIEW, "", (nothing,))


def _over(trial: Trial) -> bool:
    """Whether the planned end has come, in days or else in units."""
    if trial.ends is not None and trial.as_of is not None:
        return trial.as_of >= trial.ends
    return trial.planned is not None and sum(one.n for one in trial.variants) >= trial.planned


def _size(trial: Trial, standing: _Standing) -> float:
    """How much better a winner is in the first of its primary KPIs that is better."""
    first = next(one for one in standing.primary if one.result == BETTER)
    effect = deciding(trial, first)[1]
    return 0.0 if isinstance(effect, CannotSay) else abs(effect.estimate)


def _loss(trial: Trial, standing: _Standing) -> float:
    """The largest expected loss of shipping it, as a share of the control; 0 where the method knows none."""
    found = [0.0]
    for one in standing.primary:
        effect = one.effects[BAYESIAN][RELATIVE]
        if trial.method == BAYESIAN and isinstance(effect, Normal | Betas):
            found.append(effect.loss if one.measure.direction == "up" else effect.gain)
    return max(found)


def _too_small(trial: Trial, standing: _Standing) -> bool:
    """Whether every primary KPI's interval lies below the smallest effect worth having."""
    for one in standing.primary:
        effect = one.effects[trial.method][RELATIVE]
        if isinstance(effect, CannotSay) or one.measure.effect is None:
            return False
        if (
            good(one.measure, effect.interval(trial.alpha * one.share.get(RELATIVE, 1.0)))[1]
            >= one.measure.effect
        ):
            return False
    return bool(standing.primary)


def _listed(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


__all__ = ["ACTIONS", "HOLDS", "KEEP_RUNNING", "REVIEW", "ROLL_BACK", "SHIP", "Advice", "advise"]
