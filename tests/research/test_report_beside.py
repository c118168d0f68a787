"""Beside the counts: feedback by theme, decisions on insights, insights that ended, whom we heard."""

import datetime as dt

import pytest

from prodops import quarterly
from prodops.quarters import Quarter
from research.models import Insight
from research.queries import report_material
from research.services import report_slides, reports
from research.synthesis.composing import compose
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    HighlightFactory,
    InsightFactory,
    InsightReportFactory,
    ParticipantFactory,
    SessionFactory,
    TagFactory,
)

QUARTER = Quarter(2026, 4)
WITHIN = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def told(db, monkeypatch):
    """A theme that six of one segment and one of another were asked about, and what else the quarter had."""
    slow = TagFactory(name="Slow export", slug="slow-export")
    for n in range(7):
        account = CustomerAccountFactory(segment="mid" if n < 6 else "small")
        person = ParticipantFactory(account=account)
        session = SessionFactory(participant=person, held_on=dt.date(2026, 11, 2))
        HighlightFactory(session=session, tagged=[slow] if n % 2 else [])
    ParticipantFactory(account=CustomerAccountFactory(segment="enterprise"))  # of the panel, and never heard
    used = InsightFactory(published=True, title="Exports cost Fridays")
    later = InsightFactory(published=True, title="Exports cost Mondays")
    InsightFactory(published=True, title="Old", review_by=dt.date(2026, 12, 31))
    InsightFactory(published=True, title="Fresh", review_by=dt.date(2027, 1, 1))
    ended = {"ended_at": WITHIN, "ended_by": used.owner}
    first, wrong = (InsightFactory(published=True, title=title) for title in ("First", "Wrong"))
    Insight.objects.filter(pk=first.pk).update(status="superseded", superseded_by=later, **ended)
    Insight.objects.filter(pk=wrong.pk).update(status="retracted", retraction="Two people were one", **ended)
    per_theme = {QUARTER.first_day: {"slow-export": 9}, QUARTER.previous.first_day: {"slow-export": 4}}
    source = quarterly.Feedback(
        "mails", "Mails", "Each mail.", lambda slugs, since, until: per_theme[since], lambda *days: 20
    )
    decided = quarterly.Reuse("plans", "Plans", lambda *days: [(used.pk, "items", 3), (0, "items", 1)])
    monkeypatch.setattr(quarterly, "_feedback", {"mails": source})
    monkeypatch.setattr(quarterly, "_reuse", {"plans": decided})
    return report_material.gather(QUARTER)


@pytest.fixture
def by_kind(told):
    return {one.kind: one.data for one in compose(told)}


def test_feedback_stands_beside_its_theme_with_the_quarter_before(by_kind):
    (source,) = by_kind["feedback"]["sources"]
    (row,) = source["rows"]
    assert (row["name"], row["now"], row["before"]) == ("Slow export", 9, 4)
    assert (source["most"], source["total"]) == (9, {"now": 20, "before": 20})


def test_decisions_name_the_insight_they_rest_on_and_no_other(by_kind):
    (source,) = by_kind["reuse"]["sources"]
    assert [(row["title"], row["number"], row["what"]) for row in source["rows"]] == [
        ("Exports cost Fridays", 3, "items")
    ]


def test_insights_that_ended_or_are_due_are_told_apart(by_kind):
    found = by_kind["insights"]
    assert [(one["title"], one["by_title"]) for one in found["superseded"]] == [
        ("First", "Exports cost Mondays")
    ]
    assert [(one["title"], one["why"]) for one in found["retracted"]] == [("Wrong", "Two people were one")]
    assert [(one["title"], one["day"]) for one in found["due"]] == [("Old", "2026-12-31")]


def test_the_matrix_counts_by_segment_and_names_whom_nobody_heard(by_kind):
    (table,) = by_kind["coverage"]["matrix"]
    of = {column["label"]: column["of"] for column in table["columns"]}
    (row,) = table["rows"]
    cells = dict(zip(of, row["cells"], strict=True))
    assert (of["Mid-market"], cells["Mid-market"]["hits"], cells["Mid-market"]["few"]) == (6, 3, False)
    assert (of["Small business"], cells["Small business"]["few"]) == (1, True)
    assert any("Enterprise" in gap for gap in by_kind["coverage"]["gaps"])


def test_the_page_and_the_slides_tell_all_of_it(told, ops, as_, now):
    report = InsightReportFactory(year=2026, number=4)
    reports.store(report, told, at=now)
    page = as_(ops).get(report.get_absolute_url()).text
    for words in ("Mails", "Slow export", "3 items", "by “Exports cost Mondays”", "since 31 Dec 2026"):
        assert words in page
    assert report_slides.of(report, "internal").startswith(b"PK")
