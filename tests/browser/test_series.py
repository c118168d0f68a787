"""A KPI's values as its owner sees them: chart by parts, annotated, zoomed; tokens; what was restated."""

import datetime as dt

from django.urls import reverse
from playwright.sync_api import expect

from metrics.models import Annotation, KpiTarget
from metrics.services import series as services
from metrics.services.ingest import Row
from tests.factories.metrics import KpiFactory, day
from tests.factories.metrics import series as points

YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


def test_values_from_parts_to_a_token(walker, member, team):
    now = dt.datetime.now(dt.UTC)
    kpi = KpiFactory(team=team, owner=member, name="Import success", dimensions=["country"])
    points(kpi, YESTERDAY, [62 + n % 7 / 2 for n in range(200)])
    parts = [
        Row(day(YESTERDAY - dt.timedelta(days=n)), 55 + 3 * number + n % 5, (("country", country),))
        for number, country in enumerate(("Germany", "France", "Poland"))
        for n in range(80)
    ]
    said = {"source_kind": "api", "said": "Nightly", "by": member, "at": now}
    services.bring_in(kpi, parts, **said)
    services.bring_in(kpi, [Row(day(YESTERDAY), 59.5)], **said)
    KpiTarget.objects.create(
        kpi=kpi, version_id=kpi.count_version_id, effective_from=YESTERDAY - dt.timedelta(days=60),
        value=66, set_by=member, set_at=now,
    )  # fmt: skip

    page = walker.sign_in(member).open(kpi.get_absolute_url())
    chart = page.locator("[data-kpi-chart][data-drawn] canvas")
    expect(chart).to_be_visible()
    page.get_by_role("link", name="Annotate").click()
    page.get_by_label("In words").fill("New importer for everybody")
    page.get_by_label("On", exact=True).fill(str(YESTERDAY - dt.timedelta(days=20)))
    page.get_by_label("Until").fill(str(YESTERDAY - dt.timedelta(days=15)))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Launch: New importer for everybody").first).to_be_visible()
    assert Annotation.objects.get().kpi == kpi
    page.get_by_role("link", name="By country").click()
    page.wait_for_url("**by=country**")
    page.get_by_role("link", name="With the time before").click()
    page.wait_for_url("**before=1**")
    expect(page.locator(".chart .u-legend")).to_contain_text("13 weeks before")
    expect(page.locator(".chart .u-legend")).to_contain_text("Poland")
    page.locator(".chart").focus()
    page.keyboard.press("+")
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()
    walker.pictures("series-chart")
    walker.assert_accessible()

    page = walker.open(reverse("metrics:token_list"))
    page.get_by_label("What it is for").fill("dbt nightly job")
    page.get_by_label("Team").select_option(label=team.name)
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("“dbt nightly job” is ready")).to_be_visible()
    walker.shot("series-token")
    walker.assert_accessible()
    for name, arguments in (
        ("restatement_list", [kpi.slug]), ("annotation_list", []), ("kpi_api", [kpi.slug]),
        ("source_list", []),
        ("pull_write", [kpi.slug]), ("series_upload", [kpi.slug]),
    ):  # fmt: skip
        page = walker.open(reverse(f"metrics:{name}", args=arguments))
        walker.shot(f"series-{name}")
        walker.assert_accessible()
