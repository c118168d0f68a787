"""Slides for the meeting that reviews experiments: one for the programme, one for each experiment."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Cm, Pt

INK, GREEN, GREY = RGBColor(0x1F, 0x24, 0x21), RGBColor(0x1F, 0x6F, 0x4A), RGBColor(0x5F, 0x66, 0x61)
LONGEST = 600  # characters of a text that a slide still holds


class Slide(NamedTuple):
    """What a slide says of one experiment; `notes` go to the speaker's notes with the whole hypothesis."""

    title: str
    state: str
    who: str
    days: str
    hypothesis: str
    kpis: tuple[str, ...] = ()
    decision: tuple[str, ...] = ()
    learnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def deck(slides: Sequence[Slide], *, day: dt.date, summary: Sequence[str] = ()) -> bytes:
    """A PowerPoint file, 16:9: a title slide with `summary`, then a slide for each."""
    made: Any = Presentation()
    made.slide_width, made.slide_height = Cm(33.867), Cm(19.05)
    first = _page(made, f"Experiments, {day:%-d %B %Y}")
    lines = [*summary, f"{len(slides)} experiments on the following slides"]
    _text(first, lines, top=4.5, size=20)
    for one in slides:
        page = _page(made, one.title, f"{one.state} · {one.who} · {one.days}")
        _text(page, [_short(one.hypothesis), "; ".join(one.kpis)], top=4.2, height=4.6, size=16)
        decision = list(one.decision) or ["Not decided yet"]
        _text(page, decision, title="Decision", left=1.5, top=9.2, width=15, height=8.5, size=14)
        learned = list(one.learnings) or ["Nothing written yet"]
        _text(page, learned, title="Learned", left=17.4, top=9.2, width=15, height=8.5, size=14)
        page.notes_slide.notes_text_frame.text = "\n".join(map(_clean, (one.hypothesis, *one.notes)))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _page(deck: Any, title: str, sub: str = "") -> Any:
    page = deck.slides.add_slide(deck.slide_layouts[5])  # a title and nothing else, so that outlines have it
    head = page.shapes.title
    head.left, head.top, head.width, head.height = Cm(1.5), Cm(0.9), Cm(30.8), Cm(1.9)
    head.text_frame.text = _clean(title)
    _style(head.text_frame.paragraphs[0], 28, INK, bold=True)
    if sub:
        _text(page, [sub], top=2.8, height=1.1, size=14, colour=GREY)
    return page


def _text(
    page: Any,
    lines: Sequence[str],
    *,
    title: str = "",
    left: float = 1.5,
    top: float,
    width: float = 30.8,
    height: float = 12.0,
    size: int,
    colour: RGBColor = INK,
) -> None:
    frame = page.shapes.add_textbox(Cm(left), Cm(top), Cm(width), Cm(height)).text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    rows = [(title, size, GREEN, True)] if title else []
    rows += [(_short(line), size, colour, False) for line in lines if line]
    for place, (line, points, tone, bold) in enumerate(rows):
        row = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        row.text = _clean(line)
        row.space_after = Pt(6)
        _style(row, points, tone, bold=bold)


def _style(row: Any, size: int, colour: RGBColor, *, bold: bool) -> None:
    row.font.size, row.font.bold = Pt(size), bold
    row.font.color.rgb = colour


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}…"


def _clean(text: str) -> str:
    """Without control characters, which a slide's XML cannot hold."""
    return "".join(char for char in text if char >= " " or char in "\n\t")
