"""Plain text: "Name: text" turns, with or without time codes, as people type and recorders export them.

A turn opens with a head: `Name: text`, `[00:01:02] Name: text`, `Name (1:02): text`, `Name   1:02` above the
text, or a time code alone. Further lines belong to the turn; after an empty line the same speaker goes on
in a cue of their own, so that paragraphs stay apart.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import replace

from .cues import MAX_CUE_TEXT, Cue, CueList, Line, Notices, TranscriptError, normalise
from .heads import Head, head_of, is_system_line
from .speakers import Trust, judge
from .timecodes import show

_NO_RECORDING = 5 * 3_600_000  # ms: nobody speaks first five hours into a recording
_MAX_LABELS = 5_000  # distinct labels counted; a file with more of them names nobody


def read(lines: Callable[[], Iterable[Line]], notices: Notices) -> tuple[Cue, ...]:
    """The turns of a text. `lines` is called twice: first to learn which labels repeat, then to read.

    Raises TranscriptError for a time code that cannot be, and for a text without any turn.
    """
    habits = _Habits()
    try:
        for number, text in lines():
            habits.observe(number, text)
        reader = _Reader(habits, notices)
        for number, text in lines():
            reader.take(number, text)
        return _counted_from_the_start(reader.finish(), notices)
    except TranscriptError as error:
        raise TranscriptError(error.reason, error.line, notices.unit) from error


def _counted_from_the_start(cues: tuple[Cue, ...], notices: Notices) -> tuple[Cue, ...]:
    """Captions saved in a meeting carry the hour of the day: “[Ana Ruiz] 11:02:09”."""
    times = [time for cue in cues for time in (cue.start_ms, cue.end_ms) if time is not None]
    if not times or times[0] < _NO_RECORDING or min(times) < times[0]:
        return cues
    begin = times[0]
    notices.add(f"the times begin at {show(begin)[:8]}, the hour of the day. They were counted from there.")
    return tuple(
        replace(cue, start_ms=_less(cue.start_ms, begin), end_ms=_less(cue.end_ms, begin)) for cue in cues
    )


def _less(time: int | None, begin: int) -> int | None:
    return None if time is None else time - begin


class _Habits:
    """What a whole file shows and a line does not: labels that repeat, and names under time ranges."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._timed = self._untimed = 0
        self._ranges = 0
        self._named = 0
        self._after_range = False

    def observe(self, number: int, text: str) -> None:
        if not text.strip():
            return
        head = head_of(text, number, _EVERYTHING)
        if head and head.speaker:
            self._count(head.speaker, timed=head.start_ms is not None)
        if self._after_range and head is None and judge(text.strip()) is Trust.YES:
            self._named += 1
        self._after_range = head is not None and head.is_range
        self._ranges += self._after_range

    def _count(self, label: str, *, timed: bool) -> None:
        if label in self._counts or len(self._counts) < _MAX_LABELS:
            self._counts[label] += 1
        if timed:
            self._timed += 1
        elif judge(label) is Trust.YES:
            self._untimed += 1

    @property
    def repeated(self) -> frozenset[str]:
        return frozenset(label for label, times in self._counts.items() if times > 1)

    @property
    def names_have_times(self) -> bool:
        """Whether most names stand beside a time, so that a lone "Honestly: no" is none."""
        return self._timed > self._untimed

    @property
    def names_follow_ranges(self) -> bool:
        """Whether each "0:0:3.1 --> 0:0:5.2" has a name on the next line: how Teams used to export."""
        return 0 < self._ranges == self._named


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


_EVERYTHING: Container[str] = _Everything()


class _Reader:
    """Puts lines together into cues."""

    def __init__(self, habits: _Habits, notices: Notices) -> None:
        self._repeated = habits.repeated
        self._names_have_times = habits.names_have_times
        self._names_follow_ranges = habits.names_follow_ranges
        self._notices = notices
        self._cues = CueList()
        self._speaker = ""
        self._start: int | None = None
        self._end: int | None = None
        self._said: list[str] = []
        self._size = 0
        self._line = 0  # where the open cue began
        self._turns = 0
        self._silent: int | None = None  # the line of a speaker who has said nothing yet
        self._expects_name = False

    def take(self, number: int, text: str) -> None:
        if not text.strip():
            self._close()
            return
        head = head_of(text, number, self._repeated)
        if head is not None and not self._doubtful(head):
            self._open(number, head)
        elif self._expects_name:
            self._turn_to(normalise(text), number)
            self._expects_name = False
        elif is_system_line(text):
            self._notices.add("this line of the recorder was left out.", number)
        else:
            self._say(number, text)

    def finish(self) -> tuple[Cue, ...]:
        """Raises TranscriptError if no line opened a turn, or none has text."""
        self._close()
        self._note_silence()
        if not self._turns:
            raise TranscriptError(
                "no speaker turns were found. Begin each turn with the speaker's name and a colon, such as "
                "“Ana: Good morning”, and upload the file again."
            )
        return self._cues.all()

    def _doubtful(self, head: Head) -> bool:
        once = head.speaker is not None and head.speaker not in self._repeated
        return once and self._names_have_times and head.start_ms is None

    def _open(self, number: int, head: Head) -> None:
        self._close()
        if not self._turns and len(self._cues):
            self._notices.add("the text before the first speaker was kept without one.")
        self._turns += 1
        if head.speaker is not None:
            if self._silent is not None:  # the time waiting for words was that speaker's
                self._start = self._end = None
            self._turn_to(head.speaker, number)
            if len(self._repeated) > 1 and head.speaker not in self._repeated:
                self._notices.add(f"“{head.speaker}” speaks only once: check that this is a speaker.", number)
        if head.start_ms is not None:
            self._start, self._end = head.start_ms, head.end_ms
        self._expects_name = head.is_range and self._names_follow_ranges
        if head.text:
            self._say(number, head.text)

    def _say(self, number: int, text: str) -> None:
        self._line = self._line if self._said else number
        self._said.append(text)
        self._silent = None
        self._size += len(text) + 1
        if self._size > MAX_CUE_TEXT:
            raise TranscriptError(
                f"this turn has more than {MAX_CUE_TEXT:,} characters. Break it into paragraphs and upload "
                "the file again.",
                self._line,
            )

    def _close(self) -> None:
        """End the open cue. A time code with nothing said under it yet waits for the next words."""
        text = normalise(" ".join(self._said))
        if text:
            self._cues.add(self._line, self._start, self._end, self._speaker, text)
        if self._said:
            self._start = self._end = None
        self._said, self._size = [], 0

    def _turn_to(self, speaker: str, number: int) -> None:
        self._note_silence()
        self._speaker, self._silent = speaker, number

    def _note_silence(self) -> None:
        if self._silent is not None:
            self._notices.add("this speaker says nothing and was left out.", self._silent)
