"""Verbs of documents: create, edit, and the moves between their states."""

from django.db import transaction
from django.db.models import F

from process.formulas import texts
from process.models import DOCUMENT_MOVES, Document, DocumentState, DocumentTemplate
from prodops import activity, search


class NoApprovedTemplate(Exception):
    """The template has no approved version to make a document from."""


class Stale(Exception):
    """Somebody saved since this edit was begun. `document` is what stands now; nothing was written."""

    def __init__(self, document):
        super().__init__(f"{document.updated_by} saved version {document.version} while you were writing.")
        self.document = document


class Frozen(Exception):
    """The document is final."""


class NotAllowed(Exception):
    """The document's state does not lead where it was asked to go."""


@transaction.atomic
def create(template, *, title, owner, team, area, by, at):
    """A draft with the text of the template's approved version, which it stays tied to."""
    current = DocumentTemplate.objects.select_related("current").get(pk=template.pk).current
    if current is None:
        raise NoApprovedTemplate(f"“{template}” has no approved version yet.")
    answered, asked = texts.answered(current.body, current.body)
    document = Document.objects.create(
        title=title,
        template_version=current,
        body=current.body,
        owner=owner,
        team=team,
        area=area,
        answered=answered,
        asked=asked,
        created_at=at,
        updated_at=at,
        updated_by=by,
    )
    search.index(document)
    activity.record("document.created", on=document, by=by, at=at, data={"template": str(current)})
    return document


@transaction.atomic
def edit(document, *, version, title, body, owner, team, area, by, at):
    """Save an edit that was begun on `version`. Raises `Stale` or `Frozen` and then writes nothing."""
    answered, asked = texts.answered(document.template_version.body, body)
    current = Document.objects.filter(pk=document.pk, version=version).exclude(state=DocumentState.FINAL)
    won = current.update(
        title=title,
        body=body,
        owner=owner,
        team=team,
        area=area,
        answered=answered,
        asked=asked,
        version=F("version") + 1,
        updated_at=at,
        updated_by=by,
    )
    stands = Document.objects.for_page().get(pk=document.pk)
    if not won:
        raise Frozen("This document is final. Reopen it to edit it.") if stands.frozen else Stale(stands)
    search.index(stands)
    activity.record("document.edited", on=stands, by=by, at=at, data={"version": stands.version})
    return stands


def submit(document, *, by, at):
    """Ask for review."""
    _move(document, DocumentState.DRAFT, DocumentState.IN_REVIEW, "document.submitted", by=by, at=at)


def withdraw(document, *, by, at):
    """Take it back from review, to write on."""
    _move(document, DocumentState.IN_REVIEW, DocumentState.DRAFT, "document.withdrawn", by=by, at=at)


def finalise(document, *, by, at):
    """Freeze the text: it is what was agreed."""
    _move(
        document,
        DocumentState.IN_REVIEW,
        DocumentState.FINAL,
        "document.finalised",
        by=by,
        at=at,
        final_at=at,
        final_by=by,
    )


def reopen(document, *, reason, by, at):
    """Make a final document a draft again; the reason stays in its history."""
    if not reason.strip():
        raise NotAllowed("Say why the document is reopened.")
    _move(
        document,
        DocumentState.FINAL,
        DocumentState.DRAFT,
        "document.reopened",
        by=by,
        at=at,
        reason=reason.strip(),
        final_at=None,
        final_by=None,
    )


@transaction.atomic
def _move(document, start, end, verb, *, by, at, reason="", **fields):
    """From `start` to `end`; a state that is `end` already or leads elsewhere raises `NotAllowed`."""
    assert end in DOCUMENT_MOVES[start]
    won = Document.objects.filter(pk=document.pk, state=start).update(state=end, **fields)
    document.refresh_from_db()
    if not won:
        raise NotAllowed(f"The document is {document.get_state_display().lower()} now.")
    search.index(document)
    activity.record(verb, on=document, by=by, at=at, data={"reason": reason} if reason else None)
