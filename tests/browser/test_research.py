"""A PM's main job in a browser: a transcript comes in, is read, tagged, and becomes an insight."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from research.models import Highlight, Insight, Session, Tag
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
)

VTT = """WEBVTT

00:00:04.000 --> 00:00:09.500
<v Maya Lindqvist>What happened the first time you tried to import your routes?

00:00:10.000 --> 00:00:21.000
<v Dana Whitlock>Honestly 🚚🚚, I gave up after the second error and called our account manager.

00:00:22.000 --> 00:00:30.000
<v Dana Whitlock>It told me line 412 was wrong, but it didn't say what was wrong with it.
"""

SELECT = """([turn, words]) => {
  const said = document.querySelectorAll(".cue .said")[turn];
  const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at); range.setEnd(node, at + words.length);
    const boxes = [...range.getClientRects()], first = boxes[0], last = boxes.at(-1);
    return [first.left, first.top + first.height / 2, last.right, last.top + 8];
  }
}"""


@pytest.fixture
def study(member):
    return StudyFactory(team=member.teams.get(), lead=member, title="Onboarding friction")


@pytest.fixture
def session(study, member):
    session = SessionFactory(study=study, title="Interview with a dispatcher", moderator=member)
    for number in range(12):
        speaker = "Dana Whitlock" if number % 2 else "Maya"
        CueFactory(session=session, position=number, speaker=speaker, start_ms=number * 9_000)
    return session


def upload(page, text):
    file = {"name": "call.vtt", "mimeType": "text/vtt", "buffer": text.encode()}
    page.set_input_files("[name=transcript]", file)


def drag_over(page, turn, words):
    """Select words with the mouse."""
    left, top, right, bottom = page.evaluate(SELECT, [turn, words])
    page.mouse.move(left + 1, top)
    page.mouse.down()
    page.mouse.move(right - 1, bottom, steps=6)
    page.mouse.up()


def test_from_a_file_to_an_insight_with_the_mouse(walker, member, study):
    CustomerAccountFactory(name="Northwind Freight")
    page = walker.sign_in(member).open(reverse("research:session_create", args=[study.slug]))
    upload(page, VTT)
    page.fill("[name=title]", "Interview with a dispatcher")
    page.fill("[name=account_text]", "Northwind Freight")
    page.fill("[name=participant]", "Dana Whitlock")
    page.get_by_role("button", name="Add session").click()
    expect(page.locator(".cue")).to_have_count(3)

    drag_over(page, 1, "I gave up after the second error")
    expect(page.locator("#float-mark")).to_be_visible()
    walker.shot("research-selected")
    page.locator("#float-mark").click()
    page.locator("#tagger-search").fill("Gave up")
    expect(page.locator("#option-new")).to_have_text("Create “Gave up”")
    walker.shot("research-palette")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("mark.hl")).to_have_text("I gave up after the second error")
    expect(page.locator("#side-marks")).to_contain_text("Gave up")
    expect(page.locator("#said-aloud")).to_have_text("Highlighted with Gave up. Press u to undo.")
    highlight = Highlight.objects.get()
    assert highlight.quote == "I gave up after the second error"
    assert highlight.start_offset == len("Honestly 🚚🚚, ")

    drag_over(page, 2, "it didn't say what was wrong")
    page.keyboard.press("r")
    expect(page.locator("mark.hl")).to_have_count(2)
    walker.shot("research-tagged")

    page.locator("#side-marks .tag").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gave up")
    expect(page.locator(".said-row")).to_have_count(2)
    for box in page.locator("[name=highlight]").all():
        box.check()
    expect(page.locator("[data-picks-count]")).to_have_text("2")
    page.get_by_role("button", name="New insight from these").click()
    page.fill("[name=title]", "People give up at the second error")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".head")).to_contain_text("Published")
    expect(page.locator(".head")).to_contain_text("One study only")
    assert Insight.objects.get().evidence.count() == 2
    page.locator(".quote-link").first.click()
    expect(page.locator(".cue:target")).to_be_visible()


def test_the_same_with_the_keyboard_alone(walker, member, session):
    TagFactory(name="Import failure", guideline="When an import stops.", group=TagGroupFactory(name="Import"))
    TagFactory(name="Delight")
    page = walker.sign_in(member).open(session.get_absolute_url())
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".cue").nth(1)).to_be_focused()
    page.keyboard.press("t")
    page.keyboard.type("imp")
    expect(page.locator("#tagger-guide")).to_contain_text("When an import stops.")
    page.keyboard.press("Enter")
    page.keyboard.type("New words")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("mark.hl")).to_have_count(1)
    expect(page.locator(".cue").nth(1)).to_be_focused()
    assert {tag.name for tag in Highlight.objects.get().tags.all()} == {"Import failure", "New words"}

    page.keyboard.press("j")  # whole turns with Shift j
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    page.keyboard.press("r")
    expect(page.locator("mark.hl")).to_have_count(3)
    expect(page.locator(".cue").nth(2)).to_be_focused()
    assert Highlight.objects.count() == 2

    page.keyboard.press("j")
    page.keyboard.press("j")  # a few letters with Shift and arrows
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("r")
    expect(page.locator("mark.hl")).to_have_count(4)
    assert Highlight.objects.order_by("pk").last().quote == "I gave up"

    page.keyboard.press("Enter")  # opens the highlight of the turn
    expect(page.locator("#moment")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#tagger-search")).to_be_focused()
    expect(page.locator("#tagger-search")).to_have_value("")  # the key is no letter of a tag
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#moment")).to_be_visible()
    page.locator("#moment").get_by_role("button", name="Delete").press("Enter")
    expect(page.locator("mark.hl")).to_have_count(3)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("mark.hl")).to_have_count(4)


def test_tags_are_taken_off_in_the_palette(walker, member, session):
    tags = [TagFactory(name="Delight"), TagFactory(name="Frustration")]
    HighlightFactory(session=session, start_cue=session.cues.first(), tagged=tags)
    page = walker.sign_in(member).open(session.get_absolute_url())
    page.locator("mark.hl").click()
    walker.shot("research-moment")
    page.locator("#moment").get_by_role("button", name="Change tags").click()
    page.get_by_role("button", name="Take off Delight").click()
    walker.assert_accessible()
    page.get_by_role("button", name="Save highlight").click()
    expect(page.locator("#side-marks .mark-list .tag")).to_have_text(["Frustration"])
    assert [tag.name for tag in Highlight.objects.get().tags.all()] == ["Frustration"]
    assert Tag.objects.count() == 2


def test_a_malformed_file_is_explained_and_nothing_typed_is_lost(walker, member, study):
    page = walker.sign_in(member).open(reverse("research:session_create", args=[study.slug]))
    page.fill("[name=title]", "My title")
    most = page.get_by_label("Transcript file").get_attribute("data-most")
    page.get_by_label("Transcript file").evaluate("field => { field.dataset.most = 10; }")
    upload(page, VTT)  # larger than that: refused before it is sent
    expect(page.get_by_role("alert")).to_contain_text("Upload the text, not the recording.")
    expect(page.get_by_label("Transcript file")).to_have_value("")
    walker.shot("research-too-large")
    page.get_by_label("Transcript file").evaluate("(field, most) => { field.dataset.most = most; }", most)
    upload(page, VTT.replace("00:00:21.000", "nonsense"))
    expect(page.get_by_text("can be read here")).to_have_count(0)
    page.get_by_role("button", name="Add session").click()
    expect(page.locator(".malformed")).to_contain_text("Line 6")
    expect(page.get_by_label("As it was read")).to_contain_text("WEBVTT")
    expect(page.locator("[name=title]")).to_have_value("My title")
    walker.shot("research-malformed")
    walker.assert_accessible()
    assert not Session.objects.exists()


def test_a_link_to_a_moment_lands_on_it(walker, member, session):
    cue = session.cues.last()
    page = walker.sign_in(member).open(f"{session.get_absolute_url()}#c{cue.pk}")
    expect(page.locator(f"#c{cue.pk}")).to_be_in_viewport()
    expect(page.locator(f"#c{cue.pk}")).to_be_focused()


def test_pages_are_accessible_and_fit_a_phone(walker, ops, session):
    session.study.team.memberships.get_or_create(user=ops)
    tag = TagFactory(guideline="When it fails. Example: “I gave up.”")
    first, second = list(session.cues.all())[:2]
    quotes = [HighlightFactory(session=session, start_cue=cue, tagged=[tag]) for cue in (first, second)]
    insight = InsightFactory(team=session.study.team, owner=ops, evidence=quotes)
    walker.sign_in(ops)
    chosen = "&".join(f"highlight={quote.pk}" for quote in quotes)
    for name, path in {
        "studies": reverse("research:study_list"),
        "study": session.study.get_absolute_url(),
        "study-form": reverse("research:study_create"),
        "upload": reverse("research:session_create", args=[session.study.slug]),
        "sessions": reverse("research:session_list"),
        "session": session.get_absolute_url(),
        "highlights": reverse("research:highlight_list"),
        "highlight": quotes[0].get_absolute_url(),
        "tags": reverse("research:tag_list"),
        "tag": tag.get_absolute_url(),
        "tag-form": reverse("research:tag_edit", args=[tag.slug]),
        "insights": reverse("research:insight_list"),
        "insight": insight.get_absolute_url(),
        "insight-form": f"{reverse('research:insight_create')}?{chosen}",
    }.items():
        walker.open(path)
        walker.assert_accessible()
        walker.pictures(f"research-{name}")
