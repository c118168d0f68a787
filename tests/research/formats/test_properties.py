"""What holds for any input: cues survive a round trip, and no bytes do worse than a TranscriptError."""

from hypothesis import given, settings
from hypothesis import strategies as st

from research.formats.cues import MAX_MS, normalise
from research.formats.speakers import Trust, judge, split_label
from research.formats.timecodes import show, to_ms
from research.formats.transcripts import Cue, Transcript, TranscriptError, parse, to_webvtt

calm = settings(deadline=None)  # a busy machine is no failure

times = st.integers(0, MAX_MS)
spans = st.one_of(
    st.just((None, None)),
    st.tuples(times, st.none()),
    st.tuples(times, times).map(lambda pair: (min(pair), max(pair))),
)
# letters, marks and symbols of every script, and often what the formats give a meaning to
words = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&;:：-/v#0AaZé\u0338\u0301 \n")),
    max_size=30,
)
phrases = st.lists(
    st.one_of(
        words,
        st.sampled_from(["-->", "Ana: ", "NOTE", "<v Bob>", "</v>", "&amp;", "00:01.000 --> 00:02.000"]),
    ),
    max_size=5,
).map(" ".join)


@st.composite
def any_cue(draw: st.DrawFn) -> Cue:
    start, end = draw(spans)
    text = draw(phrases.map(normalise).filter(bool))
    return Cue(start, end, draw(words.map(normalise)), text)


@calm
@given(st.lists(any_cue(), min_size=1, max_size=8))
def test_cues_written_as_webvtt_read_back_as_they_were(cues: list[Cue]) -> None:
    transcript = parse(to_webvtt(cues).encode(), "interview.vtt")
    assert transcript == Transcript(tuple(cues), "webvtt", ())


def test_a_long_text_reads_back_as_it_was() -> None:
    cue = Cue(0, 1, "", "so: " + "it goes on & on --> " * 3000 + "end")
    assert parse(to_webvtt([cue]).encode(), "interview.vtt").cues == (cue,)


@calm
@given(
    st.text(
        st.one_of(st.characters(codec="utf-8"), st.sampled_from("a\u0301\u0316\u0345\u0338")), max_size=99
    )
)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@calm
@given(times)
def test_a_time_reads_back_as_it_was(ms: int) -> None:
    assert to_ms(show(ms)) == ms


@calm
@given(words)
def test_a_label_is_never_a_speaker_once_its_colon_follows_a_digit_or_slash(text: str) -> None:
    found = split_label(f"{text}://x")
    assert found is None or ":" in text or "：" in text
    assert judge(f"{text}:") is Trust.NO


filenames = st.sampled_from(["a.vtt", "a.srt", "a.txt", "a.docx", "a", "a.pdf"])
openings = st.sampled_from(
    [b"", b"WEBVTT\n\n", b"1\n00:00:01,000 --> ", b"\xff\xfe", b"PK\x03\x04", b"Ana: "]
)


@calm
@given(openings, st.binary(max_size=300), filenames)
def test_no_bytes_do_worse_than_a_transcript_error(opening: bytes, data: bytes, filename: str) -> None:
    read_or_refuse(opening + data, filename)


VALID = (
    "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ana>Hello &amp; hi</v>\n\n00:03.000 --> 00:04.000\nBob: so\n",
    "1\n00:00:01,000 --> 00:00:02,000\nAna: hello\n\n2\n00:00:03,000 --> 00:00:04,000\nBob: so\n",
    "Interview\n\n[00:01] Ana: hello\nthere\n\nBob   1:02\nso\n\n0:0:3 --> 0:0:4\nAna\nwell\n",
)
pieces = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["\n", "\n\n", "-->", "<v ", ">", ":", "[", "99:99", "\0", "&#", "\ufeff", " " * 99]),
)


@calm
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 9), pieces), max_size=6),
    filenames,
)
def test_no_change_to_a_valid_file_does_worse(
    text: str, edits: list[tuple[int, int, str]], filename: str
) -> None:
    for at, cut, piece in edits:
        text = text[:at] + piece + text[at + cut :]
    read_or_refuse(text.encode("utf-8", "replace"), filename)


def read_or_refuse(data: bytes, filename: str) -> None:
    """Whatever is read obeys the promises a Cue makes; whatever is refused is by a TranscriptError."""
    try:
        transcript = parse(data, filename)
    except TranscriptError as refusal:
        place = refusal.line
    else:
        obeys(transcript)
        return
    assert place is None or place >= 1


def obeys(transcript: Transcript) -> None:
    assert transcript.cues
    for cue in transcript.cues:
        assert cue.text
        assert (cue.text, cue.speaker) == (normalise(cue.text), normalise(cue.speaker))
        assert "\0" not in cue.text
        cue.text.encode()
        cue.speaker.encode()
