"""Reads that span models: one function for one page."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Count, F, Max, OuterRef, Q, Subquery

from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    Insight,
    Session,
    Speaker,
    Tag,
    TagGroup,
    policy,
)
from research.synthesis.segments import Span, segments

from .results import survey_result, task_result  # noqa: F401  (what an insight cites)

# --- the transcript ---------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """A stretch of a cue's text and the highlights that cover it, outermost first.

    `opens` and `closes` are those that begin and end with it in this cue: what is said of them aloud.
    """

    text: str
    marks: list
    opens: frozenset = frozenset()
    closes: frozenset = frozenset()


class Turn(NamedTuple):
    """A cue as the page draws it. `voice` numbers the speakers in the order in which they first speak."""

    pk: int
    start_ms: int | None
    speaker: str
    voice: int
    continued: bool  # by the speaker of the turn before
    pieces: list[Piece]
    role: str = ""  # a `SpeakerRole`, "" where nobody is named


VOICES = 6  # colours of speakers; the seventh begins anew


def highlights_of(session):
    """The session's highlights in the order of the transcript, with their tags and evidence counts."""
    return list(
        Highlight.objects.filter(session=session)
        .anchored()
        .annotate(
            first=F("start_cue__position"),
            last=F("end_cue__position"),
            end_ms=F("end_cue__end_ms"),
            cited=Count("evidence", distinct=True),
        )
        .select_related("start_cue")
        .prefetch_related("tags")
        .order_by("first", "start_offset", "-last", "-end_offset")
    )


def own_of(session, highlights, user):
    """Those of `highlights` that `user` marked or tagged, each with only the tags that `user` gave it."""
    given = HighlightTag.objects.filter(highlight__session=session).given_by(user)
    tags = defaultdict(set)
    for pk, tag in given.order_by().values_list("highlight", "tag"):
        tags[pk].add(tag)
    found = [one for one in highlights if one.created_by_id == user.pk or one.pk in tags]
    for one in found:
        one.only = tags[one.pk]
    return found


def transcript(session, highlights, *, part=None, only=None):
    """The session's turns with `highlights` (from `highlights_of`) drawn in; or the paragraphs of `part`.

    With `only` the cues at these positions, of whatever text.
    """
    by_cue = defaultdict(list)
    for highlight in highlights:
        for position in range(highlight.first, highlight.last + 1):
            by_cue[position].append(highlight)
    role = Speaker.objects.filter(session=session, label=OuterRef("speaker")).values("role")
    cues = Cue.objects.filter(session=session).annotate(role=Subquery(role)).order_by("position")
    if only is None:
        cues = cues.filter(part=part)
    voices: dict[str, int] = {}
    turns, before = [], None
    for cue in cues.only("pk", "position", "start_ms", "speaker", "text"):
        voice = voices.setdefault(cue.speaker, len(voices)) % VOICES if cue.speaker else 0
        if only is None or cue.position in only:
            pieces = _pieces(cue, by_cue.get(cue.position, ()))
            same = bool(before) and before == cue.speaker
            turns.append(Turn(cue.pk, cue.start_ms, cue.speaker, voice, same, pieces, cue.role or ""))
        before = cue.speaker
    return turns


def _pieces(cue, highlights):
    if not highlights:
        return [Piece(cue.text, [])]
    spans = [
        Span(
            highlight.start_offset if highlight.first == cue.position else 0,
            highlight.end_offset if highlight.last == cue.position else len(cue.text),
            highlight,
        )
        for highlight in highlights
    ]
    edges = {span.key: (max(0, span.start), min(len(cue.text), span.end)) for span in spans}
    return [
        Piece(
            cue.text[one.start : one.end],
            list(one.keys),
            frozenset(mark.pk for mark in one.keys if edges[mark][0] == one.start),
            frozenset(mark.pk for mark in one.keys if edges[mark][1] == one.end),
        )
        for one in segments(len(cue.text), spans)
    ]


def tags_used(highlights):
    """[(tag, how many of `highlights` have it)], most used first."""
    counts: dict[Tag, int] = defaultdict(int)
    for highlight in highlights:
        for tag in highlight.drawn_tags:
            counts[tag] += 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0].name))


# --- lists ------------------------------------------------------------------------------------------------


_ANCHORED = Count("highlights", filter=Q(highlights__orphaned_at=None))


def study_counts(studies):
    """{study id: (sessions, highlights, newest session's day)} of these studies, in one query."""
    rows = (
        Session.objects.filter(study__in=[study.pk for study in studies])
        .order_by()
        .values("study")
        .annotate(number=Count("pk", distinct=True), marks=_ANCHORED, newest=Max("held_on"))
    )
    return {row["study"]: (row["number"], row["marks"], row["newest"]) for row in rows}


def session_counts(sessions):
    """{session id: highlights} of these sessions."""
    rows = (
        Highlight.objects.filter(session__in=[session.pk for session in sessions])
        .anchored()
        .order_by()
        .values_list("session")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


class Reach(NamedTuple):
    """How far a set of highlights reaches: what makes it more than an anecdote."""

    highlights: int = 0
    sessions: int = 0
    participants: int = 0
    studies: int = 0
    accounts: int = 0
    newest: object = None

    @property
    def one_study_only(self):
        return self.studies == 1


def _reach(highlight="pk", path=""):
    """The aggregates of `Reach`, in its order."""
    return {
        "of_highlights": Count(highlight, distinct=True),
        "of_sessions": Count(f"{path}session", distinct=True),
        "of_participants": Count(f"{path}session__participant", distinct=True),
        "of_studies": Count(f"{path}session__study", distinct=True),
        "of_accounts": Count(f"{path}session__participant__account", distinct=True),
        "newest_day": Max(f"{path}session__held_on"),
    }


def reach_of(highlights):
    """The `Reach` of a QuerySet of highlights."""
    return Reach(*highlights.order_by().aggregate(**_reach()).values())


def insights_citing(session, user):
    """Insights that stand on highlights of the session, as far as `user` sees them."""
    return list(
        Insight.objects.visible_to(user)
        .filter(evidence__highlight__session=session)
        .distinct()
        .for_list()
        .order_by("-updated_at", "-pk")[:10]
    )


# --- tags -------------------------------------------------------------------------------------------------


def taxonomy(user):
    """[(group, [tag with its counts])]: every tag by group, with highlights, sessions and participants.

    What `user` may not read is not counted.
    """
    counts = {
        row["tag"]: row
        for row in HighlightTag.objects.anchored()
        .filter(policy.readable(user, "highlight__session__study__"))
        .order_by()
        .values("tag")
        .annotate(
            highlights=Count("pk"),
            sessions=Count("highlight__session", distinct=True),
            participants=Count("highlight__session__participant", distinct=True),
        )
    }
    nothing = {"highlights": 0, "sessions": 0, "participants": 0}
    by_group = defaultdict(list)
    for tag in Tag.objects.live().filter(study=None).order_by("name", "pk"):
        by_group[tag.group_id].append((tag, counts.get(tag.pk, nothing)))
    return [(group, by_group[group.pk]) for group in TagGroup.objects.all()]


def palette(study=None):
    """[(group, [tags])] of the groups that have tags, in order: what one tags with in `study`."""
    groups: dict[int, tuple] = {}
    for tag in Tag.objects.usable_in(study).select_related("group"):
        groups.setdefault(tag.group_id, (tag.group, []))[1].append(tag)
    return list(groups.values())


class TagCount(NamedTuple):
    slug: str
    name: str
    colour: str
    number: int


def _counted(taggings, limit):
    rows = (
        taggings.order_by()
        .values_list("tag__slug", "tag__name", "tag__colour")
        .annotate(number=Count("pk"))
        .order_by("-number", "tag__name")[:limit]
    )
    return [TagCount(*row) for row in rows]


def used_with(tag, user, limit=6):
    """The tags that stand most often on the same highlights that `user` may read, with how often."""
    readable = HighlightTag.objects.anchored().filter(policy.readable(user, "highlight__session__study__"))
    return _counted(readable.filter(highlight__taggings__tag=tag).exclude(tag=tag), limit)


def top_tags(limit=8, **session):
    """The tags used most in the sessions that fit, with how often: `top_tags(study=study)`."""
    conditions = {f"highlight__session__{key}": value for key, value in session.items()}
    return _counted(HighlightTag.objects.anchored().filter(**conditions), limit)
