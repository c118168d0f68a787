"""Where the words of a selection are: the turns and characters that it covers."""

from bisect import bisect_left, bisect_right

from research.formats import names, turns
from research.formats.bundle import Mark, Tagging
from research.formats.turns import Placed

from .positions import Positions
from .project import Selection


def person_guid(guid: str) -> str:
    return names.known(guid, "person") if guid else ""


class Marked:
    """One stretch of words, and all that selections of it say."""

    def __init__(self, first: Selection) -> None:
        self.guid = names.known(first.guid, "selection", str(first.start), str(first.end))
        self.selections: list[Selection] = []
        self.taggings: dict[str, Tagging] = {}


def mark_of(place: tuple[int, int, int, int], marked: Marked, said: list[turns.Turn]) -> Mark:
    first, start, last, end = place
    if first == last:
        quote = said[first].text[start:end]
    else:
        middle = [turn.text for turn in said[first + 1 : last]]
        quote = "\n".join([said[first].text[start:], *middle, said[last].text[:end]])
    one = marked.selections[0]
    return Mark(marked.guid, *place, quote, tuple(marked.taggings.values()), person_guid(one.user), one.at)


def anchor_of(placed: list[Placed], way: Positions, selection: Selection) -> tuple[int, int, int, int] | None:
    """The turns and characters that a selection covers, white space at its edges left out."""
    start, end = way.index(selection.start), way.index(selection.end)
    first = bisect_right(placed, start, key=lambda one: one.end)
    last = bisect_left(placed, end, key=lambda one: one.at) - 1
    if first >= len(placed) or last < first:
        return None
    part = placed[first].turn.part
    while placed[last].turn.part != part:  # a highlight lies in one text of a session
        last -= 1
    inside = [max(0, start - placed[first].at), min(len(placed[last].turn.text), end - placed[last].at)]
    while first <= last and not placed[first].turn.text[inside[0] :].strip():
        first, inside[0] = first + 1, 0
    while first <= last and not placed[last].turn.text[: inside[1]].strip():
        last -= 1
        inside[1] = len(placed[last].turn.text) if last >= first else 0
    if last < first:
        return None
    head, tail = placed[first].turn.text, placed[last].turn.text
    while head[inside[0] : inside[0] + 1].isspace():
        inside[0] += 1
    while inside[1] and tail[inside[1] - 1].isspace():
        inside[1] -= 1
    if first == last and inside[0] >= inside[1]:
        return None
    return first, inside[0], last, inside[1]


def timed(said: list[turns.Turn], begin: int, end: int) -> tuple[int, int, int, int] | None:
    """The whole turns that were spoken between two times."""
    inside = []
    for at, turn in enumerate(said):
        if turn.start_ms is None or not turn.text.strip() or turn.part:
            continue
        following = said[at + 1].start_ms if at + 1 < len(said) else None
        until = turn.end_ms if turn.end_ms is not None else following
        if turn.start_ms < max(end, begin + 1) and (until is None or until > begin):
            inside.append(at)
    return (inside[0], 0, inside[-1], len(said[inside[-1]].text)) if inside else None
