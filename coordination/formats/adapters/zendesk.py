"""Zendesk: ticket events, what customers add, and the body that our guide gives for a trigger."""

from typing import Any
from urllib.parse import urlsplit

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, later, moment, text, urgency, words

CREATED = "zen:event-type:ticket.created"
COMMENTED = "zen:event-type:ticket.comment_added"
RENAMED, REWRITTEN = "zen:event-type:ticket.subject_changed", "zen:event-type:ticket.description_changed"


def read(payload: Any) -> Read:
    """A ticket that was created or rewritten, or that a trigger sent; a customer's comment."""
    if isinstance(at(payload, "ticket"), dict):
        return _of_trigger(payload["ticket"])
    kind = text(at(payload, "type"))
    if not kind.startswith("zen:event-type:"):
        return Unknown("No “ticket” and no event type of Zendesk in it.")
    ticket = at(payload, "detail")
    number = first(at(ticket, "id"), text(at(payload, "subject")).rpartition(":")[2])
    if kind == COMMENTED:
        return _comment(payload, number)
    if kind in (RENAMED, REWRITTEN):
        said = text(at(payload, "event", "current"))
        title, body = (said, "") if kind == RENAMED else ("", said)
        return [Incoming(title, body, external_id=number, revises=True)]
    if kind != CREATED:
        told = kind.removeprefix("zen:event-type:")
        return Ignored(f"Zendesk tells “{told}”; new tickets, their words and customers' comments are taken.")
    title, body = first(at(ticket, "subject")), text(at(ticket, "description"))
    if not (title or body):
        return Unknown("The new ticket has neither “detail.subject” nor “detail.description”.")
    organization = text(at(ticket, "organization_id"))
    return [
        Incoming(
            title,
            body,
            external_id=number,
            account_id=f"zendesk:{organization}" if organization else "",
            urgency=urgency(at(ticket, "priority")),
            type=text(at(ticket, "type")),
            tags=words(at(ticket, "tags")),
            sent_at=moment(at(ticket, "created_at")) or moment(at(payload, "time")),
        )
    ]


def _comment(payload: Any, number: str) -> Read:
    comment = at(payload, "event", "comment")
    if at(comment, "is_public") is False:
        return Ignored("The comment is internal there.")
    if at(comment, "author", "is_staff") is True:
        return Ignored("Your own support wrote the comment; what customers write is taken.")
    return later(
        number,
        text(at(comment, "body")),
        text(at(comment, "id")),
        author_name=text(at(comment, "author", "name")),
        sent_at=moment(at(payload, "time")),
    )


def _of_trigger(ticket: dict[str, Any]) -> Read:
    title = first(ticket.get("title"), ticket.get("subject"))
    body = first(ticket.get("description"), ticket.get("latest_comment"), at(ticket, "comment", "body"))
    if not (title or body):
        return Unknown("The ticket has neither “title” nor “description”.")
    requester = ticket.get("requester")
    organization = ticket.get("organization") or at(requester, "organization")
    number = first(at(organization, "id"), ticket.get("organization_id"))
    return [
        Incoming(
            title,
            body,
            external_id=text(ticket.get("id")),
            url=_address(first(ticket.get("url"), ticket.get("link"))),
            author_name=first(at(requester, "name"), requester, ticket.get("requester_name")),
            author_email=first(at(requester, "email"), ticket.get("requester_email")),
            account_id=f"zendesk:{number}" if number else "",
            account_name=first(at(organization, "name"), organization),
            account_domain=first(at(organization, "domain"), at(organization, "domain_names", 0)),
            language=first(at(requester, "language"), at(requester, "locale"))[:2].lower(),
            urgency=urgency(ticket.get("priority")),
            type=first(ticket.get("type"), ticket.get("ticket_type")),
            tags=words(ticket.get("tags")),
            sent_at=moment(ticket.get("created_at")),
        )
    ]


def _address(found: str) -> str:
    """Zendesk's placeholder writes the address without its beginning: acme.zendesk.com/agent/tickets/7."""
    try:
        return found if not found or urlsplit(found).scheme else f"https://{found}"
    except ValueError:
        return ""
