"""GitHub: issues that were opened or edited, discussions, and the comments of people under both."""

from typing import Any

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, later, moment, text, words

NEW = {"issue": ("opened", "transferred"), "discussion": ("created",)}


def read(payload: Any) -> Read:
    """The issue of “opened” or “edited”, a discussion, a comment; a ping and all else is told as ignored."""
    if text(at(payload, "zen")) and not isinstance(at(payload, "issue"), dict):
        return Ignored("GitHub asks whether somebody is there.")
    action = text(at(payload, "action"))
    noun = next((one for one in NEW if isinstance(at(payload, one), dict)), "")
    if not noun or not action:
        if action:
            return Ignored(f"GitHub tells “{action}” of something else than an issue.")
        return Unknown("Neither an “issue” nor a “discussion” with an “action”.")
    thing = payload[noun]
    if isinstance(thing.get("pull_request"), dict) or isinstance(payload.get("pull_request"), dict):
        return Ignored("GitHub tells of a pull request.")
    if isinstance(payload.get("comment"), dict):
        return _comment(payload, action, _number(payload, thing, noun))
    changes = at(payload, "changes")
    edited = action == "edited" and isinstance(changes, dict) and ("title" in changes or "body" in changes)
    if action not in NEW[noun] and not edited:
        return Ignored(f"GitHub tells “{noun} {action}”; new and edited ones and their comments are taken.")
    return _one(payload, thing, noun, edited)


def _number(payload: dict[str, Any], thing: dict[str, Any], noun: str) -> str:
    repository, number = text(at(payload, "repository", "full_name")), text(thing.get("number"))
    mark = "#" if noun == "issue" else "/discussions/"
    return f"{repository}{mark}{number}" if number else text(thing.get("node_id"))


def _comment(payload: dict[str, Any], action: str, of: str) -> Read:
    comment = payload["comment"]
    if action != "created":
        return Ignored(f"GitHub tells “comment {action}”; only new comments are taken.")
    if at(comment, "user", "type") == "Bot":
        return Ignored("A program wrote the comment.")
    return later(
        of,
        text(comment.get("body")),
        text(comment.get("id")),
        author_name=first(at(comment, "user", "name"), at(comment, "user", "login")),
        url=text(comment.get("html_url")),
        sent_at=moment(comment.get("created_at")),
    )


def _one(payload: dict[str, Any], thing: dict[str, Any], noun: str, edited: bool) -> Read:
    title, body = first(thing.get("title")), first(thing.get("body"))
    if not (title or body):
        return Unknown(f"The {noun} has neither “title” nor “body”.")
    return [
        Incoming(
            title,
            body,
            external_id=_number(payload, thing, noun),
            url=text(thing.get("html_url")),
            author_name=first(at(thing, "user", "name"), at(thing, "user", "login")),
            author_email=text(at(thing, "user", "email")),
            type=first(at(thing, "type", "name"), at(thing, "category", "name")),
            tags=words(thing.get("labels"), "name"),
            sent_at=moment(thing.get("created_at")),
            revises=edited,
        )
    ]
