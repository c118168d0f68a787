"""Consent: versions, what still counts, signing by link, withdrawal and what goes out of sight with it."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops import search
from prodops.models import Notification, SearchEntry
from research.models import (
    ConsentText,
    Highlight,
    HighlightTag,
    InsightEvidence,
    InsightReport,
    RecruitState,
    Session,
    Signature,
    Withdrawal,
)
from research.queries import consent as queries
from research.queries.standing import badges_of
from research.services import consent, withdrawal
from research.synthesis.consenting import Asked, Signed, counts, from_number
from tests.factories.people import (
    ConsentFormFactory,
    ConsentTextFactory,
    PersonFactory,
    RecruitFactory,
    SignatureFactory,
)
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    InsightReportFactory,
    ReportSectionFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@given(st.integers(0, 800), st.integers(0, 400), st.none() | st.integers(1, 700), st.booleans())
def test_a_signature_counts_by_age_and_study(age, carry, valid, same):
    signed = Signed(1, 1, AT - age * DAY, valid)
    fits = counts(signed, Asked(1, 1 if same else 2, carry), AT)
    assert fits == ((valid is None or age < valid) and (same or age < carry))
    assert not counts(signed, Asked(2, 1, carry), AT)


def test_a_version_that_is_not_signed_anew_leaves_earlier_signatures_standing():
    assert from_number([(1, True), (2, False), (3, False)]) == 1
    assert from_number([(1, True), (2, True), (3, False)]) == 2


def test_what_is_missing_follows_versions_and_carries_over(db, ops, now):
    study, other = StudyFactory.create_batch(2)
    person = PersonFactory()
    text = ConsentTextFactory(form__carry_days=90)
    ConsentTextFactory(form=ConsentFormFactory(every_study=False))  # another study's matter
    assert queries.missing(study, person, now) == [text]
    SignatureFactory(participant=person, text=text, study=other, at=now - 89 * DAY)
    assert queries.missing(study, person, now) == []
    assert queries.unsigned(study, [person.pk], at=now + DAY) == {person.pk}
    newer = consent.write(
        text.form,
        body="New",
        purposes=["To improve"],
        choices=[],
        valid_days=None,
        sign_anew=False,
        by=ops,
        at=now,
    )
    assert queries.missing(study, person, now) == []  # a draft asks nothing
    consent.publish(newer, by=ops, at=now)
    assert queries.missing(study, person, now) == []
    with pytest.raises(consent.Refused):
        consent.publish(newer, by=ops, at=now)
    third = consent.write(
        text.form,
        body="Other",
        purposes=["To sell"],
        choices=[],
        valid_days=None,
        sign_anew=True,
        by=ops,
        at=now,
    )
    consent.publish(third, by=ops, at=now)
    assert queries.missing(study, person, now) == [ConsentText.objects.get(pk=third.pk)]


def test_signing_by_the_link_keeps_who_when_where_and_mails_a_copy(
    client, db, now, django_capture_on_commit_callbacks
):
    recruit = RecruitFactory(state=RecruitState.INVITED)
    text = ConsentTextFactory()
    url = reverse("research:consent_sign", args=[recruit.token])
    page = client.get(url)
    assert text.purposes[0] in page.content.decode()
    # "no-referrer" would make browsers send the form with "Origin: null", which is refused
    assert page.headers["Referrer-Policy"] == "same-origin"
    sent = {"typed_name": "  Ines   Roth ", "agreed": "on", "granted": text.choices, "text": text.sha256}
    assert client.post(url, sent | {"text": "0" * 64}).status_code == 422
    assert client.post(url, {"text": text.sha256}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, sent).status_code == 302
    signed = Signature.objects.get()
    assert (signed.typed_name, signed.granted, signed.ip) == ("Ines Roth", text.choices, "127.0.0.1")
    assert signed.text_sha256 == text.sha256
    assert signed.mailed_at
    [letter] = mail.outbox
    [(_name, body, kind)] = letter.attachments
    assert letter.to == [recruit.participant.email]
    assert kind == "application/pdf"
    assert body[:5] == b"%PDF-"
    consent.mail([signed.pk], at=now)
    assert len(mail.outbox) == 1
    assert client.get(url).status_code == 302  # nothing is missing any more
    assert client.get(reverse("research:consent_sign", args=["x" * 40])).status_code == 404


@pytest.fixture
def said(db, ops, now):
    """A session with a quote under an insight and in a published report."""
    session = SessionFactory(study__lead=ops)
    CueFactory(session=session)
    quote = HighlightFactory(session=session, tagged=[TagFactory()])
    insight = InsightFactory(team=session.study.team, evidence=[quote])
    report = InsightReportFactory()
    told = {"session": session.pk, "highlight": quote.pk, "text": quote.quote, "cut": False}
    section = ReportSectionFactory(report=report, data={"quotes": [told]})
    InsightReport.objects.filter(pk=report.pk).update(state="published", published_at=now, published_by=ops)
    search.index_many(session.cues.select_related("session__study"))
    search.index_many(Highlight.objects.filter(pk=quote.pk).select_related("session__study"))
    search.index(session)
    return session, quote, insight, section


def test_withdrawal_takes_everything_out_of_sight_and_lists_the_insights(client, said, ops, now):
    session, quote, insight, section = said
    SignatureFactory(participant=session.participant, study=session.study, at=now)
    theirs = SearchEntry.objects.filter(kind__in=["cue", "highlight", "session"])
    assert theirs.count() == 3 + session.cues.count() - 1
    done = withdrawal.withdraw(session.participant, session.study, because="Changed jobs", by=ops, at=now)
    assert (done.session_ids, done.insight_ids) == ([session.pk], [insight.pk])
    assert done.report_ids == [section.report_id]
    assert badges_of([insight], now.date())[insight.pk].participants == 0
    assert not theirs.exists()
    assert not Session.objects.exists()
    assert not Highlight.objects.exists()
    assert not HighlightTag.objects.anchored().exists()
    assert not session.study.sessions.exists()
    section.refresh_from_db()
    assert section.data["quotes"][0]["text"] == ""
    assert quote.quote not in str(section.data)
    assert not Signature.objects.standing().exists()
    client.force_login(ops)
    for name, pk in [("session_detail", session.pk), ("highlight_detail", quote.pk)]:
        assert client.get(reverse(f"research:{name}", args=[pk])).status_code == 404
    page = client.get(done.get_absolute_url()).content.decode()
    assert insight.title in page
    assert quote.quote not in page
    assert quote.quote not in client.get(section.report.get_absolute_url()).content.decode()
    assert quote.quote not in client.get(insight.get_absolute_url()).content.decode()
    search.index_many(session.cues.select_related("session__study"))  # indexing anew does not bring it back
    assert not theirs.exists()
    withdrawal.erase(done, by=ops, at=now)
    assert not Session.every.exists()
    assert not InsightEvidence.objects.exists()
    with pytest.raises(withdrawal.Refused):
        withdrawal.erase(done, by=ops, at=now)


def test_somebody_takes_it_back_by_their_link(client, said, django_capture_on_commit_callbacks):
    session, *_ = said
    recruit = RecruitFactory(study=session.study, participant=session.participant)
    url = reverse("research:consent_withdraw", args=[recruit.token])
    assert client.get(url).status_code == 200
    assert Session.objects.exists()
    assert client.post(url, {}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"sure": "on"}).status_code == 200
    assert not Session.objects.exists()
    assert "Nothing to take back" in client.post(url, {"sure": "on"}).content.decode()
    assert Withdrawal.objects.count() == 1
    lead = Notification.objects.get(recipient=session.study.lead, event__verb="participant.withdrew")
    assert session.participant.alias in lead.text
    assert session.participant.name not in lead.text
