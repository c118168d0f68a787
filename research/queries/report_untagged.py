"""What participants said in a quarter that stands under no tag, in clusters of sentences that are alike."""

from collections import defaultdict
from itertools import batched
from typing import NamedTuple

import numpy as np
from django.db.models import F, Q

from prodops import meaning
from prodops.models import SearchEntry
from research.models import Cue, HighlightTag, Speaker, SpeakerRole, policy, took_place
from research.synthesis.clustering import MEANING, MOST, WORDS, Key, Said, by_words, clusters, thinned
from research.synthesis.learning import sentences, telling

FEWEST_WORDS, TELLING = 6, 4  # of a sentence that says something by itself, and of those not common ones
LONGEST = 320  # characters of one that says one thing
READ = 60_000  # turns of a quarter that are read; of more, evenly spaced ones
FRESH = 300  # sentences whose vectors are made for a report: a hundredth of a second each
AT_ONCE = 32  # of them, of about one length


class _Sentence(NamedTuple):
    said: Said
    is_turn: bool  # all that was said in it: the index may know what it means


def found(quarter, *, plain=False):
    """[`Cluster`] of the quarter's untagged sentences.

    They are compared by what they mean: all those that the index knows, and `FRESH` of the others. Without
    a model, or if asked to be `plain`, their words decide.
    """
    some = _sentences(quarter)
    if plain or meaning.model() is None:
        said = [one.said for one in thinned(some)]
        return clusters(said, by_words([one.text for one in said]), WORDS)
    known = _vectors([one.said.key[0] for one in thinned(some) if one.is_turn])
    fresh = thinned([one for one in some if not _is_known(one, known)], FRESH)
    old = thinned([one for one in some if _is_known(one, known)], MOST - len(fresh))
    made = _made([one.said for one in fresh])
    said = sorted(one.said for one in (*old, *fresh))
    rows = [made[one.key] if one.key in made else known[one.key[0]] for one in said]
    return clusters(said, np.array(rows), MEANING) if rows else []


def _is_known(one, known):
    return one.is_turn and one.said.key[0] in known


def _sentences(quarter):
    """By participants or nameless speakers, open to all, with no tagged highlight on them; oldest first."""
    marks = _marks(quarter)
    some = []
    for pk, session, position, text, person in thinned(_turns(quarter), READ):
        for span in sentences(text, FEWEST_WORDS):
            if len(span.text) > LONGEST or len(telling(span.text)) < TELLING:
                continue
            if _is_marked(span, marks.get((session, position), ())):
                continue
            said = Said((pk, span.start, span.end, len(text)), span.text, person or -session)
            some.append(_Sentence(said, is_turn=len(span.text) == len(text.strip())))
    return some


def _turns(quarter):
    """[(cue, session, position, text, participant)] of those who were asked."""
    asking = Speaker.objects.filter(
        session__held_on__range=_days(quarter), role__in=[SpeakerRole.MODERATOR, SpeakerRole.OBSERVER]
    )
    who = set(asking.values_list("session", "label"))
    rows = (
        Cue.objects.filter(session__held_on__range=_days(quarter), session__withdrawn_at=None, part=None)
        .filter(took_place("session__"), policy.open_to_all("session__study__"))
        .filter(~Q(speaker=F("session__moderator__name")) | Q(session__moderator=None))
        .order_by("pk")
        .values_list("pk", "session", "position", "text", "session__participant", "speaker")
    )
    return [row[:5] for row in rows.iterator(chunk_size=5_000) if (row[1], row[5]) not in who]


def _marks(quarter):
    """{(session, position of a turn): [(start, end or None)]} of what tagged highlights cover of it."""
    rows = HighlightTag.objects.anchored().filter(highlight__session__held_on__range=_days(quarter))
    places = ("start_cue__position", "start_offset", "end_cue__position", "end_offset")
    fields = ("highlight__session", *(f"highlight__{place}" for place in places))
    covered = defaultdict(list)
    for session, first, start, last, end in rows.order_by().values_list(*fields).distinct():
        for position in range(first, last + 1):
            covered[session, position].append(
                (start if position == first else 0, end if position == last else None)
            )
    return covered


def _is_marked(span, marks):
    return any(start < span.end and (end is None or end > span.start) for start, end in marks)


def _days(quarter):
    return quarter.first_day, quarter.last_day


def _vectors(keys):
    rows = SearchEntry.objects.filter(kind="cue", object_id__in=keys, embedding__isnull=False)
    rows = rows.filter(embedded_key=F("meaning_key"))
    return {pk: np.array(vector, np.float32) for pk, vector in rows.values_list("object_id", "embedding")}


def _made(said) -> dict[Key, np.ndarray]:
    """{key: vector}. Those of one length go together: the model pads the shorter ones."""
    vectors: dict[Key, np.ndarray] = {}
    for some in batched(sorted(said, key=lambda one: (len(one.text), one.key)), AT_ONCE, strict=False):
        rows = meaning.embed([meaning.text_of(one.text) for one in some])
        vectors |= {one.key: row for one, row in zip(some, rows, strict=True)}
    return vectors


class Quote(NamedTuple):
    """A sentence of a suggestion where it was said: code points `start` to `end` of its cue."""

    cue: Cue
    start: int
    end: int

    @property
    def text(self):
        return self.cue.text[self.start : self.end]


def quotes_of(suggestions, user):
    """{suggestion id: [`Quote`]} of what `user` may read, nearest first.

    Of a turn that is no longer as long as it was the places are not known any more: nothing is shown of it.
    """
    wanted = {cue for one in suggestions for cue, *_ in one.spans}
    rows = Cue.objects.filter(policy.readable(user, "session__study__"), pk__in=wanted)
    cues = {cue.pk: cue for cue in rows.select_related("session__study", "session__participant__account")}
    return {
        one.pk: [
            Quote(cues[pk], start, end)
            for pk, start, end, length in one.spans
            if pk in cues and len(cues[pk].text) == length
        ]
        for one in suggestions
    }
