"""The headings, list items and tables' rows of a page in Markdown as a tree."""

import re
from dataclasses import dataclass, field

from . import pipes
from .grades import Marked, marked
from .plans import MOST, Left, Plan, Unreadable, cut

LONGEST = 20_000  # characters of a line
DEEPEST = 40
ROW = 8  # the depth of a table's row: within what is headed, before the items of a list
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^([ \t]*)(?:[-*+•]|\d{1,4}[.)])\s+(.*)$")
# A line all in bold with a list below it heads that list: "**Trucks find their dock** (0.7)"
_BOLD = re.compile(r"^(\*\*|__)(?=\S)((?:(?!\1).){1,400})\1\s*:?(\s*[(\[=–—-].{1,60})?\s*$")
_TARGET = re.compile(r"^\[[^\[\]]{1,100}\]:\s")  # where a link leads, said at the foot of the page


@dataclass(slots=True)
class Block:
    """A heading, a list item or a row of a table with what stands below it. `depth` grows inwards.

    A row says by `label` whether it is an objective ("o") or a key result ("kr"), and more in `cells`.
    """

    line: int
    depth: int
    raw: str
    heading: bool = False
    label: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    said: Marked = field(default_factory=lambda: Marked(""))
    blocks: list["Block"] = field(default_factory=list)


def tree_of(text: str, plan: Plan) -> Block:
    """The headings and items as a tree; other text is continued or left."""
    top = Block(0, -1, "")
    stack, item_of, seen, fenced, behind = [top], False, 0, False, 0
    lines = text.removeprefix("\ufeff").splitlines()
    start = _after_front_matter(lines)
    for number, line in enumerate(lines[start:], start=start + 1):
        if number <= behind:
            continue  # the rows of a table, which are in already
        if len(line) > LONGEST:
            plan.left.append(Left(number, cut(line, 80), f"it has more than {LONGEST:,} characters."))
            continue
        bare = line.strip()
        if bare.startswith(("```", "~~~")):
            fenced = not fenced
            continue
        if fenced or _says_nothing(bare):
            item_of = item_of and bool(bare)
            continue
        if pipes.begins(lines, number):
            table = pipes.table_at(lines, number)
            behind, item_of = number + table.lines - 1, False
            seen += _take_table(table, stack, plan)
            _refuse_many(seen)
            continue
        if block := _begun(lines, number):
            item_of = not block.heading
        elif item_of and line[:1] in " \t":
            stack[-1].raw += f" {bare}"
            continue
        else:
            plan.left.append(Left(number, cut(bare, 80), "plain text: no heading and no item of a list."))
            continue
        while stack[-1].depth >= block.depth:
            stack.pop()
        if len(stack) > DEEPEST:
            plan.left.append(Left(number, cut(bare, 80), f"it stands more than {DEEPEST} levels deep."))
            continue
        stack[-1].blocks.append(block)
        stack.append(block)
        seen += 1
        _refuse_many(seen)
    for block in walked(top):
        said = marked(block.raw)
        block.said = said._replace(label=block.label) if block.label else said
    return top


def _says_nothing(bare: str) -> bool:
    marks = ("{:", "{::", "<!--", "---", "***", "===")
    return not bare or bare.startswith(marks) or bool(_TARGET.match(bare))


def _take_table(table: pipes.Table, stack: list[Block], plan: Plan) -> int:
    """A table's rows below what stands above it; gives how many blocks it made."""
    rows = _rows_of(table, plan)
    while rows and stack[-1].depth >= rows[0].depth:
        stack.pop()
    stack[-1].blocks.extend(rows)
    return len(rows) + sum(len(one.blocks) for one in rows)


def _refuse_many(seen: int) -> None:
    if seen > MOST:
        raise Unreadable(f"There are more than {MOST:,} headings and items. Split the file.")


def _rows_of(table: pipes.Table, plan: Plan) -> list[Block]:
    """A table's objectives with their key results, or key results alone where it has no column of objectives.

    A cell of an objective that is empty or says the one above again goes on with it; several lines in the
    cell of a key result are several, each with its own line of the other cells where they are as many.
    """
    if not table.known:
        why = "a table without a column “Objective” or “Key result”: name the column so."
        plan.left.append(Left(table.line, f"A table of {table.lines - 2} rows", why))
        return []
    found: list[Block] = []
    above: Block | None = None
    for line, cells in table.rows:
        title = cells.get("title", "").replace("\n", " ")
        if title and (above is None or above.raw != title):
            own = {} if "key_result" in cells else cells
            above = Block(line, ROW, title, label="o", cells=own)
            found.append(above)
        into = found if above is None else above.blocks
        names = [one for one in cells.get("key_result", "").split("\n") if one]
        told = {field: [one for one in text.split("\n") if one] for field, text in cells.items()}
        for place, name in enumerate(names):
            each = {
                field: lines[place] if len(lines) == len(names) else " ".join(lines)
                for field, lines in told.items()
            }
            into.append(Block(line, ROW + 1, name, label="kr", cells=each))
    return found


def _begun(lines: list[str], number: int) -> Block | None:
    """The heading or item that the line of this number (from 1) begins; None where it begins none."""
    line = lines[number - 1]
    if found := _HEADING.match(line):
        return Block(number, len(found[1]), found[2], heading=True)
    if found := _ITEM.match(line):
        return Block(number, 10 + len(found[1].expandtabs(4)), found[2])
    if (found := _BOLD.match(line)) and _heads_a_list(lines, number):
        return Block(number, 7, found[2] + (found[3] or ""), heading=True)
    return None


def _heads_a_list(lines: list[str], after: int) -> bool:
    """Whether the next line that says something, of those behind the first `after`, is an item."""
    following = next((line for line in lines[after : after + 10] if line.strip()), "")
    return bool(_ITEM.match(following))


def _after_front_matter(lines: list[str]) -> int:
    if lines and lines[0].strip() == "---":
        for number, line in enumerate(lines[1:200], start=2):
            if line.strip() in ("---", "..."):
                return number
    return 0


def walked(top: Block) -> list[Block]:
    found, waiting = [], list(reversed(top.blocks))
    while waiting:
        block = waiting.pop()
        found.append(block)
        waiting.extend(reversed(block.blocks))
    return found
