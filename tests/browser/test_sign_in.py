import pytest
from playwright.sync_api import expect

from tests.factories.prodops import UserFactory


@pytest.fixture
def person(fresh_cache):
    user = UserFactory(email="maya@example.test", name="Maya Lindqvist", role="admin")
    user.set_password("demo")
    user.save()
    return user


def sign_in(walker):
    page = walker.open("/accounts/login/")
    page.get_by_label("Email").fill("maya@example.test")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Good to see you, Maya")).to_be_visible()
    return page


def test_signing_in_and_the_security_pages_obey_the_policy(walker, person):
    walker.open("/accounts/login/")
    walker.shot("sign-in")
    walker.assert_accessible()
    page = sign_in(walker)
    for path in (
        "/preferences/security/",
        "/accounts/email/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/password/change/",
    ):
        walker.open(path)
        if "reauthenticate" in page.url:
            page.get_by_label("Password").fill("demo")
            page.get_by_role("button", name="Confirm").click()
        walker.shot("security-" + path.strip("/").replace("/", "-"))
        walker.assert_accessible()


def test_the_admin_site_obeys_the_policy(walker, person):
    person.is_superuser = True
    person.save()
    walker.sign_in(person)
    for path in ("/admin/", "/admin/account/emailaddress/"):
        walker.open(path)


def test_the_menus_work_by_keyboard(walker, person):
    page = walker.sign_in(person).open("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="People and teams")).to_be_visible()


def test_an_admin_invites_somebody(walker, person):
    page = walker.sign_in(person).open("/people/invitations/")
    page.get_by_label("E-mail address").fill("new@example.test")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("new@example.test is invited")).to_be_visible()
    walker.shot("invitations")
    walker.assert_accessible()
