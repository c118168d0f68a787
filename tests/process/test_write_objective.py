import pytest
from django.db import IntegrityError, transaction

from process import queries
from process.formulas import okrs
from process.models import KeyResult, Objective
from process.services import objectives
from prodops.models import Event, Notification, SearchEntry
from tests.factories.metrics import KpiFactory, series
from tests.factories.process import CheckInFactory, KeyResultFactory
from tests.factories.prodops import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def _objective(team, owner, **fields):
    return {
        "title": "Imports work",
        "why": "",
        "team": team.pk,
        "owner": owner.pk,
        "intent": "committed",
        "reason": "The board asked",  # the cycle is active
    } | fields


def _key_result(owner, **fields):
    return {
        **{"title": "From 40 to 60", "kind": "increase", "source": "hand", "unit": "percent"},
        **{"start": "40", "target": "60"},
        **{"owner": owner.pk, "weight": "1"},
        **fields,
    }


def _add(objective, by, at, **fields):
    said = {"title": "A", "unit": "count", "start": 0, "target": 9, "weight": 1, "owner": by, "kpi": None}
    return objectives.add_key_result(objective, **said | fields, by=by, at=at)


def test_a_team_writes_its_objective_and_goes_on_to_key_results(as_, cycle, team, member):
    page = as_(member).post(f"{cycle.get_absolute_url()}objectives/write/", _objective(team, member))
    objective = Objective.objects.get()
    assert page.headers["Location"] == f"/process/okrs/objectives/{objective.pk}/key-results/add/"
    page = as_(member).post(page.headers["Location"], _key_result(member))
    row = KeyResult.objects.get()
    assert (row.start, row.target, row.objective) == (40, 60, objective)
    assert "From 40 to 60" in SearchEntry.objects.get(kind="objective").body


def test_nobody_writes_for_a_foreign_team(as_, cycle, member):
    page = as_(member).post(f"{cycle.get_absolute_url()}objectives/write/", _objective(TeamFactory(), member))
    assert page.status_code == 200
    assert not Objective.objects.exists()


def test_another_team_reads_and_does_not_edit(as_, objective, key_result):
    stranger = UserFactory()
    assert as_(stranger).get(objective.get_absolute_url()).status_code == 200
    for path in (f"objectives/{objective.pk}/edit/", f"key-results/{key_result.pk}/edit/"):
        assert as_(stranger).get(f"/process/okrs/{path}").status_code == 404


def test_an_objective_is_put_in_other_words(as_, objective, member, team):
    url = f"/process/okrs/objectives/{objective.pk}/edit/"
    page = as_(member).post(url, _objective(team, member, title="Imports work at once"))
    assert page.headers["Location"] == objective.get_absolute_url()
    entry = SearchEntry.objects.get(kind="objective", object_id=objective.pk)
    assert entry.title == "Imports work at once"


def test_start_at_target_is_refused_with_a_suggestion(as_, objective, member, now):
    url = f"/process/okrs/objectives/{objective.pk}/key-results/add/"
    page = as_(member).post(url, _key_result(member, target="40"))
    assert "Put the start where the value stands today" in page.text
    with pytest.raises(okrs.NoDistance):
        _add(objective, member, now, start=9, target=9)
    assert not KeyResult.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyResultFactory(objective=objective, start=1, target=1)


def test_weights_that_sum_to_zero_are_refused(objective, member, now):
    with pytest.raises(okrs.ZeroWeights):
        _add(objective, member, now, weight=0)
    first = _add(objective, member, now)
    _add(objective, member, now, weight=0)
    fields = {"title": "A", "unit": "count", "start": 0, "target": 9, "owner": member, "kpi": None}
    with pytest.raises(okrs.ZeroWeights):
        objectives.edit_key_result(first, **fields, weight=0, by=member, at=now)
    first.refresh_from_db()
    assert first.weight == 1


def test_following_a_kpi_takes_its_unit_and_where_it_stands(as_, objective, member, now):
    kpi = KpiFactory(unit="hours", name="Time to first route")
    series(kpi, queries.company_day(now), [30.5])
    hint = as_(member).get("/process/okrs/kpi-hint/", {"kpi": kpi.pk}).text
    assert "30.5" in hint
    url = f"/process/okrs/objectives/{objective.pk}/key-results/add/"
    typed = {"kind": "decrease", "source": "kpi", "kpi": kpi.pk, "start": "", "target": "24"}
    as_(member).post(url, _key_result(member, **typed))
    row = KeyResult.objects.get()
    assert (row.unit, row.start, row.kpi) == ("hours", 30.5, kpi)
    page = as_(member).get(objective.get_absolute_url()).text
    assert "Time to first route" in page
    assert "as of" in page


def test_without_kpi_and_start_the_form_asks_for_one(as_, objective, member):
    url = f"/process/okrs/objectives/{objective.pk}/key-results/add/"
    assert "choose a KPI to follow" in as_(member).post(url, _key_result(member, start="")).text
    page = as_(member).post(url, _key_result(member, start="", source="kpi", kpi=KpiFactory().pk))
    assert "has no value yet" in page.text


def test_a_new_owner_is_told_once(objective, member, ops, now, django_capture_on_commit_callbacks):
    fields = {"title": "A", "unit": "count", "start": 0, "target": 9, "weight": 1, "kpi": None}
    with django_capture_on_commit_callbacks(execute=True):
        row = _add(objective, ops, now, owner=member)
    with django_capture_on_commit_callbacks(execute=True):
        objectives.edit_key_result(
            row, **fields | {"target": 12}, reason="More came in", owner=member, by=ops, at=now
        )
    assert Notification.objects.filter(recipient=member).count() == 1
    assert Event.objects.get(verb="key_result.agreed_anew").data["was"] == {"target": 9}


def test_what_was_is_kept(key_result, member, now):
    fields = {"title": "A", "unit": "percent", "start": 41, "target": 70, "weight": 1, "kpi": None}
    objectives.edit_key_result(key_result, **fields, reason="A", owner=member, by=member, at=now)
    from django.apps import apps

    kept = apps.get_model("process", "KeyResultEvent").objects.filter(pgh_obj_id=key_result.pk)
    assert list(kept.order_by("pgh_id").values_list("start", "target")) == [(40, 60), (41, 70)]


def test_what_has_history_is_not_removed(as_, objective, key_result, member, now):
    CheckInFactory(key_result=key_result)
    with pytest.raises(objectives.HasHistory):
        objectives.remove_key_result(key_result, by=member, at=now)
    with pytest.raises(objectives.HasHistory):
        objectives.remove(objective, by=member, at=now)
    key_result.check_ins.all().delete()
    as_(member).post(f"/process/okrs/key-results/{key_result.pk}/remove/")
    as_(member).post(f"/process/okrs/objectives/{objective.pk}/remove/")
    assert not Objective.objects.exists()
    assert not SearchEntry.objects.filter(kind="objective").exists()


def test_a_closed_cycle_takes_no_changes(as_, close, cycle, objective, key_result, team, member, ops, now):
    close(cycle, by=ops, at=now)
    with pytest.raises(objectives.CycleClosed):
        _add(objective, member, now)
    page = as_(member).post(f"{cycle.get_absolute_url()}objectives/write/", _objective(team, member))
    assert "closed" in page.text
    assert as_(member).get(f"/process/okrs/objectives/{objective.pk}/edit/").status_code == 404
