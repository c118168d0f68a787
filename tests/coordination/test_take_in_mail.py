import datetime as dt
import imaplib
import json
import re
from email.message import EmailMessage

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from coordination import queries, sources
from coordination.models import Audience, Mailbox, MailIn, MailState, MailStop, Request, RequestComment
from coordination.services import mail_in, mailboxes, outgoing, request_comments
from prodops.models import Attachment
from tests.coordination.imap_server import ImapServer
from tests.coordination.samples_mail import mailbox
from tests.factories.coordination import RequestFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db


def raw(body="Please add CSV.", *, files=(), **headers):
    message = EmailMessage()
    given = {"From": "Kim Ito <kim@acme.example>", "To": "wishes@us.example", "Subject": "Export"}
    for name, value in {**given, **headers}.items():
        message[name.replace("_", "-")] = value
    domain = message["From"].rpartition("@")[2].strip("> ")
    if "Authentication-Results" not in message:
        message["Authentication-Results"] = f"mx.us.example; dmarc=pass header.from={domain}"
    message.set_content(body)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.fixture
def box(ops):
    return mailbox(ops)


@pytest.fixture(autouse=True)
def vouchers(settings):
    settings.MAIL_VOUCHERS = ["mx.us.example"]


@pytest.fixture
def take(box):
    def go(data, at=None):
        row, _ = mail_in.receive(data, channel=box.channel, at=at or timezone.now())
        return row

    return go


def test_a_new_mail_becomes_a_request_of_its_account_with_its_files(take, box):
    CustomerAccountFactory(name="Acme", domain="acme.example")
    files = [("list.csv", b"a,b\n1,2\n"), ("run.exe", b"MZ\x00\x01")]
    sent = raw("Please.\n\n-- \nKim", Subject="Fwd: Re: Export", files=files, Message_ID="<1@acme>")
    row = take(sent)
    one = Request.objects.get()
    assert (row.state, row.request) == (MailState.REQUEST, one)
    assert (one.title, one.author_name, one.author_email) == ("Export", "Kim Ito", "kim@acme.example")
    assert (one.channel, one.accounts_count) == (box.channel, 1)
    kept = Attachment.objects.about(one).get()
    assert (kept.name, kept.by) == ("list.csv", None)
    assert row.notes[0].startswith("“run.exe” can't be attached.")
    assert (
        take(raw("Please.\n\n-- \nKim", Subject="Fwd: Re: Export", files=files, Message_ID="<1@acme>")) == row
    )
    assert Request.objects.count() == MailIn.objects.count() == 1


def test_an_answer_to_our_mail_stands_under_the_request_as_from_outside(take, box, ops, now):
    one = RequestFactory(author_email="kim@acme.example", author_name="Kim", channel=box.channel)
    comment = request_comments.answer(one, "We look into it.", by=ops, at=now, key="k")
    outgoing.mail(comment.message_id, at=now)
    ours = outbox.outbox[0]
    assert ours.reply_to[0].startswith("wishes")
    quote = "Thanks, CSV would do.\n\nOn Mon, 23 Nov 2026, Us wrote:\n> We look into it.\n"
    by_id = take(
        raw(quote, Subject="Re: x", In_Reply_To=ours.extra_headers["Message-ID"], Message_ID="<2@a>")
    )
    by_address = take(raw("And PDF.", To=ours.reply_to[0]))
    by_thread = take(raw("And XML.", References="<2@a>"))
    assert {row.state for row in (by_id, by_address, by_thread)} == {MailState.REPLY}
    said = RequestComment.objects.filter(request=one, author=None).order_by("pk")
    assert [one.body for one in said] == ["Thanks, CSV would do.", "And PDF.", "And XML."]
    assert {(one.audience, one.author_name) for one in said} == {
        (Audience.PUBLIC, "Kim Ito <kim@acme.example>")
    }
    assert Request.objects.count() == 1


def test_a_made_up_mark_reaches_no_request(take):
    one = RequestFactory()
    row = take(raw(In_Reply_To=f"<req-{one.pk}.1.{'0' * 20}@us.example>"))
    assert row.request != one


def test_what_machines_write_is_kept_with_the_reason_and_can_be_taken_all_the_same(take, as_, ops):
    row = take(raw("I am away", Auto_Submitted="auto-replied"))
    assert (row.state, row.reason) == (MailState.NOTHING, "It is an automatic answer.")
    assert "It is an automatic answer." in as_(ops).get(reverse("coordination:mail_list")).text
    as_(ops).post(reverse("coordination:mail_take", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == MailState.REQUEST
    as_(ops).post(reverse("coordination:mail_take", args=[row.pk]))
    assert Request.objects.count() == 1
    assert b"".join(as_(ops).get(reverse("coordination:mail_raw", args=[row.pk]))) == raw(
        "I am away", Auto_Submitted="auto-replied"
    )


def test_two_machines_that_answer_each_other_are_stopped(take, monkeypatch):
    monkeypatch.setattr(mail_in, "MOST_AN_HOUR", 2)
    states = [take(raw(f"Answer {n}")).state for n in range(4)]
    assert states == [MailState.REQUEST, MailState.REQUEST, MailState.NOTHING, MailState.NOTHING]
    assert take(raw("Later"), timezone.now() + dt.timedelta(hours=2)).state == MailState.REQUEST


def test_a_bounce_of_our_mail_stops_mail_to_that_address(take, box, ops, now):
    one = RequestFactory(author_email="gone@acme.example", channel=box.channel)
    comment = request_comments.answer(one, "Hello", by=ops, at=now, key="b")
    outgoing.mail(comment.message_id, at=now)
    ident = outbox.outbox[0].extra_headers["Message-ID"]
    report = (
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; "
        'boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: mx\r\n\r\n'
        "Final-Recipient: rfc822; Gone@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n--b--\r\n"
    )
    assert take(report.format("<made@up>").encode()).state == MailState.NOTHING
    assert not MailStop.objects.exists()
    assert "no more mail goes there" in take(report.format(ident).encode()).reason
    assert MailStop.objects.get().email == "gone@acme.example"
    [said] = queries.thread_of(Request.objects.with_rights_of(ops).get(pk=one.pk), user=ops)
    assert (said.lost, said.reached) == (["gone@acme.example"], [])


def test_what_a_colleague_forwards_is_the_account_s_who_wrote_it(take):
    account = CustomerAccountFactory(domain="globex.example")
    colleague = UserFactory(email="sam@us.example")
    body = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Lee <lee@globex.example>\nSubject: Wish\n\nPDF!"
    )
    take(raw(body, From="Sam <sam@us.example>", Subject="Fwd: Wish"))
    one = Request.objects.get()
    assert (one.submitter, one.voices.get().account, one.title) == (colleague, account, "Wish")
    assert "PDF!" in one.problem
    assert (one.author_name, one.author_email) == ("Lee", "lee@globex.example")
    assert one.voices.get().contact == "Lee"


@pytest.mark.parametrize(
    "results", ["", "mx.evil.example; dmarc=pass header.from=us.example", "mx.us.example; dmarc=fail"]
)
def test_a_forged_sender_is_no_colleague_and_no_account(take, box, results):
    CustomerAccountFactory(name="Us", domain="us.example")
    UserFactory(email="sam@us.example")
    row = take(raw(From="Sam <sam@us.example>", Authentication_Results=results or "none"))
    assert (row.request.submitter, row.request.accounts_count) == (box.channel.owner, 0)
    assert (row.request.author_email, row.request.company) == ("sam@us.example", "Us")
    assert row.notes == [mail_in.UNPROVED]


def test_mail_that_was_left_behind_is_taken_up(take, monkeypatch):
    monkeypatch.setattr(mail_in, "handle", lambda *args, **kwargs: None)  # a killed worker
    row = take(raw())
    monkeypatch.undo()
    later = timezone.now() + dt.timedelta(minutes=11)
    for pk in mail_in.left_behind(at=later):
        mail_in.take_up(pk, at=later)
    row.refresh_from_db()
    assert (row.state, mail_in.left_behind(at=later)) == (MailState.REQUEST, [])


def test_a_mail_that_breaks_the_reading_is_kept_and_the_next_one_taken(take, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("no")

    monkeypatch.setattr(mail_in.intake, "take", broken)
    row = take(raw())
    assert (row.state, row.reason) == (MailState.FAILED, "ValueError: no")
    monkeypatch.undo()
    mail_in.handle(row, at=timezone.now())
    assert row.state == MailState.REQUEST


def test_a_mail_that_cannot_be_read_at_all_is_kept_and_the_next_one_fetched(imap, fetched, monkeypatch):
    read = mail_in.mail.read

    def broken(data):
        if b"One" in data:
            raise ValueError("no\0")
        return read(data)

    monkeypatch.setattr(mail_in.mail, "read", broken)
    imap.mails = {1: raw("One"), 2: raw("Two")}
    assert (fetched().last_uid, fetched().error) == (2, "")
    assert {row.state for row in MailIn.objects.all()} == {MailState.FAILED, MailState.REQUEST}


def test_a_bounce_stops_only_the_address_that_our_mail_went_to(take, box, ops, now):
    mine, theirs = (
        RequestFactory(author_email=f"{name}@acme.example", channel=box.channel) for name in ("me", "them")
    )
    for one in (mine, theirs):
        outgoing.mail(request_comments.answer(one, "Hi", by=ops, at=now, key=str(one.pk)).message_id, at=now)
    ident = outbox.outbox[0].extra_headers["Message-ID"]
    report = (
        "From: me@acme.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: mx\r\n\r\nFinal-Recipient: rfc822; "
        "them@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n--b--\r\n"
    )
    nonce = ident.split(".")[1]
    for forged in (ident, ident.replace(f".{nonce}.", f".{int(nonce) + 1}."), outbox.outbox[1].reply_to[0]):
        take(report.format(forged).encode())
    assert not MailStop.objects.exists()


def _door(ops, box, **fields):
    Mailbox.objects.filter(pk=box.pk).update(**fields)
    return reverse("coordination:mail_door", args=[mailboxes.new_door(box, by=ops, at=timezone.now())])


def test_mail_is_handed_in_raw_by_the_secret_address(client, ops, box):
    url = _door(ops, box)
    answers = [client.post(url, raw(), content_type="message/rfc822").json() for _ in range(2)]
    assert [one["mails"][0]["new"] for one in answers] == [True, False]
    assert Request.objects.count() == 1
    assert client.post(url[:-3] + "x/", raw(), content_type="message/rfc822").status_code == 404
    box.channel.closed_at = timezone.now()
    box.channel.save()
    assert client.post(url, raw("Other"), content_type="message/rfc822").status_code == 410


def test_mail_is_handed_in_by_providers_and_a_broken_call_is_kept(client, ops, box):
    url = _door(ops, box, provider="postmark")
    person = {"Email": "kim@acme.example", "Name": "Kim"}
    sent = {"FromFull": person, "Subject": "By Postmark", "TextBody": "Hi", "Headers": [], "Attachments": []}
    sent |= {"ToFull": [], "CcFull": [], "BccFull": [], "OriginalRecipient": "wishes@us.example"}
    client.post(url, json.dumps(sent), content_type="application/json")
    assert Request.objects.get().title == "By Postmark"
    assert client.post(url, '{"broken', content_type="application/json").status_code == 200
    kept = MailIn.objects.first()
    assert (kept.state, bytes(kept.raw)[-8:]) == (MailState.FAILED, b'{"broken')
    url = _door(ops, box, provider="mailgun")
    form = {"body-mime": raw("Hi", Subject="By Mailgun").decode(), "recipient": "wishes@us.example"}
    form |= {"timestamp": "1", "token": "t", "signature": "forged"}
    client.post(url, form)
    assert Request.objects.filter(title="By Mailgun").exists()
    mailboxes.set_up(
        box.channel, by=ops, at=timezone.now(), address=box.address, provider="mailgun", key="signs"
    )
    assert client.post(url, form).status_code == 403


def test_large_mail_gets_in_and_none_is_thrown_away_unseen(client, ops, box):
    url = _door(ops, box)
    big = raw("Big", files=[("a.bin", b"x" * 2_500_000)], Message_ID="<big@a>")
    assert client.post(url, big, content_type="message/rfc822").json()["mails"][0]["state"] == "request"
    huge = raw("Huge") + b"x" * 21_000_000
    client.post(url, huge, content_type="message/rfc822")
    assert MailIn.objects.first().notes[0].startswith("It is larger than 20 MB")
    chunked = client.generic("POST", url, b"", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert chunked.status_code == 411
    assert client.generic("POST", url, b"", CONTENT_LENGTH="9" * 40).status_code == 413
    url = _door(ops, box, provider="sendgrid")
    whole = raw("By form", Subject="By form", files=[("a.bin", b"x" * 5_000_000)])
    form = {"email": whole.decode(), **{f"field{n}": "x" for n in range(2_000)}}
    answer = client.post(url, form).json()
    assert answer["mails"][0]["state"] == "failed" or Request.objects.filter(title="By form").exists()
    assert client.post(url, {"email": form["email"]}).status_code == 200
    assert Request.objects.filter(title="By form").exists()


class Imap:
    """A mailbox as imaplib gives it; a hand on the wire is what is faked here."""

    def __init__(self):
        self.mails, self.validity, self.fetched, self.broken = {}, b"7", [], None

    def login(self, user, password):
        if password != "right":
            raise imaplib.IMAP4.error("NO")

    def authenticate(self, how, answer):
        assert (how, answer(b"")) == ("PLAIN", "\0wishes\0pässword".encode())

    def select(self, name, readonly):
        assert readonly
        return "OK" if name in ('"INBOX"', '"W&APw-nsche &- A"') else "NO", []

    def response(self, code):
        return code, [self.validity]

    def uid(self, verb, *arguments):
        if verb == "search":
            start = int(re.search(r"UID (\d+):", arguments[1])[1])
            found = [uid for uid in self.mails if uid >= start] or [max(self.mails, default=0)]
            return "OK", [" ".join(map(str, found)).encode()]
        uid, what = int(arguments[0]), arguments[1]
        if "SIZE" in what:
            return "OK", [f"1 (UID {uid} RFC822.SIZE {len(self.mails[uid])})".encode()]
        if uid == self.broken:
            raise imaplib.IMAP4.abort("connection lost")
        self.fetched.append(uid)
        data = self.mails[uid]
        return "OK", [(b"1 (BODY[] {9}", data if "[]" in what else data.partition(b"\n\n")[0]), b")"]

    def logout(self):
        pass


@pytest.fixture
def imap(monkeypatch):
    server = Imap()
    monkeypatch.setattr(sources, "connected", lambda host, port: server)
    return server


@pytest.fixture
def fetched(box, ops, imap):
    mailboxes.set_up(
        box.channel,
        **{"by": ops, "at": timezone.now(), "address": box.address, "provider": "raw"},
        **{"host": "imap.example.com", "user": "wishes", "password": "right"},
    )

    def poll(hours=0):
        at = timezone.now() + dt.timedelta(hours=hours)
        for pk in mailboxes.due(at=at):
            mailboxes.poll(pk, at=at)
        return Mailbox.objects.get(pk=box.pk)

    return poll


def test_a_mailbox_is_read_on_from_where_it_was_left(imap, fetched):
    imap.mails = {3: raw("One"), 5: raw("Two")}
    box = fetched()
    assert (box.validity, box.last_uid, box.error) == (7, 5, "")
    imap.mails[9] = raw("Three")
    fetched(1)
    fetched(2)
    assert imap.fetched == [3, 5, 9]
    imap.validity = b"8"  # the server has numbered its mails anew
    imap.mails = {1: raw("One"), 2: raw("Four")}
    assert fetched(3).last_uid == 2
    assert MailIn.objects.count() == Request.objects.count() == 4


def test_a_look_that_breaks_off_keeps_what_it_has_and_goes_on(imap, fetched):
    imap.mails, imap.broken = {1: raw("One"), 2: raw("Two")}, 2
    box = fetched()
    assert (box.last_uid, box.failures) == (1, 1)
    assert "broke off" in box.error
    imap.broken = None
    assert fetched(3).failures == 0
    assert MailIn.objects.count() == 2


def test_what_is_wrong_with_a_mailbox_is_said(imap, fetched, box, ops, settings):
    mailboxes.set_up(
        box.channel,
        **{"by": ops, "at": timezone.now(), "address": box.address, "provider": "raw"},
        **{"host": "imap.example.com", "user": "wishes", "password": "wrong"},
    )
    assert "does not let wishes in" in fetched().error
    with pytest.raises(sources.NotAllowed):
        sources.address_of("127.0.0.1", 993)
    settings.MAIL_HOSTS = ["127.0.0.1:993"]
    assert sources.address_of("127.0.0.1", 993) == "127.0.0.1"


def test_a_password_and_a_folder_beyond_ascii_work(imap):
    with sources.mailbox("imap.example.com", 993, "wishes", "pässword", "Wünsche & A") as folder:
        assert folder.validity == 7


def test_the_password_of_a_mailbox_is_not_shown_and_kept_if_left_empty(as_, ops, box, imap):
    url = reverse("coordination:mailbox_edit", args=[box.channel.slug])
    told = {"address": "new@us.example", "host": "imap.example.com", "user": "wishes"}
    assert as_(ops).post(url, told).status_code == 422
    as_(ops).post(url, told | {"password": "right"})
    as_(ops).post(url, told)
    assert (
        "right" not in as_(ops).get(url).text.replace("copyright", "").split("<main")[1].split("Password")[-1]
    )
    held = Mailbox.objects.get(pk=box.pk)
    assert (held.address, held.error) == ("new@us.example", "")
    assert b"right" not in bytes(held.sealed_password)


@pytest.fixture
def served(box, ops, monkeypatch):
    """(the mailbox's server, a look into it as the worker takes one): everything but TLS is real."""
    with ImapServer("wishes", "pa ss") as server:
        port = server.server_address[1]
        monkeypatch.setattr(sources, "connected", lambda host, at: imaplib.IMAP4("127.0.0.1", port, 5))
        told = {"address": box.address, "provider": "raw", "host": "imap.example.com", "user": "wishes"}
        mailboxes.set_up(box.channel, **told, password="pa ss", by=ops, at=timezone.now())

        def look(hours=0):
            at = timezone.now() + dt.timedelta(hours=hours)
            for pk in mailboxes.due(at=at):
                mailboxes.poll(pk, at=at)
            return Mailbox.objects.get(pk=box.pk)

        yield server, look
        server.shutdown()


def test_a_real_conversation_goes_on_after_a_broken_line_and_a_new_numbering(served):
    server, look = served
    server.mails = {number: raw(f"Wish {number}") for number in (3, 5, 6)}
    server.cut = 5
    box = look()
    assert (box.last_uid, box.failures, "broke off" in box.error) == (3, 1, True)
    box = look(1)
    assert (box.validity, box.last_uid, box.failures, box.error) == (7, 6, 0, "")
    assert look(2).last_uid == 6  # "7:*" gives the last mail again, which is not fetched again
    server.validity, server.mails = 8, {1: raw("Wish 3"), 2: raw("Wish 9"), 4: raw("Large", Subject="Large")}
    assert (look(3).validity, look(4).last_uid) == (8, 4)
    bodies = [one.partition("(")[2] for one in server.log if one.upper().startswith("UID FETCH")]
    assert set(bodies) <= {"RFC822.SIZE)", "BODY.PEEK[])"}  # nothing is marked as read
    assert not any(one.upper().startswith(("SELECT", "STORE", "UID STORE", "EXPUNGE")) for one in server.log)
    assert sorted(Request.objects.values_list("problem", flat=True)) == [
        *("Large", "Wish 3", "Wish 5", "Wish 6", "Wish 9"),
    ]


def test_a_real_server_refuses_a_wrong_password_and_gives_the_head_of_a_large_mail(served, monkeypatch):
    server, look = served
    monkeypatch.setattr(mail_in, "LARGEST", 700)
    server.mails = {1: raw("x" * 900)}
    look()
    row = MailIn.objects.get()
    assert b"too large to be fetched" in bytes(row.raw)
    server.password = "other"
    assert "does not let wishes in" in look(1).error
    server.shutdown()
    server.server_close()
    assert look(9).failures == 2


def _parsed(**more):
    """What providers that take a mail apart have in common."""
    return {"from": "Kim Ito <kim@acme.example>", "to": "wishes@us.example", "subject": "By them", **more}


HEADERS = "From: Kim Ito <kim@acme.example>\nTo: wishes@us.example\nSubject: By them\nMessage-ID: <9@acme>\n"
SPARK = {"content": {"email_rfc822_is_base64": False}, "rcpt_to": "wishes@us.example", "webhook_id": "1"}
SPARK |= {"protocol": "smtp", "friendly_from": "kim@acme.example", "msg_from": "kim@acme.example"}
JET = {"Sender": "kim@acme.example", "Recipient": "wishes@us.example", "Date": "20261123T120000"}
JET |= {"From": "Kim Ito <kim@acme.example>", "Subject": "By them", "Text-part": "Please add CSV."}
JET |= {"Headers": {"From": "Kim Ito <kim@acme.example>", "Subject": "By them", "Message-ID": "<9@acme>"}}


def _calls():
    """(provider, body or form, whether it is JSON) in the shapes of the providers' own documentation."""
    envelope = json.dumps({"to": ["wishes@us.example"], "from": "kim@acme.example"})
    form = _parsed(headers=HEADERS, text="Please add CSV.", envelope=envelope, attachments="0")
    yield "sendgrid", {**form, "charsets": json.dumps({"text": "utf-8", "subject": "UTF-8"})}, False
    parts = [{"Headers": {"Content-Type": "text/plain; charset=UTF-8"}, "ContentRef": "Text-part"}]
    yield "mailjet", {**JET, "Parts": parts}, True
    content = {**SPARK["content"], "email_rfc822": raw(Subject="By them").decode()}
    yield "sparkpost", [{"msys": {"relay_message": {**SPARK, "content": content}}}], True
    gun = _parsed(**{"body-plain": "Please add CSV.", "recipient": "wishes@us.example", "token": "t"})
    headers = json.dumps([["From", "Kim Ito <kim@acme.example>"], ["Subject", "By them"]])
    yield "mailgun", {**gun, "message-headers": headers, "timestamp": "1", "signature": "s"}, False


@pytest.mark.parametrize("call", list(_calls()), ids=lambda call: call[0])
def test_each_provider_s_own_shape_becomes_a_request(client, ops, box, call):
    provider, body, is_json = call
    url = _door(ops, box, provider=provider)
    if is_json:
        answer = client.post(url, json.dumps(body), content_type="application/json")
    else:
        answer = client.post(url, body)
    assert answer.json()["mails"][0]["state"] == "request", MailIn.objects.get().reason
    one = Request.objects.get()
    assert (one.title, one.problem, one.author_email) == ("By them", "Please add CSV.", "kim@acme.example")


def test_the_page_says_whether_mail_counts_for_accounts(as_, ops, box, take, settings, monkeypatch):
    settings.MAIL_VOUCHERS = []
    Mailbox.objects.update(host="imap.example.com", failures=3, error="imap.example.com does not answer.")
    monkeypatch.setattr(mail_in.intake, "take", lambda *args, **kwargs: 1 / 0)
    take(raw())
    page = as_(ops).get(box.channel.get_absolute_url()).text
    for words in ("No mail counts for an account yet", "3 times", "1 mail", "could not be read"):
        assert words in page
    settings.MAIL_VOUCHERS = ["mx.us.example"]
    assert "No mail counts" not in as_(ops).get(box.channel.get_absolute_url()).text
