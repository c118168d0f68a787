"""Recordings are streamed by ranges to those allowed, and each view is on record once."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops.models import Event
from research.formats import ranges
from tests.factories.prodops import UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    RecordingFactory,
    SessionFactory,
    TagFactory,
)
from tests.research.sounds import wav

SOUND = wav(1)
SIZE = len(SOUND)


@pytest.fixture
def ask(db, as_, member):
    row = RecordingFactory(content=SOUND, name='a "b".html', session__study__team=member.teams.get())
    client = as_(member)

    def send(method="get", to="media", **headers):
        url = reverse(f"research:recording_{to}", args=[row.pk])
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(client, method)(url, headers={"Accept-Encoding": "gzip", **headers})

    send.row = row
    return send


def test_ranges_are_answered_as_the_standard_says(ask):
    for header, start, stop in (
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, SIZE),
        ("bytes=-50", SIZE - 50, SIZE),
        ("bytes=-999999", 0, SIZE),
        (f"bytes=10-{SIZE + 5}", 10, SIZE),
    ):
        answer = ask(Range=header)
        assert answer.status_code == 206, header
        assert answer.getvalue() == SOUND[start:stop]
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
        assert answer.headers["Content-Length"] == str(stop - start)
    for header in (f"bytes={SIZE}-", f"bytes={SIZE + 9}-{SIZE + 20}", "bytes=-0"):
        answer = ask(Range=header)
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")
    for header in ("", "bytes=5-2", "bytes=0-1,5-9", "lines=1-2", "bytes=-", "bytes=a-b"):
        answer = ask(Range=header)
        assert (answer.status_code, answer.getvalue()) == (200, SOUND)


def test_a_range_counts_only_for_the_version_that_was_asked_for(ask):
    etag = ask("head").headers["ETag"]
    assert ask(Range="bytes=0-9", If_Range=etag).status_code == 206
    assert ask(Range="bytes=0-9", If_Range='"another"').getvalue() == SOUND
    assert ask(If_None_Match=etag).status_code == 304
    head = ask("head", Range="bytes=0-9")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(SIZE), b"")
    assert ask("post").status_code == 405


def test_what_is_served_is_never_a_page(ask):
    for to, how in (("media", "inline"), ("download", "attachment")):
        headers = ask(to=to).headers
        assert headers["Content-Type"] == "audio/wav"
        assert headers["Content-Disposition"] == f'{how}; filename="a \\"b\\".html"'
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Encoding"] == "identity"


def test_a_view_is_logged_once_and_each_download(ask, member):
    for start in range(0, 5_000, 1_000):
        ask(Range=f"bytes={start}-")
    ask("head")
    viewed = Event.objects.get(verb="recording.viewed")
    assert (viewed.by, viewed.subject_id, viewed.data["session"]) == (
        member,
        ask.row.pk,
        ask.row.session_id,
    )
    ask(to="download")
    ask(to="download")
    assert Event.objects.filter(verb="recording.downloaded", by=member).count() == 2


def test_nobody_else_gets_it(ask, as_, submitter, member, client):
    url = reverse("research:recording_media", args=[ask.row.pk])
    assert as_(submitter).get(url).status_code == 403
    client.logout()
    assert client.get(url).status_code == 302
    as_(member)
    ask.row.state, ask.row.received = "uploading", 5
    ask.row.save()
    assert ask().status_code == 404
    assert not Event.objects.filter(verb="recording.viewed").exists()


@given(st.text(max_size=30) | st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}"), st.integers(1, 3_000))
def test_no_header_asks_for_bytes_that_are_not_there(header, size):
    try:
        span = ranges.parse(header, size, most=500)
    except ranges.Unsatisfiable:
        return
    if span is not None:
        assert 0 <= span.start < span.stop <= size


def test_a_highlight_is_a_clip_for_those_who_may_hear_it(db, as_, member, ops):
    session = SessionFactory(study__team=member.teams.get())
    RecordingFactory(session=session, offset_ms=2_000, media_type="video/mp4")
    first, second, last = (
        CueFactory(session=session, position=place, start_ms=place * 10_000, end_ms=end)
        for place, end in ((1, 12_500), (2, None), (3, None))
    )
    marks = [HighlightFactory(session=session, start_cue=cue) for cue in (first, second, last)]
    silent = CueFactory(session=session, position=0, start_ms=None, end_ms=None)
    untimed = HighlightFactory(session=session, start_cue=silent)
    elsewhere = HighlightFactory()
    url = reverse("research:clip_index")
    wanted = {"highlight": [mark.pk for mark in (*marks, untimed, elsewhere)]}
    clips = as_(member).get(url, wanted).json()["clips"]
    assert {pk: (clip["from"], clip["to"]) for pk, clip in clips.items()} == {
        str(marks[0].pk): (12, 14.5),
        str(marks[1].pk): (22, 32),
        str(marks[2].pk): (32, None),
    }
    assert clips[str(marks[0].pk)]["url"].endswith("/media/#t=12,14.5")
    assert "#t=12,14.5" in as_(member).get(marks[0].get_absolute_url()).content.decode()
    stranger = UserFactory()
    assert as_(stranger).get(url, wanted).json() == {"clips": {}}
    page = as_(stranger).get(session.get_absolute_url()).content.decode()
    assert "There is a recording" in page
    assert "<video" not in page
    assert "or drop audio" not in page
    assert "Nothing to play" in as_(stranger).get(reverse("research:reel"), wanted).content.decode()


def test_a_reel_is_of_chosen_highlights_a_tag_a_study_or_an_insight(db, as_, member):
    session = SessionFactory(study__team=member.teams.get())
    RecordingFactory(session=session)
    tag = TagFactory()
    late = HighlightFactory(session=session, start_cue=CueFactory(session=session, position=9), tagged=[tag])
    early = HighlightFactory(session=session, start_cue=CueFactory(session=session, position=2), tagged=[tag])
    insight = InsightFactory(team=session.study.team, evidence=[late, early])
    client, url = as_(member), reverse("research:reel")
    for asked, order in (
        ({"tag": tag.slug}, [early, late]),
        ({"tag": tag.slug, "study": "another"}, []),
        ({"study": session.study.slug}, [early, late]),
        ({"insight": insight.pk}, [late, early]),
        ({"highlight": [late.pk, "x", early.pk]}, [early, late]),
    ):
        page = client.get(url, asked).content.decode()
        moments = [page.find(f'href="{mark.moment_url()}"') for mark in order]
        assert moments == sorted(moments)
        assert -1 not in moments
        assert page.count("data-reel-play") == len(order)
    assert client.get(url, {"tag": "none"}).status_code == 404
    assert client.get(url, {"insight": "x"}).status_code == 404
