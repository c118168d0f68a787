"""Intercom: conversations that people begin, go on with or that somebody tags, and tickets."""

from typing import Any

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, later, moment, plain, rows, text, urgency, words

CONVERSATIONS = (
    "conversation.user.created",
    "conversation_part.tag.created",
    "conversation.contact.attached",
)


def read(payload: Any) -> Read:
    """A conversation's first words, or a ticket's title and description."""
    topic = text(at(payload, "topic"))
    item = at(payload, "data", "item")
    if topic == "ping" or text(at(item, "type")) == "ping":
        return Ignored("Intercom asks whether somebody is there.")
    if text(at(payload, "type")) != "notification_event" or not topic:
        return Unknown("No “notification_event” with a “topic”.")
    workspace = text(at(payload, "app_id"))
    if topic == "ticket.created":
        return _ticket(at(item, "ticket") or item)
    if topic == "conversation.user.replied":
        return _reply(at(item, "conversation") or item, workspace)
    if topic not in CONVERSATIONS:
        return Ignored(
            f"Intercom tells “{topic}”; new or tagged conversations, replies and new tickets are taken."
        )
    return _conversation(at(item, "conversation") or item, item, workspace)


def _conversation(one: Any, item: Any, workspace: str) -> Read:
    source = at(one, "source") or at(one, "conversation_message")
    title, body = first(at(one, "title"), plain(at(source, "subject"))), plain(at(source, "body"))
    if not (title or body):
        return Unknown("The conversation has neither a title nor “source.body”.")
    author, number = at(source, "author"), text(at(one, "id"))
    contact = at(one, "contacts", "contacts", 0)
    company = at(one, "company") or at(one, "contacts", "contacts", 0, "companies", "data", 0)
    known = text(at(company, "id"))
    tags = [*words(at(one, "tags", "tags"), "name"), *words(at(item, "tags_added", "tags"), "name")]
    return [
        Incoming(
            title,
            body,
            external_id=f"conversation:{number}" if number else "",
            url=_address(workspace, number),
            author_name=first(at(author, "name"), at(contact, "name")),
            author_email=first(at(author, "email"), at(contact, "email")),
            account_id=f"intercom:{known}" if known else "",
            account_name=text(at(company, "name")),
            account_domain=text(at(company, "website")).removeprefix("https://").rstrip("/"),
            urgency=urgency(at(one, "priority")),
            tags=tuple(tags),
            sent_at=moment(at(one, "created_at")),
        )
    ]


def _reply(one: Any, workspace: str) -> Read:
    part = next(reversed(rows(at(one, "conversation_parts", "conversation_parts"))), None)
    author, number = at(part, "author"), text(at(one, "id"))
    if text(at(author, "type")) in ("admin", "bot", "team"):
        return Ignored("Your own support wrote it; what customers write is taken.")
    return later(
        f"conversation:{number}" if number else "",
        plain(at(part, "body")),
        text(at(part, "id")),
        author_name=first(at(author, "name"), at(author, "email")),
        url=_address(workspace, number),
        sent_at=moment(at(part, "created_at")),
    )


def _address(workspace: str, number: str) -> str:
    known = workspace and number
    return f"https://app.intercom.com/a/apps/{workspace}/conversations/{number}" if known else ""


def _ticket(ticket: Any) -> Read:
    said = at(ticket, "ticket_attributes")
    title, body = text(at(said, "_default_title_")), plain(at(said, "_default_description_"))
    if not (title or body):
        return Unknown("The ticket has neither “_default_title_” nor “_default_description_”.")
    contact = next(iter(rows(at(ticket, "contacts", "contacts"))), None)
    number, company = first(at(ticket, "id"), at(ticket, "ticket_id")), text(at(ticket, "company_id"))
    return [
        Incoming(
            title,
            body,
            external_id=f"ticket:{number}" if number else "",
            author_name=text(at(contact, "name")),
            author_email=text(at(contact, "email")),
            account_id=f"intercom:{company}" if company else "",
            type=text(at(ticket, "ticket_type", "name")),
            sent_at=moment(at(ticket, "created_at")),
        )
    ]
