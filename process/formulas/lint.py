"""What could be better in drafts of objectives and key results, each finding with its reason.

The rules are those of the literature: an outcome rather than an output, a baseline, few of each, an owner,
aligned, and what Google's litmus list warns of (Doerr, *Measure What Matters*, "Google's OKR playbook"): an
objective that does not fit on a line, inside words such as a version's number, all dates on the last day.
A finding is advice: nothing is refused for one.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_OBJECTIVES = 5
MOST_KEY_RESULTS = 4
LONGEST_OBJECTIVE = 100  # characters: what fits on a line
MOVED = 0.1  # of the way to the target: so far a value may be from its start before the way is another one
SANDBAG_FROM = 2  # key results that all reached their target: one alone may be luck

# Words of making something. That something is made says nothing of what it changes.
OUTPUTS = {
    *("launch", "ship", "build", "release", "deliver", "implement", "develop", "create", "write", "design"),
    *("migrate", "roll out", "rollout", "set up", "deploy", "publish", "finish", "complete", "start", "add"),
    *("introduce", "integrate", "redesign", "rewrite", "refactor", "document", "prepare", "organise"),
    *("organize", "conduct", "run", "hire", "draft", "make a", "establish"),
}
# "v2", "4.1.3", "Importer 4.1"
_VERSION = re.compile(
    r"\b[vV]\d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+\b"
    r"|\b[A-Z][\w-]*\s\d+\.\d+\b(?!\s*(?:%|→|to\b|of\b|hours|days|points))"
)
# "62 %", "3 of 4", "1,200"; not a year, a quarter, or the name of a norm
_NAMED = re.compile(r"\b(?:19|20)\d{2}\b|\b[QHK][1-4]\b|\bFY\d{2,4}\b|\b[A-Z]{2,}[- ]?\d+\b")
_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d")


class Rule(StrEnum):
    NO_KEY_RESULT = "no_key_result"
    NO_BASELINE = "no_baseline"
    START_MOVED = "start_moved"
    OUTPUT = "output"
    VERSION = "version"
    TASKS_ONLY = "tasks_only"
    LATE_DATES = "late_dates"
    TOO_MANY_OBJECTIVES = "too_many_objectives"
    TOO_MANY_KEY_RESULTS = "too_many_key_results"
    LONG = "long"
    NUMBER = "number"
    NO_OWNER = "no_owner"
    UNALIGNED = "unaligned"
    LEARNING_IGNORED = "learning_ignored"
    SANDBAGGING = "sandbagging"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: by which rule, where (a title), what is so, and what to do about it."""

    rule: Rule
    where: str
    sentence: str
    advice: str


@dataclass(frozen=True)
class DraftResult:
    """A key result as the rules read it; `start` in its unit, None where it has none or needs none.

    `now` is where it stands before its cycle is agreed, None where nobody knows; `start_said` and `now_said`
    are both in words.
    """

    title: str
    goes_a_way: bool = True  # it goes from a start to a target
    counts: bool = False  # its unit is a count, which may well start at zero
    start: float | None = None
    target: float | None = None
    now: float | None = None
    start_said: str = ""
    now_said: str = ""
    measured: bool = False  # its value comes from elsewhere by itself
    owned: bool = True
    milestones: tuple[dt.date | None, ...] | None = None  # their dates, where it is a list of them


@dataclass(frozen=True)
class DraftObjective:
    """An objective as the rules read it.

    `aligned` is None where there is nothing to align to. `lessons` is what the objective it goes on with
    taught, `learned` what this one says it does differently for it.
    """

    title: str
    results: Sequence[DraftResult] = ()
    owned: bool = True
    aligned: bool | None = None
    lessons: str = ""
    learned: str = ""


def is_output(title: str) -> bool:
    """Whether `title` begins with a word of making something ("Launch the importer")."""
    words = re.findall(r"[^\W\d_]+", title.lower())
    first = words[0] if words else ""
    return bool({first, _stem(first), " ".join(words[:2])} & OUTPUTS)


def _stem(word: str) -> str:
    """The plain form of "launched", "launching", "shipped", "delivers" as far as `OUTPUTS` knows it."""
    for ending in ("ing", "ed", "s", "d"):
        if not word.endswith(ending):
            continue
        bare = word[: -len(ending)]
        for one in (bare, bare + "e", bare[:-1] if bare[-1:] == bare[-2:-1] else bare):
            if one in OUTPUTS:
                return one
    return word


def has_number(title: str) -> bool:
    """Whether `title` says how much; years, quarters, versions and names with figures say nothing of that."""
    return bool(_NUMBER.search(_NAMED.sub("", _VERSION.sub("", title))))


def lint_objective(draft: DraftObjective, *, last_day: dt.date | None = None) -> list[Finding]:
    """What could be better in an objective and its key results; `last_day` is its cycle's."""
    found = [*_of_words(draft), *_of_ties(draft), *_of_results(draft)]
    for result in draft.results:
        found += _of_result(result)
    return [*found, *_of_dates(draft, last_day)]


def lint_team(
    team: str, objectives: int, last_shares: Sequence[float] = (), *, last_cycle: str = "the last cycle"
) -> list[Finding]:
    """What could be better in a team's drafts together.

    `last_shares` are the raw shares its key results reached in the cycle before.
    """
    found = []
    if objectives > MOST_OBJECTIVES:
        found.append(
            Finding(
                Rule.TOO_MANY_OBJECTIVES,
                team,
                f"{objectives} objectives are more than {MOST_OBJECTIVES}.",
                "Choose what matters most this time, and put the rest off: what is everything has no focus.",
            )
        )
    if len(last_shares) >= SANDBAG_FROM and all(share >= 1.0 for share in last_shares):
        found.append(
            Finding(
                Rule.SANDBAGGING,
                team,
                f"All {len(last_shares)} key results reached 1.0 in {last_cycle}.",
                "Aim higher, or give a stretch: targets that are always met were known to be met.",
            )
        )
    return found


def _of_words(draft: DraftObjective) -> Iterator[Finding]:
    if is_output(draft.title):
        yield Finding(
            Rule.OUTPUT,
            draft.title,
            "It begins with making something: an output where an outcome is meant.",
            "Say what is true for customers or the company once that is there.",
        )
    if len(draft.title) > LONGEST_OBJECTIVE:
        yield Finding(
            Rule.LONG,
            draft.title,
            f"It is {len(draft.title)} characters long, so it does not fit on a line.",
            "Say it in fewer words; the reasons belong under “why”.",
        )
    if has_number(draft.title):
        yield Finding(
            Rule.NUMBER,
            draft.title,
            "It holds a number.",
            "Let the objective say what will be true, and a key result by how much.",
        )


def _of_ties(draft: DraftObjective) -> Iterator[Finding]:
    if not draft.owned:
        yield Finding(
            Rule.NO_OWNER,
            draft.title,
            "Nobody who works here owns it.",
            "Choose one person who answers for it.",
        )
    if draft.aligned is False:
        yield Finding(
            Rule.UNALIGNED,
            draft.title,
            "It is aligned to nothing, though the company has objectives.",
            "Say which objective or key result it serves; if it serves none, ask whether it is worth doing.",
        )
    if draft.lessons.strip() and not draft.learned.strip():
        yield Finding(
            Rule.LEARNING_IGNORED,
            draft.title,
            "The last cycle taught something of this, and the draft does not say what is done differently.",
            "Answer under “What last cycle taught us”.",
        )


def _of_results(draft: DraftObjective) -> Iterator[Finding]:
    if not draft.results:
        yield Finding(
            Rule.NO_KEY_RESULT,
            draft.title,
            "It has no key result.",
            "Add two to four that show with a number whether it is reached.",
        )
    if len(draft.results) > MOST_KEY_RESULTS:
        yield Finding(
            Rule.TOO_MANY_KEY_RESULTS,
            draft.title,
            f"{len(draft.results)} key results are more than {MOST_KEY_RESULTS}.",
            "Keep those without which you would not believe that the objective is reached.",
        )
    if draft.results and all(one.milestones is not None for one in draft.results):
        yield Finding(
            Rule.TASKS_ONLY,
            draft.title,
            "It is measured by milestones only: all could be done and nothing be better.",
            "Add a key result that shows what the milestones change.",
        )


def _of_result(result: DraftResult) -> Iterator[Finding]:
    if is_output(result.title) and not has_number(result.title) and result.milestones is None:
        yield Finding(
            Rule.OUTPUT,
            result.title,
            "It begins with making something and names no number: an output where an outcome is meant.",
            "Ask what changes once it is there, and by how much: “Import success from 62 % to 70 %”.",
        )
    if _VERSION.search(result.title) and not has_number(result.title):
        yield Finding(
            Rule.VERSION,
            result.title,
            "The only number in it is a version's.",
            "Say what the version is to change, in words that people outside the team know.",
        )
    starts_at_nothing = result.start == 0 and not result.counts and not result.measured
    if result.goes_a_way and (result.start is None or starts_at_nothing):
        yield Finding(
            Rule.NO_BASELINE,
            result.title,
            "It has no baseline." if result.start is None else "It starts from 0, which is seldom measured.",
            "Find out where it stands today, or let it follow a KPI; if it is 0 indeed, leave it.",
        )
    if has_moved(result):
        yield Finding(
            Rule.START_MOVED,
            result.title,
            f"It starts from {result.start_said}, but stands at {result.now_said} now.",
            "Take where it stands as the start, and ask whether the target is still the right one.",
        )
    if not result.owned:
        yield Finding(
            Rule.NO_OWNER,
            result.title,
            "Nobody who works here owns it.",
            "Choose one person who checks in on it.",
        )


def has_moved(result: DraftResult) -> bool:
    """Whether a key result stands further than `MOVED` of its way from where it says it starts."""
    if not result.goes_a_way or result.start is None or result.target is None or result.now is None:
        return False
    return abs(result.now - result.start) > MOVED * abs(result.target - result.start)


def _of_dates(draft: DraftObjective, last_day: dt.date | None) -> Iterator[Finding]:
    dates = [day for one in draft.results for day in one.milestones or ()]
    if last_day and len(dates) > 1 and all(day is not None and day >= last_day for day in dates):
        yield Finding(
            Rule.LATE_DATES,
            draft.title,
            "All its milestones fall on the last day.",
            "Give real dates: what all happens at the end has no plan yet.",
        )
