from django.utils import timezone

from process.models import DocumentState
from process.services import templates
from prodops.models import Role
from tests.factories.process import DocumentFactory, DocumentTemplateFactory


def _document(people, **fields):
    owner = people[Role.PRODUCT_OPS]
    return {"pk": DocumentFactory(owner=owner, team=owner.teams.get(), **fields).pk}


def _template(people):
    template = DocumentTemplateFactory()
    ops = people[Role.PRODUCT_OPS]
    templates.revise(template, name="PRD", purpose="Agree", body="## New", by=ops, at=timezone.now())
    return {"slug": template.slug}


def _documents(people, n):
    version = DocumentTemplateFactory().current
    owner = people[Role.PRODUCT_OPS]
    DocumentFactory.create_batch(n, template_version=version, owner=owner, team=owner.teams.get())


SAMPLES = {
    "process:document_create": lambda people: {"template": DocumentTemplateFactory().slug},
    "process:document_detail": _document,
    "process:document_edit": _document,
    "process:document_submit": _document,
    "process:document_withdraw": lambda people: _document(people, state=DocumentState.IN_REVIEW),
    "process:document_finalise": lambda people: _document(people, state=DocumentState.IN_REVIEW),
    "process:document_reopen": _document,
    "process:template_detail": _template,
    "process:template_revise": _template,
    "process:template_approve": _template,
    "process:template_version": lambda people: _template(people) | {"number": 2},
}
LISTS = {
    "process:document_list": _documents,
    "process:document_new": lambda people, n: DocumentTemplateFactory.create_batch(n),
    "process:template_list": lambda people, n: DocumentTemplateFactory.create_batch(n),
}
