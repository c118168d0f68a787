"""Notes beside a transcript, and a correction of it that waits for review."""

from research.models import Cue
from research.services import cues, highlights, parts

from .story import tagger

SESSION = "offline-ride-alongs/s02"
NOTES = (
    "Seen from the cab",
    "The phone sits in a holder above a bulldog clip full of weighbridge tickets. She reads from the clip.",
    "Every weight is typed three times: by Wayne for the ticket, by Bev, by Julie in the office.",
    "- signal bars at the bottom of the pit: none, on all eleven loads",
    "- three drops entered in one go, in the queue at the site",
    "- the warning “value looks unusual” came up on every load and was tapped away without reading",
)
MARKED = (
    (2, "Every weight is typed three times", ("shadow-system", "duplicate-records")),
    (5, "came up on every load and was tapped away without reading", ("unclear-errors",)),
)
# What the recorder misheard, put right: the first leaves the words as they are but for their spelling.
CORRECTED = (
    ("a fist for six-mil", "a fist for 6 mil"),
    ("It thinks twenty tonne's unusual because somebody set it up", "Reckons twenty's odd, they've made it"),
)


def build(world):
    session = world.sessions[SESSION]
    session.refresh_from_db()
    by = tagger(world, session.study)
    at = world.moment(3, 10)
    part = parts.add(session, kind="notes", title="Field notes", paragraphs=NOTES, by=by, at=at)
    rows = list(part.cues.order_by("position"))
    for number, words, slugs in MARKED:
        cue, start = rows[number], rows[number].text.index(words)
        highlights.mark(
            session,
            start_cue=cue.pk,
            start=start,
            end_cue=cue.pk,
            end=start + len(words),
            quote=words,
            tagged=[world.tags[slug] for slug in slugs],
            by=by,
            at=at,
        )
    for wrong, right in CORRECTED:
        cue = Cue.objects.get(session=session, text__contains=wrong)
        cues.rewrite(session, {cue.pk: cue.text.replace(wrong, right)}, by=by, at=at)
