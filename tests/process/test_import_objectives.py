"""Files of objectives into a cycle: looked at first, whole or not at all, once, and taken back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from metrics.models import Unit
from process import formats
from process.formats.own import COLUMNS
from process.models import (
    Alignment,
    CheckIn,
    Grade,
    KeyResult,
    Kind,
    Milestone,
    Objective,
    OkrImport,
    Retrospective,
)
from process.queries import exchange
from process.services import alignments, okr_imports
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory
from tests.factories.prodops import TeamFactory, UserFactory

PAGE = """# Objective 1: Trust the board
- Ada: Double bookings from 3 to 1 => 50%
- KR: Nobody keeps a list of their own (0.2)
# Objective 2: Quick boards
- Ada: Open in a second
Words that are nothing.
"""


def _staged(cycle, team, ops, now, text=PAGE, name="okrs.md"):
    return okr_imports.stage(cycle, file_name=name, text=text, team=team, owner=ops, by=ops, at=now)


def test_nothing_comes_in_before_it_was_looked_at_and_then_once(cycle, team, ops, now, as_):
    client, ada = as_(ops), UserFactory(name="Ada L.")
    said = {"cycle": cycle.pk, "team": team.pk, "owner": ops.pk}
    file = SimpleUploadedFile("okrs.md", PAGE.encode())
    url = client.post(reverse("process:okr_import_new"), said | {"file": file}).url
    page = client.get(url).content.decode()
    assert not Objective.objects.exists()
    for words in ("Trust the board", "Words that are nothing.", "plain text", "Who are these?"):
        assert words in page
    load = OkrImport.objects.get()
    client.post(reverse("process:okr_import_settle", args=[load.pk]), {"person_0": ada.pk})
    client.post(reverse("process:okr_import_confirm", args=[load.pk]), {"reason": "Late"})
    client.post(reverse("process:okr_import_confirm", args=[load.pk]), {"reason": "Late"})
    rows = KeyResult.objects.order_by("objective", "position")
    assert list(rows.values_list("title", "owner", "kind", "current")) == [
        ("Double bookings from 3 to 1", ada.pk, "decrease", 2.0),
        ("Nobody keeps a list of their own", ops.pk, "increase", 20.0),
        ("Open in a second", ada.pk, "increase", None),
    ]
    again = _staged(cycle, team, ops, now)
    found = okr_imports.look(again)
    assert (found.new, [odd for _, _, odd in found.here]) == ([], [[], []])
    okr_imports.confirm(again, reason="Late", by=ops, at=now)
    assert Objective.objects.count() == 2
    assert "plain text" in client.get(load.get_absolute_url()).content.decode()
    assert b"plain text" in client.get(reverse("process:okr_import_left", args=[load.pk])).getvalue()


def test_an_import_is_taken_back_but_for_what_people_worked_on(cycle, team, ops, now):
    load = _staged(cycle, team, ops, now)
    okr_imports.confirm(load, reason="Late", by=ops, at=now)
    kept = Objective.objects.get(title="Quick boards")
    CheckInFactory(key_result=kept.key_results.get(), by=ops)
    stays = okr_imports.undo(load, by=ops, at=now)
    assert stays == [["Quick boards", "somebody has checked in on it"]]
    assert list(Objective.objects.all()) == [kept]
    with pytest.raises(okr_imports.NotUndone):
        okr_imports.undo(load, by=ops, at=now)


def test_a_closed_cycle_takes_nothing(cycle, team, ops, now):
    load = _staged(cycle, team, ops, now)
    type(cycle).objects.filter(pk=cycle.pk).update(state="closed", closed_at=now, closed_by=ops)
    with pytest.raises(okr_imports.NotStaged, match="closed"):
        okr_imports.confirm(load, reason="Late", by=ops, at=now)
    assert not Objective.objects.exists()


def test_what_comes_into_an_active_cycle_says_why(cycle, team, ops, now, as_):
    type(cycle).objects.filter(pk=cycle.pk).update(state="active", activated_at=now, activated_by=ops)
    load, client = _staged(cycle, team, ops, now), as_(ops)
    assert "Why they come in now" in client.get(load.get_absolute_url()).text
    url = reverse("process:okr_import_confirm", args=[load.pk])
    answer = client.post(url, {"reason": " "})
    assert answer.status_code == 422
    assert "Say why one more comes in" in answer.text
    assert not Objective.objects.exists()
    client.post(url, {"reason": "Bought with the other company"})
    one = Objective.objects.get(title="Quick boards")
    page = client.get(one.get_absolute_url()).text
    assert "Written after the cycle became active" in page
    assert "Bought with the other company" in page
    assert one.key_results.get().agreed_target == 100
    load.refresh_from_db()
    assert okr_imports.undo(load, by=ops, at=now) == []


def test_what_cannot_be_read_is_said_beside_the_file(cycle, team, ops, as_):
    said = {"cycle": cycle.pk, "team": team.pk, "owner": ops.pk, "pasted": "only words"}
    answer = as_(ops).post(reverse("process:okr_import_new"), said)
    assert answer.status_code == 422
    assert not OkrImport.objects.exists()


def _everything(cycle, team, ops, now):
    """A cycle with objectives of all levels, key results of all kinds, milestones and alignments."""
    year = OkrCycleFactory(year=cycle.year, number=None)
    yearly = ObjectiveFactory(cycle=year, team=team, owner=ops, title="The year", level="company")
    ours = {"cycle": cycle, "team": team, "owner": ops}
    top = ObjectiveFactory(**ours, title="=SUM(A1)", level="company", why="So.\n\nIt is.")
    other = TeamFactory()
    theirs = {"cycle": cycle, "team": other, "owner": ops}
    one = ObjectiveFactory(**theirs, title="Second", intent="learning", learned="Less")
    left = ObjectiveFactory(
        **theirs,
        **{"title": "Left", "level": "personal", "position": 1},
        **{"abandoned_at": now, "abandoned_by": ops, "abandoned_reason": "Out of time"},
    )
    first = None
    shapes = {
        Kind.INCREASE: {"start": 1.0, "target": 2.0, "stretch": 3.5},
        Kind.DECREASE: {"start": 2.0, "target": -1e-9},
        Kind.KEEP_ABOVE: {"low": 5.0},
        Kind.KEEP_BELOW: {"high": -5.0},
        Kind.KEEP_WITHIN: {"low": 1.0, "high": 2.0, "guardrail": True},
        Kind.MILESTONES: {},
        Kind.ORDINAL: {"start": 0.0, "target": 2.0, "levels": ["None", "Some, few", "All"]},
    }
    assert set(shapes) == set(Kind)
    for place, (kind, fields) in enumerate(shapes.items()):
        row = KeyResultFactory(
            **{"objective": one, "title": f"A {kind}", "kind": kind, "position": place, "unit": Unit.COUNT},
            **({"start": None, "target": None} | fields),
            **{"weight": place / 2, "current": place * 1.1},
        )
        first = first or row
    Milestone.objects.create(key_result=KeyResult.objects.get(kind="milestones"), title="Signed", weight=2.5)
    step = {"title": "Sent", "due_on": "2026-11-30", "done_at": now, "done_by": ops, "position": 1}
    Milestone.objects.create(key_result=KeyResult.objects.get(kind="milestones"), **step)
    KeyResultFactory(objective=left, title="Follower", source="key_result", follows=first, current=None)
    for child, parent, row, kind in (
        (one, top, None, "supports"),
        (one, yearly, None, "contributes"),
        (left, one, first, "contributes"),
    ):
        alignments.align(child, parent, key_result=row, kind=kind, by=ops, at=now)
    gone = UserFactory(is_active=False)
    for row, hand in ((first, True), (first, False), (KeyResult.objects.get(kind="milestones"), True)):
        CheckInFactory(key_result=row, by=gone, by_hand=hand, note="- It\n= rose", next="", value=1 / 3)
    KeyResult.objects.filter(pk=first.pk).update(agreed_start=1.0, agreed_target=2.5)
    Grade.objects.create(
        **{"key_result": first, "value": 0.35, "proposed": 0.5, "proposed_edited": 0.1, "why": "Late"},
        **{"on_time": False, "by": gone, "at": now},
    )
    Retrospective.objects.create(
        objective=one, went_well="So\r\n\r\nso", postmortem="x " * 3999 + "y", by=ops, at=now
    )


def _csv(plan):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(formats.to_csv_rows(plan))
    return out.getvalue()


@pytest.mark.parametrize("write", [_csv, lambda plan: formats.to_markdown(plan, "OKRs")])
def test_what_was_taken_out_comes_in_again_without_a_difference(cycle, team, ops, now, write):
    _everything(cycle, team, ops, now)
    plan = exchange.plan_of(cycle)
    text = write(plan)
    same = okr_imports.look(_staged(cycle, team, ops, now, text, "x"))
    assert (same.new, same.left, [odd for _, _, odd in same.here]) == ([], [], [[], [], []])
    Alignment.objects.filter(child__cycle=cycle).delete()
    CheckIn.objects.all().delete()
    KeyResult.objects.filter(follows__isnull=False).delete()
    KeyResult.objects.filter(objective__cycle=cycle).delete()
    Objective.objects.filter(cycle=cycle).delete()
    load = _staged(cycle, team, UserFactory(), now, text, "x")
    found = okr_imports.confirm(load, reason="Late", by=ops, at=now)
    assert found.left == []
    assert exchange.plan_of(cycle) == plan
    assert write(exchange.plan_of(cycle)) == text
    assert (found.check_ins, found.grades, found.lessons) == (3, 1, 1)
    assert okr_imports.undo(load, by=ops, at=now) == []
    assert not CheckIn.objects.exists()


def test_what_became_of_objectives_stays_in_its_cycle(cycle, team, ops, now):
    _everything(cycle, team, ops, now)
    text = formats.to_markdown(exchange.plan_of(cycle), "OKRs")
    other = OkrCycleFactory(year=cycle.year + 1, number=1)
    load = _staged(other, team, ops, now, text, "x")
    found = okr_imports.confirm(load, reason="Late", by=ops, at=now)
    assert any("stay there" in one.why for one in found.left)
    assert KeyResult.objects.filter(objective__cycle=other).count() == 8
    assert not CheckIn.objects.filter(key_result__objective__cycle=other).exists()
    assert not KeyResult.objects.filter(objective__cycle=other, agreed_start__isnull=False).exists()


def test_what_makes_no_sense_of_a_life_is_left_with_why(cycle, team, ops, now):
    one = ObjectiveFactory(cycle=cycle, team=team, owner=ops)
    CheckInFactory(key_result=KeyResultFactory(objective=one), confidence=4)
    text = formats.to_markdown(exchange.plan_of(cycle), "OKRs").replace(str(one), "Another")
    for was, becomes, why in (
        ("confidence: 4", "confidence: 40", "confidence of 40"),
        ("- week: 2026", "- week: 20x6", "is no date"),
        ("- week: ", "- weeks: ", "it has no week"),
        ("- at: 2026", "- at: soon", "is none"),
    ):
        load = _staged(cycle, team, ops, now, text.replace(was, becomes), "x")
        found = okr_imports.confirm(load, reason="Late", by=ops, at=now)
        assert [why in left.why for left in found.left] == [True]
        okr_imports.undo(load, by=ops, at=now)


def test_a_new_column_is_either_in_the_files_or_left_out_with_a_reason():
    for model in (Objective, KeyResult, Milestone, Alignment, CheckIn, Grade, Retrospective):
        name = {"keyresult": "key_result", "checkin": "check_in"}.get(
            model._meta.model_name, model._meta.model_name
        )
        columns = {field.name for field in model._meta.concrete_fields}
        left = {key.partition(".")[2] for key in exchange.LEFT_OUT if key.startswith(f"{name}.")}
        assert columns - exchange.HELD[name] - left == set(), (
            f"{name}: say in queries/exchange.py what of these"
        )
        assert not exchange.HELD[name] & left
        assert exchange.HELD[name] <= columns


def test_a_cycle_is_taken_out_as_csv_and_as_markdown(objective, key_result, submitter, as_):
    client, url = as_(submitter), reverse("process:okr_export", args=[objective.cycle.slug])
    assert b"First tries from 40 % to 60 %" in client.get(url).getvalue()
    text = client.get(f"{url}?format=md").content.decode()
    assert "## Objective 1: Imports that work" in text
    assert client.get(reverse("process:okr_import_list")).status_code == 403
