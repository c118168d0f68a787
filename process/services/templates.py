"""Verbs of document templates: write, revise, approve."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from process.models import DocumentTemplate, TemplateVersion, VersionState
from prodops import activity, search


class NotADraft(Exception):
    """The version is approved, and an approved version stays as it is."""


class NameTaken(Exception):
    """Another template has this name or address."""


class NothingChanged(Exception):
    """The draft says what the approved version says."""


@transaction.atomic
def create(*, slug, name, purpose, body, by, at):
    """A new template with a first draft, which nobody can use until it is approved."""
    try:
        with transaction.atomic():
            template = DocumentTemplate.objects.create(slug=slug, name=name, purpose=purpose)
    except IntegrityError as error:
        raise NameTaken(f"There is a template called “{name}” or at “{slug}” already.") from error
    TemplateVersion.objects.create(template=template, number=1, body=body, written_by=by, written_at=at)
    search.index(template)
    activity.record("template.created", on=template, by=by, at=at)
    return template


@transaction.atomic
def revise(template, *, name, purpose, body, by, at):
    """Write the template's draft, beginning one where there is none; documents go on using the approved one.

    The name and purpose describe the template and change at once.
    """
    locked = DocumentTemplate.objects.select_for_update().get(pk=template.pk)
    try:
        with transaction.atomic():
            DocumentTemplate.objects.filter(pk=locked.pk).update(name=name, purpose=purpose)
    except IntegrityError as error:
        raise NameTaken(f"There is another template called “{name}”.") from error
    drafts = locked.versions.filter(state=VersionState.DRAFT)
    if not drafts.update(body=body, written_by=by, written_at=at):
        newest = locked.versions.aggregate(newest=Max("number"))["newest"] or 0
        TemplateVersion.objects.create(
            template=locked, number=newest + 1, body=body, written_by=by, written_at=at
        )
    template.refresh_from_db()
    search.index(template)
    activity.record("template.revised", on=template, by=by, at=at)
    return locked.versions.get(state=VersionState.DRAFT)


@transaction.atomic
def approve(version, *, by, at):
    """Make the draft the version that new documents are made from; it never changes again.

    Documents made before keep theirs.
    """
    template = DocumentTemplate.objects.select_for_update().get(pk=version.template_id)
    version.refresh_from_db()
    if template.current and version.state == VersionState.DRAFT and template.current.body == version.body:
        raise NothingChanged("The draft says exactly what the approved version says.")
    won = TemplateVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.APPROVED, approved_by=by, approved_at=at
    )
    if not won:
        raise NotADraft(f"Version {version.number} is approved already.")
    template.current = version
    template.save(update_fields=["current"])
    version.refresh_from_db()
    search.index(template)
    activity.record("template.approved", on=template, by=by, at=at, data={"version": version.number})
