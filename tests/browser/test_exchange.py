"""A researcher brings in a project of another tool, looks at it, takes it back; and takes a study away."""

import zipfile

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from research.models import Highlight, Session, Tag
from tests.browser.conftest import PHONE
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import StudyFactory, TagFactory
from tests.research import exchange_files as files


@pytest.fixture
def researcher(db):
    return UserFactory(name="Maya Lindqvist", role="product_ops", editor_of=TeamFactory(name="Onboarding"))


@pytest.fixture
def study(researcher):
    return StudyFactory(title="Why imports fail", team=researcher.teams.get(), lead=researcher)


def test_a_project_comes_in_and_goes_out_by_keyboard_alone(walker, researcher, study, tmp_path):
    TagFactory(name="Import errors")
    page = walker.sign_in(researcher).open(study.get_absolute_url())
    page.get_by_role("link", name="Import into this study").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports/new/**")
    walker.assert_accessible()
    project = tmp_path / "onboarding.qdpx"
    project.write_bytes(files.maxqda())
    page.set_input_files("input[type=file]", project)
    page.get_by_role("button", name="Look inside").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Check before importing")
    expect(page.get_by_text("Pictures")).to_be_visible()
    expect(page.get_by_label("What to do with Import errors")).to_have_value("merge")
    walker.assert_accessible()
    walker.theme("light")
    walker.shot("exchange-preview")
    page.set_viewport_size(PHONE)
    walker.theme("dark")
    walker.shot("exchange-preview-phone-dark")
    page.set_viewport_size({"width": 1440, "height": 900})
    walker.theme("light")
    page.get_by_role("button", name="Import", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Undo the import")
    walker.assert_accessible()
    walker.theme("light")
    walker.shot("exchange-done")
    assert Highlight.objects.count() == 2
    walker.open(study.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name="Whole study").press("Enter")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "study.md" in archive.namelist()
    walker.shot("exchange-study")
    page = walker.open(reverse("research:import_list"))
    walker.assert_accessible()
    page.get_by_role("link", name="onboarding.qdpx").press("Enter")
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Undo the import").press("Enter")
    page.wait_for_selector("text=is undone")
    assert (Session.objects.count(), Tag.objects.count()) == (0, 1)
