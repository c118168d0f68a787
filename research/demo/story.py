"""Fernway's research of the last thirteen months: vocabulary, studies, sessions, highlights, insights."""

import datetime as dt

from django.utils.text import slugify

from prodops import activity, search
from prodops.models import Role, SavedFilter
from prodops.services import saved_searches
from research.models import (
    Confidence,
    EvidenceKind,
    Insight,
    InsightEvidence,
    InsightReview,
    InsightStatus,
    Participant,
    Session,
    Study,
    StudyStatus,
    Tag,
    TagGroup,
    kind_of,
)

from . import corpus, transcripts

RECENT = 12  # a study that ended fewer days ago is still open


def build(world):
    world.tags = _tags()
    texts = corpus.studies()
    quotes: dict[str, int] = {}  # "study/s03#1": highlight id
    for text in texts:
        _study(world, text, quotes)
    beyond = corpus.beyond()
    for text in texts:
        for order, claim in enumerate(text.head["insights"]):
            _insight(world, world.studies[text.head["key"]], claim, order, quotes, beyond)
    _judge(world)
    search.index_many(world.tags.values())
    search.index_many(world.studies.values())
    search.index_many(world.insights.values())


def _tags():
    tags = []
    for position, group in enumerate(corpus.taxonomy()):
        row = TagGroup.objects.create(slug=slugify(group["name"]), name=group["name"], position=position)
        tags += [Tag(**{"colour": group["colour"], **tag}, group=row) for tag in group["tags"]]
    return {tag.slug: tag for tag in Tag.objects.bulk_create(tags)}


def _study(world, text, quotes):
    head = text.head
    lead = world.people[head["lead"]]
    study = Study.objects.create(
        slug=head["key"],
        title=head["title"],
        question=head["question"],
        method=head["method"],
        area=world.areas[head["area"]],
        team=world.teams[head["team"]],
        lead=lead,
        status=StudyStatus.RUNNING if head["ended_days_ago"] < RECENT else StudyStatus.CLOSED,
        started_on=world.day(head["started_days_ago"]),
        ended_on=world.day(head["ended_days_ago"]),
        summary=head["summary"],
        created_by=lead,
        created_at=world.moment(head["started_days_ago"] + 3, 9),
    )
    world.studies[study.slug] = study
    activity.record("study.created", on=study, by=study.created_by, at=study.created_at)
    sessions = [_session(world, study, session) for session in text.sessions]
    Session.objects.bulk_create(sessions)
    numbered = transcripts.write(sessions, text.sessions, world.tags, by=tagger(world, study))
    for index, (session, row) in enumerate(zip(text.sessions, sessions, strict=True)):
        world.sessions[f"{study.slug}/{session.key}"] = row
        activity.record(
            "session.added", on=row, by=row.created_by, at=row.created_at, data={"cues": len(session.cues)}
        )
        for (of, number), highlight in numbered.items():
            if of == index:
                quotes[f"{study.slug}/{session.key}#{number}"] = highlight


def tagger(world, study):
    """Who tags a study: its lead, or the researcher where the lead only submits."""
    return study.lead if study.lead.role != Role.SUBMITTER else world.people["ines"]


def _session(world, study, text):
    head = text.head
    account = world.accounts[head["account"]]
    participant, _ = Participant.objects.get_or_create(
        name=head["participant"], account=account, defaults={"role": head["role"]}
    )
    return Session(
        study=study,
        title=head["title"],
        kind=kind_of(study.method),
        held_on=world.day(head["days_ago"]),
        participant=participant,
        moderator=world.people[head["moderator"]],
        duration_ms=text.cues[-1].end_ms,
        created_by=tagger(world, study),
        created_at=world.moment(head["days_ago"], 17),
    )


def _insight(world, study, claim, order, quotes, beyond):
    published = claim["status"] == InsightStatus.PUBLISHED
    owner = tagger(world, study)
    written = world.moment(max(study_end_days_ago(world, study) - 2 - order, 1), 11)
    insight = Insight.objects.create(
        title=claim["title"],
        body=claim["body"].strip(),
        area=study.area,
        team=study.team,
        owner=owner,
        status=claim["status"],
        published_at=written + dt.timedelta(hours=3) if published else None,
        published_by=owner if published else None,
        created_by=owner,
        created_at=written,
        updated_at=written,
    )
    pieces = [(f"{study.slug}/{key}", EvidenceKind.SUPPORTS) for key in claim["evidence"]]
    pieces += [(piece["quote"], EvidenceKind(piece["kind"])) for piece in beyond.get(insight.title, ())]
    InsightEvidence.objects.bulk_create(
        InsightEvidence(insight=insight, highlight_id=quotes[key], position=position, kind=kind)
        for position, (key, kind) in enumerate(pieces)
    )
    activity.record("insight.created", on=insight, by=owner, at=written)
    if published:
        activity.record("insight.published", on=insight, by=owner, at=insight.published_at)
    world.insights[insight.title] = insight


LOOKED_AT_AGAIN = dt.timedelta(days=150)


def _judge(world):
    """How sure each author is, when it should be looked at again, and one draft that waits for two people."""
    for insight in world.insights.values():
        pieces = insight.evidence.count()
        insight.confidence = (
            Confidence.HIGH if pieces > 4 else Confidence.MEDIUM if pieces > 2 else Confidence.LOW
        )
        if insight.status == InsightStatus.PUBLISHED:
            insight.review_by = insight.published_at.date() + LOOKED_AT_AGAIN
        insight.save(update_fields=["confidence", "review_by"])
    draft = next(one for one in world.insights.values() if one.status == InsightStatus.DRAFT)
    asked = [person for key, person in world.people.items() if key in ("maya", "tomas", "ines")]
    asked = [person for person in asked if person != draft.owner][:2]
    draft.status = InsightStatus.IN_REVIEW
    draft.save(update_fields=["status"])
    InsightReview.objects.bulk_create(InsightReview(insight=draft, reviewer=one) for one in asked)
    data = {"reviewers": [one.pk for one in asked]}
    activity.record("insight.submitted", on=draft, by=draft.owner, at=draft.created_at, data=data)
    query = "q=invoice&kind=highlight"
    kept = SavedFilter.objects.create(
        user=world.people["maya"], page=saved_searches.PAGE, name="Invoices, in their words", query=query
    )
    saved_searches.ring(kept, on=True)


def study_end_days_ago(world, study):
    return (world.today - study.ended_on).days
