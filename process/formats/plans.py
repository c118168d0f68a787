"""What a file says of objectives, whatever it was written in."""

from dataclasses import dataclass, field

MOST = 5_000  # objectives and key results of one file
TITLE = 160
TEXT = 2_000


class Unreadable(ValueError):
    """The file as a whole cannot be read. The message says why and what to do."""


@dataclass(slots=True)
class MilestoneSaid:
    line: int
    title: str
    weight: float = 1.0
    due_on: str = ""  # ISO date
    done_at: str = ""  # ISO time
    done_by: str = ""


@dataclass(slots=True)
class Lived:
    """What was said while the cycle ran: a check-in, a grade, a retrospective (see lives.SHAPES)."""

    line: int
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class KeyResultSaid:
    """`fields` are numbers and words by the names of the model's columns; what is not said is not in it.

    `grade` is the share (0 to 1) that was written beside it; `graded` the grade that was given here.
    """

    line: int
    title: str
    id: str = ""
    owner: str = ""
    kpi: str = ""
    follows: str = ""
    grade: float | None = None
    note: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    milestones: list[MilestoneSaid] = field(default_factory=list)
    graded: Lived | None = None
    check_ins: list[Lived] = field(default_factory=list)


@dataclass(slots=True)
class ObjectiveSaid:
    """`serves` are (kind, id of an objective or key result in the file, or "FY2026#3.1" of another cycle).

    `wants` are names of what it serves as the file writes them, until they are found. `cycle` is the slug of
    the cycle a file of ours was taken from, which `told` and all check-ins and grades are about.
    """

    line: int
    title: str
    id: str = ""
    team: str = ""
    owner: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    serves: list[tuple[str, str]] = field(default_factory=list)
    wants: list[str] = field(default_factory=list, compare=False)
    key_results: list[KeyResultSaid] = field(default_factory=list)
    cycle: str = ""
    told: Lived | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A line that does not come in, or not whole, and why."""

    line: int
    text: str
    why: str


@dataclass(slots=True)
class Plan:
    objectives: list[ObjectiveSaid] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def key_results(self) -> int:
        return sum(len(one.key_results) for one in self.objectives)

    def people(self) -> list[str]:
        """Who is named, in order, each once."""
        named = [one.owner for one in self.objectives]
        named += [row.owner for one in self.objectives for row in one.key_results]
        return [name for name in dict.fromkeys(named) if name]

    def teams(self) -> list[str]:
        return [name for name in dict.fromkeys(one.team for one in self.objectives) if name]


def cut(text: str, most: int) -> str:
    """One line of at most `most` characters, without characters that no database takes."""
    line = " ".join(text.replace("\0", "").split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
