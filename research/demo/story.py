"""Fernway's research of the last thirteen months: vocabulary, studies, sessions, highlights, insights."""

import datetime as dt

from django.utils.text import slugify

from prodops.models import Role
from research.models import (
    EvidenceKind,
    Insight,
    InsightEvidence,
    InsightStatus,
    Participant,
    Session,
    Study,
    StudyStatus,
    Tag,
    TagGroup,
)

from . import corpus, transcripts

RECENT = 12  # a study that ended fewer days ago is still open


def build(world):
    world.tags = _tags()
    for text in corpus.studies():
        _study(world, text)


def _tags():
    tags = []
    for position, group in enumerate(corpus.taxonomy()):
        row = TagGroup.objects.create(slug=slugify(group["name"]), name=group["name"], position=position)
        tags += [Tag(**{"colour": group["colour"], **tag}, group=row) for tag in group["tags"]]
    return {tag.slug: tag for tag in Tag.objects.bulk_create(tags)}


def _study(world, text):
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
    sessions = [_session(world, study, session) for session in text.sessions]
    numbered = transcripts.write(
        Session.objects.bulk_create(sessions), text.sessions, world.tags, by=tagger(world, study)
    )
    for session, row in zip(text.sessions, sessions, strict=True):
        world.sessions[f"{study.slug}/{session.key}"] = row
    for order, claim in enumerate(head["insights"]):
        _insight(world, study, claim, order, numbered)


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
        held_on=world.day(head["days_ago"]),
        participant=participant,
        moderator=world.people[head["moderator"]],
        duration_ms=text.cues[-1].end_ms,
        created_by=tagger(world, study),
        created_at=world.moment(head["days_ago"], 17),
    )


def _insight(world, study, claim, order, numbered):
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
    InsightEvidence.objects.bulk_create(
        InsightEvidence(
            insight=insight, highlight_id=numbered[key], position=position, kind=EvidenceKind.SUPPORTS
        )
        for position, key in enumerate(claim["evidence"])
    )
    world.insights[insight.title] = insight


def study_end_days_ago(world, study):
    return (world.today - study.ended_on).days
