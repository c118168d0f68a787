import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coordination.formats.columns import FIELDS
from coordination.formats.incoming import Deal
from coordination.models import (
    Channel,
    Clock,
    FileImport,
    LoadState,
    Request,
    RequestAnswers,
    RequestTag,
    Source,
    Voice,
)
from coordination.queries.own_export import COLUMNS, LEFT_OUT, VOICE_COLUMNS
from coordination.services import (
    decisions,
    file_imports,
    import_differences,
    import_voices,
    imports,
    voices,
)
from prodops import jobs
from prodops.models import CustomerAccount, Event, JobState, Notification
from tests.coordination.samples_forms import built_form
from tests.factories.coordination import ChannelFactory, RequestFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = ["Id", "Summary", "Details", "Requester e-mail", "Account", "At stake"]
ROWS = [
    ["I-1", "Import of CSV", "By hand today", "kim@acme.example", "Acme", "12k"],
    ["I-2", "Dark mode", "", "lee@nowhere.example", "Nobody knows us", ""],
    ["I-1", "Import of CSV", "", "", "Globex", ""],
    ["I-3", "", "no title", "", "", ""],
    ["I-1", "Import of CSV", "", "", "Unheard of", ""],
]


@pytest.fixture
def accounts(db):
    return [CustomerAccountFactory(name=name) for name in ("Acme", "Globex")]


def table(rows, head=HEAD):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return SimpleUploadedFile("ideas.csv", text.getvalue().encode())


def stage(ops, upload, channel=None):
    channel = channel or ChannelFactory(kind="file", owner=ops)
    return file_imports.stage(upload, channel=channel, by=ops, at=timezone.now())


def take(ops, upload, channel=None, *, at=None):
    load = stage(ops, upload, channel)
    file_imports.confirm(load, by=ops, at=at or timezone.now())
    load.refresh_from_db()
    return load


def test_product_ops_looks_first_then_imports_and_takes_it_back(as_, ops, accounts):
    browser = as_(ops)
    sent = browser.post(reverse("coordination:import_new"), {"file": table(ROWS), "name": "Old board"})
    load = FileImport.objects.get()
    assert sent.url == load.get_absolute_url()
    page = browser.get(sent.url).text
    assert "There is no account “Unheard of”." in page
    assert not Request.objects.exists()
    refused = browser.get(reverse("coordination:import_refused", args=[load.pk]))
    mended = b"".join(refused.streaming_content).decode("utf-8-sig").splitlines()
    assert mended[1] == "5,it has no title.,I-3,,no title,,,"
    browser.post(reverse("coordination:import_confirm", args=[load.pk]))
    load.refresh_from_db()
    counts = {"added": 2, "here": 0, "voices": 0, "refused": 2, "changed": 0, "warned": 0}
    assert (load.state, load.counts) == (LoadState.DONE, counts)
    first, second = Request.objects.order_by("external_id")
    assert first.channel == Channel.objects.get(name="Old board")
    assert (first.author_email, first.accounts_count, second.company) == (
        "kim@acme.example",
        2,
        "Nobody knows us",
    )
    assert set(first.voices.values_list("account__name", "revenue", "source")) == {
        ("Acme", 12_000, Source.IMPORT),
        ("Globex", None, Source.IMPORT),
    }
    assert not Notification.objects.exists()
    browser.post(reverse("coordination:import_undo", args=[load.pk]))
    assert not Request.objects.exists()
    assert not Event.objects.filter(subject_type="coordination.request").exists()
    assert "Undone by" in browser.get(load.get_absolute_url()).text


def test_the_same_file_again_changes_nothing_and_a_later_one_adds_accounts(ops, accounts):
    channel = take(ops, table(ROWS)).channel
    again = take(ops, table(ROWS), channel)
    assert (again.counts["added"], again.counts["here"], again.counts["voices"]) == (0, 2, 0)
    assert again.mapping == FileImport.objects.first().mapping
    later = take(ops, table([["I-2", "Dark mode", "", "", "Globex", ""]]), channel)
    assert later.counts["voices"] == 1
    assert Request.objects.get(external_id="I-2").accounts_count == 1
    file_imports.undo(later, by=ops, at=timezone.now())
    assert Request.objects.get(external_id="I-2").accounts_count == 0


def test_columns_that_were_chosen_are_remembered_for_the_channel(as_, ops, accounts):
    head = ["Nr", "What", "Company", "When"]
    upload = table([["1", "A wish", "Acme", "03/04/2026"]], head)
    load = stage(ops, upload)
    url = reverse("coordination:import_columns", args=[load.pk])
    assert "Say which column is the title." in as_(ops).get(load.get_absolute_url()).text
    chosen = {"field_title": "What", "field_external_id": "Nr", "field_submitted_at": "When"}
    page = as_(ops).post(url, chosen, headers={"HX-Request": "true"})
    assert "can be read two ways" in page.text
    page = as_(ops).post(url, chosen | {"date_order": "dmy"}, headers={"HX-Request": "true"})
    assert "can be read two ways" not in page.text
    as_(ops).post(reverse("coordination:import_confirm", args=[load.pk]))
    assert Request.objects.get().submitted_at.date() == dt.date(2026, 4, 3)
    upload.seek(0)
    second = stage(ops, upload, load.channel)
    assert second.mapping == {"title": "What", "external_id": "Nr", "submitted_at": "When"}
    assert second.date_order == "dmy"


def test_a_uservoice_export_is_known_by_its_columns(ops, accounts):
    head = ["Idea ID", "Idea Title", "Idea Description", "Public Status Name", "Labels", "Created Timestamp"]
    head += ["Idea Creator Name", "Idea Creator Email Address", "User Email Address", "Account Name"]
    idea = ["77", "Bulk edit", "One by one today", "declined", "ui, lists", "2024-05-01 10:00:00 UTC"]
    idea += ["Kim", "kim@acme.example"]
    rows = [[*idea, "kim@acme.example", "Acme"], [*idea, "lee@globex.example", "Globex"]]
    load = take(ops, table(rows, head))
    assert (load.preset, load.counts["added"], load.counts["refused"]) == ("uservoice", 1, 0)
    one = Request.objects.get()
    assert (one.state, one.decision_reason) == ("declined", "Declined before it came here.")
    assert set(one.tags.values_list("name", flat=True)) == {"ui", "lists"}
    assert set(one.voices.values_list("contact", flat=True)) == {"kim@acme.example", "lee@globex.example"}


# Names and order as UserVoice's own help lists the columns of a user export: one row a voter of an idea
VOTERS = (
    *("user.id", "user.name", "user.email_address", "external_user.external_id", "account.name"),
    *("account.external_id", "account.monthly_rate", "suggestion.id", "suggestion.title", "suggestion.body"),
    *("suggestion.body_mime_type", "suggestion.portal_url", "suggestion.admin_url", "suggestion.forum.name"),
    *("suggestion.category.name", "suggestion.status.name", "suggestion.labels.name", "suggestion.parent.id"),
    *("suggestion.created_timestamp", "suggestion.creator.name", "suggestion.creator.email_address"),
    *("suggestion.status.message", "suggestion.status_changed_timestamp", "suggestion.linked_timestamp"),
)


def voter(name, email, account, idea, title, body, status, **more):
    cells = {
        **{"user.id": "9", "user.name": name, "user.email_address": email, "account.name": account},
        **{"suggestion.id": idea, "suggestion.title": title, "suggestion.body": body},
        **{"suggestion.status.name": status, "suggestion.portal_url": f"https://x.example/{idea}"},
        **{"suggestion.created_timestamp": "2024-05-01 10:00:00 -0500", "suggestion.creator.name": "Kim"},
        **more,
    }
    return [cells.get(column, "") for column in VOTERS]


def test_a_whole_uservoice_export_comes_in_with_its_voters_labels_and_answers(as_, ops, accounts):
    bulk = ("77", "Bulk edit", 'One by one,\nand "undo" is gone.', "planned")
    told = {"suggestion.labels.name": "ui, lists", "suggestion.status.message": "In the spring."}
    told["suggestion.status_changed_timestamp"] = "2024-06-01 09:00:00 +0000"
    rows = [
        voter("Kim", "kim@acme.example", "Acme", *bulk, **told),
        voter("Lee", "lee@globex.example", "Globex", *bulk, **told),
        voter("Ann", "ann@free.example", "", *bulk, **told),
        voter("Kim", "kim@acme.example", "Acme", "78", "Dark mode", "", "completed"),
        voter("Bo", "bo@x.example", "Unheard of", "79", "Ünïcode ✓", "Grüße", ""),
    ]
    text = io.StringIO()
    csv.writer(text).writerows([VOTERS, *rows])
    load = stage(ops, SimpleUploadedFile("user-export.csv", ("\ufeff" + text.getvalue()).encode()))
    page = as_(ops).get(load.get_absolute_url()).text
    assert "Read as an export of UserVoice" in page
    assert "nobody is told, no rule moves them" in page
    file_imports.confirm(load, by=ops, at=timezone.now())
    load.refresh_from_db()
    assert (load.preset, load.counts["added"]) == ("uservoice", 3)
    assert [row.why for row in load.refusals.all()] == ["there is no account “ann@free.example”."]
    one, dark, odd = Request.objects.order_by("external_id")
    assert (one.state, one.decision_reason, one.accounts_count) == ("planned", "In the spring.", 2)
    assert one.problem == 'One by one,\nand "undo" is gone.'
    assert one.submitted_at == dt.datetime(2024, 5, 1, 15, tzinfo=dt.UTC)
    assert set(one.tags.values_list("name", flat=True)) == {"ui", "lists"}
    assert (dark.state, odd.title, odd.company) == ("shipped", "Ünïcode ✓", "Unheard of")
    assert not Clock.objects.exists()
    again = take(ops, SimpleUploadedFile("user-export.csv", text.getvalue().encode()), load.channel)
    assert (again.counts["added"], again.counts["changed"], again.counts["voices"]) == (0, 0, 0)


def test_an_undo_leaves_what_people_have_worked_on_and_ends_with_the_hour(ops, accounts):
    load = take(ops, table(ROWS))
    kept = Request.objects.get(external_id="I-1")
    decisions.accept(kept, by=ops, at=timezone.now())
    stays = file_imports.undo(load, by=ops, at=timezone.now())
    assert stays == [(kept.ref, f"{ops.name} has worked on it since")]
    assert list(Request.objects.all()) == [kept]
    late = take(ops, table(ROWS), load.channel, at=timezone.now() - dt.timedelta(minutes=61))
    with pytest.raises(file_imports.NotUndone):
        file_imports.undo(late, by=ops, at=timezone.now())


def test_a_large_file_goes_in_by_a_job(ops, as_, django_capture_on_commit_callbacks):
    rows = [[f"L-{n}", f"Need {n}", "words " * 30, "", "", ""] for n in range(600)]
    load = stage(ops, table(rows))
    with django_capture_on_commit_callbacks(execute=True):
        job = file_imports.confirm(load, by=ops, at=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.result_url) == (JobState.DONE, load.get_absolute_url())
    assert Request.objects.count() == 600


@pytest.mark.parametrize("came", [False, True])
def test_an_import_whose_worker_is_gone_ends_and_can_be_taken_back_or_tried_again(
    as_, ops, came, monkeypatch
):
    rows = [[f"L-{n}", f"Need {n}", "words " * 30, "", "", ""] for n in range(600)]
    load = stage(ops, table(rows))
    job = file_imports.confirm(load, by=ops, at=timezone.now())  # the worker hears nothing of it
    if came:
        monkeypatch.setattr(imports, "BATCH", 400)
        progress = jobs.Progress(job.pk)
        work = file_imports.outcomes(load, at=timezone.now(), dry_run=False, keep=True)
        next(work)
        progress.claim()
        progress.fail("Every worker that tried was lost")
    else:
        jobs.cancel(job, at=timezone.now())
    page = as_(ops).get(load.get_absolute_url()).text
    load.refresh_from_db()
    if not came:
        assert (load.state, "The last try ended: The import was cancelled." in page) == (
            LoadState.STAGED,
            True,
        )
        return
    assert "Every worker that tried was lost." in page
    assert (load.state, load.counts["added"]) == (LoadState.DONE, 400)
    as_(ops).post(reverse("coordination:import_undo", args=[load.pk]))
    assert not Request.objects.exists()


def test_refused_rows_are_those_that_were_refused_whatever_came_since(as_, ops, accounts):
    load = take(ops, table(ROWS))
    CustomerAccountFactory(name="Unheard of")
    refused = as_(ops).get(reverse("coordination:import_refused", args=[load.pk]))
    lines = b"".join(refused.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Line", "5", "6"]


def test_an_undo_keeps_an_account_that_a_colleague_has_added_to(ops, accounts):
    acme = accounts[0]
    channel = take(ops, table(ROWS)).channel
    more = [["I-2", "Dark mode", "", "", name, ""] for name in ("Acme", "Globex")]
    later = take(ops, table(more), channel)
    request = Request.objects.get(external_id="I-2")
    voices.add(
        request, account=acme, by=ops, at=timezone.now(), team=channel.team, words="They said so today."
    )
    stays = file_imports.undo(later, by=ops, at=timezone.now())
    assert stays == [(request.ref, f"{ops.name} has added to “Acme” since")]
    assert list(request.voices.values_list("account", flat=True)) == [acme.pk]
    told = Event.objects.filter(verb="request.account_added", subject_id=request.pk)
    assert {event.data["account"] for event in told} == {"Acme"}


def _export(as_, ops):
    return b"".join(as_(ops).get(reverse("coordination:request_export")).streaming_content)


def test_an_export_imports_again_with_zero_differences_here_and_elsewhere(as_, ops, seller, now):
    area, team = ProductAreaFactory(), TeamFactory()
    root = RequestFactory(title="=SUM(A1) 'quoted', \"twice\"", problem="One\n\n'=two; three", area=area)
    root.tags.add(RequestTag.objects.create(name="billing"), RequestTag.objects.create(name="ui"))
    for _ in range(3):
        VoiceFactory(request=root, added_by=UserFactory(), team=team, words="-1 said\tthey")
    RequestFactory(author_name="Kim", author_email="kim@acme.example", company="Acme", source="board")
    voices.add(
        root,
        account=CustomerAccountFactory(arr=5000),
        by=ops,
        at=now,
        deal=Deal("Big", Decimal("900.50"), "USD", "Won?", dt.date(2027, 1, 31)),
    )
    said_no = RequestFactory(submitter=seller, state="declined", decided_by=ops, revisit_arr=70_000)
    RequestFactory(state="shipped", decided_by=ops, effect="A day a week")
    joined = RequestFactory(area=None, urgency=1)
    decisions.merge(joined, into=root, by=ops, at=timezone.now())
    form = built_form(ops)
    version = form.versions.first()
    one, other = (question.key for question in version.questions)
    asked = RequestFactory(
        channel=ChannelFactory(slug="desk"),
        **{"source": "zendesk", "external_id": "7", "assignee": ops, "team": team},
        **{"snoozed_until": now + dt.timedelta(days=3), "snoozed_for": "reply"},
        **{"revisited_at": now, "revisited_why": "Five accounts ask by now"},
    )
    answers = {one: ["Pull", 'Push, "twice"'], other: 12}
    RequestAnswers.objects.create(request=asked, version=version, values=answers)
    text = _export(as_, ops)

    load = stage(ops, SimpleUploadedFile("all.csv", text))
    looked = file_imports.look(load, at=timezone.now())
    assert (looked["added"], looked["here"], looked["voices"]) == (0, 6, 0)
    assert (looked["refused"], looked["changed"]) == ([], [])

    Voice.objects.all().delete()
    Request.objects.filter(state="merged").delete()
    Request.objects.all().delete()
    RequestTag.objects.all().delete()
    taken = take(ops, SimpleUploadedFile("all.csv", text), load.channel)
    assert (taken.counts["added"], taken.counts["refused"]) == (6, 0)
    assert _export(as_, ops) == text
    assert Request.objects.get(key=said_no.key).decision_reason == said_no.decision_reason
    assert Request.objects.get(key=asked.key).answered.values == answers
    assert Request.objects.get(key=asked.key).source == "zendesk"
    before = Request.objects.get(key=joined.key)
    assert (before.merged_into.key, before.state_before_merge) == (root.key, "new")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        *(
            ("Requester name", "Lee"),
            ("Prodops state", "declined"),
            ("Tags", "other"),
            ("Deal stage", "Lost"),
        ),
        *(("At stake", "77.00"), ("Put off for", "account"), ("Form version", "9"), ("Effect", "")),
    ],
)
def test_whatever_reads_differently_in_an_export_is_said(as_, ops, now, column, said):
    RequestFactory(author_name="Kim", effect="An hour", snoozed_until=now, snoozed_for="reply")
    voices.add(Request.objects.get(), account=CustomerAccountFactory(), by=ops, at=now, revenue=5)
    head, row = csv.reader(io.StringIO(_export(as_, ops).decode("utf-8-sig")))
    row[head.index(column)] = said
    looked = file_imports.look(stage(ops, table([row], head)), at=timezone.now())
    if column == "Form version":  # a version of no form
        assert [names for _, names in looked["changed"]] == [["form_version"]]
        return
    ((_, names),) = looked["changed"]
    assert {one.field for one in (*COLUMNS, *VOICE_COLUMNS) if one.header == column} <= set(names)


def test_answers_to_a_form_that_is_not_here_stand_in_the_text(as_, ops):
    asked = RequestFactory(problem="It is slow.")
    version = built_form(ops).versions.first()
    values = {version.questions[0].key: "Pull"}
    RequestAnswers.objects.create(request=asked, version=version, values=values)
    text = _export(as_, ops).replace(version.form.slug.encode(), b"elsewhere")
    Request.objects.all().delete()
    load = take(ops, SimpleUploadedFile("all.csv", text))
    assert load.counts["warned"] == 1
    assert Request.objects.get().problem == "It is slow.\n\nWhich way?: Pull"


@pytest.mark.parametrize("model", [Request, Voice, RequestAnswers])
def test_every_field_is_in_the_export_or_left_out_for_a_reason(model):
    fields = {one.name for one in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    columns = {Request: COLUMNS, Voice: VOICE_COLUMNS}.get(model, ())
    left_out = LEFT_OUT[model._meta.label_lower]
    carried = {one.of for one in columns if one.of}
    assert carried | set(left_out) == fields
    assert not carried & set(left_out)
    assert all(left_out.values())


def test_every_column_of_the_export_is_told_by_its_name_and_compared():
    for one in (*COLUMNS, *VOICE_COLUMNS):
        assert one.header.casefold() in FIELDS[one.field].usual
    known = {"key", "tags", "joined_with", "form", "form_version", "answers"}
    assert {one.field for one in COLUMNS} == set(import_differences.OWN) | known
    whose = {"account", "account_id", "added_by", "added_team"}
    assert {one.field for one in VOICE_COLUMNS} == set(import_voices.KEPT) | whose


def test_an_account_is_found_by_its_key_its_domain_and_its_contact(ops):
    acme = CustomerAccountFactory(name="Acme", domain="acme.example", external_ids=["crm:0017"])
    CustomerAccountFactory(name="Twin"), CustomerAccountFactory(name="Twin")
    head = ["Id", "Title", "Account", "Account id", "Account domain", "Contact"]
    rows = [
        ["1", "By id", "", "0017", "", ""],
        ["2", "By system and id", "", "crm:0017", "", ""],
        ["3", "By domain", "", "", "acme.example", ""],
        ["4", "By contact", "", "", "", "Kim <kim@acme.example>"],
        ["5", "Two of the name", "Twin", "", "", ""],
    ]
    take(ops, table(rows, head))
    assert Voice.objects.filter(account=acme).count() == 4
    assert Request.objects.get(external_id="5").company == "Twin"
    assert CustomerAccount.objects.count() == 3
