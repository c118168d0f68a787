"""Somebody opts out, or takes consent back: surveys of many, booked times, results and exports heed it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from prodops import search
from prodops.models import Role, SearchEntry
from research.models import (
    Bar,
    Booking,
    BookingState,
    ContactBar,
    Highlight,
    InsightEvidence,
    RecruitState,
    Seat,
    Session,
    SurveyAnswer,
    SurveyResponse,
)
from research.queries import results
from research.services import answering, consent, survey_imports, withdrawal
from tests.factories.people import ConsentTextFactory, PersonFactory, RecruitFactory, SignatureFactory
from tests.factories.research import HighlightFactory, InsightFactory, StudyFactory
from tests.factories.scheduling import booked, hours_of, scheduling_of
from tests.research.samples_surveys import ANSWERS, usability_study

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)  # a Monday
DAY = dt.timedelta(days=1)
MAILS = ANSWERS.replace(b"\n1,", b"\nada@guests.example,").replace(b"\n2,", b"\nbo@guests.example,")
SAID = "A map that says why a route was changed."


@pytest.fixture
def ops(people):
    return people[Role.PRODUCT_OPS]


def brought_in(study, data, by):
    at = timezone.now()
    load = survey_imports.stage(study, data=data, file_name="a.csv", by=by, at=at)
    counts = survey_imports.confirm(load, by=by, at=at)
    load.refresh_from_db()
    return load.survey, counts


@pytest.fixture
def ada():
    return PersonFactory(name="Ada Holm", email="ada@guests.example")


@pytest.fixture
def survey(ops, ada):
    return brought_in(StudyFactory(lead=ops), MAILS, ops)[0]


def test_what_somebody_answered_among_many_is_out_of_sight(client, survey, ada, ops):
    words = survey.session.cues.get(text=SAID)
    theirs = HighlightFactory(session=survey.session, start_cue=words, end_offset=len(SAID))
    other = HighlightFactory(session=survey.session, start_cue=survey.session.cues.exclude(pk=words.pk).get())
    insight = InsightFactory(team=survey.session.study.team, evidence=[theirs])
    search.index_many(survey.session.cues.select_related("session__study"))
    done = withdrawal.withdraw(ada, survey.session.study, by=ops, at=timezone.now())
    assert (done.counts["sessions"], done.counts["answers"], done.counts["highlights"]) == (0, 1, 1)
    assert done.insight_ids == [insight.pk]
    assert list(Highlight.objects.all()) == [other]
    assert not SearchEntry.objects.filter(body__contains="why a route").exists()
    [recommend, *_] = results.question_results(survey.pk)
    assert recommend.n == survey.responses.count() == 2
    client.force_login(ops)
    question = survey.questions.get(kind="open")
    for url in (
        survey.get_absolute_url(),
        survey.session.get_absolute_url(),
        reverse("research:survey_csv", args=[survey.pk]),
        reverse("research:survey_answers", args=[question.pk]),
        insight.get_absolute_url(),
        done.get_absolute_url(),
    ):
        answer = client.get(url)
        assert answer.status_code == 200
        assert SAID not in answer.getvalue().decode()
    # the file comes once more: it does not bring them back
    _, counts = brought_in(survey.session.study, MAILS.replace(b",9,", b",8,"), ops)
    assert (counts.new, counts.changed, counts.same) == (0, 0, 3)
    withdrawal.erase(done, by=ops, at=timezone.now())
    assert SurveyResponse.every.count() == SurveyResponse.objects.count() == 2
    assert not Highlight.every.exclude(pk=other.pk).exists()
    assert not InsightEvidence.objects.exists()
    assert Session.every.get() == survey.session


def test_a_quote_that_runs_into_others_words_goes_too(survey, ada, ops):
    first, second = survey.session.cues.order_by("position")
    both = HighlightFactory(
        session=survey.session, start_cue=first, end_cue=second, quote=f"{first.text}\n{second.text}"
    )
    done = withdrawal.withdraw(ada, by=ops, at=timezone.now())
    assert not Highlight.objects.exists()
    withdrawal.erase(done, by=ops, at=timezone.now())
    assert not Highlight.every.filter(pk=both.pk).exists()
    assert survey.session.cues.get() == second
    assert SurveyAnswer.objects.filter(question__kind="open").count() == 1


def test_somebody_known_later_by_the_address_they_answered_with(ops, survey, ada):
    SurveyResponse.objects.update(participant=None)
    done = withdrawal.withdraw(ada, by=ops, at=timezone.now())
    assert done.counts["answers"] == 1


def test_results_of_a_usability_test_leave_the_page_and_the_file(client, people, ops):
    study = usability_study(people)
    session = study.sessions.get()
    assert results.sus_of(study.pk).score.n == 1
    withdrawal.withdraw(session.participant, by=ops, at=timezone.now())
    assert results.sus_of(study.pk).score.n == 0
    client.force_login(ops)
    for name in ("usability_results", "usability_csv", "study_detail"):
        page = client.get(reverse(f"research:{name}", args=[study.slug])).getvalue().decode()
        assert session.participant.name not in page
        assert session.title not in page


@pytest.fixture
def coming():
    """A booking of tomorrow, and one of the same person that was held."""
    study = StudyFactory()
    scheduling_of(study)
    hours_of(study.lead)
    recruit = RecruitFactory(study=study, state=RecruitState.BOOKED)
    return booked(recruit, starts_at=NOW + DAY)


def test_taking_consent_back_calls_off_what_is_booked(coming):
    recruit = coming.recruit
    other = RecruitFactory(participant=recruit.participant, state=RecruitState.INVITED)
    done = withdrawal.withdraw(recruit.participant, recruit.study, by=None, at=NOW)
    coming.refresh_from_db()
    recruit.refresh_from_db()
    other.refresh_from_db()
    assert (coming.state, recruit.state, other.state) == (
        *(BookingState.CANCELLED, RecruitState.DECLINED, RecruitState.INVITED),
    )
    assert done.counts["bookings"] == 1
    assert not Seat.objects.filter(live=True).exists()
    assert coming.mails.filter(kind="cancelled").count() == 2  # the participant's calendar, and the host's
    withdrawal.withdraw(recruit.participant, by=None, at=NOW)
    other.refresh_from_db()
    assert other.state == RecruitState.DECLINED


@pytest.mark.parametrize("keep", [True, False])
def test_opting_out_gives_the_time_back_unless_they_still_come(coming, keep):
    answering.opt_out(coming.recruit, at=NOW, keep=keep)
    coming.refresh_from_db()
    coming.recruit.refresh_from_db()
    assert ContactBar.objects.get().kind == Bar.OPTED_OUT
    assert coming.is_open == keep
    assert coming.recruit.state == (RecruitState.BOOKED if keep else RecruitState.DECLINED)


def test_a_session_that_has_begun_is_not_called_off_by_opting_out(coming):
    answering.opt_out(coming.recruit, at=NOW + DAY)
    assert Booking.objects.get().is_open


def test_what_ran_out_is_signed_anew_and_the_old_signature_stays(now):
    person, study = PersonFactory(), StudyFactory()
    text = ConsentTextFactory(valid_days=30)
    old = SignatureFactory(participant=person, study=study, text=text, at=now - 30 * DAY)
    [new] = consent.sign(person, study, [text], typed_name="Ada", granted=set(), ip=None, at=now)
    old.refresh_from_db()
    assert (old.replaced_at, new.replaced_at) == (now, None)
    assert consent.sign(person, study, [text], typed_name="Ada", granted=set(), ip=None, at=now) == []


def test_renaming_a_text_leaves_what_was_signed_as_it_was(client, ops, now):
    signed = SignatureFactory(text__form__name="Taking part")
    form = signed.text.form
    client.force_login(ops)
    url = reverse("research:consent_edit", args=[form.pk])
    sent = {"name": "Our talk", "kind": "consent", "carry_days": "90", "every_study": "on"}
    assert client.post(url, sent).status_code == 302
    form.refresh_from_db()
    signed.text.refresh_from_db()
    assert (form.name, form.carry_days, signed.text.title) == ("Our talk", 90, "Taking part")
    taken = ConsentTextFactory(form__name="Other").form
    refused = client.post(url, sent | {"name": "Other"})
    assert refused.status_code == 422
    retire = reverse("research:consent_retire", args=[taken.pk])
    client.post(retire)
    assert client.post(url, sent | {"name": "Other"}).status_code == 302
    client.post(retire, {"back": "1"})
    taken.refresh_from_db()
    assert taken.retired_at is not None  # its name is taken by now
