"""A board from its first panel to the wall, arranged by mouse and keys; and the catalogue's clean-up."""

import datetime as dt
import math

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from metrics.models import CheckedHost, Dashboard, KpiTarget
from metrics.services import boards
from tests.factories.dashboards import DashboardFactory, PanelFactory
from tests.factories.metrics import IncidentFactory, KpiFactory, series

NAMES = ("Activation, day 7", "Import success", "New trials", "Time to first route", "Tickets per account")


@pytest.fixture
def kpis(member, team):
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    made = [KpiFactory(name=name, owner=member, team=team, approved=True) for name in NAMES]
    for number, kpi in enumerate(made):
        late = 9 if number == 3 else 0
        values = [60 + number * 4 + 4 * math.sin(day / 5 + number) for day in range(120)]
        series(kpi, yesterday - dt.timedelta(days=late), values)
    KpiTarget.objects.create(
        kpi=made[1],
        version=made[1].count_version,
        effective_from=yesterday,
        value=75,
        low=58,
        set_by=member,
        set_at=made[1].defined_at,
    )
    IncidentFactory(kpi=made[0], severity=3)
    return made


def names(page):
    return page.locator("[data-panel] .tile-title").all_inner_texts()


def test_a_board_from_its_first_panel_to_the_wall(walker, member, ops, submitter, team, kpis):
    page = walker.sign_in(member).open(reverse("metrics:board_add"))
    page.get_by_label("Name", exact=True).fill("Monday review")
    page.get_by_label("Submitter").check()
    page.get_by_role("button", name="Start it").click()
    page.get_by_role("combobox", name="KPI").fill("activ")
    page.get_by_role("option", name="Activation, day 7").click()
    page.get_by_role("button", name="Add it", exact=True).click()
    expect(page.locator("[data-panel]")).to_have_count(1)
    board = Dashboard.objects.get(name="Monday review")
    kinds = zip(kpis[1:], ("target", "spark", "value", "table"), strict=True)
    for place, (kpi, kind) in enumerate(kinds, start=1):
        PanelFactory(dashboard=board, kpi=kpi, kind=kind, position=place, width=2 if place == 1 else 1)
    page.reload()
    assert names(page) == list(NAMES)

    # by keyboard: the handle has the focus, arrows move, what happened is said, z takes it back
    page.locator("[data-handle]").nth(2).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("div[role=status]").last).to_have_text("New trials is in place 1 of 5")
    expect(page.locator("[data-version-now='3']")).to_be_visible()
    assert names(page)[:3] == ["New trials", "Activation, day 7", "Import success"]
    board.refresh_from_db()
    assert [panel.kpi.name for panel in board.panels.order_by("position")][:2] == ["New trials", NAMES[0]]

    # whoever takes back or leaves before a move was sent does it to the board with the move
    page.keyboard.press("End")
    page.locator("[data-undo]").click()
    expect(page.locator("[data-version-now='5']")).to_be_visible()
    assert names(page)[0] == "New trials"
    page.locator("[data-handle]").first.focus()
    page.keyboard.press("End")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("link", name="Arrange")).to_be_visible()
    assert names(page)[-1] == "New trials"
    page.get_by_role("link", name="Arrange").click()
    page.locator("[data-undo]").click()
    expect(page.locator("[data-version-now='7']")).to_be_visible()

    # by mouse
    source, target = page.locator("[data-handle]").nth(4), page.locator("[data-panel]").nth(0)
    box, to = source.bounding_box(), target.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(to["x"] + 60, to["y"] + 60, steps=8)
    page.mouse.move(to["x"] + 20, to["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator("[data-version-now='8']")).to_be_visible()
    assert names(page)[0] == "Tickets per account"
    page.locator("body").click(position={"x": 700, "y": 12})
    page.keyboard.press("z")
    expect(page.locator("[data-panel] .tile-title").first).to_have_text("New trials")
    page.get_by_label("Change New trials").click()
    page.get_by_role("button", name="Half wide").first.click()
    expect(page.locator("[data-panel].w2")).to_have_count(2)

    # somebody else is quicker: their board is shown and said
    fresh = Dashboard.objects.get(pk=board.pk)
    order = list(fresh.panels.order_by("-position").values_list("pk", flat=True))
    boards.arrange(fresh, order, version=fresh.layout_version, by=ops, at=board.added_at)
    page.locator("[data-handle]").first.focus()
    page.keyboard.press("End")
    expect(page.get_by_text("Somebody else has changed this board meanwhile").first).to_be_visible()
    expect(page.locator("[data-panel] .tile-title").first).to_have_text("Tickets per account")
    walker.pictures("dashboards-arranging")
    walker.assert_accessible()

    # a salesperson reads it: meaning on focus, warnings always, time of the whole board
    page = walker.sign_in(submitter).open(reverse("metrics:dashboard_list"))
    page.get_by_role("link", name="Monday review").click()
    page.get_by_role("link", name="Activation, day 7").focus()
    expect(page.get_by_role("tooltip").filter(has_text="Share of first imports").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
    expect(page.get_by_text("Do not decide on 1 of these numbers yet")).to_be_visible()
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**range=30d")
    page.get_by_text("Accuracy in doubt").click()
    walker.pictures("dashboards-board")
    walker.assert_accessible()
    page.get_by_role("button", name="By mail on Mondays").click()
    expect(page.get_by_text("by mail from next Monday on")).to_be_visible()
    page.clock.install()
    page.get_by_role("link", name="Full screen").click()
    expect(page.locator("[data-wall] [data-panel]")).to_have_count(5)
    said = page.locator("[data-wall-said]")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/wall/**"):
        page.clock.fast_forward(61_000)
    expect(said).to_contain_text("As of")
    # nobody can see it: it rests, and asks at once when somebody can again
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.fast_forward(181_000)
    with page.expect_response("**/wall/**"):
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    assert len(asked) == 2
    page.get_by_role("button", name="Pause").click()
    expect(said).to_contain_text("Paused at")
    page.clock.fast_forward(181_000)
    with page.expect_response("**/wall/**"):
        page.get_by_role("button", name="Pause").click()
    assert len(asked) == 3
    walker.pictures("dashboards-wall")
    walker.assert_accessible()

    # product ops: whose links are checked, and the clean-up by keyboard with undo
    old = board.added_at - dt.timedelta(days=300)
    for number in range(2):
        DashboardFactory(name=f"Old report {number}", added_at=old)
    page = walker.sign_in(ops).open(reverse("metrics:checked_hosts"))
    page.get_by_role("button", name="Add bi.example.com").click()
    expect(page.get_by_text("Links of bi.example.com are checked from now on")).to_be_visible()
    assert CheckedHost.objects.get().added_by == ops
    page.get_by_role("link", name="Clean up", exact=True).click()
    expect(page.get_by_text("Nobody has ever opened it").first).to_be_visible()
    waiting = page.locator("[data-rows-row]").count()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("e")
    expect(page.get_by_text("Archived 1 dashboard").first).to_be_visible()
    expect(page.locator("[data-rows-row]")).to_have_count(waiting - 1)
    page.keyboard.press("z")
    expect(page.locator("[data-rows-row]")).to_have_count(waiting)
    walker.pictures("dashboards-clean-up")
    walker.assert_accessible()
    walker.open(reverse("metrics:digest", args=[board.pk]))
    expect(page.locator(".digest-picture")).to_be_visible()
    walker.pictures("dashboards-digest")
