"""Objectives and key results from headings and nested lists, as companies publish them."""

import re
from dataclasses import dataclass, replace
from typing import Any

from .blocks import Block, tree_of, walked
from .columns import result_of
from .grades import marked, plain, share, way
from .plans import TEXT, TITLE, KeyResultSaid, Left, ObjectiveSaid, Plan, Unreadable, cut

_OWNED = re.compile(r"^(?:owner|dri|responsible)\s*[:–—-]\s*@?(?P<name>\S.{0,118})$", re.IGNORECASE)
_NOT_ONE = re.compile(r"^(?:toc|on this page|table of contents|summary|references?|links?)$", re.IGNORECASE)
# What a quarter taught, as companies end their pages: it is no objective
_TAUGHT = re.compile(
    r"^(?:good|bad|try|stop|start|continue|(?:what )?went (?:well|badly|wrong)|retros?|retrospectives?"
    r"|learnings?|lessons(?: learned)?|what we learned)$",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:recordings?|presentations?|archives?|resources|agenda|slides|videos?)\b", re.IGNORECASE
)
_WHOSE = re.compile(r"^(?:[A-Z]{2,5}|(?:[ES]?VP|Chief|Head|(?:Senior )?Director|President|Founders?)\b.*)$")
_PAGE = re.compile(r"\bOKRs?\b|\bobjectives\b|^(?:FY|CY)?[ -]?\d{2,4}\b|^Q[1-4]\b|^goals$", re.IGNORECASE)
_ROLE = re.compile(r"^[^\W\d_][\w/&,.' -]{0,40}:?$")
# What stands below a key result to say how far it came: "100% (done in May)", "10.5: 7 of 9", "Overall: 71%"
_NOTE = re.compile(
    r"^(?:\(?~?\d{1,3}(?:[.,]\d+)?\s*%\s*(?:$|[(.,:;–—-]|done|complete)|\d{1,3}\.\d{1,2}(?::|\s+\(?\d)"
    r"|(?:overall|result|score|status|progress|grade)\b\s*:?)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:(?:overall|result|score|progress|grade)\b\s*:?\s*|(?=\(?~?\d{1,3}(?:[.,]\d+)?\s*%))", re.IGNORECASE
)


def read(text: str) -> Plan:
    """What `text` says; lines that are neither objective nor key result are in `left` with why."""
    plan = Plan()
    top = tree_of(text, plan)
    if not top.blocks:
        raise Unreadable("There is no heading and no list in it. Write objectives as headings or list items.")
    labelled = any(one.said.label == "o" for one in walked(top))
    for block in top.blocks:
        _take(block, plan, _Place(labelled=labelled))
    if not plan.objectives:
        raise Unreadable("No objective was found: a heading, or an item with items below it, is one.")
    _number(plan)
    _keep_notes(plan)
    return plan


def _keep_notes(plan: Plan) -> None:
    """What was said beside key results has no place there: it stands with why the objective matters."""
    for one in plan.objectives:
        notes = [f"- {row.title}: {row.note}" for row in one.key_results if row.note]
        if notes:
            text = "\n".join(filter(None, [str(one.fields.get("why", "")), *notes]))
            one.fields["why"] = text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"


@dataclass(slots=True)
class _Place:
    """What stands above: the objective, its key result, whose it is, under which heading."""

    labelled: bool
    objective: ObjectiveSaid | None = None
    key_result: KeyResultSaid | None = None
    owner: str = ""
    team: str = ""
    owned_result: bool = False  # the key result above is said to be somebody's: "CEO KR: …"

    def below(self, **changed: Any) -> "_Place":
        return replace(self, **changed)


def _take(block: Block, plan: Plan, place: _Place) -> None:
    said = block.said
    if not said.text or _NOT_ONE.match(said.text):
        if block.blocks:
            label_only = said.label == "kr" or not said.text
            for one in block.blocks:
                _take(one, plan, place.below(owner=said.owner or place.owner) if label_only else place)
        return
    if _TAUGHT.match(said.text.rstrip(": ")) and block.blocks:
        why = "it tells what was learned: say that in an objective's retrospective."
        plan.left.append(Left(block.line, cut(said.text, 80), why))
        return
    if block.heading and _names_only(block):
        plan.left.append(Left(block.line, cut(said.text, 80), "what stands below it are names, not results."))
        return
    what = _what(block, place)
    if what == "context":
        names_team = block.heading and not _PAGE.search(said.text)
        team = said.text.rstrip(":") if names_team else place.team
        owner = place.owner if block.heading else said.text.rstrip(":")
        for one in block.blocks:
            _take(one, plan, place.below(team=team, owner=owner))
    elif what == "objective":
        _objective(block, plan, place)
    elif said.text.endswith(":") and not block.blocks:
        plan.left.append(Left(block.line, cut(said.text, 80), "nothing is said after the name."))
    elif place.objective is None:
        plan.left.append(Left(block.line, cut(said.text, 80), "no objective stands above it."))
    else:
        _key_result(block, plan, place)


def _what(block: Block, place: _Place) -> str:
    """ "objective", "key result" or "context" """
    said = block.said
    items = _items(block)
    if said.label:
        return "objective" if said.label == "o" else "key result"
    if block.heading and any(one.said.label == "kr" for one in block.blocks):
        return "objective"
    if block.heading and _WHOSE.match(said.owner) and items:
        return "objective"
    if block.heading:
        if place.labelled or not block.blocks or any(one.heading for one in block.blocks):
            return "context"
        deeper = any(_items(item) for item in items)
        return "context" if deeper else "objective"
    if not items:
        return "objective" if place.owned_result and said.owner else "key result"
    role = not said.owner and said.grade is None and len(said.text.split()) <= 3 and _ROLE.match(said.text)
    return "context" if role and place.objective is not None else "objective"


def _names_only(block: Block) -> bool:
    """It lists recordings, presentations and the like, each a word or two."""
    return bool(_BESIDE.search(block.said.text)) and all(
        len(one.said.text.split()) <= 3
        and not (one.blocks or one.said.label or one.said.owner or one.heading)
        for one in block.blocks
    )


def _is_note(block: Block) -> bool:
    return bool(_NOTE.match(plain(block.raw))) and not block.blocks and not block.said.label


def _items(block: Block) -> list[Block]:
    """What stands below that is no note; bare lines among notes are notes too."""
    items = [one for one in block.blocks if not _is_note(one)]
    bare = all(not (one.said.owner or one.said.label or one.blocks) for one in items)
    return [] if bare and len(items) < len(block.blocks) else items


def _told(notes: list[Block]) -> float | None:
    """The grade that notes give as a whole; those of parts give none."""
    for one in notes:
        text = plain(one.raw)
        if found := _WHOLE.match(text):
            told = share(text[found.end() :])
            if told is not None:
                return told
    return None


def _objective(block: Block, plan: Plan, place: _Place) -> None:
    said = block.said
    cells = block.cells or (block.blocks[0].cells if block.label and block.blocks else {})
    made = ObjectiveSaid(
        block.line,
        cut(said.text, TITLE),
        team=cut(plain(cells.get("team", "")), 80) or place.team,
        owner=cut(said.owner or plain(block.cells.get("owner", "")).lstrip("@") or place.owner, 120),
    )
    if len(said.text) > TITLE:
        made.fields["why"] = cut(said.text, 2_000)
    if place.objective is not None:
        above = place.key_result or place.objective
        made.serves.append(("supports", f"line {above.line}"))
    if said.note or said.grade is not None:
        told = cut(said.note, 60) or f"{said.grade:.0%}"
        why = f"its own “{told}” is left out: an objective is graded by its key results."
        plan.left.append(Left(block.line, made.title[:80], why))
    plan.objectives.append(made)
    for one in block.blocks:
        _take(one, plan, place.below(objective=made, key_result=None, owner=made.owner))
    if not made.key_results:
        plan.left.append(Left(block.line, made.title[:80], "it comes in without a key result."))


def _key_result(block: Block, plan: Plan, place: _Place) -> None:
    said, objective = block.said, place.objective
    if objective is None:
        return
    made = _row_said(block, plan) if block.cells else KeyResultSaid(block.line, cut(said.text, TITLE))
    made.owner = made.owner or cut(said.owner or place.owner, 120)
    made.grade = said.grade if made.grade is None else made.grade
    made.note = cut(said.note, 1_000)
    if not block.cells:
        start, target, unit = way(said.text) or (0.0, 100.0, "percent")
        made.fields |= {"start": start, "target": target, "unit": unit or "count"}
    objective.key_results.append(made)
    owned = said.label == "kr" and bool(said.owner)
    below = place.below(key_result=made, owner=made.owner, owned_result=owned)
    items = _items(block)
    further = [one for one in items if one.said.label or _items(one) or (owned and one.said.owner)]
    taken = {id(one) for one in further}
    notes = [one for one in block.blocks if id(one) not in taken]
    for one in further:
        _take(one, plan, below)
    named = [_OWNED.match(plain(one.raw)) for one in notes]
    for found in filter(None, named):
        made.owner = made.owner if said.owner else cut(found["name"].strip(), 120)
    notes = [one for one, found in zip(notes, named, strict=True) if not found]
    if notes:
        made.note = cut(" ".join([made.note, *(plain(one.raw) for one in notes)]).strip(), 1_000)
        made.grade = _told(notes) if made.grade is None else made.grade
    if said.several and made.grade is not None:
        why = f"“{cut(said.several, 60)}” are several grades: their mean, {made.grade:.0%}, is taken."
        plan.left.append(Left(block.line, made.title[:80], why))
    if len(said.text) > TITLE:
        made.note = cut(f"{said.text} {made.note}", 1_000)
    if made.grade is not None and "current" not in made.fields:
        begun, aim = (float(str(made.fields[name])) for name in ("start", "target"))
        made.fields["current"] = round(begun + made.grade * (aim - begun), 6)


def _row_said(block: Block, plan: Plan) -> KeyResultSaid:
    """A key result as the cells of its row say it: owner, from where to where, how far it came."""
    cells = {field: plain(text) for field, text in block.cells.items()}
    cells["owner"] = cells.get("owner", "").lstrip("@")
    if cells.get("progress"):
        told = marked(f"x => {block.cells['progress']}").grade  # signs and words too: "✅", "Done"
        cells["progress"] = "" if told is None else f"{told:.3%}"
    return result_of(block.line, cut(block.said.text, TITLE), cells, plan)


def _number(plan: Plan) -> None:
    """Ids by place, and what serves what by them."""
    by_line: dict[str, str] = {}
    for place, one in enumerate(plan.objectives, start=1):
        one.id = by_line[f"line {one.line}"] = str(place)
        for number, row in enumerate(one.key_results, start=1):
            row.id = by_line[f"line {row.line}"] = f"{place}.{number}"
    for one in plan.objectives:
        one.serves = [(kind, by_line[ref]) for kind, ref in one.serves if ref in by_line]
