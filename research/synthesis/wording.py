"""The report's sentences: plain words for its numbers, and none where the numbers say nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from .change import Change


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
) -> list[str]:
    """What the quarter comes to, in up to five sentences. `heard` are rows of themes, most people first."""
    if not now["sessions"]:
        return [f"No session was held in {title}."]
    sentences = [_reach(title, before_title, now, before)]
    if now["respondents"]:
        asked = plural(now["respondents"], "survey respondent is", "survey respondents are")
        sentences.append(f"{asked} counted apart from them.")
    top = [row for row in heard if row["now"]["people"] > 1][:3]
    if top:
        named = [f"{row['name']} ({row['now']['people']})" for row in top]
        sentences.append(f"Heard from most people: {listing(named)}.")
    sentences += _moves(before_title, before, heard)
    if gaps:
        sentences.append(f"Nobody was heard from: {listing(gaps)}.")
    return sentences


def _reach(title: str, before_title: str, now: Mapping[str, int], before: Mapping[str, int]) -> str:
    held = plural(now["sessions"], "session", "sessions")
    studies = plural(now["studies"], "study", "studies")
    if before["sessions"]:
        earlier = f"{people(before['people'])} in {plural(before['sessions'], 'session', 'sessions')}"
        compared = f"; in {before_title} it was {earlier}"
    else:
        compared = f"; there was no session in {before_title}"
    return f"In {title} we listened to {people(now['people'])} in {held} of {studies}{compared}."


def _moves(before_title: str, before: Mapping[str, int], heard: Sequence[Mapping[str, Any]]) -> list[str]:
    if not before["sessions"]:
        return []
    up = [row["name"] for row in heard if row["change"] in (Change.NEW, Change.RISING)]
    down = [row["name"] for row in heard if row["change"] in (Change.FADING, Change.GONE)]
    sentences = []
    if up:
        sentences.append(f"Heard from a larger share of people than in {before_title}: {listing(up)}.")
    if down:
        sentences.append(f"Heard from a smaller share: {listing(down)}.")
    if not (up or down):
        sentences.append(
            f"No theme was heard from a clearly larger or smaller share of people than in {before_title}."
        )
    return sentences


def theme(row: Mapping[str, Any]) -> str:
    """One theme's numbers in a sentence."""
    now, of = row["now"], row["of"]["now"]
    where = (
        f"{plural(now['highlights'], 'highlight', 'highlights')} in "
        f"{plural(now['sessions'], 'session', 'sessions')} of {plural(now['studies'], 'study', 'studies')}"
    )
    if now["people"]:
        said = f"{now['people']:,} of {people(of)} brought it up, in {where}."
    else:
        said = f"Nobody of the {people(of)} listened to brought it up; it stands in {where}."
    if now["interviewees"] and now["testers"]:
        interviewed = plural(now["interviewees"], "interviewee", "interviewees")
        both = ", some of them both" if now["interviewees"] + now["testers"] > now["people"] else ""
        said += f" They were {interviewed} and {plural(now['testers'], 'tester', 'testers')}{both}."
    if now["respondents"]:
        asked = plural(now["respondents"], "survey respondent", "survey respondents")
        said += f" So did {asked}, counted apart."
    return said


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
    "A session counts in the quarter in which it was held, and its highlights with it. People are distinct "
    "participants of interviews, visits, diaries, calls and tests; survey respondents are counted apart and "
    "never added to them. A theme is said to rise or fade only where the 95 % interval of the difference in "
    "shares (Newcombe, from Wilson intervals) leaves out zero and at least five people brought it up in one "
    "of the quarters; of many themes compared, one in twenty may show so by chance alone.",
    "Quotes are verbatim. Up to three are chosen for each theme by rule: the participant’s own words first, "
    "evidence of insights first, each from another person and another segment where there is one.",
)
