"""XML read a piece at a time: an element becomes what its builder makes of it as soon as it closes.

So the tree never stands in memory; what nobody asks for is only counted. Any document type is refused,
because entities can fetch files or grow without end, and so is anything built deeper or longer than projects
are.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from xml.parsers import expat

from .project import RefiError

MAX_DEPTH = 120
MAX_ELEMENTS = 2_000_000  # a project with 100,000 codings has half a million
MAX_CODEBOOK = 300_000  # elements; 10,000 codes with notes have 50,000
MAX_TOKEN = 4 * 1024 * 1024  # bytes of XML without any structure in them
MAX_ATTRIBUTES = 60
MAX_UNKNOWN = 20  # names that are told apart


@dataclass(slots=True)
class Element:
    """An element that is closed: `made` holds what became of its children, in order.

    `unknown` counts, by name, those children that nobody asked for.
    """

    name: str
    attributes: dict[str, str]
    made: list[object] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unknown: Counter[str] | None = None

    @property
    def text(self) -> str:
        return "".join(self.words)

    def get(self, *names: str) -> str:
        """The first of these attributes that is there, else ""."""
        return next((self.attributes[name] for name in names if name in self.attributes), "")

    def first(self, name: str) -> "Element | None":
        return next((one for one in self.elements() if one.name == name), None)

    def elements(self) -> "Iterable[Element]":
        return (one for one in self.made if isinstance(one, Element))

    def all[T](self, kind: type[T]) -> list[T]:
        """The children that became a `kind` and no subclass of it."""
        return [one for one in self.made if type(one) is kind]


type Builder = Callable[[Element], object]


@dataclass(frozen=True, slots=True)
class Known:
    """What is read: elements that `builders` make something of, those that only hold others, and texts."""

    builders: dict[str, Builder]
    holders: frozenset[str]
    texts: frozenset[str]


def read(chunks: Iterable[bytes], known: Known, *, most: int = MAX_ELEMENTS) -> Element:
    """The root element. Names are taken without their namespace: tools disagree about its version."""
    reader = _Reader(known, most)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    size = 0
    for chunk in chain(chunks, [b""]):
        size += len(chunk)
        try:
            parser.Parse(chunk, not chunk)
        except (expat.ExpatError, LookupError, ValueError) as error:
            place = f" (line {error.lineno})" if isinstance(error, expat.ExpatError) else ""
            raise RefiError(f"its XML is damaged{place}. Export it again and upload the new file.") from error
        if size - parser.CurrentByteIndex > MAX_TOKEN:  # the parser would keep it all until it ends
            raise _oversized()
    if reader.root is None:
        raise RefiError("it is empty. Export it again and upload the new file.")
    return reader.root


def _refuse_doctype(*_: object) -> None:
    raise RefiError(
        "it declares XML entities, which no analysis tool does and which can be used to break into a "
        "server. Export it again from the tool it came from."
    )


def _oversized() -> RefiError:
    return RefiError("it is not built as analysis tools build projects. Export it again and upload that.")


class _Reader:
    def __init__(self, known: Known, most: int) -> None:
        self._builders, self._texts, self._most = known.builders, known.texts, most
        self._names = known.builders.keys() | known.holders | known.texts
        self._open: list[Element] = []
        self._count = 0
        self._inside = 0  # how deep in an element that nobody asks for
        self.root: Element | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        depth = len(self._open) + self._inside
        if depth >= MAX_DEPTH or self._count > self._most or len(attributes) > MAX_ATTRIBUTES:
            raise _oversized()
        name = name.rpartition(" ")[2]
        if self._inside or (self._open and name not in self._names):
            if not self._inside:
                self._pass_over(name)
            self._inside += 1
            return
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._open.append(Element(name, local))

    def _pass_over(self, name: str) -> None:
        holder, name = self._open[-1], name[:80]
        if holder.unknown is None:
            holder.unknown = Counter()
        few = name in holder.unknown or len(holder.unknown) < MAX_UNKNOWN
        holder.unknown[name if few else "others"] += 1

    def end(self, _: str) -> None:
        if self._inside:
            self._inside -= 1
            return
        element = self._open.pop()
        if not self._open:
            self.root = element
            return
        build = self._builders.get(element.name)
        self._open[-1].made.append(build(element) if build else element)

    def characters(self, text: str) -> None:
        element = self._open[-1]
        if not self._inside and element.name in self._texts:
            element.words.append(text)
