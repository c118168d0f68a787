"""The pages about a session's texts: correcting a turn, notes and documents, speakers, review."""

import json
import re
from html import unescape

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops.models import Event, SearchEntry
from research.models import Cue, Highlight, Part
from research.services import cues, placing
from research.synthesis.recut import recut
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def session(member):
    session = SessionFactory(study=StudyFactory(team=member.teams.get(), lead=member))
    for position, (who, text) in enumerate(
        [("Maya", "So what happened?"), ("Dana", "I gave up after the second eror."), ("Dana", "No, no.")]
    ):
        CueFactory(session=session, position=position, speaker=who, text=text)
    return session


@pytest.fixture
def web(as_, member):
    return as_(member)


def at(session, position):
    return session.cues.get(position=position)


def mark(session, words, **kwargs):
    cue = next(one for one in session.cues.order_by("position") if words in one.text)
    start = cue.text.index(words)
    return HighlightFactory(
        session=session,
        start_cue=cue,
        start_offset=start,
        end_offset=start + len(words),
        quote=words,
        **kwargs,
    )


def go(web, name, *args, **data):
    return web.post(reverse(f"research:{name}", args=args), data, **HTMX)


def page(web, url):
    return web.get(url).content.decode()


# --- a turn -------------------------------------------------------------------------------------------------


def test_a_correction_gives_back_the_turns_and_offers_undo(web, session):
    lost = mark(session, "second eror", tagged=[TagFactory()])
    turn = at(session, 1)
    form = web.get(reverse("research:cue_edit", args=[turn.pk]), **HTMX).content.decode()
    assert "second eror" in form
    assert "in all 2 turns of “Dana”" in form
    response = go(
        web,
        "cue_correct",
        turn.pk,
        text="I left it there.",
        speaker="Dana Whitlock",
        everywhere="on",
        seen=turn.text,
    )
    html = response.content.decode()
    assert f'id="c{turn.pk}"' in html
    assert "1 highlight was touched" in html
    assert "Undo" in html
    assert json.loads(response["HX-Trigger-After-Settle"])["research:done"]["say"] == "Saved. 1 to review."
    assert set(session.cues.values_list("speaker", flat=True)) == {"Maya", "Dana Whitlock"}
    event = Event.objects.get(verb=cues.VERB)
    assert go(web, "correction_undo", event.pk).status_code == 200
    assert at(session, 1).text == turn.text
    assert Highlight.objects.get(pk=lost.pk).orphaned_at is None
    again = go(web, "correction_undo", event.pk)
    assert (again.status_code, again["Content-Type"]) == (409, "text/plain; charset=utf-8")


def test_two_editors_see_both_texts(web, session):
    turn = at(session, 1)
    go(web, "cue_correct", turn.pk, text="I gave up after the second error.", seen=turn.text)
    response = go(web, "cue_correct", turn.pk, text="I gave in.", seen=turn.text)
    html = response.content.decode()
    assert response.status_code == 409
    assert "I gave up after the second error." in html
    assert ">I gave in.</textarea>" in html
    seen = Cue.objects.get(pk=turn.pk).text
    assert go(web, "cue_correct", turn.pk, text="I gave in.", seen=seen).status_code == 200


def test_splitting_and_merging_from_the_page(web, session):
    turn = at(session, 1)
    html = go(web, "cue_split", turn.pk, text=turn.text, seen=turn.text, offset=9).content.decode()
    assert f'hx-swap-oob="afterend:#c{turn.pk}"' in html
    second = at(session, 2)
    assert second.text == "after the second eror."
    html = go(web, "cue_merge", turn.pk, text="I gave up", seen="I gave up").content.decode()
    assert f'<li id="c{second.pk}" hx-swap-oob="delete">' in html
    refused = go(web, "cue_split", turn.pk, text="word", seen=at(session, 1).text, offset="x")
    assert (refused.status_code, "both halves need words" in refused.content.decode()) == (422, True)


def fields(html):
    """What the form that came back would send: names and values of its hidden fields and texts."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    found += re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', html)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_correcting_a_turn_that_somebody_split_meanwhile_doubles_no_word(web, session):
    kept = mark(session, "second eror")
    turn = at(session, 1)
    seen = turn.text
    go(web, "cue_split", turn.pk, text=seen, seen=seen, offset=9)
    response = go(web, "cue_correct", turn.pk, text="I gave in after the second error.", seen=seen)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody made 2 turns of this one" in html
    second = at(session, 2)
    sent = fields(html)
    assert sent["text"] == "I gave in"
    assert sent[f"text-{second.pk}"] == "after the second error."
    assert "Merge with the next" not in html
    assert go(web, "cue_correct", turn.pk, **sent).status_code == 200
    assert list(session.cues.order_by("position").values_list("text", flat=True)) == [
        "So what happened?",
        "I gave in",
        "after the second error.",
        "No, no.",
    ]
    kept.refresh_from_db()
    assert (kept.quote, kept.quote_was) == ("second error", "second eror")
    html = go(web, "cue_correct", turn.pk, **{**sent, "text": "I left"}).content.decode()
    assert "Somebody made 2 turns" in html  # and again, where somebody was quicker once more


def test_correcting_a_turn_that_took_in_the_next_one_loses_no_word(web, session):
    turn = at(session, 1)
    seen = turn.text
    go(web, "cue_merge", turn.pk, text=seen, seen=seen)
    response = go(
        web, "cue_correct", turn.pk, text="I gave up after the second error.", seen=seen, speaker="Dana W."
    )
    html = response.content.decode()
    assert response.status_code == 409
    assert "They ran it together with the turn behind it" in html
    assert 'name="speaker" value="Dana W."' in html  # nothing typed is lost
    sent = fields(html)
    assert sent["text"] == "I gave up after the second error. No, no."
    assert go(web, "cue_correct", turn.pk, **sent).status_code == 200
    assert at(session, 1).text == "I gave up after the second error. No, no."


def test_a_half_that_is_gone_by_then_takes_no_typed_word_along(web, session):
    turn = at(session, 1)
    seen = turn.text
    go(web, "cue_split", turn.pk, text=seen, seen=seen, offset=9)
    sent = fields(go(web, "cue_correct", turn.pk, text="I left after an hour.", seen=seen).content.decode())
    go(web, "cue_merge", turn.pk, text="I gave up", seen="I gave up")
    response = go(web, "cue_correct", turn.pk, **sent)
    assert response.status_code == 422
    assert fields(response.content.decode())["text"].split() == ["I", "left", "after", "an", "hour."]


@given(
    texts=st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=5), min_size=1, max_size=4),
    typed=st.lists(st.sampled_from("abcdefgxyz.,"), max_size=15),
)
def test_cutting_what_was_typed_keeps_every_word_once(texts, typed):
    pieces = recut([" ".join(words) for words in texts], " ".join(typed))
    assert len(pieces) == len(texts)
    assert " ".join(pieces).split() == typed


@pytest.mark.parametrize(
    ("texts", "typed", "pieces"),
    [
        (["I gave up", "after the error"], "I gave in after the error", ["I gave in", "after the error"]),
        (["I gave up.", "Then I left"], "I gave up. So I left", ["I gave up.", "So I left"]),
        (["One", "two", "three"], "One. two three four", ["One.", "two", "three four"]),
        (["One", "two"], "", ["", ""]),
    ],
)
def test_what_was_typed_is_cut_where_the_turn_was(texts, typed, pieces):
    assert recut(texts, typed) == pieces


def test_whoever_types_into_a_turn_that_is_gone_is_told_what_to_do(web, session):
    gone = at(session, 2)
    merged = go(web, "cue_merge", at(session, 1).pk, text="I gave up.", seen=at(session, 1).text)
    assert "Merged: what" not in merged.content.decode()  # Dana said both
    response = go(web, "cue_correct", gone.pk, text="No, no, no.", seen=gone.text)
    assert response.status_code == 404
    assert "Copy what you typed, reload the page" in response.content.decode()
    assert web.post(reverse("research:cue_correct", args=[gone.pk])).status_code == 404


def test_merging_says_whose_words_change_hands(web, session):
    html = go(web, "cue_merge", at(session, 0).pk, text="So?", seen="So what happened?").content.decode()
    assert "Merged: what Dana said is Maya’s now" in html


def test_without_a_script_a_turn_is_corrected_on_its_own_page(web, session):
    turn = at(session, 1)
    assert "<h1>Correct a turn</h1>" in page(web, reverse("research:cue_edit", args=[turn.pk]))
    response = web.post(
        reverse("research:cue_correct", args=[turn.pk]), {"text": "I left.", "seen": turn.text}
    )
    assert response.url == f"{session.get_absolute_url()}#c{turn.pk}"


# --- notes and documents ------------------------------------------------------------------------------------


def test_notes_are_tagged_and_edited_like_a_transcript(web, session):
    text = "# Visit\n\nDana was tired.\n\n- prints the list\n- fixes dates"
    response = web.post(
        reverse("research:notes_create", args=[session.pk]), {"title": "Notes", "text": text, "version": 0}
    )
    part = Part.objects.get()
    assert response.url == part.get_absolute_url()
    assert [cue.text for cue in part.cues.all()] == [
        "Visit",
        "Dana was tired.",
        "- prints the list",
        "- fixes dates",
    ]
    kept, lost = mark(session, "prints the list"), mark(session, "was tired")
    assert kept.start_cue.part_id == part.pk
    assert SearchEntry.objects.get(kind="cue", object_id=kept.start_cue_id).url.startswith(
        part.get_absolute_url()
    )
    shown = page(web, part.get_absolute_url())
    assert "prints the list</mark>" in shown
    assert "So what happened?" not in shown
    moment = web.get(reverse("research:cue_moment", args=[kept.start_cue_id]))
    assert moment.url == f"{part.get_absolute_url()}#c{kept.start_cue_id}"
    edit = reverse("research:part_edit", args=[part.pk])
    assert "- prints the list\n- fixes dates" in page(web, edit)
    changed = {
        "title": "Field notes",
        "text": "New first.\n\nDana was fine.\n\n- prints the list",
        "version": 1,
    }
    assert web.post(edit, changed).url == part.get_absolute_url()
    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.quote, kept.orphaned_at) == ("prints the list", None)
    assert lost.orphaned_at is not None
    late = web.post(edit, {**changed, "text": "Mine."})
    assert late.status_code == 409
    assert "Dana was fine." in late.content.decode()
    assert "Mine.</textarea>" in late.content.decode()


def test_a_document_is_read_kept_and_given_back(web, session):
    pdf = typst.compile(b"The dispatcher prints the list at six.")
    url = reverse("research:document_create", args=[session.pk])
    web.post(url, {"document": SimpleUploadedFile("visit.pdf", pdf), "title": ""})
    part = Part.objects.get()
    assert (part.title, part.cues.get().text) == ("visit.pdf", "The dispatcher prints the list at six.")
    assert b"".join(web.get(reverse("research:part_source", args=[part.pk]))) == pdf
    bad = web.post(url, {"document": SimpleUploadedFile("a.pdf", b"\x89PNG\r\n\x1a\n"), "title": ""})
    assert (bad.status_code, "a PNG picture" in bad.content.decode()) == (422, True)
    assert web.post(reverse("research:part_delete", args=[part.pk])).url == session.get_absolute_url()
    assert not Cue.objects.filter(part=part.pk).exists()


# --- speakers -----------------------------------------------------------------------------------------------


def test_speakers_are_named_once_and_quotes_told_apart(web, session, member):
    url = reverse("research:session_speakers", args=[session.pk])
    assert "Dana" in page(web, url)
    mark(session, "So what happened")
    said = mark(session, "I gave up")
    web.post(url, {"role-0": "participant", "user-0": "", "role-1": "moderator", "user-1": member.pk})
    found = {row.label: (row.role, row.user, row.guessed) for row in session.speakers.all()}
    assert found == {"Dana": ("participant", None, False), "Maya": ("moderator", member, False)}
    assert session.speakers.get(label="Dana").participant == session.participant
    assert list(Highlight.objects.said_by("participant")) == [said]
    listed = page(web, reverse("research:highlight_list") + "?role=participant")
    assert ("I gave up" in listed, "So what happened" in listed) == (True, False)
    shown = page(web, session.get_absolute_url())
    assert "r-moderator" in shown


# --- bounds and review --------------------------------------------------------------------------------------


def where(cue, words):
    start = cue.text.index(words)
    return {"start_cue": cue.pk, "end_cue": cue.pk, "start": start, "end": start + len(words), "quote": words}


def test_other_bounds_keep_tags_and_can_be_taken_back(web, session):
    tag = TagFactory()
    one = mark(session, "gave up", tagged=[tag])
    turn = at(session, 1)
    html = go(web, "highlight_move", one.pk, **where(turn, "I gave up after")).content.decode()
    one.refresh_from_db()
    assert (one.quote, list(one.tags.all())) == ("I gave up after", [tag])
    assert "I gave up after</mark>" in html
    event = Event.objects.get(verb="highlight.moved")
    assert go(web, "highlight_move_undo", event.pk).status_code == 200
    one.refresh_from_db()
    assert one.quote == "gave up"
    other = mark(session, "second eror")
    assert go(web, "highlight_move", other.pk, **where(turn, "gave up")).status_code == 409
    assert (
        go(web, "highlight_move", other.pk, **{**where(turn, "gave up"), "quote": "gave in"}).status_code
        == 409
    )


def test_the_review_list_offers_what_can_be_done(web, session, member, now):
    no, eror = mark(session, "no"), mark(session, "second eror")
    mine = {"by": member, "at": now}
    cues.rewrite(session, {at(session, 2).pk: "no yes no", at(session, 1).pk: TEXT}, **mine)
    url = reverse("research:review_list")
    html = page(web, f"{url}?session={session.pk}")
    assert (html.count("Place it here"), html.count("It is right")) == (2, 1)
    assert "second eror" in html
    assert "second error" in html
    assert page(web, f"{url}?what=lost").count("It is right") == 0
    # the researcher says which of the two it is
    turn = at(session, 2)
    place = {"start_cue": turn.pk, "end_cue": turn.pk, "start": 7, "end": 9, "quote": "no", "next": url}
    assert web.post(reverse("research:highlight_move", args=[no.pk]), place).url == url
    web.post(reverse("research:review_confirm"), {"highlight": [eror.pk]})
    assert not Highlight.objects.to_review().exists()
    no.refresh_from_db()
    assert (no.start_offset, no.orphaned_at) == (7, None)
    event = Event.objects.get(verb="highlight.confirmed")
    placing.undo(event, **mine)
    assert list(Highlight.objects.to_review()) == [eror]
    web.post(reverse("research:review_discard", args=[eror.pk]))
    deleted = Event.objects.get(verb="highlight.deleted")
    web.post(reverse("research:highlight_restore", args=[deleted.pk]), {"next": url})
    back = Highlight.objects.get(pk=eror.pk)
    assert (back.quote_was, back.quote) == ("second eror", "second error")


TEXT = "I gave up after the second error."


def test_who_may_not_edit_may_only_read(as_, submitter, member, session):
    turn = at(session, 1)
    assert as_(submitter).post(reverse("research:cue_correct", args=[turn.pk])).status_code in (403, 404)
    stranger = SessionFactory()
    other = CueFactory(session=stranger)
    assert (
        as_(member).post(reverse("research:cue_correct", args=[other.pk]), {"text": "x"}).status_code == 404
    )


def test_a_highlight_is_heard_where_it_begins_and_ends(web, session):
    churn = TagFactory(name="Churn")
    mark(session, "I gave up after", tagged=[churn, TagFactory(name="Import", group=churn.group)])
    mark(session, "up after the", tagged=[TagFactory(name="Errors")])
    html = page(web, session.get_absolute_url())
    assert html.count('data-says="highlight, tags Churn, Import"') == 1
    assert html.count('data-says="highlight, tag Errors"') == 1
    assert html.count(" data-ends") == 2
