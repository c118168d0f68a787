"""Jira: issues that were created or rewritten, and comments, in its markup or Atlassian's documents."""

from typing import Any
from urllib.parse import quote, urlsplit

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, later, moment, rows, text, urgency, words

NEW = ("jira:issue_created", "issue_created")
CHANGED = ("jira:issue_updated", "issue_updated")
WORDS = ("summary", "description")
BLOCKS = frozenset(
    ("paragraph", "heading", "listItem", "blockquote", "codeBlock", "tableRow", "rule", "panel")
)


def read(payload: Any) -> Read:
    """The issue of an issue_created event, or one that an automation sends without an event's name."""
    event, issue = text(at(payload, "webhookEvent")), at(payload, "issue")
    if event == "comment_created":
        return _comment(at(payload, "comment"), issue)
    if event in CHANGED:
        changed = [text(one.get("field")) for one in rows(at(payload, "changelog", "items"))]
        if not any(name.lower() in WORDS for name in changed):
            return Ignored(f"Jira tells of a change of {', '.join(changed[:5]) or 'nothing'}, not of words.")
    elif event and event not in NEW:
        said = event.removeprefix("jira:")
        return Ignored(f"Jira tells “{said}”; new and rewritten issues and comments are taken.")
    fields = at(issue, "fields") if isinstance(issue, dict) else at(payload, "fields")
    issue = issue if isinstance(issue, dict) else payload
    if not isinstance(fields, dict):
        return Unknown("No “issue.fields”.")
    title, body = first(fields.get("summary")), prose(fields.get("description"))
    if not (title or body):
        return Unknown("The issue has neither “summary” nor “description”.")
    reporter = fields.get("reporter") or fields.get("creator") or at(payload, "user")
    key = text(at(issue, "key"))
    return [
        Incoming(
            title,
            body,
            external_id=first(key, at(issue, "id")),
            url=_page(text(at(issue, "self")), key),
            author_name=text(at(reporter, "displayName")),
            author_email=text(at(reporter, "emailAddress")),
            urgency=urgency(at(fields, "priority", "name")),
            type=text(at(fields, "issuetype", "name")),
            area=text(at(fields, "components", 0, "name")),
            tags=words(fields.get("labels"), "name"),
            sent_at=moment(fields.get("created")) or moment(at(payload, "timestamp")),
            revises=event in CHANGED,
        )
    ]


def _comment(comment: Any, issue: Any) -> Read:
    if at(comment, "jsdPublic") is False:
        return Ignored("The comment is internal there.")
    if at(comment, "author", "accountType") == "app":
        return Ignored("A program wrote the comment.")
    key = text(at(issue, "key"))
    return later(
        first(key, at(issue, "id")),
        prose(at(comment, "body")),
        text(at(comment, "id")),
        author_name=text(at(comment, "author", "displayName")),
        url=_page(text(at(issue, "self")), key),
        sent_at=moment(at(comment, "created")),
    )


def prose(value: Any) -> str:
    """A description's text: a string, or the text nodes of a document, a line for each block."""
    if not isinstance(value, dict):
        return text(value)
    parts: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one)
        elif isinstance(one, dict):
            kind = one.get("type")
            parts.append("\n" if kind == "hardBreak" else _said(one))
            waiting.append("\n" if isinstance(kind, str) and kind in BLOCKS else "")
            inner = one.get("content")
            waiting.extend(reversed(inner) if isinstance(inner, list) else ())
    lines = (line.strip() for line in "".join(parts).splitlines())
    return "\n".join(line for line in lines if line)


def _said(node: dict[str, Any]) -> str:
    """A text node with its spaces; of a mention its name, of a card its address."""
    if isinstance(node.get("text"), str):
        return str(node["text"])
    return first(at(node, "attrs", "text"), at(node, "attrs", "url"))


def _page(own: str, key: str) -> str:
    """The page people read, from the address of the API: https://acme.atlassian.net/browse/ACME-7."""
    try:
        parts = urlsplit(own)
    except ValueError:
        return ""
    return (
        f"{parts.scheme}://{parts.netloc}/browse/{quote(key, errors='replace')}"
        if parts.netloc and key
        else ""
    )
