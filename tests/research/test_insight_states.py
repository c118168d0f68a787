import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prodops import words
from prodops.models import Event, Notification, SearchEntry
from prodops.tasks import deliver
from research.models import (
    EvidenceKind,
    Insight,
    InsightEvidence,
    InsightStatus,
    Outcome,
    Survey,
    SurveyQuestion,
    SurveyResponse,
    TaskResult,
    UsabilityTask,
)
from research.queries import standing
from research.services import insight_states, insights
from research.synthesis.badges import Flag
from tests.factories.prodops import UserFactory
from tests.factories.research import HighlightFactory, InsightFactory, SessionFactory, StudyFactory

pytestmark = pytest.mark.django_db


def told(person):
    for event in Event.objects.filter(delivered_at=None):
        deliver(event_id=event.pk)
    return list(Notification.objects.filter(recipient=person).values_list("text", flat=True))


@pytest.fixture
def draft(member, team):
    return InsightFactory(team=team, owner=member, evidence=[HighlightFactory()])


def test_it_is_published_when_each_reviewer_agrees(draft, member, ops, admin, now):
    insight_states.submit(draft, [ops, admin, member], by=member, at=now)
    assert draft.status == InsightStatus.IN_REVIEW
    assert told(ops) == [f"{member} asks you to review “{draft.title}”"]
    insight_states.say(draft, "agreed", by=ops, at=now)
    with pytest.raises(insights.NotReviewed, match=admin.name):
        insights.publish(draft, by=member, at=now)
    with pytest.raises(insight_states.Refused):
        insight_states.say(draft, "changes", by=admin, at=now)
    insight_states.say(draft, "changes", note="Who said it?", by=admin, at=now)
    assert any("asks for changes" in text for text in told(member))
    insights.edit(draft, version=1, title="Clearer", by=member, at=now)
    assert len(insight_states.waiting_for(draft)) == 2  # what they said was of other words
    for person in (ops, admin):
        insight_states.say(draft, "agreed", by=person, at=now)
    insights.publish(draft, by=member, at=now)
    assert draft.status == InsightStatus.PUBLISHED


def test_a_reviewer_is_taken_off_and_who_left_is_not_waited_for(draft, member, ops, admin, as_, now):
    insight_states.submit(draft, [ops, admin], by=member, at=now)
    insight_states.withdraw(draft, by=member, at=now)
    insight_states.submit(draft, [admin], by=member, at=now)
    assert insight_states.waiting_for(draft) == [admin]
    insight_states.withdraw(draft, by=member, at=now)
    insight_states.submit(draft, [ops, admin], by=member, at=now)
    ops.is_active = False
    ops.save()
    assert insight_states.waiting_for(draft) == [admin]
    page = as_(member).get(draft.get_absolute_url()).text
    off = reverse("research:insight_excuse", args=[draft.pk, admin.pk])
    assert off in page
    as_(member).post(off)
    event = Event.objects.get(verb="insight.reviewer_excused")
    assert words.of(event) == f"stopped waiting for {admin.name} to review this insight"
    with pytest.raises(insight_states.Refused, match="not asked"):
        insight_states.excuse(draft, admin, by=member, at=now)
    insights.publish(draft, by=member, at=now)
    assert draft.status == InsightStatus.PUBLISHED
    with pytest.raises(insight_states.Refused, match="published by now"):
        insight_states.excuse(draft, ops, by=member, at=now)


def test_other_evidence_takes_back_what_reviewers_said(draft, member, ops, now):
    insight_states.submit(draft, [ops], by=member, at=now)
    [first] = draft.evidence.all()
    against = HighlightFactory()
    survey = Survey.objects.create(session=SessionFactory())
    question = SurveyQuestion.objects.create(survey=survey, header="nps", position=0, text="x", kind="nps")
    for change, counts in (
        (lambda: insights.cite(draft, [against], by=member, at=now, kind="contradicts"), True),
        (lambda: insights.cite(draft, [against], by=member, at=now), False),  # it has it already
        (lambda: insights.weigh(first, kind="context", by=member, at=now), True),
        (lambda: insights.weigh(first, kind="context", by=member, at=now), False),
        (lambda: insights.cite_result(draft, question=question, by=member, at=now), True),
        (lambda: insights.cite_result(draft, question=question, by=member, at=now), False),
        (lambda: insights.drop(first, by=member, at=now), True),
    ):
        insight_states.say(draft, "agreed", by=ops, at=now)
        change()
        assert (insight_states.waiting_for(draft) == [ops]) is counts
    with pytest.raises(insights.NotReviewed):
        insights.publish(draft, by=member, at=now)
    insight_states.say(draft, "agreed", by=ops, at=now)
    with CaptureQueriesContext(connection) as ran:
        insights.publish(draft, by=member, at=now)
    statements = [one["sql"] for one in ran]
    locked = next(at for at, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    assert locked < min(at for at, sql in enumerate(statements) if "insightreview" in sql)
    insights.cite(draft, [HighlightFactory()], by=member, at=now)
    assert insight_states.waiting_for(draft) == []  # what led to its publication stays on record


def test_only_who_was_asked_reviews(draft, member, ops, now):
    with pytest.raises(insight_states.Refused, match="besides the owner"):
        insight_states.submit(draft, [member], by=member, at=now)
    insight_states.submit(draft, [ops], by=member, at=now)
    with pytest.raises(insight_states.Refused, match="not asked"):
        insight_states.say(draft, "agreed", by=UserFactory(), at=now)
    insight_states.withdraw(draft, by=member, at=now)
    assert draft.status == InsightStatus.DRAFT


def test_a_better_one_takes_its_place_and_gives_it_back(draft, member, ops, now):
    insights.publish(draft, by=member, at=now)
    better = InsightFactory(published=True)
    with pytest.raises(insight_states.Refused):
        insight_states.supersede(draft, InsightFactory(), by=member, at=now)
    with pytest.raises(insight_states.Refused):
        insight_states.supersede(draft, draft, by=member, at=now)
    insight_states.supersede(draft, better, by=ops, at=now)
    assert (draft.superseded_by, draft.ended_by) == (better, ops)
    assert "Superseded" in SearchEntry.objects.get(kind="insight", object_id=draft.pk).context
    assert any("superseded" in text for text in told(member))
    with pytest.raises(insight_states.Refused, match="superseded by now"):
        insight_states.supersede(draft, better, by=ops, at=now)
    insight_states.reinstate(draft, by=member, at=now)
    assert (draft.status, draft.superseded_by, draft.ended_at) == ("published", None, None)


def test_a_retraction_says_why_and_may_be_put_right(draft, member, now):
    with pytest.raises(insight_states.Refused):
        insight_states.retract(draft, "Wrong", by=member, at=now)  # a draft is simply deleted or edited
    draft.refresh_from_db()
    insights.publish(draft, by=member, at=now)
    with pytest.raises(insight_states.Refused, match="why"):
        insight_states.retract(draft, "  ", by=member, at=now)
    insight_states.retract(draft, "Two of them were testers of ours.", by=member, at=now)
    assert draft.is_over
    insight_states.reopen(draft, by=member, at=now)
    assert (draft.status, draft.retraction, draft.published_at) == ("draft", "", None)


def test_the_database_holds_what_a_state_means(draft):
    for wrong in (
        {"status": "superseded"},
        {"status": "retracted"},
        {"status": "published"},
        {"retraction": "x"},
        {"confidence": "sure"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Insight.objects.filter(pk=draft.pk).update(**wrong)


def test_what_is_overdue_is_listed_until_it_is_confirmed(draft, member, as_, now):
    insights.publish(draft, by=member, at=now)
    Insight.objects.filter(pk=draft.pk).update(review_by=dt.date(2020, 1, 1))
    other = InsightFactory(published=True, title="Not due")
    page = as_(member).get(reverse("research:insight_list"), {"due": "overdue"}).text
    assert draft.title in page
    assert other.title not in page
    assert "Review overdue" in page
    as_(member).post(reverse("research:insight_confirm", args=[draft.pk]), {"review_by": "2030-01-01"})
    draft.refresh_from_db()
    assert draft.review_by == dt.date(2030, 1, 1)


def test_results_are_evidence_with_their_own_people(draft, member, now, today):
    survey = Survey.objects.create(session=SessionFactory())
    question = SurveyQuestion.objects.create(
        survey=survey, header="nps", position=0, text="Would you recommend us?", kind="nps"
    )
    for n, number in enumerate([10, 9, 3, 8]):
        response = SurveyResponse.objects.create(survey=survey, key=str(n), digest="0" * 64, number=n + 1)
        response.answers.create(question=question, number=number)
    task = UsabilityTask.objects.create(study=StudyFactory(), position=1, title="Split a load")
    for outcome in (Outcome.SUCCESS, Outcome.PARTIAL, Outcome.FAIL):
        TaskResult.objects.create(task=task, session=SessionFactory(study=task.study), outcome=outcome)
    insights.cite_result(draft, question=question, by=member, at=now)
    insights.cite_result(draft, question=question, by=member, at=now)
    InsightEvidence.objects.create(
        insight=draft, task=task, kind=EvidenceKind.CONTRADICTS, position=5, reading="1 of 3: Split a load"
    )
    readings = list(draft.evidence.exclude(reading="").values_list("reading", flat=True))
    assert [reading.partition(":")[2] for reading in readings] == [
        " Would you recommend us?",
        " Split a load",
    ]
    found = standing.badges_of([draft], today)[draft.pk]
    assert (found.pieces, found.quotes, found.participants, found.studies) == (3, 1, 1 + 4 + 3, 3)
    assert found.flags == (Flag.CONTRADICTED,)
    assert standing.flagged(Insight.objects.all(), "contradicted", today) == [draft.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        InsightEvidence.objects.create(insight=draft, question=question, task=task, position=9)


def test_its_pages(draft, member, ops, as_, now):
    page = as_(member).get(draft.get_absolute_url()).text
    assert "Thin evidence" in page
    assert "One study only" in page
    assert (
        as_(member).get(reverse("research:insight_list"), {"standing": "thin"}).text.count(draft.title) == 1
    )
    client = as_(member)
    client.post(reverse("research:insight_submit", args=[draft.pk]), {"reviewers": [ops.pk]})
    page = as_(ops).get(draft.get_absolute_url()).text
    assert "Ask for changes" in page
    as_(ops).post(reverse("research:insight_say", args=[draft.pk]), {"verdict": "agreed"})
    as_(member).post(reverse("research:insight_publish", args=[draft.pk]))
    better = InsightFactory(published=True)
    url = reverse("research:insight_supersede", args=[draft.pk])
    assert better.title in as_(member).get(url).text
    as_(member).post(url, {"insight": better.pk})
    assert better.title in as_(member).get(draft.get_absolute_url()).text
    as_(member).post(
        reverse("research:insight_retract", args=[draft.pk]), {"reason": "It was a <b>mistake</b>."}
    )
    page = as_(member).get(draft.get_absolute_url()).text
    assert "It was a &lt;b&gt;mistake&lt;/b&gt;." in page
