from datetime import UTC, datetime

import pytest
from django.urls import reverse

from prodops.models import Event
from research.models import EvidenceKind, Insight, InsightStatus
from research.queries import standing
from research.services import conflicts, insights
from research.synthesis.badges import Flag
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import HighlightFactory, InsightFactory, SessionFactory, StudyFactory

pytestmark = pytest.mark.django_db


def test_an_insight_stands_on_the_highlights_in_their_order(member, team, now):
    session = SessionFactory()
    chosen = [HighlightFactory(session=session) for _ in range(3)]
    made = insights.create(title="It fails", highlights=chosen, team=team, owner=member, by=member, at=now)
    assert [piece.highlight for piece in made.evidence.all()] == chosen
    insights.cite(made, [chosen[0], HighlightFactory(session=session)], by=member, at=now)
    assert made.evidence.count() == 4


def test_publishing_is_recorded_once(member, now):
    insight = InsightFactory(evidence=[HighlightFactory()])
    insights.publish(insight, by=member, at=now)
    with pytest.raises(insights.AlreadyPublished):
        insights.publish(insight, by=member, at=now)
    assert (insight.status, insight.published_by, insight.published_at) == ("published", member, now)
    assert Event.objects.filter(verb="insight.published").count() == 1


def test_an_opinion_is_not_published(member, now):
    insight = InsightFactory()
    with pytest.raises(insights.NothingToStandOn):
        insights.publish(insight, by=member, at=now)
    insight.refresh_from_db()
    assert insight.status == InsightStatus.DRAFT


def test_two_editors_lose_nothing(member, now):
    insight = InsightFactory()
    insights.edit(insight, version=1, title="Theirs", by=UserFactory(), at=now)
    with pytest.raises(conflicts.Conflict):
        insights.edit(insight, version=1, title="Mine", by=member, at=now)


def test_the_reach_is_counted_not_typed(now):
    study = StudyFactory()
    first = SessionFactory(study=study, participant__account=CustomerAccountFactory())
    second = SessionFactory(study=study, participant=first.participant)
    elsewhere = SessionFactory()
    chosen = [HighlightFactory(session=session) for session in (first, first, second)]
    insight = InsightFactory(evidence=chosen)
    found = standing.badges_of([insight], now.date())[insight.pk]
    assert (found.quotes, found.participants, found.studies) == (3, 1, 1)
    assert Flag.ONE_STUDY in found.flags
    wider = InsightFactory(evidence=[*chosen, HighlightFactory(session=elsewhere)])
    assert Flag.ONE_STUDY not in standing.badges_of([wider], now.date())[wider.pk].flags


def test_evidence_is_weighed_and_taken_out(as_, member):
    insight = InsightFactory(team=member.teams.get(), evidence=[HighlightFactory()])
    piece = insight.evidence.get()
    as_(member).post(reverse("research:evidence_weigh", args=[piece.pk]), {"kind": "contradicts"})
    piece.refresh_from_db()
    assert piece.kind == EvidenceKind.CONTRADICTS
    as_(member).post(reverse("research:evidence_remove", args=[piece.pk]))
    assert not insight.evidence.exists()


def test_written_from_chosen_highlights_on_the_page(as_, member):
    session = SessionFactory(study__team=member.teams.get())
    chosen = [HighlightFactory(session=session).pk, HighlightFactory(session=session).pk]
    url = reverse("research:insight_create")
    page = as_(member).get(url, {"highlight": chosen}).content.decode()
    assert page.count('name="highlight"') == 2
    fields = {"title": "A claim", "body": "", "team": session.study.team_id, "owner": member.pk}
    response = as_(member).post(url, fields | {"highlight": chosen})
    insight = Insight.objects.get()
    assert response.url == insight.get_absolute_url()
    assert [piece.highlight_id for piece in insight.evidence.all()] == chosen


def test_only_its_team_may_change_it(as_, submitter):
    insight = InsightFactory(evidence=[HighlightFactory()])
    url = reverse("research:insight_publish", args=[insight.pk])
    assert as_(UserFactory()).post(url).status_code == 404
    assert as_(submitter).post(url).status_code == 403
    assert as_(UserFactory(editor_of=insight.team)).post(url).status_code == 302
    insight.refresh_from_db()
    assert insight.status == InsightStatus.PUBLISHED


def test_the_csv_gives_days_as_the_company_counts_them(as_, member, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    InsightFactory(published=True, created_at=datetime(2026, 3, 1, 20, tzinfo=UTC))
    rows = as_(member).get(reverse("research:insight_csv")).getvalue().decode()
    assert ",2026-03-02," in rows
