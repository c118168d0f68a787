"""What somebody without an account sees at the links in our mails, and what they may do there."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from research.models import AnswerKind, ContactBar, Quota, RecruitState, ScreenerQuestion
from tests.factories.research import RecruitFactory, RecruitingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def recruit():
    study = RecruitingFactory().study
    ScreenerQuestion.objects.create(
        study=study, position=0, text="How often?", options=["Daily", "Never"], rejects=["Never"]
    )
    ScreenerQuestion.objects.create(
        study=study, position=1, text="How many trucks?", kind=AnswerKind.NUMBER, at_least=2
    )
    return RecruitFactory(study=study, state=RecruitState.INVITED)


def at(name, recruit):
    return reverse(f"research:{name}", args=[recruit.token])


def sent(recruit, often="Daily", trucks="3"):
    first, second = recruit.study.screener_questions.order_by("position")
    return {f"q{first.pk}": often, f"q{second.pk}": trucks}


def test_the_invitation_shows_neither_the_studys_title_nor_its_rules(client, recruit):
    page = client.get(at("invited", recruit)).content.decode()
    assert recruit.study.recruiting.public_title in page
    assert recruit.study.title not in page
    questions = client.get(at("screener", recruit)).content.decode()
    assert "How many trucks?" in questions
    assert "at_least" not in questions


def test_following_a_link_changes_nothing(client, recruit):
    for name in ("invited", "screener", "onward", "opt_out"):
        client.get(at(name, recruit))
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.INVITED
    assert not ContactBar.objects.exists()
    assert client.get(at("invitation_decline", recruit)).status_code == 405


def test_who_fits_goes_on_and_a_second_answer_changes_nothing(client, recruit):
    assert client.post(at("screener", recruit), sent(recruit)).status_code == 302
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.SCREENED
    assert recruit.answers[1] == {"question": "How many trucks?", "answer": "3", "fits": True}
    again = client.post(at("screener", recruit), sent(recruit, often="Never"))
    assert "Choose a time" in again.content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.SCREENED


def test_who_does_not_fit_is_thanked_and_not_told_why(client, recruit):
    page = client.post(at("screener", recruit), sent(recruit, trucks="1"), follow=True).content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.SCREENED_OUT
    assert recruit.because == "How many trucks?: 1 is below 2"
    assert "Thank you for your answers" in page
    assert "below" not in page


def test_bad_answers_are_said_beside_the_question_and_nothing_typed_is_lost(client, recruit):
    page = client.post(at("screener", recruit), sent(recruit, often="Hourly", trucks="<b>lots"))
    assert page.status_code == 422
    assert "Choose from the answers on offer" in page.content.decode()
    assert "&lt;b&gt;lots" in page.content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.INVITED


def test_answers_looked_at_by_hand_wait(client, recruit):
    recruit.study.recruiting.by_hand = True
    recruit.study.recruiting.save()
    page = client.post(at("screener", recruit), sent(recruit), follow=True).content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.ANSWERED
    assert "We look at them" in page


def test_old_unknown_closed_and_full_links_say_so(client, recruit):
    assert client.get("/research/r/nonsense%00/").status_code == 404
    Quota.objects.create(study=recruit.study, segment=recruit.segment, wanted=0)
    assert "All places are taken" in client.get(at("screener", recruit)).content.decode()
    assert "All places are taken" in client.post(at("screener", recruit), sent(recruit)).content.decode()
    recruit.expires_at = timezone.now() - dt.timedelta(days=1)
    recruit.save()
    late = client.get(at("invited", recruit))
    assert late.status_code == 410
    assert "has run out" in late.content.decode()
    recruit.study.recruiting.closed_at = timezone.now()
    recruit.study.recruiting.save()
    assert "found everybody" in client.get(at("invited", recruit)).content.decode()


def test_who_was_picked_and_not_mailed_has_no_link(client, recruit):
    recruit.state = RecruitState.PICKED
    recruit.save()
    assert client.get(at("invited", recruit)).status_code == 404


def test_no_is_said_once(client, recruit):
    assert client.post(at("invitation_decline", recruit)).status_code == 302
    assert "You said no" in client.post(at("invitation_decline", recruit)).content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.DECLINED


def test_mail_programs_opt_out_with_one_post_even_when_the_link_is_old(recruit):
    from django.test import Client

    recruit.expires_at = timezone.now() - dt.timedelta(days=400)
    recruit.save()
    machine = Client(enforce_csrf_checks=True)
    answer = machine.post(at("opt_out", recruit), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert ContactBar.objects.get().participant == recruit.participant
    assert machine.post(at("opt_out", recruit)).status_code == 200
    assert ContactBar.objects.count() == 1
