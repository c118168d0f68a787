import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination.formats.questions import Kind, Question
from coordination.models import FormDraft, Request, Voice
from coordination.services import drafts, forms
from prodops.models import Attachment, Event, Role
from tests.coordination.samples_forms import built_form
from tests.factories.prodops import CustomerAccountFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = reverse("coordination:request_new")
TEXT = {"title": "Send orders to SAP", "problem": "They type them twice.", "urgency": 3}


@pytest.fixture
def seller():
    return UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory(name="Sales"))


@pytest.fixture
def filled(ops):
    return built_form(ops)


def _keys(form):
    return [f"q_{one.key}" for one in forms.published(form).questions]


def test_answers_are_kept_with_the_version_that_asked_and_stand_on_the_page_and_in_the_export(
    as_, seller, ops, filled, now
):
    way, often = _keys(filled)
    page = {**TEXT, "form": filled.slug, "version": "1"}
    missing = as_(seller).post(NEW, {**page, way: "Pull"})
    assert missing.status_code == 422
    assert "How often a day?" in missing.content.decode()
    forms.put_field(filled, Question("", Kind.SHORT, "Owner there", required=True), by=ops, at=now)
    forms.publish(filled, by=ops, at=now)
    # The page was opened before: it asked by version 1, and is taken as such
    sent = as_(seller).post(NEW, {**page, way: "Pull", often: "1,5"})
    assert sent.status_code == 422
    as_(seller).post(NEW, {**page, way: "Pull", often: "1.50"})
    # what is not asked is neither required nor kept
    as_(seller).post(NEW, {**page, "title": "Other", way: "Push", often: "nonsense"})
    other, one = Request.objects.all()
    assert (one.answered.version.number, one.answered.rows()) == (
        1,
        [("Which way?", "Pull"), ("How often a day?", "1.5")],
    )
    assert other.answered.rows() == [("Which way?", "Push")]
    shown = as_(seller).get(one.get_absolute_url()).content.decode()
    assert "How often a day?" in shown
    table = b"".join(as_(ops).get(reverse("coordination:request_csv"))).decode()
    assert "Integration wish v1" in table
    assert "How often a day?: 1.5" in table
    columns = b"".join(as_(ops).get(reverse("coordination:form_csv", args=[filled.slug]))).decode()
    assert columns.splitlines()[0].endswith("Which way?,How often a day?,Owner there")
    assert f"{one.ref},Send orders to SAP,New,1," in columns


def test_the_deal_and_files_come_along(as_, seller):
    account = CustomerAccountFactory(currency="GBP")
    deal = {"deal_name": "Renewal 2027", "deal_amount": "61k", "deal_stage": "Negotiation"}
    page = {**TEXT, **deal, "deal_closes_on": "2027-01-31", "effect": "Two hours a day"}
    alone = as_(seller).post(NEW, page)
    assert "Choose the account that the deal is with." in alone.content.decode()
    page |= {"account": account.slug, "key": str(uuid.uuid4())}
    bad = SimpleUploadedFile("a.exe", b"MZ")
    assert as_(seller).post(NEW, {**page, "evidence_files": [bad]}).status_code == 422
    for _ in range(2):
        as_(seller).post(NEW, {**page, "evidence_files": [SimpleUploadedFile("log.txt", b"line 4 fails")]})
    sent = Request.objects.get()
    assert (sent.effect, Attachment.objects.about(sent).get().name) == ("Two hours a day", "log.txt")
    voice = Voice.objects.get()
    assert (voice.deal_name, voice.deal_amount, voice.deal_currency) == ("Renewal 2027", 61_000, "GBP")
    assert (voice.deal_stage, str(voice.deal_closes_on)) == ("Negotiation", "2027-01-31")


def _typed(**more):
    page = {
        "form": "",
        "key": str(uuid.uuid4()),
        "writer": str(uuid.uuid4()),
        "seen": "",
        "title": "",
        "urgency": "3",
    }
    return page | more


def _save(client, page):
    return client.post(
        reverse("coordination:draft_save"), page, headers={"HX-Request": "true"}
    ).content.decode()


def test_a_draft_is_there_on_any_device_until_it_is_sent_or_discarded(as_, seller, client):
    me, save = as_(seller), reverse("coordination:draft_save")
    assert "Draft saved" not in _save(me, _typed())  # nothing was typed
    page = _typed(title="Undo an import", problem="They delete 400 loads \0by hand.")
    assert "Draft saved" in _save(me, page)
    again = me.get(NEW).content.decode()
    assert "They delete 400 loads by hand." in again
    assert page["key"] in again
    elsewhere = _typed(title="An older text", key=page["key"])
    assert "Changed on another page or device" in _save(me, elsewhere)
    assert FormDraft.objects.get().data["title"] == ["Undo an import"]
    assert "Draft saved" in _save(me, {**elsewhere, "force": "1"})
    me.post(reverse("coordination:draft_discard"), {"form": ""})
    assert "An older text" not in me.get(NEW).content.decode()
    assert "discarded on another page" in _save(me, page)  # a late save brings nothing back
    me.post(reverse("coordination:draft_restore"), {"form": ""})
    assert "An older text" in me.get(NEW).content.decode()
    me.post(NEW, {**TEXT, "key": page["key"]})
    _save(me, page)
    assert "An older text" not in me.get(NEW).content.decode()
    assert FormDraft.objects.get().data == {}
    assert me.post(save, {**page, "problem": "x" * 200_000}).status_code == 413
    assert me.post(save, {"writer": "no"}).status_code == 400


def test_a_draft_stays_on_the_version_that_it_began_with(as_, seller, ops, filled, now):
    way, _ = _keys(filled)
    me = as_(seller)
    _save(me, _typed(form=filled.slug, version="1", title="Orders to SAP", **{way: "Pull"}))
    forms.put_field(filled, Question("", Kind.SHORT, "Owner there"), by=ops, at=now)
    forms.publish(filled, by=ops, at=now)
    page = me.get(f"{NEW}?form={filled.slug}").content.decode()
    assert "Owner there" not in page
    assert "This form was changed since you began" in page
    newest = me.get(f"{NEW}?form={filled.slug}&newest=1").content.decode()
    assert "Owner there" in newest
    assert "Orders to SAP" in newest
    forms.retire(filled, by=ops, at=now)
    assert "Orders to SAP" in me.get(f"{NEW}?form={filled.slug}").content.decode()
    assert "Orders to SAP" not in as_(ops).get(f"{NEW}?form={filled.slug}").content.decode()


def test_files_of_a_request_that_had_to_be_mended_are_kept_and_sent_along(as_, seller):
    page = {"key": uuid.uuid4(), "writer": uuid.uuid4(), "urgency": 3, "title": "Send orders to SAP"}
    files = [SimpleUploadedFile(name, b"a,b\n1,2\n") for name in ("one.csv", "two.csv")]
    refused = as_(seller).post(NEW, {**page, "evidence_files": files})
    assert refused.status_code == 422
    kept = {one.name: one for one in Attachment.objects.all()}
    assert all(f"Leave out {name}" in refused.text for name in ("one.csv", "two.csv"))
    assert as_(seller).get(kept["one.csv"].get_absolute_url()).status_code == 404  # nobody's thing yet
    assert "Leave out one.csv" in as_(seller).get(NEW).text
    as_(seller).post(NEW, {**page, "problem": "Twice.", "drop_file": [kept["two.csv"].pk]})
    sent = Request.objects.get()
    assert [one.name for one in Attachment.objects.all()] == ["one.csv"]
    assert Attachment.objects.about(sent).get().by == seller
    assert Event.objects.filter(verb="attachment.added", subject_type="coordination.request").count() == 1
    assert not Event.objects.filter(subject_type="coordination.formdraft").exists()
    assert "Leave out" not in as_(seller).get(NEW).text


def test_a_draft_that_was_put_away_goes_with_its_files_after_a_month(
    as_, seller, now, django_capture_on_commit_callbacks
):
    page = {"key": uuid.uuid4(), "writer": uuid.uuid4(), "urgency": 3, "title": "Send orders to SAP"}
    as_(seller).post(NEW, {**page, "evidence_files": [SimpleUploadedFile("one.csv", b"a,b\n1,2\n")]})
    file = Attachment.objects.get().file
    assert drafts.sweep(at=now + dt.timedelta(days=400)) == 0  # somebody still writes it
    drafts.discard(seller, None, at=now)
    assert drafts.sweep(at=now + dt.timedelta(days=29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert drafts.sweep(at=now + dt.timedelta(days=31)) == 1
    assert not FormDraft.objects.exists()
    assert not Attachment.objects.exists()
    assert not file.storage.exists(file.name)
    with pytest.raises(drafts.Gone):
        drafts.restore(seller, None)
