"""The roadmap and the closed loop, promises, and what was said as research evidence."""

import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from coordination.models import (
    Addressee,
    ItemState,
    Message,
    Promise,
    PromiseState,
    Request,
    RequestEvidence,
    RoadmapItem,
    State,
)
from coordination.services import decisions, evidence, outgoing, promises, roadmap, voices
from coordination.services.outgoing import CannotSend
from prodops.models import Notification
from research.models import Highlight, Insight
from tests.factories.coordination import ChannelFactory, RequestFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(pm, area, now):
    words = "Night mode on the planning board"
    return roadmap.create(title="Project Owl", public_words=words, area=area, by=pm, at=now)


def ship(item, *, by, at):
    for seen, to in (("considering", "planned"), ("planned", "in_progress"), ("in_progress", "shipped")):
        roadmap.move(item, seen=seen, to=to, by=by, at=at)


def test_everybody_who_asked_and_the_accounts_owners_hear_once_that_it_is_there(
    make, seller, stranger, pm, now, item, django_capture_on_commit_callbacks
):
    target, twin, undecided = make(), make(), make()
    owner = UserFactory()
    voices.add(target, account=CustomerAccountFactory(owner=owner), by=stranger, at=now)
    outsider = RequestFactory(channel=ChannelFactory(), submitter=pm, author_email="ann@customer.test")
    decisions.merge(twin, into=target, by=pm, at=now)
    decisions.merge(outsider, into=target, by=pm, at=now)
    decisions.accept(Request.objects.get(pk=target.pk), by=pm, at=now)
    for one in (target, undecided):
        roadmap.link(Request.objects.for_list().get(pk=one.pk), item, by=pm, at=now)
    with pytest.raises(CannotSend):
        roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="1")
    ship(item, by=pm, at=now)
    assert Request.objects.get(pk=target.pk).state == State.PROGRESS
    Notification.objects.all().delete()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        message = roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="1")
        assert roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="1") == message
        with pytest.raises(CannotSend, match="already"):
            roadmap.tell_shipped(item, "It is there!", by=UserFactory(), at=now, key="2")
    heard = [one.recipient for one in Notification.objects.all()]
    assert sorted(one.pk for one in heard) == sorted(one.pk for one in (seller, stranger, owner))
    assert [one.to for one in mail.outbox if "ann@customer.test" in one.to] == [["ann@customer.test"]]
    assert Request.objects.get(pk=target.pk).state == State.SHIPPED
    assert Request.objects.get(pk=undecided.pk).state == State.NEW
    late = make(submitter=UserFactory(), submitter_team=None)
    roadmap.link(Request.objects.for_list().get(pk=late.pk), item, by=pm, at=now)
    later = roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="3")
    assert [one.user for one in later.addressees.all()] == [late.submitter, *_added_by(late, seller)]


def _added_by(request, known):
    return [voice.added_by for voice in request.voices.all() if voice.added_by != known]


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_the_same_time_tell_nobody_twice(make, pm, now, item):
    roadmap.link(Request.objects.for_list().get(pk=make().pk), item, by=pm, at=now)
    ship(item, by=pm, at=now)
    failed = []

    def send(key):
        try:
            roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key=key)
        except CannotSend as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(key,)) for key in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 2
    assert (Message.objects.count(), Addressee.objects.count()) == (1, 1)


def test_those_who_asked_see_what_becomes_of_it_and_not_what_we_call_it(as_, make, seller, pm, now, item):
    request = make()
    roadmap.link(Request.objects.for_list().get(pk=request.pk), item, by=pm, at=now)
    as_(seller).get(request.get_absolute_url())
    move = reverse("coordination:roadmap_move", args=[item.pk])
    assert as_(pm).post(move, {"seen": "considering", "to": "planned"}).status_code == 302
    fields = {"title": item.title, "public_words": item.public_words, "area": item.area, "owner": pm}
    item.refresh_from_db()
    due = {"due_on": date(2027, 3, 31), "due_by": "quarter"}
    roadmap.edit(item, version=item.version, by=pm, at=now + timedelta(hours=1), **fields, **due)
    mine = as_(seller).get(reverse("coordination:my_requests")).text
    detail = as_(seller).get(request.get_absolute_url()).text
    assert "Changed" in mine
    for text in (mine, detail):
        assert "Q1 2027" in text
        assert "Night mode on the planning board" in text
        assert "Project Owl" not in text
    theirs = as_(seller).get(item.get_absolute_url()).text
    assert "Project Owl" not in theirs
    with pytest.raises(roadmap.Changed):
        roadmap.edit(item, version=item.version - 1, by=pm, at=now, **fields, **due)


def test_shipping_opens_the_prepared_words_with_who_reads_them(as_, make, seller, pm, now, item):
    roadmap.link(Request.objects.for_list().get(pk=make().pk), item, by=pm, at=now)
    roadmap.move(item, seen="considering", to="planned", by=pm, at=now)
    move = reverse("coordination:roadmap_move", args=[item.pk])
    sent = as_(pm).post(move, {"seen": "planned", "to": "shipped"}, follow=True)
    assert "Night mode on the planning board is there now." in sent.text
    assert "Send to 1 person" in sent.text
    assert seller.name in sent.text
    words = {"words": "By Q3 2027 it does more.", "key": "5f0c6a30-8a5c-4f6e-9c5b-0d9d1b2f7a11"}
    tell = reverse("coordination:roadmap_tell", args=[item.pk])
    assert as_(pm).post(tell, words).status_code == 422
    assert as_(pm).post(tell, words | {"override": "Agreed."}).status_code == 302
    assert as_(UserFactory()).get(tell).status_code == 404
    assert "By Q3 2027" in as_(pm).get(item.get_absolute_url()).text


def test_a_request_is_linked_once_to_what_a_search_finds(as_, make, pm, item):
    request = make()
    url = reverse("coordination:request_link", args=[request.pk])
    assert "Project Owl" in as_(pm).get(url, {"find": "owl"}).text
    for data in ({"item": item.pk}, {"item": item.pk}, {"title": "Another"}, {"url": "https://t.example/1"}):
        assert as_(pm).post(url, data).status_code == 302
    as_(pm).post(url, {"url": "javascript:alert(1)"})
    page = as_(pm).get(request.get_absolute_url()).text
    assert "https://t.example/1" in page
    assert "javascript:" not in page
    assert request.roadmap_links.count() == 2
    inside = as_(pm).post(url + "?inbox=1", {"title": "Third"}, headers={"HX-Request": "true"})
    assert f'data-item="{request.pk}"' in inside.text


def test_who_promised_is_warned_when_the_item_moves_and_when_the_day_is_near(
    as_, make, seller, stranger, pm, now, today, item, django_capture_on_commit_callbacks
):
    account = CustomerAccountFactory(owner=UserFactory())
    made = {"account": account, "words": "It comes in spring.", "by": seller, "at": now, "made_on": today}
    promise = promises.make(**made, due_on=today + timedelta(60), item=item)
    with django_capture_on_commit_callbacks(execute=True):
        roadmap.move(item, seen="considering", to="dropped", by=pm, at=now)
    assert "went from Considering to Dropped" in Promise.objects.get().warning
    warned = Notification.objects.filter(event__verb="promise.endangered")
    assert {one.recipient for one in warned} == {seller, account.owner}
    later = now + timedelta(days=50)
    assert promises.warn_of_days(today=today + timedelta(50), at=later) == 1
    assert promises.warn_of_days(today=today + timedelta(50), at=later) == 0
    seen = {user: as_(user).get(promise.get_absolute_url()).status_code for user in (seller, stranger, pm)}
    assert seen == {seller: 200, stranger: 404, pm: 200}
    keep = reverse("coordination:promise_keep", args=[promise.pk])
    assert as_(pm).post(keep).status_code == 404
    as_(seller).post(keep)
    assert Promise.objects.get().state == PromiseState.KEPT
    assert promises.warn_of_days(today=today + timedelta(90), at=now + timedelta(days=90)) == 0
    assert "It comes in spring." not in as_(stranger).get(reverse("coordination:promise_list")).text


@pytest.mark.parametrize(
    ("steps", "warning", "heard"),
    [
        ("planned in_progress", "", "“Night mode on the planning board” went from Planned to In progress."),
        ("planned considering", "went from Planned to Considering.", "is in danger"),
        ("planned considering planned", "", "went from Considering to Planned."),
        ("planned considering planned shipped", "", "is there now: was the promise kept?"),
        ("dropped", "went from Considering to Dropped.", "is in danger"),
    ],
)
def test_only_a_step_back_endangers_what_a_seller_promised_from_a_request(
    as_, make, seller, pm, now, item, steps, warning, heard, django_capture_on_commit_callbacks
):
    request = make()
    roadmap.link(Request.objects.for_list().get(pk=request.pk), item, by=pm, at=now)
    new = f"{reverse('coordination:promise_new')}?request={request.pk}"
    account = request.voices.get().account.slug
    as_(seller).post(new, {"account": account, "words": "Soon.", "made_on": "2026-01-10"})
    assert Promise.objects.get().item == item
    for number, to in enumerate(steps.split()):
        with django_capture_on_commit_callbacks(execute=True):
            roadmap.move(item, seen=item.state, to=to, by=pm, at=now + timedelta(minutes=number))
    promise = Promise.objects.get()
    assert promise.warning.endswith(warning)
    assert bool(promise.warning) == bool(warning)
    told = Notification.objects.filter(recipient=seller, event__verb__startswith="promise.").order_by("pk")
    texts = [one.text for one in told]
    csv = b"".join(as_(seller).get(reverse("coordination:promise_csv")).streaming_content).decode()
    page = as_(seller).get(promise.get_absolute_url()).text
    assert heard in texts[-1]
    assert "Project Owl" not in "".join([*texts, csv, page])
    assert b"Project Owl" in b"".join(as_(pm).get(reverse("coordination:promise_csv")).streaming_content)


@pytest.mark.parametrize(
    ("due_on", "warned"), [(date(2027, 1, 1), False), (date(2027, 3, 2), True), (None, True)]
)
def test_a_promise_made_before_the_link_is_in_danger_when_the_date_is_too_late(
    make, seller, pm, now, item, due_on, warned, django_capture_on_commit_callbacks
):
    request = make()
    promise = promises.make(
        account=request.voices.get().account,
        words="In March.",
        by=seller,
        at=now,
        made_on=now.date(),
        due_on=date(2027, 3, 1),
        request=request,
    )
    roadmap.link(Request.objects.for_list().get(pk=request.pk), item, by=pm, at=now)
    fields = {"title": item.title, "public_words": "", "area": item.area, "owner": pm}
    for number, day in enumerate((date(2027, 2, 1), due_on)):
        item.refresh_from_db()
        due = {"due_on": day, "due_by": "day" if day else ""}
        at = now + timedelta(minutes=number)
        with django_capture_on_commit_callbacks(execute=True):
            roadmap.edit(item, version=item.version, by=pm, at=at, **fields, **due)
        promise.refresh_from_db()
        assert promise.warning.startswith("What it hangs on moved from") == (warned and number == 1)


@pytest.mark.django_db(transaction=True)
def test_a_merge_waits_for_the_move_of_an_item(make, pm, now, item, monkeypatch):
    target, twin = make(), make()
    decisions.accept(target, by=pm, at=now)
    roadmap.link(Request.objects.for_list().get(pk=target.pk), item, by=pm, at=now)
    failed = []

    def merge():
        try:
            decisions.merge(twin, into=target, by=pm, at=now)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    other, follow = threading.Thread(target=merge), roadmap.follow

    def follow_late(*args, **kwargs):
        other.start()
        other.join(0.3)
        follow(*args, **kwargs)

    monkeypatch.setattr(roadmap, "follow", follow_late)
    roadmap.move(item, seen="considering", to="in_progress", by=pm, at=now)
    other.join()
    assert not failed
    assert Request.objects.get(pk=target.pk).state == State.PROGRESS
    assert Request.objects.get(pk=twin.pk).root_id == target.pk


def test_a_promise_is_noted_from_a_request(as_, make, seller, today):
    request = make()
    account = request.voices.get().account
    url = f"{reverse('coordination:promise_new')}?request={request.pk}"
    assert account.name in as_(seller).get(url).text
    data = {"account": account.slug, "words": "We look into it.", "made_on": "2026-01-10"}
    assert as_(seller).post(url, data | {"due_on": "2026-01-09"}).status_code == 422
    as_(seller).post(url, data | {"due_on": "2026-02-01"})
    assert Promise.objects.get().request == request


def test_what_was_said_becomes_a_quote_that_an_insight_stands_on(as_, make, pm, now, area):
    request = make(problem="It takes an hour.\n\nEvery morning: they type it twice.")
    study = StudyFactory(team=_team_of(pm))
    url = reverse("coordination:request_evidence", args=[request.pk])
    for _ in range(2):
        assert (
            as_(pm).post(url, {"study": study.pk, "claim": "Typing twice costs an hour"}).status_code == 302
        )
    highlight = Highlight.objects.get()
    assert "It takes an hour." in highlight.quote
    assert "they type it twice" in highlight.quote
    assert RequestEvidence.objects.get().highlight == highlight
    assert Insight.objects.first().evidence.get().highlight == highlight
    assert (
        highlight.get_absolute_url()
        in as_(pm).get(reverse("coordination:request_ties", args=[request.pk])).text
    )
    evidence.keep(request, study=study, by=pm, at=now)
    assert Highlight.objects.count() == 1


def _team_of(person):
    from prodops.models import Level
    from tests.factories.prodops import TeamFactory

    team = TeamFactory()
    team.memberships.create(user=person, level=Level.EDITOR)
    return team


def test_the_words_of_a_decision_are_checked_and_reach_authors_outside(
    as_, make, pm, now, django_capture_on_commit_callbacks
):
    CustomerAccountFactory(name="Hartmann Spedition")
    request = make(author_email="ann@customer.test", channel=ChannelFactory())
    accept = reverse("coordination:accept", args=[request.pk])
    with django_capture_on_commit_callbacks(execute=True):
        as_(pm).post(accept, {"note": "As for Hartmann Spedition."})
    assert Request.objects.get(pk=request.pk).state == State.NEW
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        as_(pm).post(accept, {"note": "As for Hartmann Spedition.", "override": "They know."})
        as_(pm).post(accept, {"note": "Again."})
    [letter] = [one for one in mail.outbox if one.to == ["ann@customer.test"]]
    assert "We have taken on what you asked for. As for Hartmann Spedition." in letter.body
    check = reverse("coordination:outgoing_check", args=[request.pk])
    assert "is another customer" in as_(pm).post(check, {"reason": "Like Hartmann Spedition"}).text


def test_product_ops_keep_the_words_that_stay_inside(as_, ops, make, pm):
    as_(ops).post(reverse("coordination:term_list"), {"term": "Project Owl", "instead": "night mode"})
    with pytest.raises(outgoing.Blocked, match="night mode"):
        outgoing.ensure_fit("project owl is near", [make()])
    assert as_(pm).get(reverse("coordination:term_list")).status_code == 403


def test_an_item_goes_only_where_it_may(pm, now, item):
    with pytest.raises(roadmap.CannotMove):
        roadmap.move(item, seen="considering", to="shipped", by=pm, at=now)
    roadmap.move(item, seen="considering", to="dropped", by=pm, at=now)
    with pytest.raises(roadmap.CannotMove, match="quicker"):
        roadmap.move(item, seen="considering", to="planned", by=pm, at=now)
    assert RoadmapItem.objects.get().state == ItemState.DROPPED


def test_what_ships_a_second_time_is_told_again(make, seller, pm, now, item):
    request = make()
    decisions.accept(request, by=pm, at=now)
    roadmap.link(Request.objects.for_list().get(pk=request.pk), item, by=pm, at=now)
    ship(item, by=pm, at=now)
    first = roadmap.tell_shipped(item, "It is there.", by=pm, at=now, key="1")
    later = now + timedelta(days=2)
    roadmap.move(item, seen="shipped", to="in_progress", by=pm, at=now + timedelta(days=1))
    assert Request.objects.get(pk=request.pk).state == State.PROGRESS
    roadmap.move(item, seen="in_progress", to="shipped", by=pm, at=later)
    second = roadmap.tell_shipped(item, "It is there again.", by=pm, at=later, key="2")
    assert second != first
    assert [one.user for one in second.addressees.all()] == [one.user for one in first.addressees.all()]
    assert Request.objects.get(pk=request.pk).state == State.SHIPPED


def test_only_who_decides_a_request_ties_it_to_the_roadmap(as_, make, pm, now, item):
    request, other = make(), UserFactory()
    url = reverse("coordination:request_link", args=[request.pk])
    for data in ({"item": item.pk}, {"title": "My own item"}):
        as_(other).post(url, data)
    new = f"{reverse('coordination:roadmap_new')}?request={request.pk}"
    as_(other).post(new, {"title": "By the other door", "owner": other.pk})
    assert not request.roadmap_links.exists()
    assert not RoadmapItem.objects.filter(title="My own item").exists()
    assert "decides this request" in as_(other).get(url).text
    as_(pm).post(url, {"item": item.pk})
    link = request.roadmap_links.get()
    unlink = reverse("coordination:roadmap_unlink", args=[link.pk])
    assert as_(other).post(unlink).status_code == 404
    assert as_(pm).post(unlink).status_code == 302


def test_the_words_of_an_item_are_checked_before_all_who_asked_read_them(as_, make, pm, now, item):
    CustomerAccountFactory(name="Hartmann Spedition")
    url = reverse("coordination:roadmap_edit", args=[item.pk])
    data = {
        "title": item.title,
        "owner": pm.pk,
        "version": item.version,
        "public_words": "As Hartmann wanted",
    }
    answer = as_(pm).post(url, data)
    assert answer.status_code == 422
    assert "Hartmann" in answer.text
    item.refresh_from_db()
    assert item.public_words == "Night mode on the planning board"
    assert as_(pm).post(url, data | {"override": "They agreed to be named."}).status_code == 302
    item.refresh_from_db()
    assert item.public_words == "As Hartmann wanted"
