"""Correcting a transcript, moving highlights and reviewing them, notes and speakers: by keyboard alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from research.models import Cue, Highlight
from research.services import cues, speakers
from tests.browser.conftest import PHONE
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory

TURNS = [
    ("Maya Lindqvist", "What happened the first time you tried to import your routes?"),
    ("Speaker 2", "Honestly, I gave up after the second eror and called our acount manager."),
    ("Speaker 2", "It told me line 412 was wrong, but it did not say what was wrong with it."),
    ("Maya Lindqvist", "And then?"),
    ("Speaker 2", "Then I left it for a week. No, no. Two weeks."),
]


@pytest.fixture
def session(member):
    study = StudyFactory(team=member.teams.get(), lead=member, title="Onboarding friction")
    session = SessionFactory(
        study=study, title="Interview with a dispatcher", moderator=member, participant__name="Dana Whitlock"
    )
    for position, (who, text) in enumerate(TURNS):
        CueFactory(session=session, position=position, speaker=who, text=text)
    speakers.meet(session, {who for who, _ in TURNS})
    return session


def mark(session, position, words, **kwargs):
    cue = session.cues.get(position=position)
    start = cue.text.index(words)
    return HighlightFactory(
        session=session,
        start_cue=cue,
        start_offset=start,
        end_offset=start + len(words),
        quote=words,
        **kwargs,
    )


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_transcript_is_corrected_and_its_highlights_reviewed(walker, member, session):
    error, gave_up = (
        TagFactory(name="Import failure", colour="red"),
        TagFactory(name="Gave up", colour="blue"),
    )
    mark(session, 1, "gave up after the second eror", tagged=[gave_up])
    inner = mark(session, 1, "second eror", tagged=[error])
    lost = mark(session, 4, "no.", tagged=[gave_up])
    page = walker.sign_in(member).open(session.get_absolute_url())
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator(".cue")).to_have_count(5)

    # from highlight to highlight; its edges by keys
    press(page, "h", "h")
    expect(page.locator("mark.on")).to_have_text("second eror")
    expect(page.locator("#said-aloud")).to_contain_text("highlight, tag Import failure: second eror. 2 of 3")
    press(page, "Alt+Control+Shift+ArrowLeft")
    expect(page.locator("#float-mark")).to_have_text("Change to selection")
    expect(page.locator("#said-aloud")).to_have_text("the second eror")
    walker.shot("texts-bounds")
    press(page, "Enter")
    expect(page.locator("#said-aloud")).to_contain_text("Moved")
    inner.refresh_from_db()
    assert inner.quote == "the second eror"
    page.locator(".toast-item [data-undo]").press("Enter")
    expect(page.locator("#said-aloud")).to_contain_text("Taken back")
    inner.refresh_from_db()
    assert inner.quote == "second eror"

    # a turn is corrected in place
    press(page, "k", "j", "e")
    expect(page.locator(".turn-edit textarea")).to_be_focused()
    page.locator(".turn-edit textarea").fill(TURNS[1][1].replace("eror", "error"))
    walker.shot("texts-editing")
    press(page, "Escape")
    expect(page.locator(".turn-edit")).to_have_count(0)
    press(page, "e")
    expect(page.locator(".turn-edit textarea")).to_have_value(TURNS[1][1].replace("eror", "error"))
    press(page, "Control+Enter")
    expect(page.locator("#to-review")).to_contain_text("2 highlights were touched")
    expect(page.locator(".cue").nth(1)).to_be_focused()
    assert session.cues.get(position=1).text == TURNS[1][1].replace("eror", "error")

    # somebody else is quicker
    press(page, "j", "e")
    expect(page.locator(".turn-edit textarea")).to_be_focused()
    Cue.objects.filter(session=session, position=2).update(text="It told me line 412 was bad.")
    page.keyboard.type(" Not one word.")
    press(page, "Control+Enter")
    expect(page.locator(".turn-edit [role=alert]")).to_contain_text("It told me line 412 was bad.")
    expect(page.locator(".turn-edit textarea")).to_have_value(f"{TURNS[2][1]} Not one word.")
    walker.shot("texts-conflict")
    walker.assert_accessible()
    page.locator(".turn-edit textarea").focus()
    press(page, "Control+Enter")
    expect(page.locator(".turn-edit")).to_have_count(0)

    # split at the caret, undo, merge with the next
    press(page, "e")
    text = page.locator(".turn-edit textarea")
    expect(text).to_be_focused()
    text.evaluate("(one, at) => one.setSelectionRange(at, at)", TURNS[2][1].index("but"))
    press(page, "Control+Shift+Enter")
    expect(page.locator(".cue")).to_have_count(6)
    expect(page.locator(".cue .said").nth(3)).to_contain_text("but it did not say")
    page.locator(".toast-item [data-undo]").last.press("Enter")
    expect(page.locator(".cue")).to_have_count(5)
    press(page, "j", "e")
    expect(page.locator(".turn-edit textarea")).to_be_focused()
    page.get_by_role("button", name="Merge with the next").press("Enter")
    expect(page.locator(".cue")).to_have_count(4)
    press(page, "e")
    page.locator(".turn-edit textarea").fill("And then? Then I left it for a week. No. Two weeks.")
    press(page, "Control+Enter")
    expect(page.locator("#to-review")).to_contain_text("3 highlights were touched")
    lost.refresh_from_db()
    assert lost.orphaned_at
    walker.shot("texts-corrected")

    # the review list
    page.get_by_role("link", name="Review").press("Enter")
    expect(page.locator(".touched > li")).to_have_count(3)
    walker.assert_accessible()
    walker.shot("texts-review-dark")
    walker.theme("light")
    walker.shot("texts-review")
    page.set_viewport_size(PHONE)
    walker.shot("texts-review-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="It is right").first.press("Enter")
    expect(page.locator(".touched > li")).to_have_count(2)
    expect(page.locator(".toasts")).to_contain_text("Confirmed.")
    row = page.locator(".touched > li", has_text="Lost its place")
    row.get_by_role("link", name="Select its words").press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Select the words")
    turn = page.locator(".cue", has_text="Two weeks")
    turn.focus()
    words = "(turn) => { const node = turn.querySelector('.said').firstChild; "
    words += "const at = node.data.indexOf('No.'); getSelection().setBaseAndExtent(node, at, node, at + 3); }"
    turn.evaluate(words)
    press(page, "Enter")
    expect(page.locator("#said-aloud")).to_contain_text("Moved")
    lost.refresh_from_db()
    assert (lost.quote, lost.orphaned_at) == ("No.", None)
    assert Highlight.objects.to_review().count() == 1


def test_notes_documents_and_speakers(walker, member, session):
    page = walker.sign_in(member).open(session.get_absolute_url())
    page.emulate_media(reduced_motion="reduce")  # a drawer half open is no picture
    page.get_by_role("link", name="Check the speakers").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who speaks?")
    walker.assert_accessible()
    walker.shot("texts-speakers-dark")
    page.get_by_label("Role of Speaker 2").select_option("participant")
    page.get_by_label("Role of Maya Lindqvist").select_option("moderator")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".cue.r-moderator")).to_have_count(2)

    page.get_by_text("Add a text").press("Enter")
    page.get_by_role("link", name="Write notes").press("Enter")
    page.fill(
        "[name=text]",
        "# First impression\n\nDana was tired.\n\n- prints the list at six\n- fixes dates by hand",
    )
    walker.assert_accessible()
    walker.theme("light")
    walker.shot("texts-notes-form")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".cue")).to_have_count(4)
    press(page, "j", "j", "j", "t")
    page.locator("#tagger-search").fill("Paper")
    expect(page.locator("#option-new")).to_be_visible()
    press(page, "Enter", "Enter")
    expect(page.locator("mark.hl")).to_have_text("- prints the list at six")
    walker.assert_accessible()
    walker.theme("light")
    walker.shot("texts-notes")
    page.set_viewport_size(PHONE)
    walker.shot("texts-notes-phone")
    page.set_viewport_size({"width": 1440, "height": 900})

    # a link to a paragraph of the notes leads there from the session's page
    found = Highlight.objects.get()
    walker.open(f"{session.get_absolute_url()}#c{found.start_cue_id}")
    page.wait_for_url(f"**{reverse('research:part_detail', args=[found.start_cue.part_id])}*")
    page.get_by_role("link", name="Transcript", exact=True).press("Enter")
    expect(page.locator(".cue")).to_have_count(5)
    walker.shot("texts-session")
    page.set_viewport_size(PHONE)
    walker.shot("texts-session-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    walker.open(reverse("research:document_create", args=[session.pk]))
    walker.assert_accessible()


def test_what_was_typed_meets_a_turn_that_somebody_split_meanwhile(walker, member, session, now):
    page = walker.sign_in(member).open(session.get_absolute_url())
    press(page, "j", "j", "e")
    expect(page.locator(".turn-edit textarea")).to_be_focused()
    typed = TURNS[1][1].replace("eror", "error").replace("acount", "account")
    page.locator(".turn-edit textarea").fill(typed)
    press(page, "Escape")
    turn = session.cues.get(position=1)
    cues.split(session, turn.pk, len("Honestly, I gave up "), by=member, at=now)
    press(page, "e")  # the form is new, what was typed is older than the split
    expect(page.locator(".turn-edit textarea")).to_have_value(typed)
    press(page, "Control+Enter")
    expect(page.locator(".turn-edit [role=alert]")).to_contain_text("2 turns of this one")
    expect(page.locator(".turn-edit textarea")).to_have_count(2)
    expect(page.locator(".turn-edit textarea").first).to_be_focused()
    walker.pictures("texts-split-conflict")
    walker.assert_accessible()
    page.locator(".turn-edit textarea").last.focus()
    press(page, "Control+Enter")
    expect(page.locator(".turn-edit")).to_have_count(0)
    said = list(session.cues.order_by("position").values_list("text", flat=True))
    assert said[1:3] == ["Honestly, I gave up", "after the second error and called our account manager."]
    expect(page.locator(".cue .said").nth(2)).to_have_text(said[2])
