"""A person's week of OKRs by keyboard: five key results of five kinds, under a minute."""

import time

from django.utils import timezone
from playwright.sync_api import expect

from metrics.models import Severity
from process import queries
from process.models import CheckIn, CycleState, Kind, Milestone
from prodops.quarters import Quarter
from tests.factories.metrics import IncidentFactory, KpiFactory, day, series
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory

NONE = {"start": None, "target": None}
MOST_KEYS = 150  # with every word typed; who changes nothing presses one
A_MINUTE = 60


def _five(member, team, ops):
    """One objective of five kinds; a KPI behind the first has an open incident."""
    now = timezone.now()
    quarter = Quarter.of(queries.company_day(now))
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": ops}
    cycle = OkrCycleFactory(year=quarter.year, number=quarter.number, **signed)
    of = {"objective": ObjectiveFactory(cycle=cycle, team=team, owner=member, title="Imports that hold")}
    kpi = KpiFactory(name="Import success", team=team, owner=member)
    today = queries.company_day(now)
    series(kpi, today, [40.0 + n / 4 for n in range(40)] + [12.0, 9.0])
    window = {"window_from": day(today - timezone.timedelta(days=1)), "window_to": day(today)}
    IncidentFactory(kpi=kpi, severity=Severity.LOW, **window)
    rows = [
        KeyResultFactory(title="Import success from 40 % to 60 %", kpi=kpi, **of),
        KeyResultFactory(title="Hours to first route down to 24", unit="hours", start=30, target=24, **of),
        KeyResultFactory(
            title="Waits stay between 1 and 4",
            unit="minutes",
            kind=Kind.KEEP_WITHIN,
            low=1,
            high=4,
            **NONE,
            **of,
        ),
        KeyResultFactory(title="Spanish invoices", kind=Kind.MILESTONES, **NONE, **of),
        KeyResultFactory(
            title="Outage drill",
            kind=Kind.ORDINAL,
            levels=["Paper", "Tried", "Monthly"],
            start=0,
            target=2,
            **of,
        ),
    ]
    for place, title in enumerate(("Format agreed", "Signed", "Live")):
        Milestone.objects.create(key_result=rows[3], title=title, position=place)
    for weeks, hours, wait in ((3, 29, 3), (2, 28, 5), (1, 27, 2)):
        at = now - timezone.timedelta(weeks=weeks)
        CheckInFactory(key_result=rows[1], at=at, value=hours, note="Calls help.", next="More calls.")
        CheckInFactory(key_result=rows[2], at=at, value=wait, note="As it was.")
    return rows


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *names):
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1

    def type(self, text):
        self.page.keyboard.type(text)
        self.count += len(text)


def test_five_key_results_are_checked_in_on_by_keyboard_in_under_a_minute(walker, member, team, ops):
    rows = _five(member, team, ops)
    page = walker.sign_in(member).open("/process/okrs/check-in/")
    walker.shot("okr-check-in")
    walker.assert_accessible()
    began, keys = time.monotonic(), Keys(page)
    expect(page.locator(f"#id_k{rows[0].pk}-confidence")).to_be_focused()
    keys.type("6")
    keys.press("Tab")
    keys.type("Day-first dates")
    keys.press("Tab", "Tab", "Tab")  # past what is next and the row's own button
    expect(page.locator(f"#id_k{rows[1].pk}-value")).to_be_focused()
    keys.type("26")
    keys.press("Tab")
    keys.type("8")
    keys.press("Tab", "Tab", "Tab", "Tab")
    expect(page.locator(f"#id_k{rows[2].pk}-value")).to_be_focused()
    keys.type("3")
    keys.press("Tab", "Tab", "Tab", "Tab", "Tab")
    keys.press("Space", "8")  # a milestone done; a figure on its box is the confidence
    expect(page.locator(f"#id_k{rows[3].pk}-confidence")).to_have_value("8")
    keys.press("Tab", "Tab", "Tab", "Tab", "ArrowDown", "Tab")
    keys.type("7")
    keys.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("Checked in on 5 key results")
    assert time.monotonic() - began < A_MINUTE
    assert keys.count < MOST_KEYS
    said = CheckIn.objects.filter(week=queries.week_at(timezone.now())).order_by("key_result")
    assert [(one.confidence, round(one.value)) for one in said] == [(6, 49), (8, 26), (7, 3), (8, 33), (7, 1)]

    page.get_by_role("button", name="Undo the check-in on Outage drill").click()
    expect(page.locator("#check-in-done")).to_have_text("4 of 5 done")
