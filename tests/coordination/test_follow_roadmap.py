"""What is taken on stands where the roadmap stands, and who reads of it; who decides when people are away."""

from datetime import timedelta

import pytest
from django.urls import reverse

from coordination.models import Request, State
from coordination.queries import deciders
from coordination.services import decisions, inbox, roadmap
from prodops.models import Role
from prodops.services import away, people
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


def load(request):
    return Request.objects.for_list().get(pk=request.pk)


def state(request):
    return Request.objects.get(pk=request.pk).state


def test_what_is_taken_on_merged_or_unlinked_follows(make, pm, now, area, django_capture_on_commit_callbacks):
    item = roadmap.create(title="Owl", public_words="Night mode", area=area, by=pm, at=now)
    first, late, twin = make(), make(), make()
    with django_capture_on_commit_callbacks(execute=True):
        roadmap.link(load(first), item, by=pm, at=now)
        roadmap.link(load(twin), item, by=pm, at=now)
        roadmap.move(item, seen="considering", to="in_progress", by=pm, at=now)
        decisions.accept(load(first), by=pm, at=now)
        decisions.accept(load(late), by=pm, at=now)
    assert (state(first), state(late)) == (State.PROGRESS, State.ACCEPTED)
    with django_capture_on_commit_callbacks(execute=True):
        decisions.merge(load(twin), into=load(late), by=pm, at=now)
    assert state(late) == State.PROGRESS
    with django_capture_on_commit_callbacks(execute=True):
        decisions.unmerge(load(twin), by=pm, at=now)
        roadmap.unlink(load(first), item, by=pm, at=now)
    # without any item left, only a link that is taken back says where it stands
    assert (state(first), state(late)) == (State.ACCEPTED, State.PROGRESS)
    roadmap.link(load(first), item, by=pm, at=now)
    roadmap.move(item, seen="in_progress", to="shipped", by=pm, at=now)
    roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="1")
    assert state(first) == State.SHIPPED
    with django_capture_on_commit_callbacks(execute=True):  # the seller asked for this too, and has heard
        decisions.accept(load(twin), by=pm, at=now)
    assert state(twin) == State.SHIPPED


def test_those_who_ask_read_what_is_coming_in_words_for_them(as_, make, pm, now, area, seller, stranger):
    said = roadmap.create(title="Project Owl", public_words="Night mode", area=area, by=pm, at=now)
    silent = roadmap.create(title="Project Fox", area=area, by=pm, at=now)
    request = make(title="A dark board")
    roadmap.link(load(request), silent, by=pm, at=now)
    listed = as_(seller).get(reverse("coordination:roadmap_list")).text
    assert "Night mode" not in listed  # what is only considered is not coming
    assert "What you asked for is on our roadmap." in listed
    roadmap.move(said, seen="considering", to="planned", by=pm, at=now)
    for person, theirs in ((seller, True), (stranger, False)):
        page = as_(person).get(reverse("coordination:roadmap_list")).text
        assert "Night mode" in page
        assert ("You asked for it" in page) == theirs
        assert "Project" not in page
    page = as_(seller).get(silent.get_absolute_url()).text
    assert "A dark board" in page
    assert "Project Fox" not in page
    assert as_(stranger).get(silent.get_absolute_url()).status_code == 404
    assert "Night mode" in as_(stranger).get(said.get_absolute_url()).text
    assert silent.get_absolute_url() in as_(seller).get(request.get_absolute_url()).text


def test_the_title_of_another_team_s_request_is_not_said_to_those_merged_into_it(
    as_, make, pm, now, stranger
):
    target = make(title="Hartmann Spedition wants a dark board")
    theirs = make(submitter=stranger, submitter_team=stranger.teams.get())
    theirs.voices.all().delete()
    decisions.merge(theirs, into=target, by=pm, at=now)
    for url in (theirs.get_absolute_url(), reverse("coordination:my_requests")):
        page = as_(stranger).get(url).text
        assert "Hartmann" not in page
        assert target.ref in page
    assert "Hartmann" in as_(pm).get(theirs.get_absolute_url()).text


def test_whoever_is_away_is_told_beside_the_next_in_line(make, pm, now):
    ida, request = UserFactory(name="Ida Brandt"), make()
    request.assignee = ida
    assert deciders(request, at=now) == [ida]
    away.plan(ida, first_day=now.date() - timedelta(1), last_day=now.date() + timedelta(1), by=ida, at=now)
    assert deciders(request, at=now) == [ida, pm]
    assert deciders(request) == [ida]


def test_what_was_given_to_somebody_who_leaves_goes_to_the_next_in_line(
    make, pm, ops, now, django_capture_on_commit_callbacks
):
    leaver, request, admin = UserFactory(name="Ida Brandt"), make(), UserFactory(role=Role.ADMIN)
    inbox.assign(load(request), area=request.area, assignee=leaver, by=ops, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        people.close(leaver, by=admin, at=now)
    request.refresh_from_db()
    assert request.assignee is None
    assert pm.notifications.filter(text__startswith="A request waits for your decision").exists()
