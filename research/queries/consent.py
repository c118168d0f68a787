"""What has to be signed for a study, by whom, and what has been."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Q

from research.models import (
    ConsentForm,
    ConsentText,
    Highlight,
    Insight,
    InsightEvidence,
    Recording,
    Session,
    Signature,
    StudyConsent,
    SurveyResponse,
)
from research.models.survey import key_of
from research.synthesis.consenting import Asked, Signed, counts, from_number


def forms_of(study):
    """The forms in use that the study's participants sign, by its own wish or since every study does."""
    named = Exists(StudyConsent.objects.filter(study=study, form=OuterRef("pk")))
    return ConsentForm.objects.live().filter(Q(every_study=True) | named)


def _asked(study):
    """[(newest published text, `Asked`)] of the study's forms; one without a published text asks nothing."""
    texts = ConsentText.objects.filter(form__in=forms_of(study), published_at__isnull=False)
    by_form = defaultdict(list)
    for text in texts.select_related("form").order_by("form__kind", "form__name", "form", "number"):
        by_form[text.form_id].append(text)
    return [
        (
            versions[-1],
            Asked(
                from_number([(one.number, one.sign_anew) for one in versions]),
                study.pk,
                versions[-1].form.carry_days,
            ),
        )
        for versions in by_form.values()
    ]


def _signed(people, forms):
    """{(participant, form): [`Signed`]} of what was not taken back."""
    rows = Signature.objects.standing().filter(participant__in=people, text__form__in=forms).order_by()
    found = defaultdict(list)
    for person, form, *said in rows.values_list(
        "participant", "text__form", "text__number", "study", "at", "text__valid_days"
    ):
        found[person, form].append(Signed(*said))
    return found


def missing(study, participant, at):
    """The texts that `participant` has still to sign before they take part in `study`, in order."""
    asked = _asked(study)
    signed = _signed([participant.pk], [text.form_id for text, _ in asked]) if asked else {}
    return [
        text
        for text, wanted in asked
        if not any(counts(one, wanted, at) for one in signed.get((participant.pk, text.form_id), ()))
    ]


def unsigned(study, people, *, at):
    """Of participants (ids), those who have something to sign for `study`."""
    people = list(people)
    asked = _asked(study) if people else []
    if not asked:
        return set()
    signed = _signed(people, [text.form_id for text, _ in asked])
    return {
        pk
        for pk in people
        for text, wanted in asked
        if not any(counts(one, wanted, at) for one in signed.get((pk, text.form_id), ()))
    }


def withdrawn(study, people):
    """Of participants (ids), those who took back a consent that they had given for `study`."""
    if not people:
        return set()
    rows = Signature.objects.filter(study=study, participant__in=people, withdrawn_at__isnull=False)
    return set(rows.values_list("participant", flat=True))


def said_for(study, participant):
    """The signatures that the participant gave for this study itself, newest first, taken back or not."""
    return list(Signature.objects.filter(study=study, participant=participant).for_list())


def has_signed(study, participant):
    """Whether something that the participant signed for this study stands, so that it can be taken back."""
    return Signature.objects.standing().filter(study=study, participant=participant).exists()


# --- withdrawal -------------------------------------------------------------------------------------------


def reach(participant, study=None):
    """What a withdrawal would take out of sight: {"sessions": ids, "answers", "recordings", "highlights",
    "insights"}.

    Without a study, of all of them. `answers` is in how many surveys of many they answered.
    """
    answers = list(answered_by(participant, study))
    sessions = Session.objects.filter(participant=participant, withdrawn_at=None)
    if study is not None:
        sessions = sessions.filter(study=study)
    ids = list(sessions.order_by("pk").values_list("pk", flat=True))
    return {
        "sessions": ids,
        "answers": len(answers),
        "recordings": Recording.objects.ready().filter(session__in=ids).count(),
        "highlights": Highlight.objects.filter(
            Q(session__in=ids) | Q(start_cue__answer__response__in=answers)
        ).count(),
        "insights": list(touched_insights(ids, answers)),
    }


def anything_of(participant, study):
    """Whether something that they said in `study` is to be seen."""
    sessions = Session.objects.filter(participant=participant, study=study)
    return sessions.exists() or answered_by(participant, study).exists()


def answered_by(participant, study=None):
    """Their `SurveyResponse`s in surveys that others answered too, known by the person or their address.

    A survey whose session is theirs alone is out of sight with that session.
    """
    who = Q(participant=participant)
    if participant.email:
        who |= Q(key=key_of(participant.email))
    found = SurveyResponse.objects.filter(who, survey__session__withdrawn_at=None)
    found = found.exclude(survey__session__participant=participant)
    if study is not None:
        found = found.filter(survey__session__study=study)
    return found.order_by("pk")


def touched_insights(sessions, responses=()):
    """The insights that stand on something of these sessions (ids): quotes, survey answers, test results;
    or on quotes or results of surveys in which there are these `SurveyResponse`s."""
    surveys = {one.survey_id for one in responses}
    on = InsightEvidence.objects.filter(
        Q(highlight__session__in=sessions)
        | Q(question__survey__session__in=sessions)
        | Q(task__results__session__in=sessions)
        | Q(question__survey__in=surveys)
        | Q(highlight__start_cue__answer__response__in=responses)
        | Q(highlight__end_cue__answer__response__in=responses)
    )
    return Insight.objects.filter(Exists(on.filter(insight=OuterRef("pk")))).order_by("title", "pk")
