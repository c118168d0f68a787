import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.formats import mail


def raw(body="Hello", *, html=None, **headers):
    message = EmailMessage()
    given = {"From": "Kim Ito <Kim@Acme.example>", "To": "wishes@us.example", "Subject": "Export", **headers}
    for name, value in given.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


QUOTE = "> We plan it.\n> More\n"
REPLIES = [
    (f"Yes.\n\nOn Mon, 23 Nov 2026 at 10:00, Us <x@y.example> wrote:\n{QUOTE}", "Yes."),
    (
        f"Yes.\n\nOn Mon, 23 Nov 2026 at 10:00, A Team With A Long Name\n<x@y.example> wrote:\n\n{QUOTE}",
        "Yes.",
    ),
    (f"Passt.\n\nAm 23.11.2026 um 10:00 schrieb Us <x@y.example>:\n{QUOTE}", "Passt."),
    (f"Merci.\n\nLe lun. 23 nov. 2026 à 10:00, Us <x@y.example> a écrit :\n{QUOTE}", "Merci."),
    ("Ok.\n\nFrom: Us <x@y.example>\nSent: Monday\nTo: Kim\nSubject: RE: Export\n\nWe plan it.", "Ok."),
    ("Gut.\n\nVon: Us\nGesendet: Montag\nAn: Kim\nBetreff: AW: Export\n\nWir planen es.", "Gut."),
    ("Ok\n\n-----Original Message-----\nold", "Ok"),
    (
        "We need:\n- export as CSV\n- export as PDF\n\nBest\nKim",
        "We need:\n- export as CSV\n- export as PDF\n\nBest\nKim",
    ),
    ("Hello\n\n-- \nKim\nAcme", "Hello"),
    ("ok\n\nSent from my iPhone", "ok"),
    ("> Which?\nThe CSV one.\n> When?\nBy March.\n", "> Which?\nThe CSV one.\n> When?\nBy March."),
    (f"On Mon, Us wrote:\n{QUOTE}\nUnder it.", "Under it."),
    ("> only a quotation", "> only a quotation"),
    ("From: the warehouse we need labels", "From: the warehouse we need labels"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "fresh"), REPLIES)
def test_of_a_reply_what_is_new_is_read(text, fresh):
    assert mail.fresh_part(text) == fresh


@given(
    st.text()
    | st.lists(st.sampled_from(["> a", "On x", "wrote:", "-- ", "From: a", "Sent: b", "", "c"])).map(
        "\n".join
    )
)
def test_no_reply_is_empty_or_longer_than_what_was_written(text):
    fresh = mail.fresh_part(text)
    assert bool(fresh) == bool(text.strip())
    assert len(fresh) <= len(text)


@pytest.mark.parametrize(
    "evil",
    [
        "On " * 100_000,
        "On x\n" * 50_000,
        ">" * 300_000,
        "From: a\n" * 50_000,
        "> a\nb\n" * 50_000,
        "On x wrote:\n> a\nb\n" * 30_000,
    ],
)
def test_a_hostile_body_takes_no_time(evil):
    began = time.monotonic()
    mail.fresh_part(evil)
    mail.read(raw(html="<div>" * 20_000 + "x") + evil.encode()[:100_000])
    assert time.monotonic() - began < 3


HEAD = b"From: Kim <kim@acme.example>\r\nMIME-Version: 1.0\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
ATTACHED = b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n"
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(400)
)


@pytest.mark.parametrize(
    "evil",
    [
        HEAD + b"Content-Disposition: attachment; filename*=utf-8''a; filename*0=b\r\n\r\nWords",
        HEAD + b"Content-Type: text/plain; charset*=utf-8''a; charset*0=b\r\n\r\nWords",
        HEAD + b"Content-Type: multipart/mixed; boundary*=utf-8''a; boundary*0=b\r\n\r\nWords",
        HEAD + b"Content-Type: text/plain; charset*" + b"9" * 5_000 + b"=a\r\n\r\nWords",
        HEAD + b"To: " + b"(" * 900 + b")" * 900 + b"\r\n\r\nWords",
        b"From: kim@acme.example " + b"(" * 900 + b")" * 900 + b"\r\n\r\nWords",
        HTML + b"Words<![foo bar [x]>",
        HTML + b"Words<![<![",
        HTML + b"Words" + b"<a x" * 20_000,
        HTML + b"Words" + b"<!--" * 100_000,
        HTML + b"Words" + b"<a b='" * 100_000,
        HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\nWords" + b"a-b9" * 40_000,
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nWords\r\n' + ATTACHED * 2_000,
        HEAD + NESTED + b"\r\nWords\r\n" * 20_000,
        HEAD + b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\nWords",
    ],
)
def test_a_hostile_mail_is_read_and_takes_no_time(evil):
    began = time.monotonic()
    read = mail.read(evil)
    mail.bounce_of(read)
    assert "Words" in read.text or read.parts
    assert read.from_email == "kim@acme.example"
    assert time.monotonic() - began < 1.5


@given(st.binary(max_size=2_000))
def test_whatever_bytes_come_something_is_read(data):
    read = mail.read(data)
    mail.silent_because(read)
    mail.bounce_of(read)
    read.text.encode()
    read.subject.encode()
    assert "\0" not in read.text + read.subject + read.from_email


@given(st.integers(0, 400), st.binary(min_size=1, max_size=30))
def test_a_mail_broken_anywhere_is_read(place, noise):
    whole = raw("Grüße", html="<p>Grüße</p>", Message_ID="<a@b>", References="<c@d> <e@f>")
    read = mail.read(whole[:place] + noise + whole[place:])
    mail.silent_because(read)
    mail.bounce_of(read)
    read.text.encode()


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "„Größe“ – 5 €".encode("cp1252")),
        ("x-unknown", "„Größe“ – 5 €".encode()),
        ("no-such-charset", "„Größe“ – 5 €".encode()),
        ("us-ascii", "„Größe“ – 5 €".encode()),
        ("windows-1252", "„Größe“ – 5 €".encode("cp1252")),
        ("utf-16", "„Größe“ – 5 €".encode("utf-16")),
    ],
)
def test_odd_charsets_are_read(charset, text):
    head = f"From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain; charset={charset}\r\n"
    read = mail.read(head.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + text)
    if charset == "utf-16":
        assert read.text
    else:
        assert read.text == "„Größe“ – 5 €"


def test_headers_in_any_encoding_and_ids_are_read():
    head = (
        b"From: =?utf-8?q?J=C3=BCrgen?= <J@Acme.example>\r\nSubject: =?x-none?b?####?= Gr\xfc\xdfe\r\n"
        b"Message-ID: <one@acme>\r\nIn-Reply-To: <two@us>\r\nReferences: <zero@us> <two@us>\r\n"
        b"Date: Mon, 23 Nov 2026 10:00:00 +0100\r\nDelivered-To: Wishes+x@us.example\r\n\r\nHi"
    )
    read = mail.read(head)
    assert (read.from_name, read.from_email, read.message_id) == ("Jürgen", "j@acme.example", "one@acme")
    assert read.references == ("two@us", "zero@us")
    assert read.recipients == ("wishes+x@us.example",)
    assert "Grüße" in read.subject
    assert read.sent_at.isoformat() == "2026-11-23T09:00:00+00:00"


def test_html_alone_becomes_text_with_its_lists_and_quotations():
    html = "<head><style>x{}</style></head><p>We need<br>this:</p><ul><li>a<li>b</ul>"
    html += "<blockquote>old</blockquote>"
    body = f"From: a@b.example\r\nContent-Type: text/html\r\n\r\n{html}<script>alert(1)</script>".encode()
    read = mail.read(body)
    assert read.text == "We need\nthis:\n\n- a\n- b\n\n> old"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic answer"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Subject": "Out of office: Export"}, "automatic answer"),
        ({"Precedence": "bulk"}, "newsletter"),
        ({"From": "MAILER-DAEMON@acme.example"}, "mail server"),
        ({"Return_Path": "<>"}, "mail server"),
        ({"From": "wishes@us.example"}, "our own"),
        ({"X_Spam_Flag": "YES"}, "spam"),
        ({}, ""),
    ],
)
def test_machines_are_told_from_people(headers, why):
    said = mail.silent_because(mail.read(raw(**headers)), ours={"wishes@us.example"})
    assert bool(said) == bool(why)
    assert why in said


def test_a_bounce_says_who_is_gone_and_which_mail_it_was():
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; "
        b'boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Final-Recipient: rfc822; Kim@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
        b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <req-1.2.ab@us>\r\n\r\n--b--\r\n"
    )
    found = mail.bounce_of(mail.read(report))
    assert found == mail.Bounce("kim@acme.example", "5.1.1", True, ("req-1.2.ab@us",))


def test_a_mark_is_believed_only_if_it_is_ours():
    address = mail.address_mark(7, secret="s", address="wishes@us.example")
    ident = mail.message_mark(7, secret="s", host="us.example", nonce="3")
    assert mail.mark_of([address], secrets=["s"]) == mail.mark_of([ident], secrets=["t", "s"]) == 7
    assert mail.mark_of([address.replace("req-7", "req-8"), "req-7-" + "0" * 20], secrets=["s"]) is None


def test_attachments_are_told_from_the_pictures_of_signatures():
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content("See the file")
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="Größe.csv")
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", disposition="inline", filename="l.png"
    )
    parts = mail.read(message.as_bytes()).parts
    assert [(one.name, one.small_inline) for one in parts] == [("Größe.csv", False), ("l.png", True)]
