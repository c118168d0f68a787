"""The report's sentences: plain words for its numbers, and none where the numbers say nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from .change import Change
from .counting import INTERVIEWEES, RESPONDENTS, TESTERS

KINDS = {
    INTERVIEWEES: ("interviewee", "interviewees"),
    TESTERS: ("tester", "testers"),
    RESPONDENTS: ("survey respondent", "survey respondents"),
}


def plural(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def people(number: int) -> str:
    return plural(number, "person", "people")


def listing(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def leads(
    title: str,
    before_title: str,
    now: Mapping[str, int],
    before: Mapping[str, int],
    heard: Sequence[Mapping[str, Any]],
    gaps: Sequence[str],
    fewest: int = 2,
) -> list[str]:
    """What the quarter comes to, in a few sentences. `heard` are rows of themes, most people first.

    A theme is named as one of the most heard from `fewest` people on.
    """
    if not now["sessions"]:
        return [f"No session was held in {title}."]
    sentences = [_reach(title, before_title, now, before)]
    for kind, (_, many) in KINDS.items():
        top = [row for row in heard if row["now"][kind] >= fewest]
        top = sorted(top, key=lambda row: (-row["now"][kind], row["name"]))[:3]
        if top:
            named = [f"{row['name']} ({row['now'][kind]})" for row in top]
            sentences.append(f"Brought up by most {many}: {listing(named)}.")
    sentences += _moves(before_title, before, heard)
    if gaps:
        sentences.append(f"Nobody was heard from: {listing(gaps)}.")
    return sentences


def counted(count: Mapping[str, int]) -> str:
    """ "12 interviewees, 5 testers and 40 survey respondents", each kind apart; "nobody in particular"."""
    parts = [plural(count[kind], one, many) for kind, (one, many) in KINDS.items() if count[kind]]
    return listing(parts) if parts else "nobody in particular"


def _reach(title: str, before_title: str, now: Mapping[str, int], before: Mapping[str, int]) -> str:
    held = plural(now["sessions"], "session", "sessions")
    studies = plural(now["studies"], "study", "studies")
    if before["sessions"]:
        earlier = f"{counted(before)} in {plural(before['sessions'], 'session', 'sessions')}"
        compared = f"; in {before_title} it was {earlier}"
    else:
        compared = f"; there was no session in {before_title}"
    return f"In {title} we heard {counted(now)} in {held} of {studies}{compared}."


def _moves(before_title: str, before: Mapping[str, int], heard: Sequence[Mapping[str, Any]]) -> list[str]:
    if not before["sessions"] or not heard:
        return []
    up = [row["name"] for row in heard if row["change"] in (Change.NEW, Change.RISING)]
    down = [row["name"] for row in heard if row["change"] in (Change.FADING, Change.GONE)]
    mixed = [row["name"] for row in heard if row["change"] == "mixed"]
    against = [row["name"] for row in heard if row["contradicted"]]
    sentences = []
    if up:
        sentences.append(f"Heard from a larger share of people than in {before_title}: {listing(up)}.")
    if down:
        sentences.append(f"Heard from a smaller share: {listing(down)}.")
    if all(row["change"] in (Change.FEW, Change.FIRST) for row in heard):
        sentences.append("Too few people were asked to say whether a theme rose or faded.")
    elif not (up or down or mixed):
        sentences.append(
            f"No detectable change: no theme was heard from a larger or smaller share than in {before_title}."
        )
    if mixed:
        sentences.append(f"Heard from more of one kind of people and fewer of another: {listing(mixed)}.")
    if against:
        sentences.append(f"Evidence of the quarter speaks against published insights on: {listing(against)}.")
    return sentences


def theme(row: Mapping[str, Any]) -> str:
    """One theme's numbers in a sentence."""
    now = row["now"]
    where = (
        f"{plural(now['highlights'], 'highlight', 'highlights')} in "
        f"{plural(now['sessions'], 'session', 'sessions')} of {plural(now['studies'], 'study', 'studies')}"
    )
    said = [
        f"{row['hits']:,} of {plural(row['of'], *KINDS[row['kind']])}" for row in row["kinds"] if row["of"]
    ]
    if any(one["hits"] for one in row["kinds"]):
        return f"Brought up by {listing(said)}, in {where}."
    return f"Nobody who was asked brought it up themselves; it stands in {where}."


def standing(insight: Mapping[str, Any]) -> str:
    """What an insight stands on."""
    parts = [insight["area"]] if insight["area"] else []
    parts.append(
        f"{plural(insight['highlights'], 'highlight', 'highlights')} from {people(insight['people'])} "
        f"in {plural(insight['studies'], 'study', 'studies')}"
    )
    if insight["against"]:
        parts.append(f"{plural(insight['against'], 'speaks', 'speak')} against it")
    return " · ".join(parts)


COUNTED = (
    "A session counts in the quarter in which it was held, and its highlights with it; one that was booked "
    "counts once somebody said that it took place. Interviewees (of "
    "interviews, visits, diaries and calls), testers and survey respondents are distinct people, counted "
    "apart and never added up; somebody who was interviewed and took a test stands in both.",
    "A share is of those who could bring a theme up: the participants of sessions that somebody has worked "
    "through (with at least one highlight), for a study’s own theme of that study. Intervals are Wilson’s, "
    "at 95 %. Of fewer than five people no share is said.",
    "A theme is said to rise or fade only where the 95 % interval of the difference in shares (Newcombe, "
    "from Wilson intervals) leaves out zero and at least five people brought it up in one of the quarters; "
    "otherwise there is no detectable change. Of many themes compared, one in twenty may show so by chance "
    "alone.",
    "Quotes are verbatim. Up to three are chosen for each theme by rule: the participant’s own words first, "
    "evidence of insights first, each from another person and another segment where there is one.",
)


def left_out(unsaid: int) -> list[str]:
    """What of the quarter was booked and is not counted, if anything."""
    if not unsaid:
        return []
    which = "One booked session is" if unsaid == 1 else f"{unsaid} booked sessions are"
    return [f"{which} not counted: nobody had said by the time of counting that it took place."]
