"""Word documents: text out of real ones, and the broken, hostile and foreign archives refused."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest

from research.formats import archives
from research.formats.docx import lines
from research.formats.transcripts import Cue, TranscriptError, parse

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/word/document2.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def document(build: Callable[[Any], None]) -> bytes:
    made = docx.Document()
    build(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def archive(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def word(body: str, doctype: str = "") -> bytes:
    xml = f"<?xml version='1.0'?>{doctype}<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    return archive({"[Content_Types].xml": CONTENT_TYPES, "word/document2.xml": xml})


def cues(data: bytes) -> tuple[Cue, ...]:
    return parse(data, "interview.docx").cues


def test_paragraphs_are_turns() -> None:
    def build(made: Any) -> None:
        made.add_heading("Interview 4")
        made.add_paragraph("Ana: Hello\nthere")
        made.add_paragraph("and on")
        made.add_paragraph("[0:05]\tBob: ").add_run("bold").bold = True

    transcript = parse(document(build), "interview.docx")
    assert transcript.format == "docx"
    assert transcript.cues == (
        Cue(None, None, "", "Interview 4"),
        Cue(None, None, "Ana", "Hello there"),
        Cue(None, None, "Ana", "and on"),
        Cue(5000, None, "Bob", "bold"),
    )


def test_teams_puts_name_and_time_above_the_text() -> None:
    def build(made: Any) -> None:
        made.add_paragraph("Weekly sync-20260303_100000-Meeting Recording")
        made.add_paragraph("Jane Doe started transcription")
        made.add_paragraph("Jane Doe   0:03\nHello there.")
        made.add_paragraph("Roe, Bob   1:00:04")
        made.add_paragraph("Hi.")
        made.add_paragraph("So: what now?")

    assert cues(document(build))[1:] == (
        Cue(3000, None, "Jane Doe", "Hello there."),
        Cue(3_604_000, None, "Roe, Bob", "Hi."),
        Cue(None, None, "Roe, Bob", "So: what now?"),
    )


def test_a_table_has_a_turn_in_each_row() -> None:
    rows = [("Time", "Speaker", "Transcript"), ("0:01", "Ana", "Hello"), ("[0:02]", "Bob:", "Hi\nagain")]

    def build(made: Any) -> None:
        table = made.add_table(rows=0, cols=3)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    assert cues(document(build)) == (Cue(1000, None, "Ana", "Hello"), Cue(2000, None, "Bob", "Hi again"))


def test_deleted_moved_and_doubled_text_is_not_read() -> None:
    body = (
        "<w:p><w:r><w:t>Ana: kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback>"
        "<w:r><w:noBreakHyphen/><w:t>on</w:t></w:r></w:p>"
    )
    assert cues(word(body)) == (Cue(None, None, "Ana", "kept-on"),)


def test_a_nested_table_is_text_of_its_cell() -> None:
    def p(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    inner = f"<w:tbl><w:tr><w:tc>{p('x')}</w:tc><w:tc>{p('y')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{p('Ana')}</w:tc><w:tc>{p('see')}{inner}</w:tc></w:tr></w:tbl>{p('Bob: z')}"
    assert cues(word(body)) == (Cue(None, None, "Ana", "see x y"), Cue(None, None, "Bob", "z"))


def test_errors_count_paragraphs() -> None:
    body = "<w:p/><w:p><w:r><w:t>[00:99:00] Ana: hi</w:t></w:r></w:p>"
    with pytest.raises(TranscriptError, match="Paragraph 2: “00:99:00” is not a time"):
        cues(word(body))


def test_a_document_under_another_name_is_read_with_a_warning() -> None:
    transcript = parse(word("<w:p><w:r><w:t>Ana: hi</w:t></w:r></w:p>"), "interview.vtt")
    assert transcript.format == "docx"
    assert len(transcript.warnings) == 1


def test_xml_entities_are_refused() -> None:
    doctype = "<!DOCTYPE w [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"
    with pytest.raises(TranscriptError, match="declares XML entities"):
        cues(word("<w:p><w:r><w:t>Ana: &b;</w:t></w:r></w:p>", doctype))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"[Content_Types].xml": CONTENT_TYPES, "word/document2.xml": b" " * 5_000_000})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(TranscriptError, match="unpacks to far more"):
        cues(bomb)


def test_a_directory_that_lies_about_sizes_cannot_unpack_more_than_it_says() -> None:
    xml = f"<w:document {W}><w:body>{'<w:p/>' * 200_000}</w:body></w:document>".encode()
    honest = archive({"[Content_Types].xml": CONTENT_TYPES, "word/document2.xml": xml})
    lying = honest.replace(struct.pack("<L", len(xml)), struct.pack("<L", 1000))
    with pytest.raises(TranscriptError, match="damaged"):
        cues(lying)


@pytest.mark.parametrize(
    "body",
    [
        "<w:p>" * 600,
        f"<w:p {' '.join(f'a{n}="{"x" * 100}"' for n in range(15_000))}/>",
    ],
    ids=["depth", "attributes"],
)
def test_a_document_not_built_as_word_builds_one_is_refused(body: str) -> None:
    stored = archive(
        {"[Content_Types].xml": CONTENT_TYPES, "word/document2.xml": f"<w:document {W}>{body}"},
        zipfile.ZIP_STORED,
    )
    with pytest.raises(TranscriptError, match="not built as Word builds one"):
        cues(stored)


def test_an_oversized_paragraph_is_refused() -> None:
    with pytest.raises(TranscriptError, match="more than 100,000 characters"):
        cues(word(f"<w:p><w:r><w:t>Ana: {'so it goes ' * 10_000}</w:t></w:r></w:p>"))


def test_a_long_directory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 100)
    with pytest.raises(TranscriptError, match="unpacks to far more"):
        cues(word("<w:p/>"))


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"a.txt": "hi"}, "a ZIP archive"),
        ({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}, "an Excel workbook"),
        ({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<x/>"}, "a PowerPoint presentation"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "an OpenDocument or EPUB file"),
    ],
)
def test_another_archive_is_refused_by_its_real_name(parts: dict[str, str | bytes], name: str) -> None:
    with pytest.raises(TranscriptError, match=f"This is {name}"):
        parse(archive(parts), "interview.vtt")


def test_damaged_archives_are_refused_wherever_they_are_cut_or_changed() -> None:
    whole = word("<w:p><w:r><w:t>Ana: hi</w:t></w:r></w:p>")
    for at in range(4, len(whole), 7):
        with pytest.raises(TranscriptError):
            list(lines(whole[:at]))
        changed = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            parse(changed, "interview.docx")
        except TranscriptError:
            continue


def test_a_document_without_turns_is_refused() -> None:
    with pytest.raises(TranscriptError, match="No speaker turns"):
        cues(word("<w:p><w:r><w:t>Just prose.</w:t></w:r></w:p>"))
