"""The vocabulary kept by keyboard: merge and take back, split, side by side, suggestions."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from research.models import HighlightTag, Tag, TagState, TagSuggestion
from research.services import query_tags
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
)


@pytest.fixture
def vocabulary(ops, team):
    study = StudyFactory(team=team, lead=ops, title="Onboarding friction")
    group = TagGroupFactory(name="Import and set-up", locked=True, owner=ops)
    rest = TagGroupFactory(name="Trust")
    guide = "An import stops, rejects rows or has to be repeated. Example: “I gave up after the third try.”"
    top = TagFactory(name="Import failure", group=group, guideline=guide, owner=ops)
    low = TagFactory(name="Unclear errors", group=group, parent=top, colour="red", guideline="No help in it.")
    twin = TagFactory(name="Import failures", group=group, colour="amber")
    own = TagFactory(name="Gut feeling", group=rest, study=study, colour="teal")
    trust = TagFactory(name="Trust in the data", group=rest, colour="blue", owner=ops)
    session = SessionFactory(study=study, participant__account=CustomerAccountFactory(segment="mid"))
    for number in range(6):
        cue = CueFactory(session=session, start_ms=number * 9_000)
        some = [top, twin] if number < 3 else [low, own] if number < 5 else [trust, top]
        HighlightFactory(session=session, start_cue=cue, tagged=some)
    cue = CueFactory(session=session, text="The import stopped again. We called you.")
    for start, end in ((0, 25), (26, 40)):
        TagSuggestion.objects.create(
            tag=top,
            cue=cue,
            start=start,
            end=end,
            of_length=40,
            score=700,
            because=["import"],
            made_at=timezone.now(),
        )
    query_tags.create("Second errors", query="q=second", colour="pink", by=ops, at=timezone.now())
    return top, low, twin


def test_the_vocabulary_is_kept_by_keyboard(walker, ops, vocabulary):
    top, low, twin = vocabulary
    walker.sign_in(ops)
    page = walker.open(reverse("research:tag_list"))
    walker.assert_accessible()
    walker.pictures("taxonomy-tree")
    for _ in range(2):
        page.keyboard.press("j")
    expect(page.get_by_label("Choose Unclear errors")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picks-count]")).to_have_text("2")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("taxonomy-merge")
    page.get_by_role("button", name="Merge into Import failure").press("Enter")
    expect(page.locator(".toast-item", has_text="Take it back")).to_be_visible()
    twin.refresh_from_db()
    assert twin.merged_into == top
    page.locator(".toast-item a").press("Enter")
    walker.assert_accessible()
    walker.pictures("taxonomy-change")
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back by")).to_be_visible()
    twin.refresh_from_db()
    assert twin.state == TagState.USED

    walker.open(reverse("research:tag_split", args=[low.slug]))
    page.get_by_label("Split into").fill("Error without a place\nError without a way out")
    page.get_by_role("button", name="Share out its highlights").press("Enter")
    expect(page.locator(".said-row").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.keyboard.press("2")
    walker.assert_accessible()
    walker.pictures("taxonomy-split")
    page.get_by_role("button", name="Split", exact=True).first.press("Enter")
    expect(page.locator(".toast-item", has_text="Take it back")).to_be_visible()
    assert Tag.objects.get(name="Error without a way out").taggings.count() == 1

    walker.open(reverse("research:tag_history", args=[low.slug]) + f"?on={timezone.localdate()}")
    walker.assert_accessible()
    walker.pictures("taxonomy-history")


def test_tags_are_looked_at_side_by_side_and_suggestions_decided(walker, ops, vocabulary):
    top, low, _ = vocabulary
    walker.sign_in(ops)
    page = walker.open(reverse("research:duplicate_list"))
    walker.assert_accessible()
    walker.pictures("taxonomy-duplicates")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.get_by_role("status").first).to_contain_text("0 pairs")

    page = walker.open(reverse("research:matrix"))
    walker.assert_accessible()
    walker.pictures("taxonomy-matrix")
    page.get_by_label("3: Import failure and Import failures").press("Enter")
    expect(page.locator(".said-row")).to_have_count(3)
    walker.assert_accessible()

    page = walker.open(
        reverse("research:agreement") + f"?study={low.taggings.first().highlight.session.study.slug}"
    )
    walker.assert_accessible()
    walker.open(reverse("research:query_tag_detail", args=["second-errors"]))
    walker.assert_accessible()
    walker.pictures("taxonomy-computed")

    walker.open(reverse("research:suggestion_list"))
    walker.assert_accessible()
    walker.open(reverse("research:suggestion_review", args=[top.slug]))
    walker.assert_accessible()
    walker.pictures("taxonomy-suggestions")
    before = HighlightTag.objects.filter(tag=top).count()
    page.keyboard.press("j")
    page.keyboard.press("y")
    expect(page.locator(".decided")).to_have_count(1)
    expect(page.locator(".walked")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(".decided")).to_have_count(2)
    expect(page.locator("#right")).to_contain_text("1 accepted, 1 rejected")
    assert HighlightTag.objects.filter(tag=top).count() == before + 1
    walker.shot("taxonomy-suggestions-decided")
