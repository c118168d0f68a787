"""WebVTT and SubRip: the dialects that are read, and the malformed cues that are named by their line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.formats.transcripts import Cue, TranscriptError, parse, to_webvtt


def vtt(body: str) -> tuple[Cue, ...]:
    return parse(f"WEBVTT\n\n{body}".encode(), "interview.vtt").cues


def srt(body: str) -> tuple[Cue, ...]:
    return parse(body.encode(), "interview.srt").cues


def said(body: str) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in vtt(f"00:01.000 --> 00:02.000\n{body}\n")]


def test_webvtt_with_header_text_notes_styles_regions_ids_and_settings() -> None:
    text = """\
WEBVTT - Interview with P4
Kind: captions

NOTE
recorded --> in Lisbon

STYLE
::cue { color: red }

REGION
id:fred

intro
00:00:01.000 --> 00:00:02.500 align:start position:10%
<v Ana>Good morning</v>

NOTE a comment

01:00:00.000 --> 01:00:01.000
<v P4>Hello
again
"""
    transcript = parse(text.encode(), "interview.vtt")
    assert transcript.format == "webvtt"
    assert transcript.warnings == ()
    assert transcript.cues == (
        Cue(1000, 2500, "Ana", "Good morning"),
        Cue(3_600_000, 3_601_000, "P4", "Hello again"),
    )


def test_zoom_writes_the_name_before_a_colon() -> None:
    body = """\
1
00:00:03.000 --> 00:00:05.000
Jane Doe: Hello, it's 10:30: late

2
00:00:05.000 --> 00:00:06.000
João da Silva: Hi

3
00:00:06.000 --> 00:00:07.000
and on
"""
    assert vtt(body) == (
        Cue(3000, 5000, "Jane Doe", "Hello, it's 10:30: late"),
        Cue(5000, 6000, "João da Silva", "Hi"),
        Cue(6000, 7000, "", "and on"),
    )


def test_teams_writes_voices_and_long_ids() -> None:
    body = """\
9f3c2a10-7a51-4c7e-9d5e-0c1b2a3d4e5f/12-0
00:00:03.120 --> 00:00:05.480
<v Doe, Jane (External)>Hello
there</v>

9f3c2a10-7a51-4c7e-9d5e-0c1b2a3d4e5f/12-1
0:0:5.5 --> 0:0:7.25
<v Bob>Hi</v>
"""
    assert vtt(body) == (
        Cue(3120, 5480, "Doe, Jane (External)", "Hello there"),
        Cue(5500, 7250, "Bob", "Hi"),
    )


def test_several_voices_in_one_cue_become_several_cues_of_its_times() -> None:
    assert vtt("00:01.000 --> 00:02.000\n<v.loud.first Ana>Hi</v>\n<v Bob>Hello <v Ana>So</v> [bell]\n") == (
        Cue(1000, 2000, "Ana", "Hi"),
        Cue(1000, 2000, "Bob", "Hello"),
        Cue(1000, 2000, "Ana", "So"),
        Cue(1000, 2000, "", "[bell]"),
    )


def test_lines_of_one_voice_in_one_cue_stay_together() -> None:
    assert said("<v Ana>one</v>\n<v Ana>two</v>") == [("Ana", "one two")]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<i>so</i> <c.yellow>well</c> <00:01.500>then", "so well then"),
        ("<lang en-GB>colour</lang><br>grey", "colour grey"),
        ("R&amp;D &lt;3 &#233;&nbsp;x &amp;lt;", "R&D <3 é x &lt;"),
        ("AT&T &unknown; &copy", "AT&T &unknown; &copy"),
        ("<laughs> if a < b then c > d", "<laughs> if a < b then c > d"),
        ("we go A --> B", "we go A --> B"),
    ],
)
def test_markup_goes_and_what_only_looks_like_it_stays(body: str, text: str) -> None:
    assert said(body) == [("", text)]


def test_an_encoded_speaker_is_decoded() -> None:
    assert said("<v R&amp;D  Lead>Hi</v>") == [("R&D Lead", "Hi")]
    assert said("R&amp;D Lead: Hi") == [("R&D Lead", "Hi")]


def test_a_caption_with_a_colon_in_a_file_without_speakers_stays_whole() -> None:
    body = "".join(
        f"00:0{n}.000 --> 00:0{n}.000\n{text}\n\n"
        for n, text in enumerate(["we opened the shop", "Remember: save", "Careful: often", "and left"])
    )
    assert {cue.speaker for cue in vtt(body)} == {""}


def test_a_broken_line_inside_a_cue_is_no_speaker_unless_the_cue_began_with_one() -> None:
    first = "00:01.000 --> 00:02.000\nBob: I asked\nAna: she said yes\n\n"
    second = "00:03.000 --> 00:04.000\nand then I asked\nAna: she said no\n"
    assert [(cue.speaker, cue.text) for cue in vtt(first + second)] == [
        ("Bob", "I asked"),
        ("Ana", "she said yes"),
        ("", "and then I asked Ana: she said no"),
    ]


def test_a_cue_without_text_is_left_out_with_a_warning() -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\n<v Ana>hi\n"
    transcript = parse(data, "interview.vtt")
    assert transcript.cues == (Cue(3000, 4000, "Ana", "hi"),)
    assert [str(notice) for notice in transcript.warnings] == [
        "Line 3: this cue has no text and was left out."
    ]


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("00:00:05.000 -> 00:00:06.000\nhi", 3, "the arrow --> between"),
        ("7\n00:00:05.000 00:00:06.000\nhi", 4, "the arrow --> between"),
        ("00:00:0x.000 --> 00:00:06.000\nhi", 3, "the start time “00:00:0x.000” is not a time"),
        ("00:00:05.000 --> 00:61:06.000\nhi", 3, "the end time “00:61:06.000” is not a time"),
        ("00:00:05.000 --> \nhi", 3, "the end time is missing"),
        ("--> 00:00:05.000\nhi", 3, "the start time is missing"),
        ("1\n00:01:05 --> 00:01:02\nhi", 4, "the end time 00:01:02 comes before the start time 00:01:05"),
        ("100:00:00.000 --> 100:00:01.000\nhi", 3, "the start time “100:00:00.000” is not a time"),
        ("00:01.000 --> 00:02.000\nhi\n00:03.000 --> 00:04.000\nho", 5, "a new cue starts here"),
        ("one\ntwo\n00:03.000 --> 00:04.000\nho", 3, "the text “one” has no time line"),
    ],
)
def test_a_file_of_malformed_cues_is_refused_and_names_the_first_line(
    body: str, line: int, reason: str
) -> None:
    with pytest.raises(TranscriptError) as caught:
        vtt(body)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"Line {line}: {reason}")
    assert str(caught.value).endswith("upload the file again.")


def test_a_missing_header_is_refused() -> None:
    with pytest.raises(TranscriptError, match="Line 1: a WebVTT file starts with"):
        parse(b"00:01.000 --> 00:02.000\nhi\n", "interview.vtt")


def test_a_file_without_cues_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no text that anybody says"):
        parse(b"WEBVTT\n\nNOTE nothing\n", "interview.vtt")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_subrip_with_numbers_commas_and_any_line_end(end: str) -> None:
    lines = ["1", "00:00:01,000 --> 00:00:02,500", "{\\an8}<i>Ana: hi</i>", "", "", "2"]
    lines += ["00:00:03,000 --> 00:00:04,000 X1:40", "Bob: yes,", "and no", ""]
    assert srt(end.join(lines)) == (Cue(1000, 2500, "Ana", "hi"), Cue(3000, 4000, "Bob", "yes, and no"))


def test_subrip_without_numbers_and_with_dots() -> None:
    body = "00:00:01.000 --> 00:00:02.000\nhi\n\n00:00:03.000 --> 00:00:04.000\nho\n"
    assert srt(body) == (Cue(1000, 2000, "", "hi"), Cue(3000, 4000, "", "ho"))


def test_line_numbers_count_line_ends_only() -> None:
    # U+2028, form feed and the like end lines for Python, not for an editor
    body = "1\r\n00:00:01,000 --> 00:00:02,000\r\na\u2028b\x0cc\x85d\r\n\r\n"
    body += "2\r\n00:00:03,000 > 00:00:04,000\r\nho"
    transcript = parse(body.encode(), "interview.srt")
    assert [notice.line for notice in transcript.warnings] == [6]


WELL = "".join(f"{n}\n00:01:0{n}.000 --> 00:01:0{n}.900\nword {n}\n\n" for n in range(1, 4))


@pytest.mark.parametrize(
    ("body", "line", "says", "cues"),
    [
        ("00:00:05.000 -> 00:00:06.000\nhi", 15, "the arrow --> between", [Cue(5000, 6000, "", "hi")]),
        (
            "00:00:0x.000 --> 00:00:06.000\nhi",
            15,
            "“00:00:0x.000” is not a time",
            [Cue(None, None, "", "hi")],
        ),
        ("00:00:05.000 --> 00:61:06.000\nhi", 15, "without an end", [Cue(5000, None, "", "hi")]),
        ("00:01:05.000 --> 00:01:02.000\nhi", 15, "comes before", [Cue(65_000, None, "", "hi")]),
        (
            "stray words\nof two lines",
            15,
            "“stray words” has no time",
            [Cue(None, None, "", "stray words of two lines")],
        ),
        (
            *("5\n00:02:00.000 --> 00:02:01.000\nhi\n6\n00:02:02.000 --> 00:02:03.000\nho", 19),
            *(
                "starts here without an empty line",
                [Cue(120_000, 121_000, "", "hi"), Cue(122_000, 123_000, "", "ho")],
            ),
        ),
        (
            *("there is\nmore\n00:02:02.000 --> 00:02:03.000\nho", 15, "“there is” has no time line"),
            [Cue(None, None, "", "there is more"), Cue(122_000, 123_000, "", "ho")],
        ),
    ],
)
def test_a_malformed_cue_keeps_its_words_and_is_named(body, line, says, cues) -> None:
    transcript = parse(f"WEBVTT\n\n{WELL}{body}\n".encode(), "interview.vtt")
    assert list(transcript.cues[3:]) == cues
    (notice,) = transcript.warnings
    assert transcript.is_malformed
    assert (notice.line, says in notice.reason) == (line, True)
    assert not parse(to_webvtt(transcript.cues).encode(), "a.vtt").is_malformed


def test_speech_cut_off_by_an_empty_line_is_not_lost_unsaid() -> None:
    body = "1\n00:00:01,000 --> 00:00:02,000\nhi\n\nthere\n00:00:03,000 --> 00:00:04,000\nho\n"
    transcript = parse(body.encode(), "interview.srt")
    assert [cue.text for cue in transcript.cues] == ["hi", "there", "ho"]
    assert [notice.line for notice in transcript.warnings] == [5]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["00:01", "-->", "00:03", "9", "said", "and done", "00:02 --> 00:04", ""]),
        max_size=12,
    )
)
def test_no_word_of_a_malformed_file_is_lost(lines) -> None:
    transcript = parse(("WEBVTT\n\n" + WELL * 7 + "\n".join(lines)).encode(), "interview.vtt")
    said = " ".join(cue.text for cue in transcript.cues[21:])
    for word in ("said", "and done"):
        named = sum(
            1 for at, line in enumerate(lines) if line == word and "-->" in "".join(lines[at + 1 : at + 2])
        )
        assert said.count(word) >= lines.count(word) - named  # a name above the times is none of the words
