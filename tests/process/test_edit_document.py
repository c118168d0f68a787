import pytest

from process.models import Document, DocumentState
from process.services import documents
from prodops.models import SearchEntry
from tests.factories.process import PRD, DocumentFactory, DocumentTemplateFactory
from tests.factories.prodops import ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(team, member):
    return DocumentFactory(team=team, owner=member, title="Guided import")


def _form(document, **changes):
    return {
        "title": document.title,
        "body": document.body,
        "owner": document.owner_id,
        "team": document.team_id,
        "area": "",
        "version": document.version,
        **changes,
    }


def _edit(document, by, now, **changes):
    fields = {"title": document.title, "body": document.body, "owner": document.owner, "area": None}
    return documents.edit(
        document, version=document.version, team=document.team, by=by, at=now, **fields | changes
    )


def test_a_document_begins_with_the_approved_text(as_, member, team):
    template = DocumentTemplateFactory(slug="prd")
    page = as_(member).post("/process/documents/new/prd/", {"title": "Guided import", "team": team.pk})
    document = Document.objects.get()
    assert page.headers["Location"] == f"/process/documents/{document.pk}/edit/"
    assert (document.body, document.template_version) == (PRD, template.current)
    assert (document.answered, document.asked) == (0, 2)
    assert document.owner == member


def test_no_document_begins_from_a_draft(as_, member, team, now):
    template = DocumentTemplateFactory(slug="prd", approved=False)
    assert as_(member).get("/process/documents/new/prd/").status_code == 404
    with pytest.raises(documents.NoApprovedTemplate):
        documents.create(template, title="A", owner=member, team=team, area=None, by=member, at=now)


def test_saving_counts_the_answers_and_the_version_and_is_found(document, member, now):
    body = PRD.replace("*Who has it?*", "*Who has it?*\n\nPlanners, every night.")
    saved = _edit(document, member, now, body=body, area=ProductAreaFactory())
    assert (saved.version, saved.answered, saved.asked) == (2, 1, 2)
    assert "Planners" in SearchEntry.objects.get(kind="document").body


def test_of_two_editors_the_second_sees_both_texts_and_loses_nothing(as_, document, member):
    first = _form(document, body="The first text")
    second = _form(document, body="The second text")
    url = f"/process/documents/{document.pk}/edit/"
    assert as_(member).post(url, first).status_code == 302
    page = as_(member).post(url, second)
    assert page.status_code == 409
    assert "The first text" in page.text
    assert ">\nThe second text</textarea>" in page.text
    assert 'name="version" value="2"' in page.text
    document.refresh_from_db()
    assert document.body == "The first text"
    assert as_(member).post(url, second | {"version": 2}).status_code == 302
    document.refresh_from_db()
    assert (document.body, document.version) == ("The second text", 3)


def test_a_race_of_edits_has_one_winner(document, member, now):
    same = [Document.objects.for_page().get(pk=document.pk) for _ in range(5)]
    _edit(same[0], member, now, body="The first")
    for number, copy in enumerate(same[1:]):
        with pytest.raises(documents.Stale) as stale:
            _edit(copy, member, now, body=f"Text {number}")
        assert stale.value.document.body == "The first"
    document.refresh_from_db()
    assert document.version == 2


def test_a_final_document_is_frozen(as_, document, member, now):
    documents.submit(document, by=member, at=now)
    documents.finalise(document, by=member, at=now)
    with pytest.raises(documents.Frozen):
        _edit(document, member, now, body="Other")
    url = f"/process/documents/{document.pk}/edit/"
    assert as_(member).get(url).status_code == 302
    page = as_(member).post(url, _form(document, body="My late words"))
    assert page.status_code == 409
    assert "My late words" in page.text


def test_line_ends_are_the_same_whatever_the_browser_sends(as_, document, member):
    as_(member).post(f"/process/documents/{document.pk}/edit/", _form(document, body="One\r\nTwo"))
    document.refresh_from_db()
    assert document.body == "One\nTwo"


def test_another_team_may_read_and_not_edit(as_, document):
    stranger = UserFactory()
    assert as_(stranger).get(document.get_absolute_url()).status_code == 200
    assert as_(stranger).post(f"/process/documents/{document.pk}/edit/", _form(document)).status_code == 404
    assert as_(stranger).post(f"/process/documents/{document.pk}/submit/").status_code == 404


def test_nobody_writes_in_the_name_of_a_foreign_team(as_, document, member):
    from tests.factories.prodops import TeamFactory

    foreign = TeamFactory()
    page = as_(member).post(f"/process/documents/{document.pk}/edit/", _form(document, team=foreign.pk))
    assert page.status_code == 200
    document.refresh_from_db()
    assert document.team != foreign


def test_a_preview_runs_nothing(as_, member):
    page = as_(member).post("/process/documents/preview/", {"body": "**bold** <script>alert(1)</script>"})
    assert "<strong>bold</strong>" in page.text
    assert "<script" not in page.text


def test_the_list_filters(as_, member, team):
    DocumentFactory(title="Mine", owner=member, team=team, state=DocumentState.IN_REVIEW)
    other = DocumentFactory(title="Other")
    page = as_(member).get("/process/documents/", {"whose": "mine", "state": "in_review", "sort": "title"})
    assert "Mine</a>" in page.text
    assert "Other</a>" not in page.text
    template = other.template_version.template
    page = as_(member).get("/process/documents/", {"template": template.slug, "team": other.team.slug})
    assert "Mine</a>" not in page.text
    assert "Other</a>" in page.text
