"""Reading what an insight report is made of: a handful of queries, whatever the size of the quarter."""

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Length, Lower

from prodops.models import Segment
from research.models import (
    EvidenceKind,
    Highlight,
    HighlightTag,
    Insight,
    InsightEvidence,
    InsightStatus,
    Method,
    Session,
    Speaker,
    SpeakerRole,
    Study,
    Tag,
    TagGroup,
    policy,
)
from research.synthesis.composing import Group, Material, Theme
from research.synthesis.counting import Mark, Sitting, tally
from research.synthesis.quotes import Candidate, choose, shorten

STAGES = ("Reading sessions", "Counting by tag", "Comparing with the quarter before", "Choosing quotes")


def gather(quarter, *, stage=lambda name: None):
    """The `Material` of `quarter` (a `Quarter`). `stage` is told the name of each stage as it begins."""
    stage(STAGES[0])
    sittings = _sittings(quarter)
    themes = _themes()
    groups = {theme.key: theme.group for theme in themes}
    stage(STAGES[1])
    now = tally(sittings, _marks(quarter), groups)
    stage(STAGES[2])
    before = tally(_sittings(quarter.previous), _marks(quarter.previous), groups)
    stage(STAGES[3])
    return Material(
        title=str(quarter),
        before_title=str(quarter.previous),
        now=now,
        before=before,
        groups=tuple(Group(*row) for row in TagGroup.objects.values_list("pk", "slug", "name")),
        themes=themes,
        segments=dict(Segment.choices),
        methods=dict(Method.choices),
        quotes=_quotes(quarter),
        insights=tuple(_insights(quarter)),
        insights_before=_published(quarter.previous).count(),
        studies=tuple(_studies(now)),
        days={
            "first": quarter.first_day.isoformat(),
            "last": quarter.last_day.isoformat(),
            "before_first": quarter.previous.first_day.isoformat(),
            "before_last": quarter.previous.last_day.isoformat(),
        },
    )


def scopes(quarters):
    """{slug: (sessions, highlights, studies)} that a report of each quarter would cover, in one query.

    `quarters` follow each other, newest first.
    """
    counted = ("pk", "highlights", "study")
    anchored = Q(highlights__orphaned_at=None)
    span = Session.objects.filter(held_on__range=(quarters[-1].first_day, quarters[0].last_day))
    found = span.aggregate(
        **{
            f"of_{place}_{what}": Count(
                what,
                distinct=True,
                filter=Q(held_on__range=_days(quarter)) & (anchored if what == "highlights" else Q()),
            )
            for place, quarter in enumerate(quarters)
            for what in counted
        }
    )
    return {
        quarter.slug: tuple(found[f"of_{place}_{what}"] for what in counted)
        for place, quarter in enumerate(quarters)
    }


def _days(quarter):
    return quarter.first_day, quarter.last_day


def _sittings(quarter):
    rows = Session.objects.filter(held_on__range=_days(quarter)).order_by("pk")
    values = rows.values_list(
        *("pk", "study_id", "study__method", "participant_id"),
        *("participant__account_id", "participant__account__segment"),
    )
    return [Sitting(*row)._replace(segment=row[-1] or Segment.UNKNOWN.value) for row in values]


def _marks(quarter):
    rows = Highlight.objects.anchored().filter(session__held_on__range=_days(quarter)).order_by()
    rows = rows.annotate(spoken=_spoken(), said_by=Lower("start_cue__speaker")).annotate(own=_own())
    return [Mark(*row) for row in rows.values_list("pk", "session_id", "taggings__tag_id", "own")]


def _themes():
    rows = Tag.objects.values_list("pk", "slug", "name", "colour", "group_id", "guideline")
    return tuple(Theme(*row) for row in rows)


# --- quotes -----------------------------------------------------------------------------------------------


def _spoken(path=""):
    """The role that somebody said the speaker of the highlight at `path` has, or was guessed to have."""
    speakers = Speaker.objects.filter(
        session=OuterRef(f"{path}session"), label=OuterRef(f"{path}start_cue__speaker")
    )
    return Subquery(speakers.values("role"))


def _own(path=""):
    """Whether it is the words of the participant, or of somebody the transcript does not name.

    Not those of the moderator. A label that is nobody in particular is compared with the participant's name.
    Needs `spoken`, and the speaker in small letters as `said_by`.
    """
    return Case(
        When(spoken=SpeakerRole.PARTICIPANT, then=Value(True)),
        When(spoken__in=[SpeakerRole.MODERATOR, SpeakerRole.OBSERVER], then=Value(False)),
        When(said_by="", then=Value(True)),
        When(said_by=Lower(f"{path}session__participant__name"), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def _candidates(quarter):
    """{tag: [Candidate]} of every tagged highlight of the quarter."""
    cited = InsightEvidence.objects.filter(highlight=OuterRef("highlight"))
    rows = (
        HighlightTag.objects.anchored()
        .filter(highlight__session__held_on__range=_days(quarter))
        .filter(policy.open_to_all("highlight__session__study__"))
        .order_by()
        .annotate(length=Length("highlight__quote"), spoken=_spoken("highlight__"))
        .annotate(said_by=Lower("highlight__start_cue__speaker"))
        .annotate(own=_own("highlight__"), cited=Exists(cited))
        .values_list(
            *("tag_id", "highlight_id", "highlight__session_id", "highlight__session__participant_id"),
            *("highlight__session__participant__account__segment", "length", "own", "cited"),
        )
    )
    found = defaultdict(list)
    for tag, highlight, session, participant, segment, length, own, is_cited in rows:
        voice = ("participant", participant) if participant else ("session", session)
        found[tag].append(Candidate(highlight, voice, segment or Segment.UNKNOWN, length, own, is_cited))
    return found


def _quotes(quarter):
    """{tag: up to three quotes as the report shows them}."""
    chosen = {tag: choose(candidates) for tag, candidates in _candidates(quarter).items()}
    wanted = {key for keys in chosen.values() for key in keys}
    rows = Highlight.objects.select_related("session__study", "session__participant__account", "start_cue")
    highlights = rows.annotate(spoken=_spoken()).in_bulk(wanted)
    return {tag: [_quote(highlights[key]) for key in keys] for tag, keys in chosen.items()}


def _quote(highlight):
    session = highlight.session
    person = session.participant
    text, cut = shorten(highlight.quote)
    return {
        "highlight": highlight.pk,
        "session": session.pk,
        "cue": highlight.start_cue_id,
        "text": text,
        "cut": cut,
        "role": _role(person, highlight.start_cue.speaker, highlight.spoken),
        "segment": person.account.get_segment_display() if person and person.account else "",
        "method": session.study.get_method_display(),
        "day": session.held_on.isoformat(),
    }


def _role(person, speaker, spoken):
    """Who speaks, without a name: a report travels further than a transcript."""
    if spoken == SpeakerRole.MODERATOR:
        return "The moderator"
    if spoken == SpeakerRole.PARTICIPANT and person is not None:
        return person.role or "Participant"
    if person is None:
        return "Participant"
    if speaker and speaker.lower() != person.name.lower():
        return "Somebody else in the session"
    return person.role or "Participant"


# --- insights and studies ---------------------------------------------------------------------------------


def _published(quarter):
    zone = ZoneInfo(settings.TIME_ZONE)
    first, after = (
        dt.datetime.combine(day, dt.time.min, tzinfo=zone)
        for day in (quarter.first_day, quarter.next.first_day)
    )
    published = Insight.objects.filter(status=InsightStatus.PUBLISHED)
    return published.filter(published_at__gte=first, published_at__lt=after)


def _insights(quarter):
    against = Q(evidence__kind=EvidenceKind.CONTRADICTS)
    rows = (
        _published(quarter)
        .order_by("published_at", "pk")
        .annotate(
            highlights=Count("evidence", distinct=True),
            people=Count("evidence__highlight__session__participant", distinct=True),
            studies=Count("evidence__highlight__session__study", distinct=True),
            against=Count("evidence", distinct=True, filter=against),
            area_name=F("area__name"),
        )
    )
    for row in rows:
        yield {
            "insight": row.pk,
            "title": row.title,
            "body": row.body,
            "area": row.area_name or "",
            "highlights": row.highlights,
            "people": row.people,
            "studies": row.studies,
            "against": row.against,
        }


def _studies(now):
    """A row a study; of restricted ones, counted like the others, neither title nor method is told."""
    hidden = [0, 0, 0, 0]
    for study in Study.objects.filter(pk__in=now.studies).order_by("title", "pk"):
        count = now.studies[study.pk]
        if study.is_restricted:
            row = (1, count.sessions, count.people + count.respondents, count.highlights)
            hidden = [one + more for one, more in zip(hidden, row, strict=True)]
            continue
        yield {
            "study": study.slug,
            "title": study.title,
            "method": study.get_method_display(),
            "sessions": count.sessions,
            "people": count.people + count.respondents,
            "highlights": count.highlights,
        }
    number, sessions, people, highlights = hidden
    if number:
        yield {
            "study": "",
            "title": f"{number} restricted {'study' if number == 1 else 'studies'}",
            "method": "",
            "sessions": sessions,
            "people": people,
            "highlights": highlights,
        }
