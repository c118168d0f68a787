"""A participant without an account, on a phone, books a session, moves it and cancels it."""

from django.urls import reverse
from playwright.sync_api import expect

from research.models import Booking, BookingState
from tests.browser.conftest import PHONE
from tests.factories.research import RecruitFactory
from tests.factories.scheduling import hours_of, scheduling_of


def test_somebody_with_a_link_and_a_phone_books_moves_and_cancels(walker, team):
    recruit = RecruitFactory()
    scheduling_of(
        recruit.study, place="https://video.example.test/room", guest_note="Have your phone at hand."
    )
    hours_of(recruit.study.lead, windows=((540, 660), (780, 900)))
    page = walker.open(reverse("research:book", args=[recruit.token]))
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    walker.assert_accessible()
    walker.pictures("book-times")
    page.set_viewport_size(PHONE)
    page.get_by_label("Times are in").select_option("Asia/Kathmandu")
    page.wait_for_url("**zone=Asia*")
    page.locator(".slot-row a").first.click()
    expect(page.get_by_text("Book this time?")).to_be_visible()
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("status")).to_contain_text("Your session is booked.")
    walker.assert_accessible()
    walker.pictures("book-done")
    page.set_viewport_size(PHONE)
    first = Booking.objects.get()
    assert first.zone == "Asia/Kathmandu"
    page.get_by_role("link", name="Move it").click()
    page.locator(".slot-row a").nth(2).click()
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("status")).to_contain_text("Your session is booked.")
    moved = Booking.objects.get()
    assert (moved.moves, moved.starts_at > first.starts_at) == (1, True)
    page.get_by_text("Cancel it").click()
    page.get_by_label("Why?").fill("On the road")
    page.get_by_role("button", name="Cancel the session").click()
    expect(page.get_by_role("status")).to_contain_text("is cancelled")
    moved.refresh_from_db()
    assert (moved.state, moved.because) == (BookingState.CANCELLED, "On the road")
    expect(page.get_by_role("link", name="Choose another time")).to_be_visible()
