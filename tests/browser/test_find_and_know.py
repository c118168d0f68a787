import datetime as dt

from playwright.sync_api import expect

from prodops import search
from prodops.models import Role
from prodops.services import vocabulary
from research.models import Cue, Highlight, Speaker
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)


def test_search_know_and_judge_an_insight_by_keyboard(walker, people):
    member, ops = people[Role.MEMBER], people[Role.PRODUCT_OPS]
    team = member.teams.get()
    tags = [TagFactory(name=name) for name in ("Late invoices", "Surcharge")]
    area = ProductAreaFactory(name="Invoicing")
    quotes = []
    for n, method in enumerate(("interview", "diary", "support_call")):
        study = StudyFactory(
            title=f"Where invoices go wrong, part {n + 1}", method=method, area=area, team=team
        )
        account = CustomerAccountFactory(segment=("enterprise", "small", "mid")[n])
        session = SessionFactory(
            study=study, title=f"Talk with carrier {n + 1}", participant__account=account
        )
        Speaker.objects.create(session=session, label="Ana", role="participant")
        for m in range(3):
            text = f"The invoice came {m + 2} weeks late and nobody at the depot knew why it did."
            cue = CueFactory(
                session=session, speaker="Ana", text=text, start_ms=61_000 * (m + 1), end_ms=None
            )
            if m == 0:
                quotes.append(
                    HighlightFactory(session=session, start_cue=cue, end_offset=40, tagged=tags[: n + 1])
                )
        search.index(study)
        search.index(session)
    claim = InsightFactory(
        title="Invoices reach carriers weeks late and nobody can say why",
        team=team,
        owner=member,
        area=area,
        published=True,
        review_by=dt.date(2025, 1, 1),
        evidence=quotes[:2],
    )
    better = InsightFactory(title="Invoices wait for the signed note", team=team, published=True)
    search.index_many(Cue.objects.all())
    search.index_many(Highlight.objects.all())
    search.index_many([claim, better, *tags])
    search.index(area)
    vocabulary.refresh()

    page = walker.sign_in(member).open("/search/?q=invoice+late")
    page.get_by_role("heading", name="What people said").wait_for()
    walker.shot("find-search")
    walker.assert_accessible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.matches('[data-hit]')")
    page.get_by_role("link", name="Diary 6").press("Enter")
    page.get_by_role("link", name="Remove Method: Diary").wait_for()
    expect(page.locator(".said-in")).to_have_count(1)
    page.locator(".saved-views summary").press("Enter")
    page.get_by_label("Name of the search").fill("Late invoices in diaries")
    page.keyboard.press("Enter")
    bell = page.get_by_role("button", name="Tell me of new results")
    expect(bell).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Name of the search")).to_be_focused()  # the keyboard keeps its place
    bell.press("Enter")
    expect(bell).to_have_attribute("aria-pressed", "true")
    expect(bell).to_be_focused()
    walker.shot("find-narrowed")
    page.set_viewport_size({"width": 375, "height": 812})
    walker.open("/search/?q=invoice+late")
    walker.shot("find-search-phone")
    walker.open("/research/known/?q=are+invoices+late")
    walker.shot("find-known-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    walker.open("/research/known/?q=late+invoice+weeks")
    walker.shot("find-known")
    walker.assert_accessible()
    walker.open("/research/known/?q=submarine")
    walker.shot("find-known-nothing")

    walker.open(claim.get_absolute_url())
    walker.shot("insight-due")
    walker.assert_accessible()
    page.get_by_role("button", name="Confirm").press("Enter")
    page.get_by_text("Confirmed.").wait_for()
    page.get_by_label("More about this insight").press("Enter")
    page.get_by_role("link", name="Put a better insight").press("Enter")
    page.get_by_label("Invoices wait for the signed note").press("Space")
    walker.shot("insight-supersede")
    walker.assert_accessible()
    page.get_by_role("button", name="Put it in its place").press("Enter")
    page.get_by_text("What holds now:").wait_for()
    walker.shot("insight-superseded")
    draft = InsightFactory(title="A draft", team=team, owner=member, evidence=quotes[:1])
    walker.open(f"{draft.get_absolute_url()}review/")
    page.get_by_label(ops.name).press("Space")
    walker.shot("insight-review")
    walker.assert_accessible()
    page.get_by_role("button", name="Ask them").press("Enter")
    page.get_by_text("In review").first.wait_for()
    walker.open("/research/insights/?standing=thin")
    walker.shot("insight-list")
    walker.assert_accessible()
