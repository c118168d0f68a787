"""What people wrote, brought in: insights with their evidence, and memos, which become comments."""

from django.db import transaction

from prodops import activity, search
from prodops.models import Comment, Team
from research.models import (
    Confidence,
    EvidenceKind,
    Highlight,
    Insight,
    InsightEvidence,
    InsightStatus,
    Session,
    SurveyQuestion,
    UsabilityTask,
)

from . import values

BATCH = 2_000
WITHOUT_BETTER = "It was superseded by an insight that is not in this workspace."


@transaction.atomic
def take_claims(taking):
    """Insights with the evidence that lies in the study; those that are here stay as they are."""
    claims = {claim.guid: claim for claim in taking.bundle.claims}
    here = {str(one.guid): one for one in Insight.objects.filter(guid__in=claims)}
    rows = Highlight.objects.filter(session__study=taking.study).values_list("guid", "pk")
    highlights = {str(guid): pk for guid, pk in rows}
    results = _results(taking.study)
    for claim in _better_first(taking.bundle.claims):
        if claim.guid not in here:
            here[claim.guid] = _claim(taking, claim, highlights, results, here)
    taking.save()


def _results(study):
    """{(session, question, task) of `Evidence`: the fields that point there} of what can be cited."""
    questions = SurveyQuestion.objects.filter(survey__session__study=study)
    found = {
        (str(guid), header, ""): {"question_id": pk}
        for pk, guid, header in questions.values_list("pk", "survey__session__guid", "header")
    }
    for pk, position in UsabilityTask.objects.filter(study=study).values_list("pk", "position"):
        found["", "", str(position)] = {"task_id": pk}
    return found


def _pointed(one, highlights, results):
    """The fields of a piece of evidence that say what it is; None if that is not here."""
    if one.highlight:
        return {"highlight_id": highlights[one.highlight]} if one.highlight in highlights else None
    return results.get((one.session, one.question, one.task))


def _better_first(claims):
    """Those that supersede others before these, so that they are there to be named."""
    waiting = {claim.guid: claim for claim in claims}
    while waiting:
        free = [one for one in waiting.values() if values.said(one.fields, "superseded_by") not in waiting]
        for claim in free or list(waiting.values()):  # a circle, which only a broken file has
            del waiting[claim.guid]
            yield claim


def _claim(taking, claim, highlights, results, here):
    said, people = claim.fields, taking.people
    pointed = [(one, _pointed(one, highlights, results)) for one in claim.evidence]
    evidence = [(one, fields) for one, fields in pointed if fields]
    insight = Insight.objects.create(
        guid=claim.guid,
        title=claim.title[:200],
        body=claim.body,
        team=Team.objects.editable_by(taking.by).filter(name=values.said(said, "team")).first()
        or taking.study.team,
        area=values.area_named(values.said(said, "area")),
        owner=people.or_me(values.said(said, "owner")),
        confidence=values.one_of(Confidence, values.said(said, "confidence"), ""),
        review_by=values.day(values.said(said, "review_by")),
        properties=taking.properties("research.insight", said.get("properties")),
        created_by=people.or_me(values.said(said, "created_by")),
        created_at=values.moment(said.get("created_at")) or taking.at,
        updated_at=values.moment(said.get("updated_at")) or taking.at,
        **_standing(said, taking, here, founded=bool(evidence)),
    )
    taking.remember("insight", [insight])
    rows = [
        InsightEvidence(
            insight=insight,
            position=position,
            kind=values.one_of(EvidenceKind, one.kind, EvidenceKind.CONTEXT),
            **fields,
        )
        for position, (one, fields) in enumerate(evidence)
    ]
    taking.remember("insightevidence", InsightEvidence.objects.bulk_create(rows))
    search.index(insight)
    activity.record("insight.created", on=insight, by=taking.by, at=taking.at)
    return insight


def _standing(said, taking, here, *, founded):
    """The status and all that must go with it; what the file leaves out makes it a draft.

    A file is written by hand as easily as by an export. So what would be relied on needs evidence that came
    with it, and only product ops brings in a publication in another's name.
    """
    status = values.one_of(InsightStatus, values.said(said, "status"), InsightStatus.DRAFT)
    published, ended = values.moment(said.get("published_at")), values.moment(said.get("ended_at"))
    if status in (InsightStatus.DRAFT, InsightStatus.IN_REVIEW):
        return {"status": status}
    if published is None or not (founded or status == InsightStatus.RETRACTED):
        return {"status": InsightStatus.DRAFT}
    others = taking.by.runs_product_ops

    def who(key):
        return taking.people.or_me(values.said(said, key)) if others else taking.by

    fields = {"published_at": published, "published_by": who("published_by")}
    if status == InsightStatus.PUBLISHED:
        return fields | {"status": status}
    fields |= {"ended_at": ended or published, "ended_by": who("ended_by")}
    better = here.get(values.said(said, "superseded_by"))
    if status == InsightStatus.SUPERSEDED and better:
        return fields | {"status": status, "superseded_by": better}
    reason = values.said(said, "retraction") or WITHOUT_BETTER
    return fields | {"status": InsightStatus.RETRACTED, "retraction": reason}


@transaction.atomic
def take_memos(taking):
    """Memos become comments. Nobody is told of them: they were said long ago."""
    subjects = _subjects(taking)
    for start in range(0, len(taking.bundle.memos), BATCH):
        part = taking.bundle.memos[start : start + BATCH]
        known = Comment.objects.filter(guid__in=[one.guid for one in part])
        here = {str(guid) for guid in known.values_list("guid", flat=True)}
        rows = [
            Comment(
                guid=one.guid,
                subject_type=f"research.{one.about}",
                subject_id=subjects[one.about][one.about_guid],
                author=taking.people.or_me(one.by),
                body=one.body[:10_000],
                at=one.at or taking.at,
            )
            for one in part
            if one.guid not in here and one.about_guid in subjects[one.about]
        ]
        taking.remember("comment", Comment.objects.bulk_create(rows))
    taking.save()


def _subjects(taking):
    """{kind: {guid: primary key}} of all that a memo can be about."""
    study = taking.study
    return {
        "study": {str(study.guid): study.pk, "": study.pk},
        "session": _named(Session.objects.filter(study=study)),
        "highlight": _named(Highlight.objects.filter(session__study=study)),
        "tag": {guid: tag.pk for guid, tag in taking.tags.items()},
        "insight": _named(Insight.objects.filter(guid__in=[one.guid for one in taking.bundle.claims])),
    }


def _named(rows):
    return {str(guid): pk for guid, pk in rows.values_list("guid", "pk")}
