"""Who serves whom, the company's page, and files of objectives, by somebody of product ops."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from process import queries
from process.models import Alignment, CycleState, Objective
from prodops.quarters import Quarter
from tests.factories.process import KeyResultFactory, ObjectiveFactory, OkrCycleFactory
from tests.factories.prodops import TeamFactory

PAGE = """# Trust the board
- Ada: Double bookings from 3 to 1 => 50%
- KR: Nobody keeps a list of their own (0.2)
Words that are nothing.
"""


@pytest.fixture
def quarter(team, member, ops):
    """A quarter with two objectives of the company and four of teams, three of which serve one."""
    now = timezone.now()
    period = Quarter.of(queries.company_day(now))
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": ops}
    cycle = OkrCycleFactory(year=period.year, number=period.number, **signed)
    tops = [
        ObjectiveFactory(cycle=cycle, owner=ops, team=team, level="company", title=title)
        for title in ("Carriers trust us with every load", "A new customer is routing within a day")
    ]
    other = TeamFactory(name="Dispatch board")
    titles = [
        "Make the first import something people get through",
        "Planners trust what the board shows",
        "Drivers answer in the app and not by telephone",
        "Learn what stops small fleets",
    ]
    for place, title in enumerate(titles):
        one = ObjectiveFactory(cycle=cycle, team=(team, other)[place % 2], owner=member, title=title)
        KeyResultFactory(objective=one, current=(58.0, 44.0, 51.0, None)[place])
        if place < 3:
            kind = "contributes" if place == 2 else "supports"
            Alignment.objects.create(child=one, parent=tops[place // 2], kind=kind, by=ops, at=now)
    return cycle


def test_objectives_are_aligned_and_brought_in(walker, quarter, ops, member):
    first = Objective.objects.get(title__startswith="Learn what")
    page = walker.sign_in(ops).open(first.get_absolute_url())
    panel = page.locator("#panel-process-alignment")
    panel.get_by_role("combobox").first.fill("new customer")
    page.get_by_role("option", name="A new customer").first.click()
    panel.get_by_role("button", name="Align", exact=True).click()
    expect(panel).to_contain_text("A new customer is routing within a day")
    walker.pictures("okr-panel")
    panel.get_by_role("button", name="Take the alignment").click()
    expect(panel.get_by_role("status")).to_contain_text("taken away")
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("A new customer is routing within a day")

    page = walker.open(f"/process/okrs/{quarter.slug}/tree/")
    boxes = page.locator("svg.tree [data-node]")
    expect(boxes).to_have_count(6)
    walker.assert_accessible()
    walker.pictures("okr-tree")
    boxes.first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("svg.tree path.on")).not_to_have_count(0)
    wide = page.locator("svg.tree").evaluate("one => one.clientWidth")
    page.keyboard.press("-")
    assert page.locator("svg.tree").evaluate("one => one.clientWidth") < wide
    page.get_by_role("link", name="Fold away what is below “A new").click()
    expect(page.locator("svg.tree [data-node]")).to_have_count(4)

    page = walker.open(f"/process/okrs/{quarter.slug}/company/")
    walker.assert_accessible()
    walker.pictures("okr-company")
    page = walker.open(f"/process/okrs/{quarter.slug}/teams/{first.team.slug}/")
    walker.assert_accessible()
    # beside the aside a key result's row folds; nothing lies on anything else
    first_row = page.locator(".okr-kr").first.locator("> div")
    assert first_row.nth(0).bounding_box()["width"] > 300
    walker.pictures("okr-team")

    page = walker.open("/process/okrs/imports/new/")
    walker.assert_accessible()
    page.get_by_label("File").set_input_files(
        {"name": "okrs.md", "mimeType": "text/markdown", "buffer": PAGE.encode()}
    )
    page.get_by_label("Cycle").select_option(str(quarter.pk))
    page.get_by_label("Team").select_option(str(first.team_id))
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#preview")).to_contain_text("Words that are nothing.")
    page.get_by_label("Ada").select_option(str(member.pk))
    walker.assert_accessible()
    walker.pictures("okr-import-preview")
    page.get_by_label("Why they come in now").fill("They came with the depot")
    page.get_by_role("button", name="Import 1 objective", exact=True).click()
    expect(page.locator(".head")).to_contain_text("Imported")
    walker.assert_accessible()
    assert Objective.objects.filter(title="Trust the board", key_results__owner=member).exists()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".head")).to_contain_text("Undone")
    walker.pictures("okr-import-undone")
    assert not Objective.objects.filter(title="Trust the board").exists()
