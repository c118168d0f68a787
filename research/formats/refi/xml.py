"""XML read a piece at a time: an element becomes what its builder makes of it as soon as it closes.

So the tree never stands in memory. Any document type is refused, because entities can fetch files or grow
without end, and so is anything built deeper or longer than projects are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from xml.parsers import expat

from .project import RefiError

MAX_DEPTH = 120
MAX_ELEMENTS = 6_000_000
MAX_TOKEN = 4 * 1024 * 1024  # bytes of XML without any structure in them
MAX_ATTRIBUTES = 60


@dataclass(slots=True)
class Element:
    """An element that is closed: `made` holds what became of its children, in order."""

    name: str
    attributes: dict[str, str]
    made: list[object] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

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


def read(chunks: Iterable[bytes], builders: dict[str, Builder]) -> Element:
    """The root element. Names are taken without their namespace: tools disagree about its version."""
    reader = _Reader(builders)
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
    def __init__(self, builders: dict[str, Builder]) -> None:
        self._builders = builders
        self._open: list[Element] = []
        self._count = 0
        self.root: Element | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH or self._count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise _oversized()
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._open.append(Element(name.rpartition(" ")[2], local))

    def end(self, _: str) -> None:
        element = self._open.pop()
        if not self._open:
            self.root = element
            return
        build = self._builders.get(element.name)
        self._open[-1].made.append(build(element) if build else element)

    def characters(self, text: str) -> None:
        self._open[-1].words.append(text)
