"""How experiments of a kind are set up."""

from django.db import IntegrityError, transaction

from metrics.models import ExperimentTemplate
from prodops import activity

from .drafting import NotPossible


@transaction.atomic
def save_template(template=None, *, name, purpose, design, guardrails, checklist, by, at):
    """Write a template, new or changed. Experiments made from it before stay as they are."""
    row = template or ExperimentTemplate(by=by, at=at)
    row.name, row.purpose, row.design = name, purpose, design
    row.guardrails, row.checklist = guardrails, checklist
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NotPossible(f"There is a template “{name}” already.") from error
    activity.record("experiment_template.saved", on=row, by=by, at=at)
    return row


@transaction.atomic
def retire(template, *, by, at):
    """Offer it no more. Twice is once."""
    if ExperimentTemplate.objects.filter(pk=template.pk, retired_at=None).update(retired_at=at):
        activity.record("experiment_template.retired", on=template, by=by, at=at)
