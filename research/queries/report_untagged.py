"""What participants said in a quarter that stands under no tag, and how like each other those turns are."""

import numpy as np
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length

from prodops.models import SearchEntry
from research.models import Cue, HighlightTag, Speaker, SpeakerRole, policy, took_place
from research.synthesis.clustering import MEANING, MOST, WORDS, Turn, by_words, clusters, thinned

SHORTEST, LONGEST = 40, 320  # characters of a turn that says one thing
ENOUGH = 0.9  # of the turns that must have a vector of meaning, else words decide


def found(quarter):
    """[`Cluster`] of the quarter's untagged turns; their keys are ids of cues."""
    turns = thinned(_turns(quarter), MOST)
    known = _vectors([one.key for one in turns])
    if turns and len(known) >= ENOUGH * len(turns):
        some = [one for one in turns if one.key in known]
        return clusters(some, np.array([known[one.key] for one in some]), MEANING)
    return clusters(turns, by_words([one.text for one in turns]), WORDS)


def _turns(quarter):
    """By participant or nameless speaker, open to all, without a tagged highlight on them; oldest first."""
    tagged = HighlightTag.objects.anchored().filter(highlight__session=OuterRef("session"))
    on_it = tagged.filter(
        highlight__start_cue__position__lte=OuterRef("position"),
        highlight__end_cue__position__gte=OuterRef("position"),
    )
    asking = Speaker.objects.filter(
        session=OuterRef("session"),
        label=OuterRef("speaker"),
        role__in=[SpeakerRole.MODERATOR, SpeakerRole.OBSERVER],
    )
    rows = (
        Cue.objects.filter(session__held_on__range=(quarter.first_day, quarter.last_day), part=None)
        .filter(took_place("session__"))
        .filter(policy.open_to_all("session__study__"), session__withdrawn_at=None)
        .annotate(length=Length("text"))
        .filter(length__gte=SHORTEST, length__lte=LONGEST)
        .filter(~Exists(on_it), ~Exists(asking))
        .filter(~Q(speaker=F("session__moderator__name")) | Q(session__moderator=None))
        .order_by("pk")
        .values_list("pk", "text", "session__participant", "session")
    )
    return [Turn(pk, text, person if person else -session) for pk, text, person, session in rows]


def _vectors(keys):
    rows = SearchEntry.objects.filter(kind="cue", object_id__in=keys, embedding__isnull=False)
    rows = rows.filter(embedded_key=F("meaning_key"))
    found = rows.values_list("object_id", "embedding")
    return {pk: vector.to_numpy() for pk, vector in found if vector is not None}


def quotes_of(suggestions, user):
    """{suggestion id: [Cue]} that `user` may read and that are as long as they were, nearest first."""
    wanted = {cue for one in suggestions for cue, _, _ in one.spans}
    rows = Cue.objects.filter(policy.readable(user, "session__study__"), pk__in=wanted)
    cues = {cue.pk: cue for cue in rows.select_related("session__study", "session__participant__account")}
    return {
        one.pk: [cues[pk] for pk, start, end in one.spans if pk in cues and len(cues[pk].text) == end - start]
        for one in suggestions
    }


def lengths(found):
    """{cue id: code points} of the turns that stand for these clusters."""
    keys = [key for one in found for key in one.keys]
    return {pk: len(text) for pk, text in Cue.objects.filter(pk__in=keys).values_list("pk", "text")}
