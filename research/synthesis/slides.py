"""A report as slides: data in, the bytes of a PPTX out. The same data gives the same bytes."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Emu, Pt

INK, QUIET, GREEN, TRACK = "1F1D1A", "6B665D", "2F5D50", "EFECE6"
COLOURS = {
    "violet": "6A3FA0",
    "amber": "8A5200",
    "blue": "235A97",
    "green": "1C6B3C",
    "red": "A8272E",
    "teal": "0F6470",
    "pink": "9C2F6B",
    "slate": "475063",
}
WIDTH, HEIGHT = 12_192_000, 6_858_000  # 16:9
LEFT, TOP = 640_000, 1_350_000
INNER = WIDTH - 2 * LEFT
ROWS = 9  # of a table on one slide
_UNKNOWN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
BLANK, EPOCH = 6, (1980, 1, 1, 0, 0, 0)  # the layout without placeholders; the first day a ZIP knows


def pptx(report: Mapping[str, Any], *, at: dt.datetime) -> bytes:
    """The slides of `report`: {title, company, period, state, note, sections: [{kind, title, words, bars,
    tables, quotes}]}, dated `at`.

    `words` are paragraphs; `bars` [{label, hits, of, low, high, few, note, colour}]; `tables` [(heads,
    rows)] of text; `quotes` [(text, source)]. Every picture has its numbers in a table on the next slide.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(WIDTH), Emu(HEIGHT)
    props = deck.core_properties
    props.title, props.author, props.last_modified_by = report["title"][:200], report["company"][:200], ""
    props.created = props.modified = at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    first = _slide(deck, "")
    _text(first, LEFT, 2_000_000, INNER, [(report["company"], 16, GREEN, True)])
    _text(first, LEFT, 2_450_000, INNER, [(report["title"], 40, INK, True)])
    _text(first, LEFT, 3_500_000, INNER, [(f"{report['period']} · {report['state']}", 16, QUIET, False)])
    if report["note"]:
        _text(first, LEFT, 4_100_000, INNER, [(report["note"], 12, QUIET, False)])
    for section in report["sections"]:
        _section(deck, section)
    return _same_bytes(deck)


def _section(deck: Any, section: Mapping[str, Any]) -> None:
    slide, down = _slide(deck, section["title"]), TOP
    for words in section["words"]:
        lines = max(1, -(-len(words) // 105))
        if down + lines * 290_000 > HEIGHT - 500_000:
            slide, down = _slide(deck, section["title"]), TOP
        _text(slide, LEFT, down, INNER, [(words, 15, INK, False)])
        down += lines * 290_000 + 90_000
    for bar in section["bars"]:
        if down > HEIGHT - 900_000:
            slide, down = _slide(deck, section["title"]), TOP
        _bar(slide, down, bar)
        down += 400_000
    for words, source in section["quotes"]:
        lines = max(1, -(-len(words) // 95))
        if down + lines * 280_000 > HEIGHT - 700_000:
            slide, down = _slide(deck, section["title"]), TOP
        said = [(words, 14, INK, False), (source, 10, QUIET, False)]
        _text(slide, LEFT + 200_000, down + 60_000, INNER - 200_000, said)
        down += lines * 280_000 + 380_000
    for heads, rows in section["tables"]:
        for start in range(0, len(rows), ROWS):
            _table(_slide(deck, section["title"]), heads, rows[start : start + ROWS])


def _slide(deck: Any, title: str) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    if title:
        _text(slide, LEFT, 420_000, INNER, [(title, 26, INK, True)])
    return slide


def _text(slide: Any, x: int, y: int, width: int, lines: Iterable[tuple[str, int, str, bool]]) -> None:
    frame = slide.shapes.add_textbox(Emu(x), Emu(y), Emu(width), Emu(300_000)).text_frame
    frame.word_wrap = True
    for place, (words, size, colour, bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = _plain(words)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Calibri"
        run.font.color.rgb = RGBColor.from_string(colour)


def _plain(words: str) -> str:
    """Without the characters that XML does not know."""
    return _UNKNOWN.sub(" ", words)


def _box(slide: Any, x: int, y: int, width: int, height: int, colour: str) -> Any:
    box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(x), Emu(y), Emu(max(width, 1)), Emu(max(height, 1)))
    box.fill.solid()
    box.fill.fore_color.rgb = RGBColor.from_string(colour)
    box.line.fill.background()
    return box


def _bar(slide: Any, y: int, one: Mapping[str, Any]) -> None:
    """A share with its interval: the picture says in its name what it shows."""
    label, track = 3_300_000, 4_400_000
    start = LEFT + label
    _text(slide, LEFT, y - 60_000, label, [(one["label"], 13, INK, False)])
    box = _box(slide, start, y, track, 210_000, TRACK)
    box.name = f"{one['label']}: {one['hits']} of {one['of']}"
    if not one["few"]:
        wide = round(track * one["hits"] / one["of"])
        _box(slide, start, y + 30_000, wide, 150_000, COLOURS.get(one["colour"], GREEN))
        low, high = (round(track * one[end]) for end in ("low", "high"))
        _box(slide, start + low, y + 98_000, high - low, 14_000, INK)
    said = f"{one['hits']} of {one['of']} · {one['note']}"
    beside = start + track + 120_000
    _text(slide, beside, y - 60_000, LEFT + INNER - beside, [(said, 12, QUIET, False)])


def _table(slide: Any, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    shape = slide.shapes.add_table(
        len(rows) + 1, len(heads), Emu(LEFT), Emu(TOP), Emu(INNER), Emu(420_000 * (len(rows) + 1))
    )
    for line, cells in enumerate([heads, *rows]):
        for place, words in enumerate(cells):
            cell = shape.table.cell(line, place)
            cell.text = _plain(str(words))
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size, paragraph.font.bold = Pt(12), line == 0


def _same_bytes(deck: Any) -> bytes:
    """The deck's file without the time of day in it."""
    made, out = io.BytesIO(), io.BytesIO()
    deck.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            fixed = zipfile.ZipInfo(info.filename, EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(info.filename))
    return out.getvalue()
