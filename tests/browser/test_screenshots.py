"""Draws the pictures of the README and the guide from the demo company: `make screenshots`."""

import datetime as dt
import os

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from metrics.models import Kpi
from prodops.models import User
from research.models import Insight, Session, Survey
from tests.browser.conftest import ROOT

pytestmark = pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="draws pictures, tests nothing")
IMAGES = ROOT / "docs" / "images"


@pytest.fixture
def picture(walker):
    """`picture(name)` keeps what the page shows: in docs/images where the pictures are to be drawn anew."""
    call_command("demo", today=dt.date(2026, 11, 23))
    folder = IMAGES if os.environ.get("SCREENSHOTS") else ROOT / "var" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    walker.sign_in(User.objects.get(email="pm@demo.test"))
    walker.page.set_viewport_size({"width": 1280, "height": 800})

    def keep(name):
        walker.page.screenshot(path=folder / f"{name}.png", caret="initial")
        assert (folder / f"{name}.png").stat().st_size > 20_000

    return keep


def test_the_readme_shows_the_product(walker, picture):
    session = Session.objects.filter(highlights__isnull=False).order_by("-held_on", "pk").first()
    page = walker.open(session.get_absolute_url())
    expect(page.get_by_role("heading", name=session.title)).to_be_visible()
    picture("session")

    walker.open(Kpi.objects.get(slug="import-success-first-try").get_absolute_url())
    expect(page.locator(".uplot canvas").first).to_be_visible()
    picture("kpi")

    walker.open(reverse("coordination:triage"))
    expect(page.get_by_role("heading", name="Triage")).to_be_visible()
    picture("triage")

    walker.open(f"{reverse('search')}?q=import+fails+without+saying+why")
    expect(page.locator("main mark").first).to_be_visible()
    picture("search")

    walker.open(reverse("research:tag_list"))
    expect(page.get_by_role("heading", name="Tags", exact=True)).to_be_visible()
    picture("tags")

    survey = Survey.objects.order_by("pk").first()
    walker.open(survey.get_absolute_url())
    expect(page.locator("main svg").first).to_be_visible()
    picture("survey")

    claim = Insight.objects.filter(status="published").order_by("-published_at", "pk").first()
    walker.open(claim.get_absolute_url())
    expect(page.get_by_role("heading", name=claim.title)).to_be_visible()
    picture("insight")

    for name in ("home", "research:study_list", "metrics:kpi_list"):
        walker.open(reverse(name))
        walker.shot(name.replace(":", "-"))
