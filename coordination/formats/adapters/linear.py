"""Linear: issues that were created or rewritten, customer requests, and comments."""

import re
from typing import Any

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, later, moment, text, words

IN_ADDRESS = re.compile(r"/issue/([A-Za-z0-9]{1,10}-[0-9]{1,9})(?![\w-])")  # where a comment names its issue
URGENCY = {1: 1, 2: 2, 3: 3, 4: 4}  # Linear counts as we do; its 0 is no priority


def read(payload: Any) -> Read:
    """An issue, or what a customer said (Linear's CustomerNeed)."""
    action, kind, data = text(at(payload, "action")), text(at(payload, "type")), at(payload, "data")
    if not action or not kind:
        return Unknown("No “action” and “type”.")
    before = at(payload, "updatedFrom")
    edited = kind == "Issue" and action == "update" and isinstance(before, dict)
    edited = edited and ("title" in before or "description" in before)
    if kind not in ("Issue", "CustomerNeed", "Comment") or (action != "create" and not edited):
        return Ignored(f"Linear tells “{kind} {action}”; issues, customer requests, comments are taken.")
    if not isinstance(data, dict):
        return Unknown("No “data”.")
    if kind == "Comment":
        return _comment(payload, data)
    made = _issue(payload, data, edited) if kind == "Issue" else _need(payload, data)
    return [made] if made.title or made.body else Unknown("It has neither a title nor a text.")


def _priority(value: Any) -> int | None:
    return URGENCY.get(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _comment(payload: dict[str, Any], data: dict[str, Any]) -> Read:
    if isinstance(data.get("botActor"), dict):
        return Ignored("A program wrote the comment.")
    address = text(payload.get("url"))
    named = IN_ADDRESS.search(address)
    who = data.get("user") or data.get("externalUser") or payload.get("actor")
    return later(
        first(at(data, "issue", "identifier"), named[1].upper() if named else "", data.get("issueId")),
        text(data.get("body")),
        text(data.get("id")),
        author_name=text(at(who, "name")),
        url=address,
        sent_at=moment(data.get("createdAt")),
    )


def _issue(payload: dict[str, Any], data: dict[str, Any], edited: bool) -> Incoming:
    actor = payload.get("actor") or data.get("creator")
    return Incoming(
        first(data.get("title")),
        first(data.get("description")),
        external_id=first(data.get("identifier"), data.get("id")),
        url=first(payload.get("url"), data.get("url")),
        author_name=text(at(actor, "name")),
        author_email=text(at(actor, "email")),
        urgency=_priority(data.get("priority")),
        area=text(at(data, "project", "name")),
        tags=words(data.get("labels"), "name"),
        sent_at=moment(data.get("createdAt")),
        revises=edited,
    )


def _need(payload: dict[str, Any], data: dict[str, Any]) -> Incoming:
    customer, issue, actor = data.get("customer"), data.get("issue"), payload.get("actor")
    number = first(at(customer, "id"), data.get("customerId"))
    return Incoming(
        first(at(issue, "title"), at(data, "project", "name")),
        first(data.get("body"), data.get("content")),
        external_id=first(data.get("id")),
        url=first(data.get("url"), at(data, "attachment", "url"), payload.get("url"), at(issue, "url")),
        author_name=text(at(actor, "name")),
        author_email=text(at(actor, "email")),
        account_id=f"linear:{number}" if number else "",
        account_name=text(at(customer, "name")),
        account_domain=text(at(customer, "domains", 0)),
        urgency=2 if data.get("priority") in (1, 1.0) and data.get("priority") is not True else None,
        sent_at=moment(data.get("createdAt")),
    )
