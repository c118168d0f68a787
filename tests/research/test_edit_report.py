import pytest
from django.urls import reverse

from research.services import reports
from tests.factories.research import InsightReportFactory, ReportSectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return InsightReportFactory()


@pytest.fixture
def sections(report):
    return [ReportSectionFactory(report=report, title=title) for title in ("One", "Two", "Three")]


def titles(report):
    return list(report.sections.order_by("position").values_list("title", flat=True))


def test_commentary_is_written_in_place(as_, ops, sections):
    url = reverse("research:section_edit", args=[sections[0].pk])
    data = {"title": "One", "body": "It **matters**.", "version": 1}
    answer = as_(ops).post(url, data, headers={"HX-Request": "true"})
    assert "<strong>matters</strong>" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_it_works_without_javascript(as_, ops, sections, report):
    url = reverse("research:section_edit", args=[sections[0].pk])
    assert "<html" in as_(ops).get(url).content.decode()
    answer = as_(ops).post(url, {"title": "One", "body": "Words", "version": 1})
    assert answer.headers["Location"] == f"{report.get_absolute_url()}#s{sections[0].pk}"


def test_two_writers_lose_neither_text(as_, ops, sections, now):
    reports.edit(sections[0], title="One", body="Theirs.", version=1, by=ops, at=now)
    url = reverse("research:section_edit", args=[sections[0].pk])
    answer = as_(ops).post(url, {"title": "One", "body": "Mine.", "version": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs." in page
    assert "Mine." in page
    assert 'value="2"' in page  # so that saving again is a decision, and works
    assert as_(ops).post(url, {"title": "One", "body": "Both.", "version": 2}).status_code == 302


def test_nothing_written_can_run(as_, ops, sections, now):
    body = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'
    reports.edit(sections[0], title="<b>One", body=body, version=1, by=ops, at=now)
    page = as_(ops).get(sections[0].report.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img src=x" not in page
    assert "<b>One" not in page


@pytest.mark.parametrize(
    ("which", "steps", "order"),
    [
        (0, 1, ["Two", "One", "Three"]),
        (2, -1, ["One", "Three", "Two"]),
        (0, -1, ["One", "Two", "Three"]),
        (2, 1, ["One", "Two", "Three"]),
        (0, 9, ["Two", "Three", "One"]),
    ],
)
def test_sections_move_and_stay_within_the_report(sections, report, ops, now, which, steps, order):
    reports.move(sections[which], steps=steps, by=ops, at=now)
    assert titles(report) == order


def test_a_move_answers_with_the_sections_alone(as_, ops, sections):
    url = reverse("research:section_move", args=[sections[0].pk])
    answer = as_(ops).post(url, {"steps": "1"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.index("Two") < page.index("One")
    assert "<html" not in page


def test_hiding_is_for_readers_only(as_, ops, sections):
    as_(ops).post(reverse("research:section_show", args=[sections[0].pk]), {"shown": "0"})
    sections[0].refresh_from_db()
    assert sections[0].hidden
    report = sections[0].report
    assert "One" in as_(ops).get(report.get_absolute_url()).content.decode()


def test_sections_of_ones_own_come_and_go(as_, ops, report, sections):
    as_(ops).post(reverse("research:section_add", args=[report.pk]), {"title": "Next steps"})
    assert titles(report)[-1] == "Next steps"
    mine = report.sections.get(title="Next steps")
    as_(ops).post(reverse("research:section_remove", args=[mine.pk]))
    assert "Next steps" not in titles(report)


def test_generated_sections_are_hidden_rather_than_removed(report, ops, now):
    generated = ReportSectionFactory(report=report, kind="summary", key="summary")
    with pytest.raises(reports.Refused):
        reports.remove_text(generated, by=ops, at=now)


def test_a_draft_can_be_discarded(as_, ops, report):
    as_(ops).post(reverse("research:report_discard", args=[report.pk]))
    assert not type(report).objects.exists()
