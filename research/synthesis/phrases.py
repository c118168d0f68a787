"""A result in one plain sentence: what an insight cites, and what is read aloud."""

from collections.abc import Sequence

from .intervals import Estimate
from .surveys import Bar, Nps
from .usability import Sus, TaskSummary


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def share(estimate: Estimate) -> str:
    """ "72 % (64 to 79 %)" """
    if estimate.value is None:
        return f"cannot say because {estimate.why}"
    if estimate.low is None or estimate.high is None:
        return percent(estimate.value)
    return f"{percent(estimate.value)} ({estimate.low * 100:.0f} to {percent(estimate.high)})"


def points(estimate: Estimate, digits: int = 0) -> str:
    """ "31 (18 to 44)" """
    if estimate.value is None:
        return f"cannot say because {estimate.why}"
    if estimate.low is None or estimate.high is None:
        return _number(estimate.value, digits)
    low, high = _number(estimate.low, digits), _number(estimate.high, digits)
    return f"{_number(estimate.value, digits)} ({low} to {high})"


def duration(seconds: float) -> str:
    """ "48 s", "2 min 5 s", "1 h 4 min" """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time(estimate: Estimate) -> str:
    """ "1 min 12 s (48 s to 1 min 40 s)" """
    if estimate.value is None:
        return f"cannot say because {estimate.why}"
    if estimate.low is None or estimate.high is None:
        return duration(estimate.value)
    return f"{duration(estimate.value)} ({duration(estimate.low)} to {duration(estimate.high)})"


def of_nps(found: Nps | Estimate) -> str:
    if isinstance(found, Estimate):
        return f"NPS: cannot say because {found.why}"
    return f"NPS {points(found.score)} from {_many(found.score.n, 'answer')}"


def of_scale(top: Estimate, what: str) -> str:
    """`what` the top of the scale means: "are satisfied"."""
    if top.value is None:
        return f"Cannot say because {top.why}"
    return f"{share(top)} {what}, of {_many(top.n, 'answer')}"


def of_choices(bars: Sequence[Bar], n: int) -> str:
    if not n or not bars:
        return "Cannot say because nobody answered"
    first = max(bars, key=lambda bar: bar.number)
    return f"{percent(first.share)} chose “{first.label}”, of {_many(n, 'answer')}"


def of_task(task: TaskSummary) -> str:
    if not task.n:
        return "Cannot say because nobody has tried"
    succeeded = round((task.success.value or 0) * task.n)
    words = f"{succeeded} of {task.n} succeeded, {share(task.success)}"
    return f"{words}, typically in {time(task.time)}" if task.time.known else words


def of_sus(found: Sus) -> str:
    if found.percentile is None:
        return f"SUS: cannot say because {found.score.why}"
    return f"SUS {points(found.score, 1)}, grade {found.grade}, percentile {found.percentile:.0f}"


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
