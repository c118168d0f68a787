"""Correcting what stands in a session: highlights go with their words, or wait for review."""

import pytest

from prodops.models import Event, SearchEntry
from research.models import Cue, Highlight
from research.services import cues, highlights
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db
TEXTS = ("So what happened?", "I gave up after the second eror.", "No, no.", "I called the acount manager.")


@pytest.fixture
def session():
    session = SessionFactory()
    for position, text in enumerate(TEXTS):
        CueFactory(session=session, position=position, text=text, speaker="Maya" if position == 0 else "Dana")
    return session


@pytest.fixture
def do(session, now):
    """Call a verb as somebody who may, and check that every highlight still says what stands there."""

    def call(verb, *args, **kwargs):
        return verb(*args, by=session.created_by, at=now, **kwargs)

    return call


def turns(session):
    return list(session.cues.order_by("position").values_list("position", "speaker", "text"))


def cue(session, position):
    return session.cues.get(position=position)


def mark(session, words, **kwargs):
    at = next(one for one in session.cues.all() if words in one.text)
    start = at.text.index(words)
    return HighlightFactory(
        session=session,
        start_cue=at,
        start_offset=start,
        end_offset=start + len(words),
        quote=words,
        **kwargs,
    )


def test_correcting_a_turn_keeps_highlights_on_their_words(session, do):
    kept = mark(session, "the second", tagged=[TagFactory()])
    reworded = mark(session, "second eror")
    lost = mark(session, "I gave up")
    turn = cue(session, 1)
    outcome = do(cues.rewrite, session, {turn.pk: "Well, they stopped after the  second error."})
    turn.refresh_from_db()
    assert turn.text == "Well, they stopped after the second error."
    kept, reworded, lost = (Highlight.objects.get(pk=one.pk) for one in (kept, reworded, lost))
    assert (kept.quote, kept.start_offset, kept.orphaned_at, kept.reworded_at) == (
        "the second",
        25,
        None,
        None,
    )
    assert (reworded.quote, reworded.quote_was) == ("second error", "second eror")
    assert (lost.quote, lost.suffix) == ("I gave up", " after the second eror.")
    assert (outcome.kept, outcome.reworded, outcome.lost) == ((kept.pk,), (reworded.pk,), (lost.pk,))
    assert set(Highlight.objects.to_review()) == {reworded, lost}
    assert SearchEntry.objects.get(kind="cue", object_id=turn.pk).body == turn.text
    found = SearchEntry.objects.filter(kind="highlight").values_list("object_id", "title")
    assert set(found) == {(kept.pk, "the second"), (reworded.pk, "second error")}
    assert Event.objects.get(verb="session.corrected").data["change"] == "rewrite"


def test_undo_puts_words_and_highlights_back_as_they_were(session, do):
    before = [mark(session, words) for words in ("the second", "second eror", "I gave up")]
    states = list(Highlight.objects.order_by("pk").values_list("quote", "start_offset", "quote_was"))
    outcome = do(cues.rewrite, session, {cue(session, 1).pk: "They stopped after the second error."})
    do(cues.undo, outcome.event)
    assert [text for *_, text in turns(session)] == list(TEXTS)
    assert Highlight.objects.anchored().count() == len(before)
    assert list(Highlight.objects.order_by("pk").values_list("quote", "start_offset", "quote_was")) == states
    with pytest.raises(cues.Gone):
        do(cues.undo, outcome.event)


def test_what_somebody_changed_since_is_not_undone(session, do):
    first = do(cues.rewrite, session, {cue(session, 1).pk: "I gave up after the second error."})
    do(cues.rewrite, session, {cue(session, 1).pk: "I gave up after the third error."})
    with pytest.raises(cues.Gone, match="changed again"):
        do(cues.undo, first.event)


def test_the_second_of_two_editors_is_told_and_nothing_is_written(session, do):
    turn = cue(session, 1)
    do(cues.rewrite, session, {turn.pk: "I gave up after the second error."}, seen={turn.pk: turn.text})
    with pytest.raises(cues.Changed) as caught:
        do(cues.rewrite, session, {turn.pk: "I gave in."}, seen={turn.pk: turn.text})
    assert caught.value.current[0].text == "I gave up after the second error."
    other = cue(session, 2)  # another turn is no conflict
    do(cues.rewrite, session, {other.pk: "No!"}, seen={other.pk: other.text})


def test_turns_far_apart_are_corrected_in_one_go(session, do):
    manager = mark(session, "acount manager")
    first, last = cue(session, 1), cue(session, 3)
    do(cues.rewrite, session, {last.pk: "I called the account manager.", first.pk: "I gave in."})
    manager.refresh_from_db()
    assert (manager.quote, manager.quote_was) == ("account manager", "acount manager")
    assert [text for *_, text in turns(session)][1::2] == ["I gave in.", "I called the account manager."]


def test_reverting_by_hand_needs_no_confirmation(session, do):
    mark(session, "acount manager")
    last = cue(session, 3)
    do(cues.rewrite, session, {last.pk: "I called the account manager."})
    do(cues.rewrite, session, {last.pk: TEXTS[3]})
    assert not Highlight.objects.to_review().exists()


@pytest.mark.parametrize(("text", "why"), [("  ", "needs words"), ("x" * 100_001, "at most")])
def test_a_turn_without_words_or_too_long_is_refused(session, do, text, why):
    with pytest.raises(cues.Refused, match=why):
        do(cues.rewrite, session, {cue(session, 1).pk: text})


def test_splitting_takes_highlights_along(session, do):
    across, behind = mark(session, "up after"), mark(session, "second eror")
    later = mark(session, "acount")
    turn = cue(session, 1)
    outcome = do(cues.split, session, turn.pk, len("I gave up "))
    assert [text for *_, text in turns(session)][1:3] == ["I gave up", "after the second eror."]
    assert [position for position, *_ in turns(session)] == [0, 1, 2, 3, 4]
    across, behind, later = (Highlight.objects.get(pk=one.pk) for one in (across, behind, later))
    assert across.quote == "up\nafter"
    assert (behind.start_cue.position, behind.start_offset) == (2, 10)
    assert later.quote == "acount"
    assert not Highlight.objects.to_review().exists()
    second = cue(session, 2)
    assert turn.start_ms < second.start_ms < second.end_ms == turn.end_ms
    do(cues.undo, outcome.event)
    assert turns(session) == [(n, "Maya" if n == 0 else "Dana", text) for n, text in enumerate(TEXTS)]
    assert Highlight.objects.get(pk=across.pk).quote == "up after"


@pytest.mark.parametrize("offset", [0, 400, -1])
def test_both_halves_need_words(session, do, offset):
    with pytest.raises(cues.Refused):
        do(cues.split, session, cue(session, 1).pk, offset)


def test_merging_runs_two_turns_together(session, do):
    one, other = mark(session, "eror."), mark(session, "no.")
    gone = cue(session, 2)
    outcome = do(cues.merge, session, cue(session, 1).pk)
    assert turns(session)[1:] == [(1, "Dana", f"{TEXTS[1]} {TEXTS[2]}"), (2, "Dana", TEXTS[3])]
    other.refresh_from_db()
    assert (other.start_cue, other.quote) == (cue(session, 1), "no.")
    assert Highlight.objects.get(pk=one.pk).orphaned_at is None
    assert not SearchEntry.objects.filter(kind="cue", object_id=gone.pk).exists()
    do(cues.undo, outcome.event)
    assert turns(session)[2] == (2, "Dana", TEXTS[2])
    assert Highlight.objects.get(pk=other.pk).start_cue_id == gone.pk
    with pytest.raises(cues.Refused, match="last turn"):
        do(cues.merge, session, cue(session, 3).pk)


def test_what_lost_its_place_survives_the_turn_it_stood_in(session, do, now):
    lost = mark(session, "no.")
    do(cues.rewrite, session, {cue(session, 2).pk: "Hm."})
    do(cues.merge, session, cue(session, 1).pk)
    lost.refresh_from_db()
    assert (lost.orphaned_at, lost.start_cue) == (now, cue(session, 1))


def test_a_label_is_changed_for_one_turn_or_for_all_of_it(session, do):
    do(cues.correct, session, cue(session, 2).pk, speaker="Tom")
    assert [speaker for _, speaker, _ in turns(session)] == ["Maya", "Dana", "Tom", "Dana"]
    outcome = do(cues.correct, session, cue(session, 1).pk, speaker="Dana Whitlock", everywhere=True)
    assert [speaker for _, speaker, _ in turns(session)] == ["Maya", "Dana Whitlock", "Tom", "Dana Whitlock"]
    assert "Dana Whitlock" in set(session.speakers.values_list("label", flat=True))
    do(cues.undo, outcome.event)
    assert [speaker for _, speaker, _ in turns(session)] == ["Maya", "Dana", "Tom", "Dana"]


def test_marking_sees_the_words_as_corrected(session, do, now):
    turn = cue(session, 1)
    do(cues.rewrite, session, {turn.pk: "I gave in."})
    with pytest.raises(highlights.NotVerbatim):
        highlights.mark(
            session,
            start_cue=turn.pk,
            start=2,
            end_cue=turn.pk,
            end=9,
            quote="gave up",
            by=UserFactory(),
            at=now,
        )
    assert Cue.objects.filter(session=session).count() == 4
