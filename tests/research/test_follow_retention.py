"""Raw recordings go when a rule says so, never unannounced, and nothing that was learned goes with them."""

import datetime as dt

import pytest
from django.urls import reverse

from prodops.models import Event, Notification
from research.models import Cue, Highlight, Insight, Keeping, Recording, RetentionRule
from research.queries import retention as queries
from research.services import media_store, retention
from research.tasks import follow_retention
from tests.factories.research import (
    HighlightFactory,
    InsightFactory,
    RecordingFactory,
    SessionFactory,
    StudyFactory,
)

pytestmark = pytest.mark.django_db
HELD = dt.date(2026, 3, 1)
DAYS = 30


@pytest.fixture
def study(member, ops):
    return StudyFactory(team=member.teams.get(), lead=member)


@pytest.fixture
def recording(study):
    return RecordingFactory(session=SessionFactory(study=study, held_on=HELD))


@pytest.fixture
def night(now, django_capture_on_commit_callbacks):
    def follow(day):
        with django_capture_on_commit_callbacks(execute=True):
            return retention.follow(today=HELD + dt.timedelta(days=day), at=now)

    return follow


def _rule(study, ops, now, days=DAYS):
    keeping = Keeping.DELETE if days else Keeping.KEEP
    retention.set_rule(study, keeping=keeping, days=days, by=ops, at=now)


def test_a_recording_is_announced_to_the_lead_then_deleted_and_the_rest_stays(
    recording, night, ops, now, member
):
    mark = HighlightFactory(session=recording.session)
    InsightFactory(evidence=[mark])
    assert night(10_000) == (0, 0)  # with no rule nothing ever goes
    _rule(None, ops, now)
    assert night(15) == (0, 0)
    assert night(16) == (1, 0)
    told = Notification.objects.get(recipient=member)
    assert told.text.startswith("1 recording of “")
    assert "31 Mar 2026" in told.text
    assert night(17) == (0, 0)
    assert night(29) == (0, 0)
    assert night(30) == (0, 1)
    assert night(31) == (0, 0)
    recording.refresh_from_db()
    assert (recording.state, recording.deleted_because[:17]) == ("deleted", "Kept for 30 days ")
    assert not media_store.path_of(recording.file).exists()
    assert Cue.objects.count() == Highlight.objects.count() == Insight.objects.count() == 1
    assert Event.objects.filter(verb="recording.deleted", by=None).count() == 1
    assert Notification.objects.count() == 1


def test_a_new_rule_never_takes_anybody_by_surprise(recording, night, ops, now):
    _rule(None, ops, now)
    assert night(400) == (1, 0)  # long overdue, and still announced first
    assert night(413) == (0, 0)
    _rule(None, ops, now, days=90)
    assert night(414) == (1, 0)  # announced under another rule does not count
    assert night(428) == (0, 1)


@pytest.mark.parametrize("meanwhile", ["hold", "rule", "days"])
def test_what_is_decided_while_the_round_runs_is_heeded(
    recording, study, night, ops, now, monkeypatch, meanwhile
):
    _rule(None, ops, now)
    assert night(400) == (1, 0)
    decisions = {
        "hold": lambda: retention.hold(study, because="A court asks", by=ops, at=now),
        "rule": lambda: _rule(study, ops, now, days=None),
        "days": lambda: RetentionRule.objects.update(days=1_000),
    }
    waiting, goes_on = [decisions[meanwhile]], queries.goes_on

    def late(one, days):
        """The recording is found to be due, and only then somebody decides otherwise."""
        due = goes_on(one, days)
        if waiting:
            waiting.pop()()
        return due

    monkeypatch.setattr(queries, "goes_on", late)
    assert night(414)[1] == 0
    recording.refresh_from_db()
    assert recording.state == "ready"


def test_a_study_may_keep_more_or_less_than_the_workspace(recording, study, night, ops, now):
    other = RecordingFactory(session__held_on=HELD)
    _rule(None, ops, now, days=60)
    _rule(study, ops, now, days=None)
    assert queries.standing(study) == (None, True, None)
    assert night(46) == (1, 0)
    assert night(60) == (0, 1)
    assert list(Recording.objects.ready()) == [recording]
    retention.set_rule(study, keeping=Keeping.WORKSPACE, days=None, by=ops, at=now)
    assert queries.standing(study).days == 60
    assert night(61) == (1, 0)
    other.refresh_from_db()
    assert other.state == "deleted"


def test_a_hold_keeps_what_is_announced_until_it_is_lifted(recording, study, night, ops, now, member):
    _rule(study, ops, now)
    assert night(20) == (1, 0)
    retention.hold(study, because="Legal asked", by=member, at=now)
    assert night(500) == (0, 0)
    retention.release(study, by=member, at=now)
    retention.release(study, by=member, at=now)
    assert Event.objects.filter(verb="retention.released").count() == 1
    assert night(501) == (1, 0)
    assert night(515) == (0, 1)
    with pytest.raises(retention.Refused):
        retention.hold(study, because="  ", by=member, at=now)


def test_an_upload_under_way_is_nobodys_to_expire(study, night, ops, now):
    RecordingFactory(
        session=SessionFactory(study=study, held_on=HELD), state="uploading", received=1, sha256=""
    )
    _rule(None, ops, now)
    assert night(900) == (0, 0)
    follow_retention()


def test_product_ops_rule_editors_hold_and_everybody_in_research_reads(
    as_, ops, member, study, recording, now
):
    page = reverse("research:retention_rules")
    own = reverse("research:study_retention", args=[study.slug])
    hold = reverse("research:study_hold", args=[study.slug])
    assert as_(member).get(page).status_code == 403
    refused = as_(ops).post(page, {"keeping": "delete", "days": "0"}, follow=True).content.decode()
    assert "Give the number of days" in refused
    as_(ops).post(page, {"keeping": "workspace"})
    assert queries.workspace_rule() is None
    as_(ops).post(page, {"keeping": "delete", "days": "90"})
    assert queries.standing(study).days == 90
    assert study.title in as_(ops).get(page).content.decode()
    assert (
        "Product ops set the rule" in as_(member).post(own, {"keeping": "keep"}, follow=True).content.decode()
    )
    as_(member).post(hold, {"because": "A court case"})
    shown = as_(member).get(own).content.decode()
    assert "On hold" in shown
    assert "A court case" in as_(member).get(study.get_absolute_url()).content.decode()
    as_(member).post(hold, {"lift": "1"})
    assert queries.standing(study).held is None
    recording.warned_on = now.date()
    recording.save()
    assert "Will be deleted" in as_(member).get(own).content.decode()
    assert "1 recording will be deleted" in as_(member).get(study.get_absolute_url()).content.decode()
    assert recording.name in as_(ops).get(page).content.decode()
