from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.models import Voice
from coordination.services import decisions, voices
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
