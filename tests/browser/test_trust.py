"""Who sees a study, and taking personal data out of one, by keyboard alone."""

from django.urls import reverse
from playwright.sync_api import expect

from prodops import search
from prodops.models import Role
from research.models import Cue, RedactionChoice
from research.services import access_log
from tests.factories.prodops import CustomerAccountFactory, TeamFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

SAID = (
    "Hello, this is Dana Whitlock from Northwind Freight.",
    "The easiest is my mail, dana.whitlock@northwind.example, or my cell, +44 20 7946 0958.",
    "Our account number is 8841-2209, in case you need it for the invoice.",
    "I gave up after the second error. Dana's desk is where the calls land, I told them.",
)


def _world():
    team = TeamFactory(name="Onboarding")
    maya = UserFactory(name="Maya Lindqvist", editor_of=team)
    UserFactory(name="Tomas Berg", role=Role.PRODUCT_OPS)
    UserFactory(name="Inès Laurent")
    study = StudyFactory(title="Onboarding friction in the first weeks", team=team, lead=maya)
    person = ParticipantFactory(
        name="Dana Whitlock", account=CustomerAccountFactory(name="Northwind Freight")
    )
    session = SessionFactory(study=study, title="Interview with a dispatcher", participant=person)
    cues = [
        CueFactory(session=session, position=n, text=text, speaker=person.name) for n, text in enumerate(SAID)
    ]
    quote = HighlightFactory(
        session=session, start_cue=cues[1], end_offset=len(SAID[1]), tagged=[TagFactory(name="Contact")]
    )
    InsightFactory(title="Dispatchers give out their own numbers", team=team, evidence=[quote])
    for thing in (study, session, *cues, quote):
        search.index(thing)
    return maya, study, session


def test_a_study_is_kept_to_people_and_says_so(walker, now):
    maya, study, session = _world()
    page = walker.sign_in(maya).open(study.get_absolute_url())
    page.get_by_role("link", name="Everybody in research").click()
    page.get_by_label("The team and people named").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from now on")).to_be_visible()
    page.get_by_label("Add a person").select_option(label="Inès Laurent")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("named by Maya Lindqvist")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("trust-sharing")
    walker.open(study.get_absolute_url())
    expect(page.get_by_text("Kept to Onboarding and people named")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("trust-study")
    walker.open(session.get_absolute_url())
    walker.shot("trust-session")
    walker.open(reverse("research:study_list"))
    walker.shot("trust-studies")
    access_log.sessions(maya, "exported", [session.__class__.objects.select_related("study").get()], at=now)
    walker.open(reverse("research:study_sharing", args=[study.slug]))
    page.get_by_role("link", name="Who has read it").click()
    expect(page.get_by_role("cell", name="Exported")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("trust-access")
    page.goto(f"{walker.server.url}{reverse('research:participant_detail', args=[session.participant_id])}")
    walker.assert_accessible()
    walker.shot("trust-participant")


def test_personal_data_is_removed_by_keyboard_alone(walker):
    maya, study, session = _world()
    page = walker.sign_in(maya).open(
        f"{reverse('research:redaction', args=[study.slug])}?session={session.pk}"
    )
    spans = page.locator("[data-span]")
    expect(spans).to_have_count(5)
    walker.assert_accessible()
    walker.pictures("trust-redaction")
    current = page.locator('[data-span][aria-current="true"]')
    expect(current).to_contain_text("Hello, this is")
    page.keyboard.press("y")
    expect(page.locator(".span.remove")).to_have_count(1)
    expect(current).to_contain_text("dana.whitlock@northwind.example")
    page.keyboard.press("y")
    expect(page.locator(".span.remove")).to_have_count(2)
    page.keyboard.press("n")  # the phone number may stay
    expect(spans).to_have_count(4)
    page.keyboard.press("u")  # or rather not
    expect(spans).to_have_count(5)
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.get_by_role("button", name="Remove all: Phone numbers").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".span.remove")).to_have_count(3)
    page.get_by_role("button", name="Remove all: Names").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#effect")).to_contain_text("Dispatchers give out their own numbers")
    walker.assert_accessible()
    walker.pictures("trust-preview")
    page.locator("#effect").scroll_into_view_if_needed()
    walker.shot("trust-effect")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Remove for good").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Personal data removed")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("trust-done")
    assert Cue.objects.get(position=1).text == (
        "The easiest is my mail, [e-mail removed], or my cell, [phone number removed]."
    )
    assert "cannot be undone" in asked[0]
    assert not RedactionChoice.objects.filter(choice="remove").exists()
    walker.open(session.get_absolute_url())
    expect(page.locator("#transcript")).to_contain_text("this is [name removed] from Northwind Freight")
    walker.shot("trust-transcript")
