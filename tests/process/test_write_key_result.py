"""Key results of every kind and source: written, changed, refused."""

import datetime as dt

import pytest

from metrics.models import KpiVersion
from process import queries
from process.models import KeyResult, Kind, Milestone, Source
from process.services import key_results, objectives, shapes
from prodops.models import Event
from tests.factories.coordination import RoadmapItemFactory
from tests.factories.metrics import IncidentFactory, KpiFactory, day, series
from tests.factories.process import CheckInFactory, KeyResultFactory
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
NONE = {"start": None, "target": None}


@pytest.fixture
def add(as_, objective, member):
    url = f"/process/okrs/objectives/{objective.pk}/key-results/add/"

    def add(**typed):
        said = {"title": "Written", "unit": "percent", "owner": member.pk, "weight": "1", "source": "hand"}
        return as_(member).post(url, said | typed)

    return add


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ({"kind": "increase", "start": "4", "target": "8", "stretch": "9"}, {"stretch": 9, "target": 8}),
        ({"kind": "decrease", "start": "8", "target": "4"}, {"kind": Kind.DECREASE, "target": 4}),
        ({"kind": "keep_above", "low": "99.5", "target": "3"}, {"low": 99.5, "target": None}),
        ({"kind": "keep_below", "high": "2", "guardrail": "on"}, {"high": 2, "low": None, "guardrail": True}),
        ({"kind": "keep_within", "low": "2", "high": "4"}, {"low": 2, "high": 4}),
        ({"kind": "milestones"}, {"kind": Kind.MILESTONES, "unit": "percent", "start": None}),
        (
            {"kind": "ordinal", "levels": "None\nPilot\n\nAll", "start_level": "pilot"},
            {"levels": ["None", "Pilot", "All"], "start": 1, "target": 2},
        ),
    ],
)
def test_every_kind_is_written_with_its_own_fields(add, typed, made):
    page = add(**typed)
    assert page.status_code == 302, page.text
    row = KeyResult.objects.get()
    assert {name: getattr(row, name) for name in made} == made
    goes_on = "milestones" in page.headers["Location"]
    assert goes_on == (row.kind == Kind.MILESTONES), "one of milestones goes on to these"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "increase", "start": "8", "target": "4"}, "choose the kind “Decrease”"),
        ({"kind": "increase", "start": "4", "target": "8", "stretch": "6"}, "stretch lies beyond the target"),
        ({"kind": "increase", "start": "4"}, "Say where it should get to"),
        ({"kind": "keep_above"}, "should not fall below"),
        ({"kind": "keep_within", "low": "4", "high": "4"}, "upper bound lies above"),
        ({"kind": "ordinal", "levels": "Only one"}, "Write 2 to 12 levels"),
        ({"kind": "ordinal", "levels": "A\nB", "start_level": "C"}, "None of the steps above is called “C”"),
        ({"kind": "ordinal", "levels": "A\nB", "start_level": "B"}, "no way to go"),
        ({"kind": "increase", "start": "1", "target": "2", "source": "kpi"}, "This field is required"),
        ({"kind": "keep_below", "high": "2", "weight": "0"}, "weights sum to zero"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(add, typed, said):
    assert said in add(**typed).text
    assert not KeyResult.objects.exists()


def test_the_fields_shown_are_those_of_the_kind(as_, objective, member):
    url = f"/process/okrs/objectives/{objective.pk}/key-results/add/"
    htmx = {"HX-Request": "true"}
    asked = {"kind": "keep_within", "source": "hand", "low": "2"}
    shown = as_(member).get(url, asked, headers=htmx).text
    assert "<html" not in shown
    assert ('name="low"' in shown, 'name="high"' in shown, 'name="target"' in shown) == (True, True, False)
    assert 'value="2' in shown, "what was typed stays"
    shown = as_(member).get(url, {"kind": "milestones", "source": "roadmap"}, headers=htmx).text
    assert 'name="item"' in shown
    edited = KeyResultFactory(objective=objective, kind=Kind.KEEP_BELOW, high=3, **NONE)
    page = as_(member).get(f"/process/okrs/key-results/{edited.pk}/edit/").text
    assert 'name="high" value="3.0"' in page


def test_it_follows_another_key_result_and_never_in_a_circle(add, objective, member, now):
    root = KeyResultFactory(objective=objective, title="Root", current=52.0)
    typed = {"kind": "increase", "source": "key_result", "follows": root.pk, "follows_text": "Root"}
    assert add(**typed, target="80").status_code == 302
    row = KeyResult.objects.get(title="Written")
    assert (row.follows, row.start) == (root, 52.0), "an empty start is where it stands"
    fields = {"title": "Root", "weight": 1, "owner": member, "start": 1, "target": 2}
    with pytest.raises(shapes.Misshapen, match="in a circle: “Written” → “Root”"):
        objectives.edit_key_result(root, **fields, source=Source.KEY_RESULT, follows=row, by=member, at=now)
    with pytest.raises(shapes.Misshapen, match="Change that one first"):
        objectives.edit_key_result(root, **fields, unit="hours", by=member, at=now)
    with pytest.raises(objectives.HasHistory, match="Written"):
        objectives.remove_key_result(root, by=member, at=now)
    assert "counts in hours" in add(**typed | {"follows": _other(objective).pk}, target="80").text


def _other(objective):
    return KeyResultFactory(objective=objective, title="In hours", unit="hours", current=3)


def test_it_follows_the_milestones_of_a_roadmap_item(add, as_, member, submitter, now):
    item = RoadmapItemFactory(title="Guided import", state="in_progress")
    typed = {"kind": "milestones", "source": "roadmap", "item": f"coordination.roadmapitem:{item.pk}"}
    assert add(**typed).status_code == 302
    row = KeyResult.objects.for_list().get()
    [standing] = queries.standings([row], at=now)
    assert ([step.done for step in standing.steps], round(standing.value)) == ([True, True, False], 67)
    assert "Guided import" in as_(member).get(row.get_absolute_url()).text
    assert "Guided import" not in as_(submitter).get(row.get_absolute_url()).text
    assert "Select a valid choice" in add(**typed | {"item": "coordination.roadmapitem:999"}).text


def test_milestones_are_added_ordered_ticked_and_taken_back(as_, objective, member):
    row = KeyResultFactory(objective=objective, kind=Kind.MILESTONES, **NONE)
    page = f"/process/okrs/key-results/{row.pk}/milestones/"
    for title in ("Beta", "Launch"):
        as_(member).post(f"{page}add/", {"title": title, "due_on": "2026-12-01", "weight": "1"})
    first, second = Milestone.objects.all()
    at = "/process/okrs/milestones/{}/{}/".format
    as_(member).post(at(second.pk, "edit"), {"to": "up"})
    as_(member).post(at(first.pk, "edit"), {"title": "Open beta", "weight": "3", "due_on": ""})
    assert list(Milestone.objects.values_list("title", "weight")) == [("Launch", 1), ("Open beta", 3)]
    as_(member).post(at(first.pk, "tick"), {"done": "1"})
    as_(member).post(at(first.pk, "tick"), {"done": "1"})
    assert Event.objects.filter(verb="milestone.done").count() == 1
    assert "Open beta" in as_(member).get(objective.get_absolute_url()).text
    as_(member).post(at(first.pk, "tick"), {"done": "0"})
    assert not Milestone.objects.filter(done_at__isnull=False).exists()
    as_(member).post(at(second.pk, "edit"), {"to": "remove"})
    assert Milestone.objects.get() == first
    assert as_(UserFactory()).post(at(first.pk, "tick"), {"done": "1"}).status_code == 404


def test_data_in_doubt_are_waived_with_a_reason_and_that_is_taken_back(as_, objective, member, now):
    row = KeyResultFactory(objective=objective, kpi=KpiFactory())
    url, page = f"/process/okrs/key-results/{row.pk}/waive/", objective.get_absolute_url()
    today = queries.company_day(now)
    series(row.kpi, today, [50.0] * 9)
    IncidentFactory(kpi=row.kpi, window_from=day(today), window_to=day(today))
    assert "can't be graded until" in as_(member).get(page).text
    as_(member).post(url, {"reason": ""})
    assert not row.waivers.exists()
    as_(member).post(url, {"reason": "One day of ninety"})
    assert "One day of ninety" in as_(member).get(page).text
    as_(member).post(url, {"undo": "1"})
    assert not row.waivers.exists()
    with pytest.raises(key_results.NothingToDo):
        key_results.waive(KeyResultFactory(objective=objective), reason="x", by=member, at=now)


def test_the_new_definition_is_taken_with_a_baseline_and_a_reason(as_, objective, member, now):
    row = KeyResultFactory(
        objective=objective, kpi=KpiFactory(approved=True), agreed_start=40, agreed_target=60
    )
    series(row.kpi, queries.company_day(now), [50.0] * 9)
    url = f"/process/okrs/key-results/{row.pk}/redefine/"
    assert as_(member).get(url).status_code == 302, "nothing to take"
    old = row.kpi_version
    KpiVersion.objects.filter(pk=old.pk).update(state="past")
    new = KpiVersion.objects.get(pk=old.pk)
    new.pk, new.number, new.state = None, 2, "live"
    new.effective_from = queries.company_day(now) - dt.timedelta(days=1)
    new.save()
    row.kpi.count_version = row.kpi.live_version = new
    row.kpi.save()
    page = as_(member).get(objective.get_absolute_url()).text
    assert "counted by version 2 now" in page
    assert "counted otherwise" in page
    assert "Take the new definition" in as_(member).get(url).text
    said = {"start": "30", "target": "30", "reason": "It counts retries now"}
    assert "Put the start where" in as_(member).post(url, said).text
    assert as_(member).post(url, said | {"target": "45"}).status_code == 302
    row.refresh_from_db()
    assert (row.kpi_version, row.start, row.target, row.agreed_target) == (new, 30, 45, 60)
    assert Event.objects.get(verb="key_result.redefined").data["was"]["start"] == 40


def test_the_objective_page_shows_every_kind_with_a_chart_and_its_table(as_, objective, member, now):
    level = KeyResultFactory(objective=objective, kind=Kind.KEEP_WITHIN, low=2, high=4, **NONE)
    scale = KeyResultFactory(
        objective=objective, kind=Kind.ORDINAL, levels=["None", "Pilot", "All"], start=0, target=2
    )
    steps = KeyResultFactory(objective=objective, kind=Kind.MILESTONES, guardrail=True, **NONE)
    Milestone.objects.create(key_result=steps, title="Beta", done_at=now, done_by=member)
    for row, value in ((level, 3), (scale, 1), (steps, 100)):
        CheckInFactory(key_result=row, value=value, at=now, next="Ask two more teams")
        KeyResult.objects.filter(pk=row.pk).update(current=value)
    page = as_(member).get(objective.get_absolute_url()).text
    assert page.count("The chart as a table") == 3
    assert 'class="band"' in page
    assert "Ask two more teams" in page
    assert "Pilot" in page
    assert "Holding" in page
