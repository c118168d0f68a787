"""Consent texts in versions, signing them, and the mail with a copy."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from prodops import activity, jobs
from research.models import ConsentForm, ConsentText, Recruit, Signature, StudyConsent
from research.synthesis.consent_sheet import pdf
from research.synthesis.consenting import text_hash
from research.synthesis.markup import tree


class Refused(Exception):
    """It can't be done; the words say why."""


@transaction.atomic
def create_form(*, kind, name, carry_days, every_study, by, at):
    form = ConsentForm(
        kind=kind, name=name, carry_days=carry_days, every_study=every_study, created_by=by, created_at=at
    )
    form.save()
    activity.record("consent.form_added", on=form, by=by, at=at)
    return form


@transaction.atomic
def change_form(form, *, by, at, **fields):
    """Change its name, or by what rule signatures carry over: what was signed keeps its title and wording."""
    for name, value in fields.items():
        setattr(form, name, value)
    form.save(update_fields=list(fields))
    activity.record("consent.form_changed", on=form, by=by, at=at)


@transaction.atomic
def retire(form, *, by, at):
    """Nobody is asked to sign it any more; what was signed stays to be read."""
    if ConsentForm.objects.live().filter(pk=form.pk).update(retired_at=at):
        activity.record("consent.form_retired", on=form, by=by, at=at)


@transaction.atomic
def reinstate(form, *, by, at):
    """Ask for it again. Raises `Refused` where another text has taken its name."""
    if ConsentForm.objects.live().filter(name=form.name).exclude(pk=form.pk).exists():
        raise Refused("Another text in use has this name. Rename one of them first.")
    if ConsentForm.objects.filter(pk=form.pk, retired_at__isnull=False).update(retired_at=None):
        activity.record("consent.form_reinstated", on=form, by=by, at=at)


@transaction.atomic
def write(form, *, body, purposes, choices, valid_days, sign_anew, by, at):
    """Write the draft of the form's next version: the one there is, or a new one."""
    newest = ConsentText.objects.select_for_update().filter(form=form).order_by("-number").first()
    fields = {
        "title": form.name,
        "body": body,
        "purposes": purposes,
        "choices": choices,
        "valid_days": valid_days,
        "sign_anew": sign_anew,
        "sha256": text_hash(form.name, body, purposes, choices),
    }
    if newest is not None and newest.published_at is None:
        ConsentText.objects.filter(pk=newest.pk, published_at=None).update(**fields)
        newest.refresh_from_db()
        return newest
    number = newest.number + 1 if newest else 1
    return ConsentText.objects.create(form=form, number=number, created_by=by, created_at=at, **fields)


@transaction.atomic
def publish(text, *, by, at):
    """From now on this is what people sign; nobody can change it any more."""
    if not text.body.strip() or not text.purposes:
        raise Refused("Write the text, and state at least one purpose, before it is published.")
    title = text.form.name
    sha256 = text_hash(title, text.body, text.purposes, text.choices)
    won = ConsentText.objects.filter(pk=text.pk, published_at=None).update(
        published_at=at, published_by=by, title=title, sha256=sha256
    )
    if not won:
        raise Refused("This version is published already.")
    activity.record("consent.published", on=text.form, by=by, at=at, data={"number": text.number})


@transaction.atomic
def ask_in(study, forms, *, by, at):
    """The study's participants sign these forms, beside those that every study needs."""
    wanted = {form.pk for form in forms}
    StudyConsent.objects.filter(study=study).exclude(form__in=wanted).delete()
    there = set(StudyConsent.objects.filter(study=study).values_list("form", flat=True))
    StudyConsent.objects.bulk_create([StudyConsent(study=study, form_id=pk) for pk in sorted(wanted - there)])
    activity.record("study.consent_set", on=study, by=by, at=at)


@transaction.atomic
def sign(participant, study, texts, *, typed_name, granted, ip, at):
    """Sign `texts`; `granted` are those of their choices that were ticked. Returns the new signatures.

    Signing again what stands signed changes nothing; what ran out is signed anew. A copy is mailed after
    commit.
    """
    typed_name = " ".join(typed_name.split())[:120]
    if not typed_name:
        raise Refused("Type your name to sign.")
    made = []
    for text in texts:
        if text.valid_days is not None:
            ran_out = {"at__lte": at - dt.timedelta(days=text.valid_days)}
            before = Signature.objects.standing().filter(participant=participant, text=text, study=study)
            before.filter(**ran_out).update(replaced_at=at)
        try:
            with transaction.atomic():
                row = Signature.objects.create(
                    participant=participant,
                    text=text,
                    study=study,
                    typed_name=typed_name,
                    granted=[one for one in text.choices if one in granted],
                    at=at,
                    ip=ip,
                    text_sha256=text.sha256,
                )
        except IntegrityError:  # they pressed twice
            continue
        made.append(row)
    if made:
        activity.record("participant.signed", on=participant, by=None, at=at, data={"study": study.pk})
        jobs.enqueue("research.tasks.mail_signatures", signature_ids=[row.pk for row in made])
    return made


def sheet(signature):
    """The bytes of a PDF of what was signed, with the signature."""
    text, form = signature.text, signature.text.form
    zone = timezone.get_default_timezone()
    content = {
        "title": text.title,
        "company": settings.COMPANY_NAME,
        "version": f"{form.get_kind_display()}, version {text.number}",
        "body": tree(text.body),
        "purposes": text.purposes,
        "choices": [{"words": one, "granted": one in signature.granted} for one in text.choices],
        "signed": [
            ["Signed by", signature.typed_name],
            ["On", f"{signature.at.astimezone(zone):%-d %B %Y, %H:%M %Z}"],
            ["From the address", signature.ip or "not known"],
            ["Fingerprint of the text (SHA-256)", signature.text_sha256],
        ],
    }
    return pdf(content, at=signature.at)


def _taking_back(signature):
    """Where they take it back: the page behind the link of their own invitation."""
    recruit = Recruit.objects.get(study=signature.study_id, participant=signature.participant_id)
    return settings.BASE_URL + reverse("research:consent_withdraw", args=[recruit.token])


def mail(signature_ids, *, at):
    """Mail each person a copy of what they signed, once: the row is claimed before the mail goes."""
    rows = Signature.objects.filter(pk__in=signature_ids, mailed_at=None).exclude(participant__email="")
    for row in rows.select_related("text__form", "participant", "study").order_by("pk"):
        with transaction.atomic():
            if not Signature.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=at):
                continue
            letter = EmailMessage(
                f"Your copy: {row.text.title}"[:200],
                f"Hello {row.participant.name},\n\nthank you. Attached is a copy of what you signed for "
                f"{settings.COMPANY_NAME}.\n\nYou can take your consent back at any time: answer this mail, "
                f"or do it here:\n{_taking_back(row)}\n",
                settings.DEFAULT_FROM_EMAIL,
                [row.participant.email],
                headers={"X-Prodops": "1"},
            )
            letter.attach(
                f"{row.text.form.kind}-version-{row.text.number}.pdf", sheet(row), "application/pdf"
            )
            letter.send()  # a mail server that is down undoes the claim, and the job tries again
