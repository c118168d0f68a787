"""A recording in a browser: it comes in over a bad line, plays beside its words, and as clips and a reel."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from research.demo.recordings import placeholder
from research.models import Recording
from research.tasks import follow_retention
from tests.browser.conftest import PHONE
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    RecordingFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.research.sounds import wav

VTT = b"WEBVTT\n\n00:01.000 --> 00:04.000\n<v Dana>I gave up after the second error.\n"
CURRENT = "document.querySelector('#player audio').currentTime"


def until(page, truth):
    """Wait for it; the browser's own way of waiting evaluates strings, which our CSP refuses."""
    for _ in range(300):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never: {truth}")


@pytest.fixture
def session(member):
    session = SessionFactory(study__team=member.teams.get(), study__title="Onboarding friction")
    for number in range(12):
        speaker = "Dana Whitlock" if number % 2 else "Maya"
        start = number * 5_000
        CueFactory(session=session, position=number, speaker=speaker, start_ms=start, end_ms=start + 4_500)
    return session


def _uploaded(walker, session, settings, tmp_path):
    """The recording comes in over a line that breaks once, and after somebody gave up half-way."""
    settings.RECORDING_CHUNK_BYTES = 100_000
    page = walker.open(session.get_absolute_url())
    expect(page.get_by_text("or drop audio or video here")).to_be_visible()
    walker.shot("recording-none")
    file = tmp_path / "interview.wav"
    file.write_bytes(wav(60))
    broken = {"left": 2}

    def flaky(route):
        if route.request.method == "PUT" and broken["left"]:
            broken["left"] -= 1
            return route.abort()
        return route.continue_()

    page.route("**/upload/", flaky)
    page.locator("input[type=file]").first.set_input_files(tmp_path / "interview.wav")
    expect(page.locator(".upload-state").first).to_contain_text("Waiting for the connection")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".upload-state").first).to_have_text("Paused")
    walker.shot("recording-paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#player audio")).to_be_visible(timeout=30_000)
    assert Recording.objects.ready().count() == 1
    return page


def _played(walker, page, session):
    """The words follow the sound, and the keyboard drives both."""
    until(page, "document.querySelector('#player audio').readyState > 0")
    page.locator(".cue .at").nth(4).click()
    until(page, f"{CURRENT} >= 20.0")
    expect(page.locator(".cue.now")).to_have_id(f"c{session.cues.all()[4].pk}")
    page.keyboard.press("Space")
    until(page, "document.querySelector('#player audio').paused")
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    until(page, f"{CURRENT} >= 25.0")
    expect(page.locator(".cue.now")).to_have_id(f"c{session.cues.all()[5].pk}")
    page.keyboard.press(".")
    expect(page.locator("[data-speed]")).to_have_text("1.25×")
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("j")
    page.keyboard.press("p")
    until(page, "!document.querySelector('#player audio').paused")
    page.keyboard.press("Space")
    page.keyboard.press("?")
    expect(page.get_by_text("Play and pause the recording")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".clip-btn").first.click()
    until(page, f"{CURRENT} >= 30 && {CURRENT} < 35")
    walker.shot("recording-playing")
    walker.theme("dark")
    walker.shot("recording-playing-dark")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.locator(".cue").nth(8).scroll_into_view_if_needed()
    walker.shot("recording-phone")
    page.set_viewport_size({"width": 1440, "height": 900})


def _as_clips(walker, session, highlight):
    """The same highlight from a list, on its own page, and in a reel with another."""
    page = walker.open(reverse("research:highlight_list"))
    page.get_by_role("button", name="Play the moment").first.click()
    until(page, "document.querySelector('.clip-dock audio').readyState > 0")
    walker.shot("clip-in-list")
    walker.assert_accessible()
    page.keyboard.press("Escape")
    expect(page.locator(".clip-dock")).to_have_count(0)
    page = walker.open(highlight.get_absolute_url())
    source = page.locator("audio.clip-player").get_attribute("src")
    assert source.endswith("#t=30,34.5")
    until(page, "document.querySelector('audio').readyState > 0")
    assert 29 < page.evaluate("document.querySelector('audio').currentTime") < 31
    page = walker.open(reverse("research:reel") + f"?insight={highlight.evidence.get().insight_id}")
    expect(page.get_by_text("2 clips")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("#reel-place")).to_have_text("1 of 2")
    until(page, "!document.querySelector('#reel-media').paused")
    walker.shot("reel")
    page.evaluate("document.querySelector('#reel-media').currentTime += 4.3")
    expect(page.locator("#reel-place")).to_have_text("2 of 2", timeout=10_000)
    page.keyboard.press("k")
    expect(page.locator("#reel-place")).to_have_text("1 of 2")
    page.keyboard.press("Space")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("reel-phone")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_recording_is_uploaded_played_and_cut_into_clips(walker, member, session, settings, tmp_path):
    cues = list(session.cues.all())
    tag = TagFactory(name="Import friction")
    marks = [HighlightFactory(session=session, start_cue=cues[number], tagged=[tag]) for number in (6, 9)]
    InsightFactory(team=session.study.team, owner=member, evidence=marks)
    walker.sign_in(member)
    page = _uploaded(walker, session, settings, tmp_path)
    _played(walker, page, session)
    _as_clips(walker, session, marks[0])


def _many(walker, study, folder):
    """Four files at once: two become sessions, one joins, one fails and says why."""
    (folder / "2026-05-03 Dana.vtt").write_bytes(VTT)
    (folder / "copy.vtt").write_bytes(VTT)
    (folder / "picture.vtt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "2026-05-03 Dana.wav").write_bytes(wav(6))
    page = walker.open(study.get_absolute_url())
    page.get_by_role("link", name="Add many files").click()
    expect(page.get_by_text("or drop them here, folders too")).to_be_visible()
    walker.assert_accessible()
    page.locator("input[type=file]").set_input_files(sorted(folder.iterdir()))
    expect(page.locator("#bulk-words")).to_have_text(
        "4 of 4 done · 2 added · 1 already here · 1 failed", timeout=20_000
    )
    expect(page.get_by_text("This is a PNG picture, not a transcript")).to_be_visible()
    walker.shot("bulk")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("bulk-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Try the failed ones again").press("Enter")
    expect(page.locator("#bulk-words")).to_contain_text("1 failed", timeout=20_000)
    page.get_by_role("link", name="2026-05-03 Dana.wav").click()
    until(page, "document.querySelector('#player audio').readyState > 0")
    expect(page.get_by_text("I gave up after the second error.")).to_be_visible()


def _kept(walker, ops, study):
    """Product ops say how long; the study shows it, and a hold."""
    walker.sign_in(ops)
    page = walker.open(reverse("research:retention_rules"))
    page.get_by_label("are deleted").check()
    page.get_by_label("Days after the session").fill("90")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("Deleted 90 days after the session")).to_be_visible()
    follow_retention()
    page = walker.open(reverse("research:retention_rules"))
    walker.shot("retention")
    walker.assert_accessible()
    page.get_by_role("link", name=study.title).first.click()
    page.get_by_label("Why they must stay").fill("Legal asked for them")
    walker.shot("retention-study")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("Legal asked for them")).to_be_visible()
    walker.assert_accessible()


def test_many_files_come_in_and_recordings_go_by_a_rule(walker, member, ops, tmp_path):
    study = StudyFactory(team=member.teams.get(), lead=member, title="Onboarding friction")
    session = SessionFactory(study=study, held_on=dt.date(2025, 1, 1))
    tone = placeholder([0, 2_000, 4_000], 6_000)
    RecordingFactory(session=session, content=tone, media_type="audio/flac", name="tone.flac")
    walker.sign_in(member)
    page = walker.open(session.get_absolute_url())
    until(page, "document.querySelector('#player audio').readyState > 0")
    assert page.evaluate("document.querySelector('#player audio').duration") == 6
    (tmp_path / "files").mkdir()
    _many(walker, study, tmp_path / "files")
    _kept(walker, ops, study)
