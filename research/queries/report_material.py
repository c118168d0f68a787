"""Reading what an insight report is made of: a handful of queries, whatever the size of the quarter."""

from collections import defaultdict

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
    SurveyResponse,
    Tag,
    TagGroup,
    policy,
    took_place,
)
from research.synthesis.composing import Group, Material, Theme
from research.synthesis.counting import KINDS, Mark, Respondent, Sitting, tally
from research.synthesis.quotes import Candidate, choose, shorten

from . import report_beside

STAGES = (
    "Reading sessions",
    "Counting by tag",
    "Comparing with the quarter before",
    "Choosing quotes",
    "Reading feedback and decisions",
)


def gather(quarter, *, stage=lambda name: None):
    """The `Material` of `quarter` (a `Quarter`). `stage` is told the name of each stage as it begins."""
    stage(STAGES[0])
    held = _sittings(quarter), _respondents(quarter)
    themes = _themes()
    groups = {theme.key: theme.group for theme in themes}
    stage(STAGES[1])
    now = tally(held[0], _marks(quarter), groups, held[1])
    stage(STAGES[2])
    past = quarter.previous
    before = tally(_sittings(past), _marks(past), groups, _respondents(past))
    stage(STAGES[3])
    quotes = _quotes(quarter)
    stage(STAGES[4])
    return Material(
        title=str(quarter),
        before_title=str(quarter.previous),
        now=now,
        before=before,
        groups=tuple(Group(*row) for row in TagGroup.objects.values_list("pk", "slug", "name")),
        themes=themes,
        segments=dict(Segment.choices),
        methods=dict(Method.choices),
        quotes=quotes,
        insights=tuple(_insights(quarter)),
        insights_before=_published(quarter.previous).count(),
        studies=tuple(_studies(now)),
        panel=report_beside.panel(),
        feedback=report_beside.feedback(quarter),
        reuse=report_beside.reuse(quarter),
        standing=report_beside.standing(quarter),
        contradicted=report_beside.contradicted(quarter),
        unsaid=Session.objects.filter(held_on__range=_days(quarter)).to_be_said().count(),
        days={
            "first": quarter.first_day.isoformat(),
            "last": quarter.last_day.isoformat(),
            "before_first": quarter.previous.first_day.isoformat(),
            "before_last": quarter.previous.last_day.isoformat(),
        },
    )


def scopes(quarters):
    """{slug: (sessions, highlights, studies, booked sessions left out)} of a report of each, in one query.

    `quarters` follow each other, newest first.
    """
    counted = {
        "pk": took_place(),
        "highlights": took_place() & Q(highlights__orphaned_at=None, highlights__withdrawn=False),
        "study": took_place(),
        "booking": Q(booking__state="booked"),
    }
    span = Session.objects.filter(held_on__range=(quarters[-1].first_day, quarters[0].last_day))
    found = span.aggregate(
        **{
            f"of_{place}_{what}": Count(what, distinct=True, filter=Q(held_on__range=_days(quarter)) & which)
            for place, quarter in enumerate(quarters)
            for what, which in counted.items()
        }
    )
    return {
        quarter.slug: tuple(found[f"of_{place}_{what}"] for what in counted)
        for place, quarter in enumerate(quarters)
    }


def _days(quarter):
    return quarter.first_day, quarter.last_day


def _sittings(quarter):
    rows = Session.objects.held().filter(held_on__range=_days(quarter), withdrawn_at=None).order_by("pk")
    values = rows.values_list(
        *("pk", "study_id", "study__method", "participant_id", "participant__account_id"),
        *("participant__account__segment", "participant__own_segment"),
    )
    return [
        Sitting(session, study, method, person, account, _segment(accounts, own))
        for session, study, method, person, account, accounts, own in values
    ]


def _segment(accounts, own):
    """Their account's, or where that is unknown or missing their own; in words of one vocabulary always."""
    known = accounts if accounts and accounts != Segment.UNKNOWN else own
    return known if known in Segment.values else Segment.UNKNOWN.value


def _respondents(quarter):
    """Who answered the quarter's surveys. A segment that a file gave counts if it is one of ours."""
    rows = SurveyResponse.objects.filter(
        survey__session__held_on__range=_days(quarter), survey__session__withdrawn_at=None
    ).order_by("pk")
    values = rows.values_list(
        *("pk", "survey__session_id", "participant_id", "segment"),
        *("participant__account__segment", "participant__own_segment"),
    )
    ours = {word.casefold(): key for key, label in Segment.choices for word in (key, label)}
    found = []
    for pk, session, participant, said, *theirs in values:
        segment = _segment(*theirs)
        if segment == Segment.UNKNOWN:
            segment = ours.get(said.strip().casefold(), Segment.UNKNOWN.value)
        found.append(Respondent(pk, session, participant, segment))
    return found


def _marks(quarter):
    rows = Highlight.objects.anchored().filter(session__held_on__range=_days(quarter)).order_by()
    rows = rows.annotate(spoken=_spoken(), said_by=Lower("start_cue__speaker")).annotate(own=_own())
    fields = ("pk", "session_id", "taggings__tag_id", "own", "start_cue__answer__response_id")
    return [Mark(*row) for row in rows.values_list(*fields)]


def _themes():
    rows = Tag.objects.live().values_list("pk", "slug", "name", "colour", "group_id", "guideline", "study_id")
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
        .filter(took_place("highlight__session__"), highlight__session__held_on__range=_days(quarter))
        .filter(policy.open_to_all("highlight__session__study__"))
        .order_by()
        .annotate(length=Length("highlight__quote"), spoken=_spoken("highlight__"))
        .annotate(said_by=Lower("highlight__start_cue__speaker"))
        .annotate(own=_own("highlight__"), cited=Exists(cited))
        .values_list(
            *("tag_id", "highlight_id", "highlight__session_id", "highlight__session__participant_id"),
            *("highlight__session__participant__account__segment", "length", "own", "cited"),
            "highlight__session__participant__own_segment",
        )
    )
    found = defaultdict(list)
    for tag, highlight, session, participant, accounts, length, own, is_cited, own_segment in rows:
        voice = ("participant", participant) if participant else ("session", session)
        found[tag].append(Candidate(highlight, voice, _segment(accounts, own_segment), length, own, is_cited))
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
        "segment": person.segment.label if person and person.segment != Segment.UNKNOWN else "",
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
    """Published in the quarter; those that are over since are told of in the report of when they ended."""
    first, after = report_beside.moments(quarter)
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
    hidden = [0] * (3 + len(KINDS))
    for study in Study.objects.filter(pk__in=now.studies).order_by("title", "pk"):
        count = now.studies[study.pk]
        if study.is_restricted:
            row = (1, count.sessions, *(getattr(count, kind) for kind in KINDS), count.highlights)
            hidden = [one + more for one, more in zip(hidden, row, strict=True)]
            continue
        yield {
            "study": study.slug,
            "title": study.title,
            "method": study.get_method_display(),
            "sessions": count.sessions,
            **{kind: getattr(count, kind) for kind in KINDS},
            "highlights": count.highlights,
        }
    number, sessions, *people, highlights = hidden
    if number:
        yield {
            "study": "",
            "title": f"{number} restricted {'study' if number == 1 else 'studies'}",
            "method": "",
            "sessions": sessions,
            **dict(zip(KINDS, people, strict=True)),
            "highlights": highlights,
        }
