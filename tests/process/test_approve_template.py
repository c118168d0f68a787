import pytest
from django.db import DatabaseError, transaction

from process.models import TemplateVersion, VersionState
from process.services import templates
from prodops.models import Event, SearchEntry
from tests.factories.process import DocumentFactory, DocumentTemplateFactory

pytestmark = pytest.mark.django_db


def _draft(template, ops, now, body="## Another question\n\n*What?*"):
    return templates.revise(template, name=template.name, purpose="Agree", body=body, by=ops, at=now)


def test_an_approved_draft_is_what_new_documents_begin_from(ops, now):
    template = DocumentTemplateFactory(approved=False)
    version = template.versions.get()
    templates.approve(version, by=ops, at=now)
    template.refresh_from_db()
    assert template.current == version
    assert (version.state, version.approved_by, version.approved_at) == (VersionState.APPROVED, ops, now)
    assert Event.objects.get(verb="template.approved").data == {"version": 1}


def test_a_template_is_found_by_the_name_it_has_now(ops, now):
    template = templates.create(slug="memo", name="Memo", purpose="Tell", body="## What", by=ops, at=now)
    entry = SearchEntry.objects.get(kind="template", object_id=template.pk)
    assert (entry.title, entry.body) == ("Memo", "Tell")
    templates.revise(template, name="Memorandum", purpose="Tell all", body="## What", by=ops, at=now)
    templates.approve(template.versions.get(), by=ops, at=now)
    entry.refresh_from_db()
    assert (entry.title, entry.body, entry.happened_at) == ("Memorandum", "Tell all", now)


def test_revising_leaves_the_approved_version_in_use(ops, now):
    template = DocumentTemplateFactory()
    draft = _draft(template, ops, now)
    template.refresh_from_db()
    assert (draft.number, draft.state) == (2, VersionState.DRAFT)
    assert template.current.number == 1
    assert _draft(template, ops, now, body="Once more").pk == draft.pk, "one draft at a time"


def test_a_version_is_approved_once(ops, now):
    template = DocumentTemplateFactory()
    draft = _draft(template, ops, now)
    templates.approve(draft, by=ops, at=now)
    with pytest.raises(templates.NotADraft):
        templates.approve(draft, by=ops, at=now)
    assert Event.objects.filter(verb="template.approved").count() == 1


def test_a_draft_that_changes_nothing_is_not_approved(ops, now):
    template = DocumentTemplateFactory()
    draft = _draft(template, ops, now, body=template.current.body)
    with pytest.raises(templates.NothingChanged):
        templates.approve(draft, by=ops, at=now)


def test_documents_keep_the_version_they_began_from(ops, now):
    template = DocumentTemplateFactory()
    document = DocumentFactory(template_version=template.current)
    templates.approve(_draft(template, ops, now), by=ops, at=now)
    document.refresh_from_db()
    assert document.template_version.number == 1


def test_the_database_refuses_to_change_or_delete_an_approved_version():
    version = DocumentTemplateFactory().current
    for change in (
        lambda: TemplateVersion.objects.filter(pk=version.pk).update(body="Other"),
        lambda: TemplateVersion.objects.filter(pk=version.pk).update(state="draft"),
        lambda: version.template.versions.filter(pk=version.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_only_product_ops_approves(as_, member, ops, now):
    template = DocumentTemplateFactory()
    _draft(template, ops, now)
    url = f"/process/templates/{template.slug}/approve/"
    assert as_(member).post(url, {"version": 2}).status_code == 403
    assert as_(ops).get(url).status_code == 405
    assert as_(ops).post(url, {"version": "7"}).status_code == 302
    assert template.versions.get(number=2).state == VersionState.DRAFT
    as_(ops).post(url, {"version": 2})
    assert template.versions.get(number=2).state == VersionState.APPROVED


def test_the_page_shows_what_a_draft_changes(as_, ops, now):
    template = DocumentTemplateFactory()
    _draft(template, ops, now, body=template.current.body.replace("Who has it?", "Who suffers?"))
    page = as_(ops).get(template.get_absolute_url()).text
    assert '<tr class="removed">' in page
    assert "Who suffers?" in page
    assert as_(ops).get(f"{template.get_absolute_url()}2/").status_code == 200
    assert as_(ops).get(f"{template.get_absolute_url()}9/").status_code == 404


def test_two_templates_cannot_share_a_name(as_, ops):
    DocumentTemplateFactory(name="PRD", slug="prd")
    form = {"name": "PRD", "slug": "other", "purpose": "Agree", "body": "## What"}
    page = as_(ops).post("/process/templates/new/", form)
    assert "already" in page.text
    page = as_(ops).post("/process/templates/new/", form | {"name": "Other", "slug": "prd"})
    assert "Another template is at this address" in page.text
    assert as_(ops).post("/process/templates/new/", form | {"name": "Other"}).status_code == 302
