"""SubRip (.srt): numbered blocks of a time line and text, in whatever shape recorders write them."""

from collections.abc import Iterable
from itertools import islice

from .blocks import Dialect, read_captions
from .captions import ARROW, EXAMPLE, add_cues, is_near, is_times, span
from .cues import Cue, CueList, Line, Notices

# Only a number stands above the times: anything else is speech, and would be lost unsaid.
_SUBRIP = Dialect(EXAMPLE, is_times, is_near, span, is_id=str.isdigit)


def is_srt(numbered: Iterable[Line]) -> bool:
    """Whether a text opens like SubRip: a number and a time line, or a time line with a decimal comma."""
    opening = [text.strip() for _, text in islice((line for line in numbered if line[1].strip()), 2)]
    if len(opening) < 2:
        return False
    before, arrow, _ = opening[0].partition(ARROW)
    return (opening[0].isdigit() and ARROW in opening[1]) or (bool(arrow) and "," in before)


def read(numbered: Iterable[Line], notices: Notices) -> tuple[Cue, ...]:
    """The cues of a SubRip file; the numbers may be missing. Raises TranscriptError if most are malformed."""
    cues = CueList()
    add_cues(read_captions(numbered, _SUBRIP, notices), cues, notices)
    return cues.all()
