import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from process import queries
from process.models import CycleState, OkrCycle, Retrospective, ReviewAction
from prodops.quarters import Quarter
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory

SIZES = {"phone": {"width": 375, "height": 1500}, "desk": {"width": 1440, "height": 1000}}


@pytest.fixture
def cycle(team, member, ops):
    """A committed objective that is at risk and another one, with two people's check-ins."""
    now = timezone.now()
    quarter = Quarter.of(queries.company_day(now))
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": ops}
    cycle = OkrCycleFactory(year=quarter.year, number=quarter.number, **signed)
    calm = ObjectiveFactory(
        cycle=cycle, team=team, owner=ops, intent="aspirational", title="Planners trust what the board shows"
    )
    rough = ObjectiveFactory(
        cycle=cycle, team=team, owner=member, title="Make the first import something people get through"
    )
    rows = [
        KeyResultFactory(
            objective=calm, title="Loads replanned down to 15 %", start=16, target=15, current=15
        ),
        KeyResultFactory(
            objective=rough,
            title="Import success from 40 % to 60 %",
            current=42,
            agreed_start=40,
            agreed_target=70,
        ),
        KeyResultFactory(
            objective=rough, title="Messages that name the column", start=0, target=100, current=40
        ),
    ]
    for row, sure in zip(rows, (8, 7, 3), strict=True):
        CheckInFactory(key_result=row, value=row.current, confidence=sure, note="Day-first dates fail.")
    return cycle


def _look(walker, pages, name):
    """Pictures for whoever asks for them: they take longer than the walk."""
    if not os.environ.get("SHOTS"):
        return
    for size, shape in SIZES.items():
        walker.page.set_viewport_size(shape)
        for theme in ("light", "dark"):
            for label, path in pages.items():
                walker.open(path)
                walker.theme(theme)
                walker.shot(f"{name}-{label}-{size}-{theme}")


def test_a_review_and_what_it_leaves_behind(walker, cycle, member):
    page = walker.sign_in(member).open(cycle.get_absolute_url())
    page.get_by_role("link", name="Review", exact=True).click()
    page.get_by_role("button", name="Begin the meeting").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Make the first import")
    walker.assert_accessible()
    page.get_by_label("Decision", exact=True).fill("The target stands")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator("#recorded")).to_contain_text("The target stands")
    page.get_by_label("Action", exact=True).fill("Call the twelve accounts")
    page.get_by_role("button", name="Record the action").click()
    expect(page.locator("#recorded")).to_contain_text("Call the twelve accounts")
    screen = page.url
    page.locator("body").press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Planners trust")
    page.locator("body").press("d")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Make the first import")
    page.locator("body").press("m")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Minutes")
    walker.assert_accessible()
    minutes = page.url
    walker.open("/")
    page.get_by_role("button", name="Done: Call the twelve accounts").click()
    expect(page.locator("#panel-process-my_actions")).to_have_count(0)
    assert ReviewAction.objects.get().done_by == member

    OkrCycle.objects.update(state=CycleState.GRADING)
    grades = f"{cycle.get_absolute_url()}grades/"
    objective = cycle.objectives.get(title__startswith="Make the first")
    Retrospective.objects.create(
        objective=objective, learned="Dates break imports", by=member, at=timezone.now()
    )
    story = f"{objective.get_absolute_url()}story/"
    for path in (story, "/process/okrs/health/"):
        walker.open(path)
        walker.assert_accessible()
    pages = {
        "screen": screen.partition(walker.server.url)[2],
        "minutes": minutes.partition(walker.server.url)[2],
    }
    pages |= {
        "grades": grades,
        "story": story,
        "health": "/process/okrs/health/",
        "taught": f"{objective.get_absolute_url()}retrospective/",
    }
    _look(walker, pages, "review")
