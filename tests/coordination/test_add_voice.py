from decimal import Decimal

import pytest
from django.urls import reverse

from coordination import queries
from coordination.models import Request, Voice
from coordination.services import decisions, voices
from prodops.models import Notification
from tests.factories.prodops import CustomerAccountFactory

pytestmark = pytest.mark.django_db


def test_the_same_account_keeps_one_voice_with_all_words_and_the_larger_revenue(make, stranger, now):
    request, account = make(), CustomerAccountFactory()
    first, new = voices.add(
        request, account=account, by=stranger, at=now, words="We wait.", revenue=Decimal(10)
    )
    again, new_again = voices.add(
        request, account=account, by=stranger, at=now, words="Still.", revenue=Decimal(7)
    )
    assert (first, new, new_again) == (again, True, False)
    voice = Voice.objects.get(pk=first.pk)
    assert voice.words.startswith("We wait.\n\n")
    assert voice.words.endswith("Still.")
    assert voice.revenue == Decimal(10)
    request.refresh_from_db()
    assert request.accounts_count == 2


def test_an_account_for_a_merged_request_goes_to_the_one_it_was_joined_with(make, pm, stranger, now):
    target, other = make(), make()
    decisions.merge(other, into=target, by=pm, at=now)
    voice, _ = voices.add(other, account=CustomerAccountFactory(), by=stranger, at=now)
    assert voice.request == target


def test_joining_keeps_what_was_typed_as_the_accounts_words(as_, make, stranger):
    request, account = make(problem="Secret of the other team"), CustomerAccountFactory()
    url = reverse("coordination:join", args=[request.pk])
    typed = {"title": "Undo imports", "problem": "They delete by hand.", "revenue": "1.5k"}
    refused = as_(stranger).post(url, typed)
    assert refused.status_code == 422
    assert "They delete by hand." in refused.text
    as_(stranger).post(url, {**typed, "account": account.slug, "account_text": account.name})
    voice = Voice.objects.get(account=account)
    assert (voice.request, voice.team) == (request, stranger.teams.get())
    assert (voice.words, voice.revenue) == ("Undo imports\n\nThey delete by hand.", Decimal(1_500))
    page = as_(stranger).get(request.get_absolute_url())
    assert page.status_code == 200
    assert "Secret of the other team" not in page.text


def test_joining_with_an_account_of_another_team_gives_a_voice_of_ones_own(
    as_, make, seller, stranger, pm, now, django_capture_on_commit_callbacks
):
    request = make()
    theirs = request.voices.get()
    typed = {
        "title": "Words of support",
        "account": theirs.account.slug,
        "account_text": theirs.account.name,
        "revenue": "9000",
    }
    joined = as_(stranger).post(reverse("coordination:join", args=[request.pk]), typed, follow=True)
    assert joined.status_code == 200  # the request's page, which they follow from now on
    assert "You will hear what is decided." in joined.text
    assert "Words of support" in joined.text
    assert request.title in as_(stranger).get(reverse("coordination:my_requests")).text
    assert "Words of support" not in as_(seller).get(request.get_absolute_url()).text
    theirs.refresh_from_db()
    assert (theirs.words, theirs.added_by, theirs.revenue) == ("", seller, Decimal(1_000))
    request = Request.objects.get(pk=request.pk)
    impact = queries.impact_of([request])[request.pk]
    assert (request.accounts_count, impact.accounts, impact.stake) == (1, 1, [("EUR", Decimal(9_000))])
    with django_capture_on_commit_callbacks(execute=True):
        decisions.accept(request, by=pm, at=now)
    assert {one.recipient for one in Notification.objects.filter(event__verb="request.accepted")} == {
        seller,
        stranger,
    }


def test_whose_account_another_team_added_only_the_deciders_are_told(
    as_, make, seller, stranger, pm, now, django_capture_on_commit_callbacks
):
    request, account = make(), CustomerAccountFactory(name="Halcyon Lines")
    with django_capture_on_commit_callbacks(execute=True):
        voices.add(request, account=account, by=stranger, at=now, team=stranger.teams.get())
    told = {one.recipient: one.text for one in Notification.objects.all()}
    assert told == {
        seller: f"Another account was added: {request.title}",
        pm: f"Halcyon Lines was added: {request.title}",
    }
    seen = {
        user: request.title in as_(user).get(account.get_absolute_url()).text
        for user in (seller, stranger, pm)
    }
    assert seen == {seller: False, stranger: True, pm: True}


def test_two_people_without_a_team_have_a_voice_each(make, pm, ops, now):
    request, account = make(), CustomerAccountFactory()
    for person in (pm, ops, pm):
        voices.add(request, account=account, by=person, at=now, words=f"As {person.name} heard")
    assert request.voices.filter(account=account).count() == 2
    assert Request.objects.get(pk=request.pk).accounts_count == 2


def test_joining_drops_nothing_of_what_was_typed(as_, make, stranger):
    request, account = make(), CustomerAccountFactory()
    typed = {
        "title": "Undo imports",
        "affected": "Night shift",
        "workaround": "They delete by hand.",
        "evidence_url": "https://tickets.example.com/7",
        "account": account.slug,
        "account_text": account.name,
    }
    url = reverse("coordination:join", args=[request.pk])
    too_long = as_(stranger).post(url, {**typed, "problem": "x" * 9_990})
    assert too_long.status_code == 422
    assert "up to 10,000 characters" in too_long.text
    as_(stranger).post(url, typed)
    assert Voice.objects.get(account=account).words == (
        "Undo imports\n\nAffected: Night shift\n\nWhat they do instead: They delete by hand."
        "\n\nhttps://tickets.example.com/7"
    )
