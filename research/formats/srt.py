"""SubRip (.srt): numbered blocks of a time line and text, in whatever shape recorders write them."""

from collections.abc import Iterable
from itertools import islice

from .captions import ARROW, Caption, add_cues, blocks, caption, check_count, clip
from .cues import Cue, CueList, Line, Notices, TranscriptError


def is_srt(numbered: Iterable[Line]) -> bool:
    """Whether a text opens like SubRip: a number and a time line, or a time line with a decimal comma."""
    opening = [text.strip() for _, text in islice((line for line in numbered if line[1].strip()), 2)]
    if len(opening) < 2:
        return False
    before, arrow, _ = opening[0].partition(ARROW)
    return (opening[0].isdigit() and ARROW in opening[1]) or (bool(arrow) and "," in before)


def read(numbered: Iterable[Line], notices: Notices) -> tuple[Cue, ...]:
    """The cues of a SubRip file; the numbers may be missing. Raises TranscriptError for a malformed cue."""
    captions: list[Caption] = []
    for block in blocks(numbered):
        one = caption(block)
        if one.id and not one.id.isdigit():
            # In SubRip only a number stands above the times: this is speech, and would be lost unsaid.
            raise TranscriptError(
                f"the text “{clip(one.id)}” has no time line above it. Remove the empty line before it, and "
                "upload the file again.",
                block[0][0],
            )
        captions.append(one)
        check_count(captions, block[0][0])
    cues = CueList()
    add_cues(captions, cues, notices)
    return cues.all()
