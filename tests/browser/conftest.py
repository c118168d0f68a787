import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

expect.set_options(timeout=15_000)  # a machine may be busy; what is there is not waited for

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text
CHROMIUM = ROOT / "build/chromium"  # unpacked by `make setup`
# The dark theme has the same elements in other colours
RULES = {"light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "dark": ["color-contrast"]}
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=False))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", CHROMIUM),
        "env": {**os.environ, "LD_LIBRARY_PATH": f"{CHROMIUM}-libs/lib"},
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    # under LANG=C the npm Chromium reports the language "en-US@posix", which Intl rejects
    return {**browser_context_args, "locale": "en-US", "timezone_id": "UTC", "viewport": DESK}


class Walker:
    """A browser in a person's hands. Any CSP violation or console error fails the test."""

    def __init__(self, page, live_server, client):
        self.page, self.server, self.client = page, live_server, client
        self.problems: list[str] = []
        self.seen_dark = False
        self._press, page.keyboard.press = page.keyboard.press, self._press_when_loaded
        page.on("console", lambda message: self._note(message))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.add_init_script(
            "window.cspViolations=[];document.addEventListener('securitypolicyviolation',"
            "e=>cspViolations.push(e.violatedDirective+' '+e.blockedURI))"
        )

    def _note(self, message):
        # The browser logs every 4xx answer, which tests of errors ask for, and htmx every request that a
        # newer one replaced
        harmless = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")
        if message.type == "error" and not any(words in message.text for words in harmless):
            self.problems.append(message.text)

    def _press_when_loaded(self, key, **how):
        """Keys are heard by scripts, which come after the words that a walk looks for."""
        self.page.wait_for_load_state("load")
        self._press(key, **how)

    def sign_in(self, user):
        if self.page.url != "about:blank":
            # An answer to the person before that comes late would put their session's cookie back
            self.page.wait_for_load_state("networkidle")
            self.page.goto("about:blank")  # and what it would have asked for later, nobody asks for now
        self.client.force_login(user)
        cookie = self.client.cookies[django_settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.server.url}])
        return self

    def open(self, path):
        self.page.goto(self.server.url + str(path))
        assert self.page.evaluate("window.cspViolations") == []
        return self.page

    def theme(self, name):
        self.page.evaluate(f"localStorage.setItem('theme', '{name}')")
        self.page.evaluate(f"document.documentElement.dataset.theme = '{name}'")

    def assert_accessible(self):
        """No WCAG 2.2 AA violation that axe sees, on a walk's first page in both themes; nothing scrolls
        sideways on a phone."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE())
        for theme, rules in RULES.items():
            if theme == "dark" and self.seen_dark:
                continue  # the same tokens: one page of a walk stands for the others
            self.seen_dark = self.seen_dark or theme == "dark"
            self.theme(theme)
            found = self.page.evaluate(
                "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})",
                rules,
            )
            problems = [
                (one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]
            ]
            assert problems == [], f"{self.page.url} in {theme}"
        self.page.set_viewport_size(PHONE)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        self.page.set_viewport_size(DESK)
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px at 375 px"

    def shot(self, name):
        """A picture in var/shots for whoever asks with SHOTS=1: drawing them takes as long as the walk."""
        if not os.environ.get("SHOTS"):
            return
        folder = ROOT / "var" / "shots"
        folder.mkdir(parents=True, exist_ok=True)
        # hiding the caret would add an inline style, which our CSP refuses
        self.page.screenshot(path=folder / f"{name}.png", caret="initial")

    def pictures(self, name):
        """The page as it stands on a desk and a phone, light and dark; drawn as `shot` does."""
        if not os.environ.get("SHOTS"):
            return
        for theme in ("light", "dark"):
            self.theme(theme)
            self.page.evaluate("document.dispatchEvent(new Event('themechange'))")
            for size, viewport in (("desk", DESK), ("phone", PHONE)):
                self.page.set_viewport_size(viewport)
                self.page.wait_for_timeout(400)  # until the drawer has slid away
                self.shot(f"{name}-{theme}-{size}")
        self.page.set_viewport_size(DESK)
        self.theme("light")


@pytest.fixture
def walker(page, live_server, client, settings):
    settings.EMBEDDED = True
    walker = Walker(page, live_server, client)
    yield walker
    assert walker.problems == []
    assert page.evaluate("window.cspViolations") == []
