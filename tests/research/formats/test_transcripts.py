"""What every transcript goes through: sizes, real types, encodings, and messages a person can act on."""

import pickle

import pytest

from research.formats import cues, transcripts
from research.formats.transcripts import Cue, TranscriptError, parse

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Zoë>Grüße</v>\n"
ZOE = Cue(1000, 2000, "Zoë", "Grüße")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a Windows program"),
        (b"\x7fELF\x02\x01\x01", "a program"),
        (b"\x00\x00\x00\x20ftypisom", "an MP4 recording"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old Office document"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>Ana: hi", "a web page"),
        (b"<?xml version='1.0'?><tt/>", "an XML file"),
    ],
)
def test_another_type_under_a_transcript_name_is_refused_by_its_real_name(data: bytes, name: str) -> None:
    with pytest.raises(TranscriptError, match=f"This is {name}"):
        parse(data, "interview.vtt")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(TranscriptError, match="The file is empty"):
        parse(b"", "interview.vtt")


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TranscriptError, match="larger than 20 MB"):
        parse(bytes(transcripts.MAX_BYTES + 1), "interview.vtt")


def test_an_unknown_kind_of_text_is_refused() -> None:
    with pytest.raises(TranscriptError, match="not read as a transcript"):
        parse(b"speaker,text\nAna,hi\n", "interview.csv")


def test_plain_text_named_as_a_word_document_is_refused() -> None:
    with pytest.raises(TranscriptError, match="the file is plain text"):
        parse(b"Ana: hi\n", "interview.docx")


def test_content_decides_before_the_name_and_says_so() -> None:
    transcript = parse(b"1\n00:00:01,000 --> 00:00:02,000\nAna: hi\n", "interview.vtt")
    assert transcript.format == "srt"
    assert transcript.cues == (Cue(1000, 2000, "Ana", "hi"),)
    assert [str(notice) for notice in transcript.warnings] == [
        "The name says WebVTT, but the file is SubRip and was read as that."
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_encodings_are_read_without_a_warning(encoding: str) -> None:
    transcript = parse(VTT.encode(encoding), "interview.vtt")
    assert transcript.cues == (ZOE,)
    assert transcript.warnings == ()


@pytest.mark.parametrize("mark_and_codec", [(b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le")])
def test_utf16_is_read_in_both_byte_orders(mark_and_codec: tuple[bytes, str]) -> None:
    mark, codec = mark_and_codec
    assert parse(mark + VTT.encode(codec), "interview.vtt").cues == (ZOE,)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Ana: C'était très bien, déjà vu", "cp1252"),
        ("Ana: für die Größe", "cp1252"),
        ("Ana: It’s “fine”", "cp1252"),
        ("Анна: Привет, как дела? Очень хорошо", "cp1251"),
        ("田中: こんにちは、今日はよろしくお願いします。", "cp932"),
    ],
)
def test_an_older_encoding_is_guessed_with_a_warning(text: str, encoding: str) -> None:
    transcript = parse(text.encode(encoding), "interview.txt")
    speaker, _, said = text.partition(": ")
    assert transcript.cues == (Cue(None, None, speaker, said),)
    assert f"read as {encoding}" in str(transcript.warnings[0])


def test_nul_characters_are_refused_with_their_line() -> None:
    with pytest.raises(TranscriptError, match="NUL characters") as caught:
        parse(b"Ana: hi\nBob: a\0b\n", "interview.txt")
    assert caught.value.line == 2


def test_damaged_utf16_is_refused() -> None:
    with pytest.raises(TranscriptError, match="The text is damaged"):
        parse(b"\xff\xfe" + "Ana: hi".encode("utf-16-le") + b"\x00\xd8\x41\x00", "interview.txt")


def test_a_line_over_the_limit_is_refused() -> None:
    with pytest.raises(TranscriptError, match="longer than 20,000 characters") as caught:
        parse(b"Ana: hi\nBob: " + b"x" * transcripts.MAX_LINE, "interview.txt")
    assert caught.value.line == 2


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(TranscriptError, match="more than 250,000 lines"):
        parse(b"WEBVTT\n" + b"\n" * cues.MAX_LINES, "interview.vtt")


@pytest.mark.parametrize("filename", ["interview.txt", "interview.srt"])
def test_too_many_cues_are_refused(filename: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cues, "MAX_CUES", 3)
    four = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},000\nhi\n\n" for n in range(1, 5))
    turns = "Ana: hi\n" * 4
    with pytest.raises(TranscriptError, match="more than 3 cues"):
        parse((four if filename.endswith("srt") else turns).encode(), filename)


def test_a_speakers_name_over_the_limit_is_refused() -> None:
    text = VTT.replace("Zoë", "Z" * (cues.MAX_SPEAKER + 1))
    with pytest.raises(TranscriptError, match="speaker's name is longer than 200") as caught:
        parse(text.encode(), "interview.vtt")
    assert caught.value.line == 3


def test_text_is_composed_and_its_white_space_single() -> None:
    data = "Zoe\u0308:  a\u00a0\u2003b\x07\tc \ufeffd\n".encode()
    assert parse(data, "interview.txt").cues == (Cue(None, None, "Zoë", "a b c d"),)


def test_an_endless_run_of_accents_is_read_in_time() -> None:
    (cue,) = parse(("Ana: a" + "\u0301\u0316" * 9000).encode(), "interview.txt").cues
    assert cue.text.count("\N{COMBINING GRAPHEME JOINER}") == 18_000 // 30 - 1


def test_warnings_are_bounded() -> None:
    empty = "00:01.000 --> 00:02.000\n\n"
    transcript = parse((VTT + "\n" + empty * 150).encode(), "interview.vtt")
    assert len(transcript.warnings) == cues.MAX_NOTICES + 1
    assert str(transcript.warnings[-1]) == "And 50 more like these."


@pytest.mark.parametrize(
    ("start", "end"), [(None, 5), (5, 4), (-1, 0), (0, cues.MAX_MS + 1), (cues.MAX_MS + 1, None)]
)
def test_a_cue_with_impossible_times_cannot_be_made(start: int | None, end: int | None) -> None:
    with pytest.raises(ValueError, match="A cue"):
        Cue(start, end, "Ana", "hi")


def test_errors_survive_pickling_with_their_place() -> None:
    error = pickle.loads(pickle.dumps(TranscriptError("no such thing.", 3, "Paragraph")))
    assert (str(error), error.line, error.reason) == ("Paragraph 3: no such thing.", 3, "no such thing.")
    assert str(TranscriptError("no such thing.")) == "No such thing."
