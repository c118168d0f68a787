"""What somebody without an account sees at the links in our mails, and what they may do there."""

import datetime as dt
import threading
from collections import Counter
from functools import partial

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from research.models import (
    AnswerKind,
    Booking,
    ContactBar,
    Quota,
    Recruit,
    RecruitState,
    ScreenerQuestion,
    Seat,
)
from research.queries import scheduling as times
from research.services import answering, bookings
from tests.factories.people import ConsentTextFactory
from tests.factories.research import RecruitFactory, RecruitingFactory
from tests.factories.scheduling import scheduling_of

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


def test_from_the_invitation_to_the_booked_time_and_back_out(
    client, recruit, django_capture_on_commit_callbacks
):
    """Answer, sign, book, take it back: each page leads to the next, and none is a dead end."""
    scheduling_of(recruit.study)
    text = ConsentTextFactory()
    signing, booking = at("consent_sign", recruit), at("book", recruit)
    answered = client.post(at("screener", recruit), sent(recruit))
    assert answered.url == signing
    assert client.get(at("onward", recruit)).url == signing
    assert client.get(booking).url == signing
    signed = {"typed_name": "Ada Holm", "agreed": "on", "text": text.sha256}
    with django_capture_on_commit_callbacks(execute=True):
        on = client.post(signing, signed, follow=True)
    assert on.redirect_chain[-1][0] == booking
    start = times.free(recruit.study.scheduling, now=timezone.now())[0].start.isoformat()
    assert client.post(booking, {"start": start, "zone": "Europe/Paris"}).url == booking
    assert client.get(at("onward", recruit)).url == booking
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.BOOKED
    back = at("consent_withdraw", recruit)
    [copy] = [one for one in mail.outbox if one.subject.startswith("Your copy")]
    assert back in copy.body
    assert back in client.get(booking).content.decode()
    assert back in client.get(at("invited", recruit)).content.decode()
    assert "booked is called off" in client.get(back).content.decode()
    assert "had booked is called off" in client.post(back, {"sure": "on"}).content.decode()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.DECLINED
    assert client.get(at("onward", recruit), follow=True).redirect_chain == [(at("invited", recruit), 302)]
    assert "No times can be booked here" in client.get(booking).content.decode()


def at_once(*jobs):
    """Do all of it at the same moment, each with its own connection; gives what each returned or raised."""
    together, said = threading.Barrier(len(jobs)), []

    def run(job):
        try:
            together.wait(10)
            said.append(job())
        except (answering.Closed, bookings.Refused) as error:
            said.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_for_the_last_place_one_gets_it():
    study = RecruitingFactory().study
    Quota.objects.create(study=study, segment="small", wanted=1)
    rivals = RecruitFactory.create_batch(4, study=study, state=RecruitState.INVITED, segment="small")
    now = timezone.now()
    said = at_once(*(partial(answering.answer, one, {}, at=now) for one in rivals))
    refused = [one for one in said if isinstance(one, answering.Closed)]
    assert len(said) == 4
    assert {str(one) for one in refused} == {"All places are taken by now. Thank you for thinking about it."}
    states = Counter(Recruit.objects.values_list("state", flat=True))
    assert states == {RecruitState.SCREENED: 1, RecruitState.INVITED: 3}


@pytest.mark.django_db(transaction=True)
def test_who_opts_out_while_they_book_has_nothing_booked():
    recruit = RecruitFactory(study=RecruitingFactory().study, state=RecruitState.SCREENED)
    scheduling = scheduling_of(recruit.study)
    now = timezone.now()
    start = times.free(scheduling, now=now)[0].start
    at_once(
        partial(answering.opt_out, Recruit.objects.get(pk=recruit.pk), at=now),
        partial(bookings.book, Recruit.objects.get(pk=recruit.pk), start=start, zone="UTC", at=now),
    )
    assert ContactBar.objects.get().kind == "opted_out"
    assert not Booking.objects.filter(state="booked").exists()
    assert not Seat.objects.filter(live=True).exists()
    recruit.refresh_from_db()
    assert recruit.state == RecruitState.DECLINED
