"""A survey comes in, its answers are tagged, a usability test is noted and a field filled in, by keyboard."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from prodops.models import Role
from prodops.services import custom_fields
from research.models import Highlight, Survey, SurveyImport, TaskResult, UsabilityTask
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import SessionFactory, StudyFactory, TagFactory
from tests.research.samples_surveys import ANSWERS

PHONE, DESK = {"width": 375, "height": 812}, {"width": 1440, "height": 900}


def test_a_survey_from_the_file_to_a_tag(walker):
    team = TeamFactory(name="Planning")
    maya = UserFactory(name="Maya Lindqvist", editor_of=team)
    study = StudyFactory(title="The board in numbers", team=team, lead=maya)
    TagFactory(name="Missing map")
    page = walker.sign_in(maya).open(study.get_absolute_url())
    page.get_by_role("link", name="Import a survey").press("Enter")
    page.get_by_label("Answers").set_input_files(
        {"name": "answers.csv", "mimeType": "text/csv", "buffer": ANSWERS}
    )
    walker.assert_accessible()
    page.get_by_role("button", name="Look at the columns").press("Enter")
    parts = page.get_by_label("What “Which parts?” is")
    parts.focus()
    page.keyboard.press("ArrowUp")  # one choice, not several
    page.keyboard.press("Enter")
    expect(parts.locator("option:checked")).to_have_text("One choice")
    expect(page.get_by_text("You said so.")).to_be_visible()
    parts.select_option("multi")
    expect(page.get_by_label("What stands between the answers of “Which parts?”")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("survey-columns")
    page.get_by_role("button", name="Import 3 respondents").press("Enter")
    expect(page.get_by_text("Imported: 3 new, 0 changed")).to_be_visible()
    page.get_by_text("By segment").first.press("Enter")
    walker.assert_accessible()
    walker.pictures("survey-results")
    page.get_by_role("link", name="Read and tag the answers").press("Enter")
    expect(page.get_by_role("heading", name="What is missing?")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.keyboard.type("Missing map")
    expect(page.get_by_role("option", name="Missing map")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("A map that says why a route was changed.")
    assert [tag.name for tag in Highlight.objects.get().tags.all()] == ["Missing map"]
    walker.assert_accessible()
    walker.pictures("survey-answers")
    page.goto(walker.server.url + Survey.objects.get().get_absolute_url())
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("1 highlight stands on answers of this import")).to_be_visible()
    assert SurveyImport.objects.get().state == "done"


def test_a_usability_test_and_a_typed_field(walker):
    team = TeamFactory(name="Planning")
    maya = UserFactory(name="Maya Lindqvist", role=Role.PRODUCT_OPS)
    study = StudyFactory(title="Can they replan alone?", team=team, lead=maya)
    for number in range(1, 4):
        SessionFactory(study=study, title=f"Test {number}")
    page = walker.sign_in(maya).open(study.get_absolute_url())
    page.get_by_role("link", name="Set up usability tasks").press("Enter")
    page.get_by_label("Task", exact=True).first.fill("Move a load")
    page.get_by_label("Counts as success when").first.fill("The driver is told")
    page.get_by_label("Task", exact=True).nth(1).fill("Say why the plan changed")
    walker.assert_accessible()
    page.get_by_role("button", name="Save the tasks").press("Enter")
    expect(page.get_by_text("nobody has tried").first).to_be_visible()
    for number, (outcome, time) in enumerate((("s", "1:23"), ("p", "2 min"), ("s", "55"))):
        if number == 0:
            page.get_by_role("link", name=re.compile("Enter results.*Test 1")).press("Enter")
        page.get_by_label("Outcome of Move a load").focus()
        page.keyboard.type(outcome)
        page.keyboard.press("Tab")
        page.keyboard.type(time)
        for answer in ("1", "6"):
            page.keyboard.press("Tab")
            page.keyboard.type(answer)
        for item in range(1, 11):
            page.locator(f"[name=sus_{item}]").fill("4" if item % 2 else "Disagree")
        if number == 0:
            walker.assert_accessible()
            walker.pictures("usability-entry")
        following = page.get_by_role("button", name="Save and next session")
        (following if number < 2 else page.get_by_role("button", name="Save", exact=True)).press("Enter")
        expect(page.get_by_text(f"The results of “Test {number + 1}” are saved.")).to_be_visible()
    assert list(TaskResult.objects.order_by("session_id").values_list("outcome", "seconds", "seq")) == [
        ("success", 83, 6),
        ("partial", 120, 6),
        ("success", 55, 6),
    ]
    assert UsabilityTask.objects.count() == 2
    expect(page.get_by_text("67 %").first).to_be_visible()
    walker.assert_accessible()
    walker.pictures("usability-results")

    page = walker.open(reverse("field_list"))
    page.get_by_role("link", name=re.compile("Add a field.*to studies")).press("Enter")
    page.get_by_label("Name").fill("For release")
    page.get_by_label("Kind").select_option("select")
    page.get_by_label("Options").fill("Spring\nAutumn")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("link", name="For release")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("fields")
    page = walker.open(study.get_absolute_url())
    page.get_by_role("link", name="Change For release").press("Enter")
    page.get_by_label("For release", exact=True).select_option("autumn")
    walker.assert_accessible()
    page.locator(".typed-form").get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("For release is saved.")).to_be_visible()
    expect(page.locator(".typed")).to_contain_text("Autumn")
    walker.pictures("typed-field")
    study.refresh_from_db()
    assert study.properties == {custom_fields.CustomField.objects.get().key: "autumn"}
