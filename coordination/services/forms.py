"""Building forms: a draft is edited field by field, and published as a version that never changes."""

import secrets
from dataclasses import replace

from django.db import transaction

from coordination.formats import questions
from coordination.models import ALL_PARTS, FormDefinition, FormVersion, Part
from prodops import activity
from prodops.services import slugs


class CannotChange(Exception):
    """It is not possible; the words say why and what to do."""


@transaction.atomic
def make(*, name, by, at, intro="", outside_name="", type=None, parts=ALL_PARTS):
    """A new form with an empty draft."""
    form = FormDefinition.objects.create(
        slug=slugs.unused(FormDefinition, name),
        name=name,
        outside_name=outside_name,
        intro=intro,
        type=type,
        created_by=by,
        created_at=at,
    )
    FormVersion.objects.create(form=form, number=1, parts=_ordered(parts), edited_by=by, edited_at=at)
    activity.record("form.made", on=form, by=by, at=at)
    return form


@transaction.atomic
def change(form, *, name, intro, type, parts, by, at, outside_name=""):
    """What it is called and which parts it asks; the parts go to the draft."""
    FormDefinition.objects.filter(pk=form.pk).update(
        name=name, outside_name=outside_name, intro=intro, type=type
    )
    form.refresh_from_db(fields=["name", "outside_name", "intro", "type"])
    if latest(form).asks != frozenset(parts):
        draft = _draft(form, by, at)
        draft.parts = _ordered(parts)
        _save(draft, by, at)
    activity.record("form.changed", on=form, by=by, at=at)


def latest(form):
    """Its draft, or where nothing is being changed what is published."""
    return FormVersion.objects.filter(form=form).order_by("-number").select_related("form").first()


def published(form):
    """The newest published version, or None."""
    live = FormVersion.objects.filter(form=form, published_at__isnull=False)
    return live.order_by("-number").select_related("form").first()


@transaction.atomic
def put_field(form, question, *, by, at):
    """Write a field into the draft: in the place of the one with its key, or without a key at the end."""
    draft = _draft(form, by, at)
    rows = list(questions.read(draft.fields))
    if question.key:
        place = _place(rows, question.key)
        rows[place] = replace(question, removed=rows[place].removed)
    else:
        if sum(not one.removed for one in rows) >= questions.MOST_QUESTIONS:
            raise CannotChange(f"A form has at most {questions.MOST_QUESTIONS} fields of its own.")
        question = replace(question, key=f"f{secrets.token_hex(4)}")
        rows.append(question)
    draft.fields = questions.written(rows)
    _save(draft, by, at)
    return question


@transaction.atomic
def move_field(form, key, *, up, by, at):
    """Move a field one place; at the end of the list it stays."""
    draft = _draft(form, by, at)
    rows = list(questions.read(draft.fields))
    live = [place for place, one in enumerate(rows) if not one.removed]
    here = _place(rows, key)
    if here not in live:
        return
    there = live.index(here) + (-1 if up else 1)
    if 0 <= there < len(live):
        other = live[there]
        rows[here], rows[other] = rows[other], rows[here]
        draft.fields = questions.written(rows)
        _save(draft, by, at)


@transaction.atomic
def remove_field(form, key, *, by, at, back=False):
    """Take a field out of the draft, or put it back; it is gone for good when the draft is published."""
    draft = _draft(form, by, at)
    rows = list(questions.read(draft.fields))
    place = _place(rows, key)
    rows[place] = replace(rows[place], removed=not back)
    draft.fields = questions.written(rows)
    _save(draft, by, at)


@transaction.atomic
def publish(form, *, by, at):
    """Let everybody fill in the draft from now on. Answers under way stay on the version they began with."""
    draft = FormVersion.objects.select_for_update().filter(form=form, published_at=None).first()
    if draft is None:
        raise CannotChange("Nothing was changed since it was published.")
    if wrong := questions.problems(questions.read(draft.fields)):
        raise CannotChange(wrong[0])
    draft.fields = questions.written(draft.questions)
    draft.published_by, draft.published_at = by, at
    draft.save()
    activity.record("form.published", on=form, by=by, at=at, data={"number": draft.number})
    return draft


@transaction.atomic
def discard(form, *, by, at):
    """Throw the draft away: what is published stays as it is."""
    if published(form) is None:
        raise CannotChange(
            "This form was never published, so its draft is all there is. Put the form away instead."
        )
    gone, _ = FormVersion.objects.filter(form=form, published_at=None).delete()
    if gone:
        activity.record("form.draft_discarded", on=form, by=by, at=at)


@transaction.atomic
def retire(form, *, by, at, back=False):
    """Offer the form no more, or again. Its answers and its versions stay."""
    FormDefinition.objects.filter(pk=form.pk).update(
        retired_at=None if back else at, **({} if back else {"standard": False})
    )
    activity.record("form.taken_up" if back else "form.put_away", on=form, by=by, at=at)


@transaction.atomic
def make_standard(form, *, by, at, standard=True):
    """Let "New request" open this form, or the built-in one again."""
    if standard and (form.retired_at or published(form) is None):
        raise CannotChange("Publish the form first: nobody could fill it in.")
    # All rows in one order, so that two people who choose at once cannot wait for each other
    list(FormDefinition.objects.select_for_update().order_by("pk").values_list("pk"))
    FormDefinition.objects.filter(standard=True).update(standard=False)
    if standard:
        FormDefinition.objects.filter(pk=form.pk).update(standard=True)
    activity.record("form.made_standard" if standard else "form.no_longer_standard", on=form, by=by, at=at)


def _draft(form, by, at):
    """The draft, locked; begun from what is published where there is none."""
    # Two people who begin at once: the second waits here for the first's draft
    FormDefinition.objects.select_for_update(of=("self",)).get(pk=form.pk)
    newest = latest(form)
    if newest is not None and newest.published_at is None:
        return newest
    return FormVersion.objects.create(
        form=form,
        number=newest.number + 1 if newest else 1,
        parts=newest.parts if newest else _ordered(ALL_PARTS),
        fields=newest.fields if newest else [],
        edited_by=by,
        edited_at=at,
    )


def _save(draft, by, at):
    draft.edited_by, draft.edited_at = by, at
    draft.save()


def _place(rows, key):
    for place, one in enumerate(rows):
        if one.key == key:
            return place
    raise CannotChange("This field is gone: somebody changed the form meanwhile.")


def _ordered(parts):
    return [part.value for part in Part if part in parts]
