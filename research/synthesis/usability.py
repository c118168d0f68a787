"""What a usability test comes to: success, time on task, errors, ease (SEQ) and the SUS."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .intervals import Estimate, cannot_say, geometric_mean, mean, wilson

SUCCESS, PARTIAL, FAIL = "success", "partial", "fail"
SUS_ITEMS = (
    "I think that I would like to use this system frequently.",
    "I found the system unnecessarily complex.",
    "I thought the system was easy to use.",
    "I think that I would need the support of a technical person to be able to use this system.",
    "I found the various functions in this system were well integrated.",
    "I thought there was too much inconsistency in this system.",
    "I would imagine that most people would learn to use this system very quickly.",
    "I found the system very cumbersome to use.",
    "I felt very confident using the system.",
    "I needed to learn a lot of things before I could get going with this system.",
)
CENTRE, MOST_MISSING = 3, 2

# (lowest score, grade, lowest percentile) of the curved grading scale, best first
_GRADES = (
    (84.1, "A+", 96.0),
    (80.8, "A", 90.0),
    (78.9, "A−", 85.0),
    (77.2, "B+", 80.0),
    (74.1, "B", 70.0),
    (72.6, "B−", 65.0),
    (71.1, "C+", 60.0),
    (65.0, "C", 41.0),
    (62.7, "C−", 35.0),
    (51.7, "D", 15.0),
    (0.0, "F", 0.0),
)


class Attempt(NamedTuple):
    """How one participant did at a task."""

    outcome: str
    seconds: float | None = None
    errors: int | None = None
    seq: int | None = None


class TaskSummary(NamedTuple):
    """`success` counts full successes only, `at_least_partly` the partial ones too; shares from 0 to 1.

    `time` is of attempts that succeeded, at least partly: how long somebody took to give up is no time on
    task. `errors` is the mean number an attempt made, `seq` the mean of the Single Ease Question, 1 to 7.
    """

    n: int
    success: Estimate
    at_least_partly: Estimate
    time: Estimate
    errors: Estimate
    seq: Estimate


def summarise(attempts: Iterable[Attempt]) -> TaskSummary:
    """What the attempts at one task come to, each with its 95 % interval.

    A share of successes has no half successes in it, so the interval (Wilson) is given twice: for full
    success, and for success at least in part.
    """
    made = list(attempts)
    full = sum(one.outcome == SUCCESS for one in made)
    partly = sum(one.outcome in (SUCCESS, PARTIAL) for one in made)
    times = [one.seconds for one in made if one.seconds is not None and one.outcome != FAIL]
    timed = geometric_mean(times)
    if not timed.known and made:
        timed = cannot_say("no successful attempt was timed")
    return TaskSummary(
        n=len(made),
        success=wilson(full, len(made)),
        at_least_partly=wilson(partly, len(made)),
        time=timed,
        errors=mean([float(one.errors) for one in made if one.errors is not None], least=0.0),
        seq=mean([float(one.seq) for one in made if one.seq is not None], least=1.0, most=7.0),
    )


def sus_score(items: Sequence[int | None]) -> float | None:
    """The score, 0 to 100, of one participant's ten answers from 1 (strongly disagree) to 5.

    J. Brooke (1996), "SUS: a quick and dirty usability scale": odd items count their answer less 1, even
    ones 5 less their answer, times 2.5. Whoever cannot answer an item was to mark the centre, so up to two
    missing answers count as 3; with more missing there is no score (None). Raises ValueError for answers
    that cannot be.
    """
    if len(items) != len(SUS_ITEMS) or any(one is not None and one not in range(1, 6) for one in items):
        raise ValueError("the SUS has ten answers from 1 to 5")
    if sum(one is None for one in items) > MOST_MISSING:
        return None
    full = [CENTRE if one is None else one for one in items]
    return 2.5 * sum(one - 1 if index % 2 == 0 else 5 - one for index, one in enumerate(full))


class Sus(NamedTuple):
    """The mean score with its interval; `percentile` is how many per cent of products score lower."""

    score: Estimate
    percentile: float | None
    grade: str
    left_out: int  # questionnaires with too many answers missing


def sus(questionnaires: Iterable[Sequence[int | None]]) -> Sus:
    """The System Usability Scale of a study, with the grade and percentile of its mean."""
    scores = [sus_score(items) for items in questionnaires]
    counted = [score for score in scores if score is not None]
    estimate = mean(counted, least=0.0, most=100.0)
    if estimate.value is None:
        return Sus(estimate, None, "", len(scores))
    return Sus(estimate, percentile(estimate.value), grade(estimate.value), len(scores) - len(counted))


def grade(score: float) -> str:
    """The grade of a SUS score, A+ to F, on the curved grading scale.

    J. Sauro and J. R. Lewis (2016), "Quantifying the user experience", 2nd ed., table 8.5, from 241
    industrial studies; also in Lewis and Sauro (2018), Journal of Usability Studies 13, 158-167.
    """
    return next(letter for least, letter, _ in _GRADES if round(score, 1) >= least)


def percentile(score: float) -> float:
    """The percentile of a SUS score by the same table, straight lines drawn inside each of its bands."""
    upper_score, upper = 100.0, 100.0
    for least, _, rank in _GRADES:
        if score >= least:
            return rank + (upper - rank) * (min(score, 100.0) - least) / (upper_score - least)
        upper_score, upper = least, rank
    return 0.0
