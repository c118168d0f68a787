"""A cycle on paper: its numbers, every objective with its key results, what it came to and taught."""

from io import BytesIO

from django.urls import reverse
from pypdf import PdfReader

from process.models import CycleState, Grade, OkrCycle, Retrospective
from process.queries.papers import paper
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory
from tests.factories.prodops import TeamFactory


def _text(response):
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_graded_cycle_is_printed_with_what_it_came_to(objective, key_result, member, now, as_):
    CheckInFactory(key_result=key_result, value=50.0, confidence=6)
    key_result.current = 50.0
    key_result.save()
    KeyResultFactory(objective=objective, title="Errors stay low", guardrail=True)
    Grade.objects.create(key_result=key_result, value=0.5, on_time=True, by=member, at=now)
    Retrospective.objects.create(objective=objective, learned="Dates *break* #imports", by=member, at=now)
    gone = {"abandoned_at": now, "abandoned_by": member, "abandoned_reason": "The law changed"}
    ObjectiveFactory(cycle=objective.cycle, title="Old law", **gone)
    OkrCycle.objects.update(state=CycleState.GRADING)
    url = reverse("process:cycle_pdf", args=[objective.cycle.slug])
    text = _text(as_(member).get(url))
    for words in ("Imports that work", "40.0 %", "0.50 yellow", "Dates *break* #imports", "The law changed"):
        assert words in text
    theirs = _text(as_(member).get(f"{url}?team={objective.team.slug}"))
    assert "Imports that work" in theirs
    assert "Old law" not in theirs
    assert as_(member).get(f"{url}?team=none-such").status_code == 404


def test_an_active_cycle_says_its_paces_and_an_empty_one_that_it_is_empty(objective, key_result, cycle, now):
    made = paper(cycle, at=now)
    [team] = made["teams"]
    [row] = team["objectives"][0]["results"]
    assert (row["title"], row["way"], row["grade"]) == (key_result.title, "40.0\u00a0% → 60.0\u00a0%", "")
    assert {one["label"] for one in made["facts"]} >= {"objectives", "on track", "behind", "at risk"}
    assert paper(cycle, at=now, team=TeamFactory())["teams"] == []
