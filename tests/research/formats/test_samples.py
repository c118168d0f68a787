"""Files as the recorders of the world write them, read whole."""

from pathlib import Path

import pytest
import typst

from research.formats import documents
from research.formats.transcripts import TranscriptError, parse

SAMPLES = Path(__file__).parent / "samples"
BOM = b"\xef\xbb\xbf"


def read(name, data=None):
    transcript = parse((SAMPLES / name).read_bytes() if data is None else data, name)
    return transcript, [(cue.start_ms, cue.speaker, cue.text) for cue in transcript.cues]


def pdf(source):
    return typst.compile(source.encode())


def test_zoom():
    transcript, cues = read("zoom.vtt")
    dana = "Dana Whitlock (Northwind Freight)"
    assert transcript.format == "webvtt"
    assert transcript.warnings == ()
    assert cues[:3] == [
        (2310, "Maya Lindqvist", "Okay, the recording is on. Thanks for making the time, Dana."),
        (6480, dana, "Sure, no problem."),
        (
            *(8400, "Maya Lindqvist"),
            "So last time you told us about the import. It's 9:30: can you show me how you do it?",
        ),
    ]
    assert [speaker for _, speaker, _ in cues[3:]] == [dana, dana, "iPhone von José", "Maya Lindqvist"]
    windows = BOM + (SAMPLES / "zoom.vtt").read_bytes().replace(b"\n", b"\r\n")
    assert read("zoom.vtt", windows)[1] == cues


def test_teams_in_both_of_its_ways():
    _, cues = read("teams.vtt")
    assert cues == [
        (3129, "Lindqvist, Maya", "Good morning, can you hear me all right?"),
        (
            *(7009, "Whitlock, Dana (Guest)"),
            "Yes. So the planning board — we open it at six and half the tours are gone.",
        ),
        (12769, "Whitlock, Dana (Guest)", "Every <single> Monday."),
        (15500, "Lindqvist, Maya", "Mhm."),
    ]
    _, cues = read("teams-stream.vtt")
    assert [(start, speaker) for start, speaker, _ in cues] == [(0, ""), (4260, "")]


def test_youtube():
    transcript, cues = read("youtube.sbv")
    assert transcript.format == "sbv"
    assert cues == [
        (599, "MAYA", "Welcome to the ride-along, we are in the cab with Tom."),
        (4160, "TOM", "There is no signal past the quarry, so I write it down."),
        (6770, "", "on paper, and type it in at night."),
        (9300, "MAYA", "Every night?"),
    ]


@pytest.mark.parametrize(
    ("broken", "line", "why", "times"),
    [
        ("lost words\n", 4, "no time line above it", [None]),
        ("0:00:03.000,0:00:02.000\nHi\n", 4, "before the start", [3000]),
        ("0:00:01.000,0:00:02.000\nHi\n0:00:02.000,0:00:03.000\nYes", 6, "without an empty", [1000, 2000]),
    ],
)
def test_a_malformed_cue_of_youtube_is_named_and_kept(broken, line, why, times):
    transcript, cues = read("a.sbv", f"0:00:00.000,0:00:01.000\nHello\n\n{broken}".encode())
    (notice,) = transcript.warnings
    assert (notice.line, why in notice.reason, notice.malformed) == (line, True, True)
    assert [start for start, _, _ in cues[1:]] == times


def test_bracketed_ids_are_speakers_and_bracketed_noises_are_not():
    _, cues = read("anonymised.txt")
    assert cues == [
        (None, "", "Study: replanning under pressure Recorded 12 November"),
        (4000, "INT", "What do you do when a driver calls in sick?"),
        (9000, "P3", "I open the board and I, [pause] I move everything by hand. It takes me an hour."),
        (70000, "INT", "[laughs] Every time?"),
        (72000, "P3", "Every time. [inaudible] And nobody sees it."),
    ]


def test_rich_text():
    transcript, cues = read("interview.rtf")
    assert transcript.format == "rtf"
    assert cues == [
        (None, "Maya", "What did the message say?"),
        (None, "Dana", "Something like “row 214: déjà importé”. I gave up there."),
        (None, "Maya", "And the € Did it keep the prices?"),
        (None, "Dana", "No."),
    ]


@pytest.mark.parametrize(
    "data", [b"{\\rtf1", b"{\\rtf1 \\u99999999999 ? \\'zz x}", b"{\\rtf1" + b"{" * 60_000]
)
def test_broken_rich_text_is_refused_in_words(data):
    with pytest.raises(TranscriptError):
        read("a.rtf", data)


def test_a_pdf_of_turns_and_a_pdf_of_prose():
    turns = pdf("Maya: What did the message say?\n\nDana: Row 214. I gave up there.\n\nMaya: And then?")
    transcript, cues = read("a.pdf", turns)
    assert transcript.format == "pdf"
    assert cues[:2] == [
        (None, "Maya", "What did the message say?"),
        (None, "Dana", "Row 214. I gave up there."),
    ]
    sentence = "The dispatcher opened the planning board and looked for the tours of the day. "
    prose = pdf(
        '#set page(numbering: "1", header: [Field visit, Northwind])\n#set text(hyphenate: true)\n'
        + f"{sentence * 30}Then he left.\n\nIt was short.\n\n" * 6
    )
    found = documents.parse(prose, "visit.pdf").paragraphs
    assert found[1] == "It was short."
    assert found.count("It was short.") == 6
    assert " ".join(found) == " ".join([f"{sentence * 30}Then he left. It was short."] * 6)


def test_a_pdf_that_cannot_be_read_says_what_to_do():
    for data, why in (
        (pdf("#rect(width: 50%, height: 3cm)"), "pictures of pages and no text"),
        (b"%PDF-1.7\nnothing of the kind", "damaged"),
        (pdf("#pagebreak()\n" * 501), "up to 500 are read"),
    ):
        with pytest.raises(TranscriptError, match=why):
            documents.parse(data, "scan.pdf")


def test_notes_are_read_paragraph_by_paragraph():
    text = """# Visit to *Northwind*

Dana was **tired**; the import had
failed twice.

- prints the list
- fixes the dates by hand
1. calls support
---
> "I gave up."
"""
    assert documents.paragraphs(text) == [
        "Visit to *Northwind*",
        "Dana was tired; the import had failed twice.",
        "- prints the list",
        "- fixes the dates by hand",
        "1. calls support",
        '"I gave up."',
    ]
    assert documents.parse(BOM + text.encode(), "notes.md").paragraphs == tuple(documents.paragraphs(text))


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "a.md", "empty"),
        (b" \n \n", "a.md", "no words"),
        (b"\x89PNG\r\n\x1a\n\0", "a.pdf", "a PNG picture"),
        (b"words", "a.xls", "not read as a document"),
        (b"\xff" * 40 + b"\0" * 40, "a.txt", "text"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.txt", "larger than 20 MB"),
    ],
)
def test_what_is_no_document_is_refused_in_words(data, name, why):
    with pytest.raises(TranscriptError, match=why):
        documents.parse(data, name)
