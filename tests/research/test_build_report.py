"""The quarterly report against counts made by hand."""

import datetime as dt

import pytest

from prodops import jobs
from prodops.models import Event, JobState
from prodops.quarters import Quarter
from research.models import Highlight, InsightReport, Session
from research.queries import report_material
from research.services import reports
from research.tasks import build_report
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    HighlightFactory,
    InsightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.research.reports import publish

pytestmark = pytest.mark.django_db
Q4 = Quarter(2026, 4)


@pytest.fixture
def quarter():
    """Q4 2026: three sessions of interviews with Ann (twice) and Bo, one test with Ann, one survey call
    with Cid; Q3: one interview with Bo. "Slow" is said by Ann in three sessions, by Bo in both quarters,
    by Cid; "Dear" by Bo in Q3 only; "Mute" by nobody."""
    slow, dear, _ = (TagFactory(name=name, slug=name.lower()) for name in ("Slow", "Dear", "Mute"))
    large = CustomerAccountFactory(segment="enterprise")
    ann = ParticipantFactory(name="Ann", account=large)
    bo, cid = ParticipantFactory(name="Bo"), ParticipantFactory(name="Cid")
    talks, tests, survey = (
        StudyFactory(method=method) for method in ("interview", "usability_test", "survey_call")
    )
    sessions = {
        "ann": SessionFactory(study=talks, participant=ann, held_on=dt.date(2026, 10, 1)),
        "ann again": SessionFactory(study=talks, participant=ann, held_on=dt.date(2026, 12, 31)),
        "bo": SessionFactory(study=talks, participant=bo, held_on=dt.date(2026, 11, 5)),
        "ann tests": SessionFactory(study=tests, participant=ann, held_on=dt.date(2026, 11, 6)),
        "cid": SessionFactory(study=survey, participant=cid, held_on=dt.date(2026, 11, 7)),
        "bo before": SessionFactory(study=talks, participant=bo, held_on=dt.date(2026, 9, 30)),
        "after": SessionFactory(study=talks, participant=bo, held_on=dt.date(2027, 1, 1)),
    }
    for name in ("ann", "ann again", "ann tests", "bo", "cid", "bo before", "after"):
        HighlightFactory(session=sessions[name], tagged=[slow])
    HighlightFactory(session=sessions["ann"], tagged=[slow])
    HighlightFactory(session=sessions["bo before"], tagged=[dear])
    HighlightFactory(session=sessions["bo"], tagged=[])
    return sessions


def built(ops, now, quarter=Q4, capture=None):
    with capture(execute=True):
        report = reports.build(quarter, by=ops, at=now)
    report.refresh_from_db()
    return report


@pytest.fixture
def report(quarter, ops, now, django_capture_on_commit_callbacks):
    return built(ops, now, capture=django_capture_on_commit_callbacks)


def theme(report, name):
    return next(row for row in report.snapshot["themes"] if row["name"] == name)


def test_the_quarter_is_counted(report):
    now, before = report.snapshot["totals"]["now"], report.snapshot["totals"]["before"]
    assert (now["sessions"], now["studies"], now["highlights"], now["accounts"]) == (5, 3, 7, 1)
    assert (now["interviewees"], now["testers"], now["respondents"]) == (2, 1, 1)
    assert (before["sessions"], before["interviewees"], before["highlights"]) == (1, 1, 2)
    assert "people" not in now


def test_a_theme_counts_highlights_sessions_and_people(report):
    slow = theme(report, "Slow")
    assert (slow["now"]["highlights"], slow["now"]["sessions"], slow["now"]["studies"]) == (6, 5, 3)
    said = {one["kind"]: (one["hits"], one["of"]) for one in slow["kinds"]}
    assert said == {"interviewees": (2, 2), "testers": (1, 1), "respondents": (1, 1)}
    assert (slow["kinds"][0]["before"]["hits"], slow["kinds"][0]["before"]["of"]) == (1, 1)
    assert theme(report, "Dear")["now"]["highlights"] == 0
    assert theme(report, "Dear")["before"]["interviewees"] == 1


def test_two_people_are_too_few_to_speak_of_a_change(report):
    assert theme(report, "Slow")["change"] == "few"


def test_a_heard_theme_has_a_section_with_quotes_of_different_people(report):
    section = report.sections.get(key="tag:slow")
    people = [
        Highlight.objects.get(pk=quote["highlight"]).session.participant.name
        for quote in section.data["quotes"]
    ]
    assert sorted(people) == ["Ann", "Bo", "Cid"]
    assert not report.sections.filter(key__in=["tag:dear", "tag:mute"]).exists()


def test_gaps_and_unknown_are_named(report):
    coverage = report.sections.get(key="coverage").data
    assert coverage["silent"] == ["Small business", "Mid-market"]
    assert "Nobody was heard from Mid-market." in coverage["gaps"]
    unknown = next(row for row in coverage["segments"] if row["key"] == "unknown")
    assert (unknown["now"]["interviewees"], unknown["now"]["respondents"]) == (1, 1)


def test_insights_published_in_the_quarter_stand_in_it(quarter, ops, now, django_capture_on_commit_callbacks):
    at = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    highlight = Highlight.objects.first()
    inside = InsightFactory(published=True, created_at=at, evidence=[highlight])
    InsightFactory(published=True, created_at=at - dt.timedelta(seconds=1))
    InsightFactory(created_at=at)
    report = built(ops, now, capture=django_capture_on_commit_callbacks)
    (one,) = report.sections.get(key="insights").data["insights"]
    assert (one["insight"], one["highlights"], one["people"]) == (inside.pk, 1, 1)


def test_the_same_data_gives_the_same_bytes(report, ops, now, django_capture_on_commit_callbacks):
    first = report.fingerprint
    again = built(ops, now + dt.timedelta(days=1), capture=django_capture_on_commit_callbacks)
    assert again.pk == report.pk
    assert again.fingerprint == first
    HighlightFactory(session=Session.objects.order_by("pk").first())
    changed = built(ops, now, capture=django_capture_on_commit_callbacks)
    assert changed.fingerprint != first


def test_building_again_keeps_what_people_wrote_hid_and_moved(
    report, ops, now, django_capture_on_commit_callbacks
):
    opening, slow = report.sections.get(key="opening"), report.sections.get(key="tag:slow")
    reports.edit(slow, title="Slowness", body="It **matters**.", version=1, by=ops, at=now)
    reports.show(slow, shown=False, by=ops, at=now)
    reports.move(opening, steps=2, by=ops, at=now)
    order = list(report.sections.values_list("key", flat=True))
    built(ops, now, capture=django_capture_on_commit_callbacks)
    slow.refresh_from_db()
    assert (slow.title, slow.body, slow.hidden) == ("Slowness", "It **matters**.", True)
    assert list(report.sections.values_list("key", flat=True)) == order


def test_a_theme_that_lost_its_highlights_keeps_only_its_words(
    report, ops, now, django_capture_on_commit_callbacks
):
    slow = report.sections.get(key="tag:slow")
    reports.edit(slow, title="Slow", body="Kept.", version=1, by=ops, at=now)
    Highlight.objects.all().delete()
    built(ops, now, capture=django_capture_on_commit_callbacks)
    slow.refresh_from_db()
    assert (slow.body, slow.data) == ("Kept.", {})


def test_an_empty_quarter_has_a_report_too(ops, now, django_capture_on_commit_callbacks):
    report = built(ops, now, Quarter(2020, 1), capture=django_capture_on_commit_callbacks)
    assert report.sections.get(key="summary").data["leads"] == ["No session was held in Q1 2020."]


def test_the_job_goes_through_its_stages_and_is_done_once(report, now):
    assert report.job.state == JobState.DONE
    assert report.job.log.splitlines() == [*report_material.STAGES, reports.LOOKING, reports.WRITING, "Done"]
    assert report.job.result_url == report.get_absolute_url()
    build_report(job_id=report.job_id)  # delivered a second time
    assert Event.objects.filter(verb="report.built").count() == 1


def test_a_cancelled_build_leaves_nothing(quarter, ops, now):
    report = reports.build(Q4, by=ops, at=now)
    jobs.cancel(report.job, at=now)
    build_report(job_id=report.job_id)
    report = InsightReport.objects.get()
    assert (report.stopped, report.sections.count(), report.job.state) == (True, 0, JobState.CANCELLED)


def test_a_build_cancelled_under_way_keeps_the_draft_as_it_was(report, ops, now, monkeypatch):
    before = (report.fingerprint, report.sections.count())
    HighlightFactory(session=Session.objects.order_by("pk").first())
    again = reports.build(Q4, by=ops, at=now)
    tally = report_material.tally

    def cancel_then_count(*args):
        jobs.cancel(again.job, at=now)
        return tally(*args)

    monkeypatch.setattr(report_material, "tally", cancel_then_count)
    build_report(job_id=again.job_id)
    report.refresh_from_db()
    assert (report.fingerprint, report.sections.count()) == before
    assert report.job.state == JobState.CANCELLED


def test_a_worker_killed_half_way_leaves_no_half_report_and_another_takes_over(
    quarter, ops, now, monkeypatch
):
    report = reports.build(Q4, by=ops, at=now)

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(reports, "_write_sections", killed)
        with pytest.raises(SystemExit):
            build_report(job_id=report.job_id)
    report = InsightReport.objects.get()
    assert (report.state, report.sections.count(), report.job.state) == ("building", 0, JobState.RUNNING)
    type(report.job).objects.update(beat_at=now - dt.timedelta(minutes=5))
    build_report(job_id=report.job_id)
    report = InsightReport.objects.get()
    assert (report.state, report.job.state) == ("draft", JobState.DONE)


def test_a_failure_says_so_and_the_build_can_be_asked_again(quarter, ops, now, monkeypatch):
    report = reports.build(Q4, by=ops, at=now)
    with monkeypatch.context() as patch:
        patch.setattr(reports, "compose", lambda material: 1 / 0)
        build_report.apply(kwargs={"job_id": report.job_id}, throw=False)
    report = InsightReport.objects.get()
    assert report.stopped
    assert "Something broke on our side" in report.job.stage
    again = reports.build(Q4, by=ops, at=now)
    assert again.pk == report.pk


def test_one_build_at_a_time(quarter, ops, now):
    reports.build(Q4, by=ops, at=now)
    with pytest.raises(reports.Refused):
        reports.build(Q4, by=ops, at=now)


def test_a_quarter_published_before_gets_a_new_edition(report, ops, now):
    publish(report, by=ops, at=now)
    second = reports.build(Q4, by=ops, at=now)
    assert (second.edition, second.title) == (2, "Insight report Q4 2026, edition 2")


def test_the_page_of_quarters_says_what_each_would_cover(quarter):
    sizes = report_material.scopes([Q4, Q4.previous])
    assert sizes == {"2026-Q4": (5, 7, 3, 0), "2026-Q3": (1, 2, 1, 0)}


def test_reading_costs_the_same_whatever_the_size(quarter, django_assert_max_num_queries):
    for _ in range(20):
        HighlightFactory(session=quarter["ann"], tagged=[TagFactory()])
    with django_assert_max_num_queries(36):
        report_material.gather(Q4)
