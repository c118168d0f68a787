from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from prodops import search
from prodops.models import CustomerAccount, Job, User
from prodops.services import vocabulary
from tests.factories.prodops import CustomerAccountFactory, EventFactory, NotificationFactory, UserFactory
from tests.factories.research import HighlightFactory, SessionFactory, StudyFactory


def test_a_comment_with_a_mention_by_keyboard_and_a_file(walker, member, tmp_path):
    maya = UserFactory(name="Maya Lindqvist", job_title="Senior product manager")
    account = CustomerAccountFactory(name="Hartmann Logistik")
    page = walker.sign_in(member).open(account.get_absolute_url())
    page.get_by_label("Your comment").focus()
    page.keyboard.type("Could you look at this, @may")
    page.get_by_role("option", name="Maya Lindqvist").wait_for()
    walker.shot("talk-mention")
    page.keyboard.press("Enter")
    page.keyboard.type("please?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("Could you look at this").wait_for()
    expect(page.get_by_label("Your comment")).to_have_value("")
    page.locator("#comment-body").fill("**Second** thought:\n\n- one\n- two")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator(".comment").nth(1).wait_for()
    page.locator(".comment").nth(1).get_by_text("Edit").click()
    page.locator("#edit-body").fill("Changed")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("edited").wait_for()
    bad = tmp_path / "drawing.svg"
    bad.write_text("<svg/>")
    page.get_by_label("Files to attach").set_input_files(bad)
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_text("can't be attached").wait_for()
    good = tmp_path / "notes.txt"
    good.write_text("hello")
    page.get_by_label("Files to attach").set_input_files(good)
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_role("link", name="notes.txt").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="notes.txt").click()
    assert download.value.suggested_filename == "notes.txt"
    walker.shot("talk")
    walker.assert_accessible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".comment").nth(1).get_by_text("Delete").click()
    page.get_by_text("Comment deleted").wait_for()
    page = walker.sign_in(maya).open("/notifications/")
    page.get_by_role("link", name="mentioned you").click()
    assert page.url.endswith("#comment-" + page.locator(".comment").first.get_attribute("id").split("-")[1])


def test_the_palette_by_keyboard(walker, member):
    for n in range(3):
        CustomerAccountFactory(name=f"Hartmann {n}")
    search.index_many([*CustomerAccount.objects.all(), *User.objects.all()])
    vocabulary.refresh()
    page = walker.sign_in(member).open("/people/")
    page.goto(walker.server.url + "/areas/")
    page.keyboard.press("/")
    page.get_by_role("option", name="People and teams").first.wait_for()
    expect(page.get_by_role("group", name="Recent").get_by_role("option")).to_have_count(1)
    walker.shot("palette")
    page.keyboard.type("hartm")
    page.get_by_role("option", name="Hartmann 2").wait_for()
    walker.shot("palette-typed")
    walker.assert_accessible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = page.locator(
        "#" + page.get_by_role("combobox", name="Search or jump").get_attribute("aria-activedescendant")
    )
    assert active.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/account-*/")
    page.keyboard.press("Control+k")
    page.locator("#palette[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#palette:not([open])").wait_for(state="attached")
    page.set_viewport_size({"width": 375, "height": 812})
    page.locator("[data-palette]").click()
    page.get_by_role("option", name="Home").wait_for()
    walker.shot("palette-phone")


def test_search_with_kinds_and_marks(walker, member):
    CustomerAccountFactory(name="Hartmann Logistik", domain="hartmann.example")
    UserFactory(name="Paula Hartmann", job_title="Dispatcher")
    search.index_many([*CustomerAccount.objects.all(), *User.objects.all()])
    vocabulary.refresh()
    page = walker.sign_in(member).open("/search/?q=hartman")
    expect(page.locator(".hits li")).to_have_count(2)
    expect(page.locator("mark").first).to_have_text("Hartmann")
    page.get_by_role("link", name="People 1").click()
    expect(page.locator(".hits li")).to_have_count(1)
    walker.shot("search")
    walker.assert_accessible()
    walker.open("/search/?q=zzzz")
    walker.shot("search-empty")


def test_save_a_view_and_use_it(walker, member):
    CustomerAccountFactory.create_batch(3)
    page = walker.sign_in(member).open("/customers/")
    page.get_by_label("Tier").select_option("gold")
    page.wait_for_url("**tier=gold*")
    page.locator(".saved-views summary").click()
    page.get_by_label("Name of the view").fill("Gold ones")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("link", name="Gold ones").wait_for()
    walker.shot("saved-views")
    walker.assert_accessible()
    walker.open("/customers/")
    page.locator(".saved-views summary").click()
    page.get_by_role("link", name="Gold ones").click()
    page.wait_for_url("**/customers/?tier=gold")


def test_notifications_home_jobs_and_stars(walker, member, now):
    account = CustomerAccountFactory(name="Hartmann Logistik")
    page = walker.sign_in(member).open("/")
    walker.shot("home-empty")
    walker.assert_accessible()
    page = walker.open(account.get_absolute_url())
    page.get_by_role("button", name="Favourite").click()
    page.locator(".star [aria-pressed=true]").wait_for()
    for n in range(4):
        event = EventFactory(by=UserFactory())
        NotificationFactory(recipient=member, event=event, at=now - timedelta(hours=9 * n))
    walker.open("/")
    walker.shot("home")
    walker.assert_accessible()
    walker.open("/notifications/")
    walker.shot("notifications")
    walker.assert_accessible()
    page.locator("li.unread button").first.click()
    expect(page.locator("li.unread")).to_have_count(3)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("li.unread")).to_have_count(0)
    page.set_viewport_size({"width": 375, "height": 812})
    walker.shot("notifications-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    job = Job.objects.create(
        title="Insight report of Q4",
        task="t",
        asked_by=member,
        asked_at=now,
        state="running",
        started_at=now,
        total=4,
        done=2,
    )
    walker.open(job.get_absolute_url())
    walker.shot("job")
    walker.assert_accessible()
    Job.objects.update(state="done", finished_at=now, result_url="/customers/", log="Counting\nDone\n")
    page.get_by_role("link", name="Open the result").wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert [url for url in asked if "/jobs/" in url] == []
    walker.shot("job-done")
    walker.open("/jobs/")
    walker.assert_accessible()


def test_a_list_is_narrowed_to_one_study_by_keyboard(walker, member):
    mine = StudyFactory(team=member.teams.get(), lead=member, title="Onboarding friction")
    for study in (mine, StudyFactory(team=member.teams.get(), lead=member, title="Export limits")):
        HighlightFactory(session=SessionFactory(study=study, title=f"A session of {study.title}"))
    page = walker.sign_in(member).open(reverse("research:highlight_list"))
    page.get_by_role("combobox", name="Study").focus()
    page.keyboard.type("onb")
    page.get_by_role("option", name="Onboarding friction").wait_for()
    page.get_by_role("option", name="Export limits").wait_for(state="hidden")
    walker.shot("filter-by-study")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("main")).not_to_contain_text("Export limits")
    assert f"study={mine.slug}" in page.url
    page.reload()
    expect(page.get_by_role("combobox", name="Study")).to_have_value("Onboarding friction")
    walker.shot("filtered-by-study")
    walker.assert_accessible()
    page.get_by_role("combobox", name="Study").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("main")).to_contain_text("Export limits")
