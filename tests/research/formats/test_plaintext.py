"""Plain-text turns: what opens one, what only looks like it, and how time codes travel."""

import pytest

from research.formats.transcripts import Cue, TranscriptError, parse


def turns(text: str) -> tuple[Cue, ...]:
    return parse(text.encode(), "interview.txt").cues


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Ana: hi", Cue(None, None, "Ana", "hi")),
        ("ANA PAULA (she/her): hi", Cue(None, None, "ANA PAULA (she/her)", "hi")),
        ("Dr. J. van der Berg: hi", Cue(None, None, "Dr. J. van der Berg", "hi")),
        ("P4: hi", Cue(None, None, "P4", "hi")),
        ("Speaker 1: hi", Cue(None, None, "Speaker 1", "hi")),
        ("田中：はい", Cue(None, None, "田中", "はい")),
        ("**Ana:** hi", Cue(None, None, "Ana", "hi")),
        ("[00:01:02] Ana: hi", Cue(62_000, None, "Ana", "hi")),
        ("00:01:02 Ana: hi", Cue(62_000, None, "Ana", "hi")),
        ("(1:02) Ana: hi", Cue(62_000, None, "Ana", "hi")),
        ("1:02 - Ana: hi", Cue(62_000, None, "Ana", "hi")),
        ("75:30 Ana: hi", Cue(4_530_000, None, "Ana", "hi")),
        ("[0:01 - 0:02.5] Ana: hi", Cue(1000, 2500, "Ana", "hi")),
        ("Ana (1:02): hi", Cue(62_000, None, "Ana", "hi")),
        ("Ana [00:01:02]: hi", Cue(62_000, None, "Ana", "hi")),
        ("Ana 1:02: hi", Cue(62_000, None, "Ana", "hi")),
        ("Ana   1:02\nhi", Cue(62_000, None, "Ana", "hi")),
        ("Ana\u00a0\u00a01:02\n\nhi", Cue(62_000, None, "Ana", "hi")),
        ("Doe, Ana   1:02\nhi", Cue(62_000, None, "Doe, Ana", "hi")),
        ("[Ana Doe]  1:02\nhi", Cue(62_000, None, "Ana Doe", "hi")),
        ("Ana 1:02\nhi\nAna 1:09\nho", Cue(62_000, None, "Ana", "hi")),
        ("[1:02]\nAna: hi", Cue(62_000, None, "Ana", "hi")),
        ("1:02\n\nAna:\nhi", Cue(62_000, None, "Ana", "hi")),
        ("[1:02] hi", Cue(62_000, None, "", "hi")),
    ],
)
def test_a_turn_opens(text: str, cue: Cue) -> None:
    assert turns(text)[0] == cue


@pytest.mark.parametrize(
    "line",
    [
        "https://example.com/a",
        "10:30 was too late",
        "10:30: we left",
        "Note: the door was open",
        "so the thing is: nothing",
        "I said no. Then: yes",
        "What now? Well: yes",
        "This Is A Sentence With Many Capitals: yes",
        "We met at 10:30",
        "C:\\files",
        "“Quoted”: yes",
    ],
)
def test_a_colon_or_a_time_in_speech_opens_nothing(line: str) -> None:
    assert turns(f"Ana: well\n{line}\nBob: ok") == (
        Cue(None, None, "Ana", f"well {line}"),
        Cue(None, None, "Bob", "ok"),
    )


def test_labels_in_small_letters_count_when_the_file_repeats_them() -> None:
    text = "interviewer: so\nparticipant: yes\ninterviewer: and the thing is: why\nparticipant: because"
    assert [(cue.speaker, cue.text) for cue in turns(text)] == [
        ("interviewer", "so"),
        ("participant", "yes"),
        ("interviewer", "and the thing is: why"),
        ("participant", "because"),
    ]


def test_labels_without_a_space_count_when_the_file_repeats_them() -> None:
    assert [cue.speaker for cue in turns("Ana:hi\nBob:ho\nAna:so\nBob:no")] == ["Ana", "Bob", "Ana", "Bob"]


def test_a_lone_label_is_no_speaker_where_names_stand_beside_times() -> None:
    assert turns("Ana (0:01): hi\nBob (0:02): well\n\nHonestly: no\n") == (
        Cue(1000, None, "Ana", "hi"),
        Cue(2000, None, "Bob", "well"),
        Cue(None, None, "Bob", "Honestly: no"),
    )


def test_a_speaker_who_comes_once_among_others_is_pointed_out() -> None:
    transcript = parse(b"Ana: hi\nBob: ho\nAna: so\nHonestly: no\nBob: ok\n", "interview.txt")
    assert [str(notice) for notice in transcript.warnings] == [
        "Line 4: “Honestly” speaks only once: check that this is a speaker."
    ]


def test_lines_continue_a_turn_and_paragraphs_go_on_with_its_speaker() -> None:
    assert turns("Ana: one\ntwo\n\nthree\n\nBob: four\n[0:09] five\nsix") == (
        Cue(None, None, "Ana", "one two"),
        Cue(None, None, "Ana", "three"),
        Cue(None, None, "Bob", "four"),
        Cue(9000, None, "Bob", "five six"),
    )


def test_text_before_the_first_speaker_is_kept_with_a_warning() -> None:
    transcript = parse(b"Interview 4\nDate: 3 March\n\nAna: hi", "interview.txt")
    assert transcript.cues == (Cue(None, None, "", "Interview 4 Date: 3 March"), Cue(None, None, "Ana", "hi"))
    assert [notice.reason for notice in transcript.warnings] == [
        "the text before the first speaker was kept without one."
    ]


def test_a_speaker_who_says_nothing_is_left_out_and_takes_the_time_along() -> None:
    transcript = parse(b"Ana   0:03\nBob: hi\nCem:\n", "interview.txt")
    assert transcript.cues == (Cue(None, None, "Bob", "hi"),)
    assert [notice.line for notice in transcript.warnings] == [1, 3]


def test_names_under_time_ranges_as_teams_used_to_export() -> None:
    text = "0:0:3.1 --> 0:0:5.25\nJane Doe\nHello there\n\n0:0:6.0 --> 0:0:7.0\nBob Roe\nHi.\n"
    assert turns(text) == (Cue(3100, 5250, "Jane Doe", "Hello there"), Cue(6000, 7000, "Bob Roe", "Hi."))


def test_the_recorders_own_lines_are_left_out() -> None:
    text = "Jane Doe started transcription\n\nJane Doe   0:03\nHello\n\nJane Doe stopped transcription\n"
    assert turns(text) == (Cue(3000, None, "Jane Doe", "Hello"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[00:75:00] hi", "“00:75:00” is not a time. Write it like 00:01:02"),
        ("[0:05 - 0:03] hi", "the end time 0:03 comes before the start time 0:05"),
    ],
)
def test_an_impossible_time_code_is_an_error_with_its_line(line: str, reason: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        turns(f"Ana: hi\n\n{line}\n")
    assert caught.value.line == 3
    assert str(caught.value).startswith(f"Line 3: {reason}")


@pytest.mark.parametrize("text", ["Just prose, with no one speaking.\nAnd more: of it.", "   \n\n"])
def test_a_text_without_turns_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(TranscriptError, match=r"No speaker turns were found\. Begin each turn with"):
        turns(text)


def test_a_turn_over_the_limit_is_refused() -> None:
    with pytest.raises(TranscriptError, match="more than 100,000 characters") as caught:
        turns("Bob: hi\nAna: so\n" + ("word " * 1000 + "\n") * 21)
    assert caught.value.line == 2


def test_captions_saved_in_a_meeting_count_from_its_first_words() -> None:
    said = (
        "[Ana Ruiz] 11:02:09\nHow are you?\n\n[Bo Lind] 11:02:11\nI'm fine.\n\n[Ana Ruiz] 11:02:14\nGood.\n"
    )
    transcript = parse(said.encode(), "meeting_saved_closed_caption.txt")
    assert [(cue.start_ms, cue.speaker) for cue in transcript.cues] == [
        (0, "Ana Ruiz"),
        (2000, "Bo Lind"),
        (5000, "Ana Ruiz"),
    ]
    assert [str(notice) for notice in transcript.warnings] == [
        "The times begin at 11:02:09, the hour of the day. They were counted from there."
    ]
