"""Recordings for the pages that play them, and the stretches of them that highlights stand for."""

from typing import NamedTuple

from django.db.models import Case, OuterRef, Subquery, Value, When

from research.models import Cue, Highlight, Recording, policy


def of_session(session, user):
    """The session's recordings, oldest first, each with `may_play` for this person; deleted ones too."""
    heard = policy.hears(user, "session__study__")
    return list(
        Recording.objects.filter(session=session)
        .annotate(may_play=Case(When(heard, then=Value(True)), default=Value(False)))
        .select_related("created_by")
        .order_by("created_at", "pk")
    )


class Clip(NamedTuple):
    """The stretch of a recording in which a highlight was said, in seconds; `stop` None: to the end."""

    recording: Recording
    start: float
    stop: float | None

    @property
    def url(self):
        """Its address with a media fragment (`#t=12.5,20`), which every player understands."""
        end = "" if self.stop is None else f",{self.stop:g}"
        return f"{self.recording.media_url}#t={self.start:g}{end}"


def clips_of(highlights, user):
    """{highlight id: its Clip} of those whose session has a recording that this person may play.

    Two queries, whatever their number. A cue without an end lasts until the next one begins.
    """
    wanted = [highlight.pk for highlight in highlights]
    if not wanted:
        return {}
    found = (
        Highlight.objects.filter(pk__in=wanted, start_cue__start_ms__isnull=False, orphaned_at=None)
        .annotate(
            recording=Subquery(_playable(user).values("pk")[:1]),
            next_ms=Subquery(_next_cue()),
        )
        .filter(recording__isnull=False)
        .order_by()
        .values_list("pk", "recording", "start_cue__start_ms", "end_cue__end_ms", "next_ms")
    )
    rows = list(found)
    recordings = Recording.objects.in_bulk({row[1] for row in rows}) if rows else {}
    return {pk: _clip(recordings[recording], *times) for pk, recording, *times in rows}


def _playable(user):
    return (
        Recording.objects.visible_to(user)
        .ready()
        .filter(session=OuterRef("session"))
        .order_by("created_at", "pk")
    )


def _next_cue():
    later = Cue.objects.filter(session=OuterRef("session"), position__gt=OuterRef("end_cue__position"))
    return (
        later.filter(start_ms__gt=OuterRef("end_cue__start_ms")).order_by("position").values("start_ms")[:1]
    )


def _clip(recording, start_ms, end_ms, next_ms):
    stop_ms = end_ms if end_ms is not None and end_ms > start_ms else next_ms
    shift = recording.offset_ms
    start = max(0, start_ms + shift) / 1000
    return Clip(recording, start, None if stop_ms is None else max(0, stop_ms + shift) / 1000)
