"""Files made to do harm, and files that are just wrong: a clear answer, and memory that stays flat."""

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from research.formats import packages, refi, zipstream
from research.formats.refi import incoming
from research.models import MaterialImport
from research.services import exchange
from research.services.exchange import opening
from tests.factories.research import StudyFactory
from tests.research import exchange_files as files

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def archive(**parts):
    return b"".join(zipstream.stream((name.replace("__", "/"), [data]) for name, data in parts.items()))


def twice():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("project.qde", "<Project/>")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("project.qde", "<Project/>")
    return buffer.getvalue()


def named(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr(name, "x")
        made.writestr("project.qde", "<Project/>")
    return buffer.getvalue()


def bomb(size=100 * 1024 * 1024):
    """100 MB of zeros, packed without ever being there."""

    def zeros():
        piece = bytes(1024 * 1024)
        for _ in range(size // len(piece)):
            yield piece

    return b"".join(zipstream.stream([("project.qde", zeros())]))


def large_end(data):
    """With a second end as ZIP64 has it, which is the one that counts."""
    at = data.rindex(b"PK\5\6")
    parts, length, start = struct.unpack("<H2L", data[at + 10 : at + 20])
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, parts, parts, length, start)
    return data[:at] + large + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + data[at:]


def crowd(number=20_001):
    """More files than are taken, and an end that says there is one."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0)
    listed = b"".join(b"%s%05d" % (entry, place) for place in range(number))
    return b"PK\3\4" + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(listed), 4, 0)


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<CodeBook>&b;</CodeBook>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CodeBook><Codes>&a;</Codes></CodeBook>'

HOSTILE = {
    "a zip bomb": ("p.qdpx", bomb, "unpacks to far more than a project needs"),
    "an archive in an archive": (
        "p.zip",
        lambda: archive(inner__p_qdpx=b"PK", **{"x.qdpx": b"PK"}),
        "Unpack it",
    ),
    "a way out": ("p.qdpx", lambda: named("../../etc/passwd"), "points outside the archive"),
    "a way out on Windows": ("p.qdpx", lambda: named("..\\..\\x"), "points outside the archive"),
    "an absolute path": ("p.qdpx", lambda: named("/etc/passwd"), "points outside the archive"),
    "one name twice": ("p.qdpx", twice, "twice"),
    "an entity bomb": ("c.qdc", lambda: ENTITIES, "declares XML entities"),
    "an entity of a file": ("c.qdc", lambda: OUTSIDE, "declares XML entities"),
    "an entity bomb in a project": (
        "p.qdpx",
        lambda: archive(**{"project.qde": ENTITIES}),
        "declares XML entities",
    ),
    "XML without an end": ("c.qdc", lambda: b"<?xml version='1.0'?><CodeBook><Codes>", "XML is damaged"),
    "other XML": ("c.qdc", lambda: b"<?xml version='1.0'?><html/>", "no REFI-QDA codebook"),
    "XML a thousand deep": ("c.qdc", lambda: b"<?xml version='1.0'?>" + b"<Code>" * 1000, "not built as"),
    "a picture": ("p.qdpx", lambda: PNG, "is a PNG picture"),
    "a picture as a table": ("h.csv", lambda: PNG, "is a PNG picture"),
    "half an archive": ("p.qdpx", lambda: files.maxqda()[:-60], "cut off on its way"),
    "no project": ("p.zip", lambda: archive(a=b"x"), "without a project in it"),
    "a Word document": ("p.qdpx", lambda: archive(**{"word/document.xml": b"<x/>"}), "is an Office document"),
    "an empty file": ("p.qdpx", lambda: b"", "is empty"),
    "text as a project": ("p.qdpx", lambda: b"hello", "is not what its name says"),
    "NUL in a table": ("h.csv", lambda: b"Quote,Tags\nx\0y,z\n", "NUL characters"),
    "a text that is no UTF-8": (
        "p.qdpx",
        lambda: archive(**{"manifest.json": b"{\xff\xfe}"}),
        "is not UTF-8",
    ),
    "another tool's manifest": (
        "s.zip",
        lambda: archive(**{"manifest.json": b"{}"}),
        "not that of an exported study",
    ),
    "a study of tomorrow": (
        "s.zip",
        lambda: archive(**{"manifest.json": b'{"format": "prodops-study", "version": 99}'}),
        "newer Prodops",
    ),
    "more elements than a codebook has": (
        "c.qdc",
        lambda: b"<?xml version='1.0'?><CodeBook>" + b"<NoteRef/>" * 400_000 + b"</CodeBook>",
        "not built as",
    ),
    "a directory hidden in ZIP64": ("p.qdpx", lambda: large_end(files.maxqda()), "written as ZIP64"),
    "more files than their number says": ("p.qdpx", crowd, "more than 20,000 files"),
    "a line of 30 MB": ("h.csv", lambda: b"Quote," + b"x" * (30 * 1024 * 1024), "larger than 20 MB"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", HOSTILE)
def test_the_answer_says_what_is_wrong(what, people, member, team, now, tmp_path, monkeypatch):
    monkeypatch.setattr("research.services.exchange.staging.AT_ONCE", 10 * 1024 * 1024)
    name, make, words = HOSTILE[what]
    study = StudyFactory(team=team, lead=member)
    with pytest.raises(exchange.Unreadable, match=words):
        exchange.stage(SimpleUploadedFile(name, make()), study=study, by=member, at=now)
    assert not MaterialImport.objects.exists()
    assert not (tmp_path / "media").exists() or not list((tmp_path / "media").rglob("*.*"))


def test_a_source_whose_text_is_broken_costs_that_source_only():
    data = files.qdpx(
        '<Project xmlns="urn:QDA-XML:project:1.0" origin="x"><Sources>'
        '<TextSource guid="a" name="A" plainTextPath="internal://a.txt"/>'
        '<TextSource guid="b" name="B" plainTextPath="internal://b.txt"/>'
        '<TextSource guid="c" name="C" plainTextPath="internal://../../c.txt"/>'
        '<TextSource guid="d" name="D" plainTextPath="absolute:///etc/passwd"/></Sources></Project>',
        {"a.txt": b"caf\xe9 \xff", "b.txt": "Good\0 words."},
    )
    bundle = incoming.bundle_of(packages.Package(io.BytesIO(data)))
    (meeting,) = bundle.sessions()
    assert [turn.text for turn in meeting.turns] == ["Good", "words."]
    assert bundle.losses == {incoming.NO_TEXT: 3}
    assert [name for name, _ in bundle.unread] == ["A", "C", "D"]
    assert bundle.unread[-1][1] == "its text lies outside the project (absolute:///etc/passwd)"


class Endless(io.RawIOBase):
    """A gigabyte of one line that is nowhere in memory."""

    def __init__(self, head, size=1024**3):
        self.head, self.left = head, size

    def readable(self):
        return True

    def seek(self, *_):
        return 0

    def read(self, size=-1):
        assert 0 <= size <= 64 * 1024 * 1024, "somebody reads it all at once"
        size = min(size, self.left)
        self.left -= size
        data, self.head = self.head[:size], self.head[size:]
        return data + b"x" * (size - len(data))


def peak(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "head"), [("c.qdc", b"<?xml version='1.0'?><CodeBook a='"), ("h.csv", b"Quote,")]
)
def test_a_gigabyte_on_one_line_is_refused_with_flat_memory(name, head):
    def upload():
        kind = opening.kind_of(Endless(head), name)
        with pytest.raises(exchange.Unreadable), opening.opened(Endless(head), kind, name) as bundle:
            list(bundle.sessions())

    assert peak(upload) < 64 * 1024 * 1024


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks():
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(40 * 1024 * 1024)) + packed.flush()
    honest = archive(**{"project.qde": b"<Project/>", "sources/a.txt": b"x" * 2000})
    with zipfile.ZipFile(io.BytesIO(honest)) as made:
        info = made.getinfo("sources/a.txt")
    assert info.file_size == 2000
    assert len(gzip.compress(data)) < 100_000
    package = packages.Package(io.BytesIO(_lying(data)))
    with pytest.raises(packages.PackageError):
        list(package.chunks("a.txt", packages.MAX_TEXT))


def _lying(data):
    """A ZIP whose directory says that `data` unpacks to ten bytes."""
    name = b"a.txt"
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(data), 10, len(name), 0) + name + data
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(data), 10, len(name), 0, 0, 0, 0, 0, 0
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry) + len(name), len(local), 0)
    return local + entry + name + end


def test_elements_that_nobody_asks_for_cost_no_memory():
    unknown = b"<Shape a='1'><Point/>words</Shape>" * 70_000
    pieces = (unknown[start : start + 65_536] for start in range(0, len(unknown), 65_536))
    chunks = [b"<CodeBook><Codes><Code guid='a' name='Kept'/></Codes>", *pieces, b"</CodeBook>"]
    found = []
    assert peak(lambda: found.append(refi.read_codebook(iter(chunks)))) < 1024 * 1024  # was 100 MB
    assert [code.name for code in found[0].codes] == ["Kept"]


def test_a_large_project_is_written_and_read_with_flat_memory():
    """Four times the sources take no more memory: one is held at a time."""
    text = "".join(f"Dana: These are the words of turn {number}.\n" for number in range(1_000))  # 40 kB

    def take_and_give(sources):
        written = io.BytesIO()
        for piece in refi.project_file(refi.Project(name="x"), sources):
            written.write(piece)
        bundle = incoming.bundle_of(packages.Package(written))
        assert sum(len(meeting.marks) for meeting in bundle.sessions()) == len(list(sources()))

    def project(count):
        def sources():
            for number in range(count):
                guid = f"{number:08}-0000-4000-8000-000000000000"
                selection = refi.Selection(f"{number:08}-0000-4000-8000-000000000001", 6, 20)
                path = f"internal://{guid}.txt"
                yield refi.Source(guid, f"S{number}", path=path, selections=[selection]), text

        return sources

    few, many = (peak(lambda count=count: take_and_give(project(count))) for count in (4, 16))
    assert many < few + 256 * 1024  # of 480 kB more text, which is 12,000 turns
