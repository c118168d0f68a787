"""Fernway's mailbox with a week of mail, and a file that was imported."""

import csv
import io
from email.message import EmailMessage
from email.utils import format_datetime

from django.core.files.base import ContentFile

from coordination.models import Mailbox
from coordination.services import file_imports, mail_in

ADDRESS = "feedback@fernway.example"
# days ago, from, subject, words, further headers
MAILS: tuple[tuple[int, str, str, str, dict[str, str]], ...] = (
    (
        *(6, "Ines Duarte <ines@duarte-carga.example>", "Tours that end after midnight"),
        "Hello,\n\nour night tours are cut in two by the day's change: the drivers see half of them.\n"
        "Could a tour keep its stops until it ends?\n\nBest\nInes\n\n-- \nDuarte Carga, Porto",
        {"Message-ID": "<night@duarte-carga.example>"},
    ),
    (
        *(5, "Ines Duarte <ines@duarte-carga.example>", "Re: Tours that end after midnight"),
        "One more thing: it is the tours of the cold chain that hurt most.\n\nOn Mon, Fernway wrote:\n"
        "> Thank you, we look into it.\n",
        {"In-Reply-To": "<night@duarte-carga.example>"},
    ),
    (
        *(4, "Paul Werner <p.werner@werner-transporte.example>", "Abwesenheitsnotiz: Tours"),
        "Ich bin bis Montag nicht im Haus.",
        {"Auto-Submitted": "auto-replied"},
    ),
    (
        *(4, "Aoife Byrne <aoife@byrne-haulage.example>", "Weighbridge tickets as photos"),
        "The yard hands out paper tickets. Drivers photograph them, and the office types the numbers off the "
        "photos. Reading the weight from the picture would save us an hour a day.",
        {},
    ),
)
HEAD = (
    *("Idea ID", "Idea Title", "Idea Description", "Public Status Name", "Labels", "Created Timestamp"),
    "Idea Creator Name",
)
IDEAS = (
    (
        *("2101", "Show the toll of a route before it is sold", "We quote blind and lose on the Brenner."),
        *("under review", "toll; quotes", "2026-02-03 09:12:00 UTC", "Marta Roth"),
    ),
    (
        *("2102", "Print labels for pallets", "Labels come from another tool and the numbers differ."),
        *("declined", "warehouse", "2026-02-10 14:40:00 UTC", "Jon Aas"),
    ),
    (
        *("2103", "Dark colours for the night shift", "White screens blind us at three in the morning."),
        *("completed", "", "2026-03-01 02:05:00 UTC", "Night desk"),
    ),
)


def build(world):
    channel = world.channels["feedback-mail"]
    now = world.moment(0, 8)
    Mailbox.objects.create(channel=channel, address=ADDRESS, next_poll_at=now, provider="postmark")
    for days, sender, subject, words, headers in MAILS:
        at = world.moment(days, 10, 12)
        mail_in.receive(_raw(sender, subject, words, headers, at), channel=channel, at=at)
    _file(world, world.channels["uservoice"])


def _raw(sender, subject, words, headers, at):
    message = EmailMessage()
    lines = {"From": sender, "To": ADDRESS, "Subject": subject, "Date": format_datetime(at), **headers}
    for name, value in lines.items():
        message[name] = value
    message.set_content(words)
    return message.as_bytes()


def _file(world, channel):
    """Three ideas of the tool that Fernway had before."""
    at, by = world.moment(60, 14), world.people["tomas"]
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *IDEAS])
    upload = ContentFile(text.getvalue().encode(), name="uservoice-export.csv")
    load = file_imports.stage(upload, channel=channel, by=by, at=at)
    file_imports.confirm(load, by=by, at=at)
