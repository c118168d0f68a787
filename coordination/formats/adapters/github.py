"""GitHub: issues that were opened, and discussions."""

from typing import Any

from coordination.formats.incoming import Incoming

from .reading import Ignored, Read, Unknown, at, first, moment, text, words

NEW = {"issue": ("opened", "transferred"), "discussion": ("created",)}
OTHERS = ("comment", "pull_request", "changes")  # stand beside an issue where the news is another


def read(payload: Any) -> Read:
    """The issue of “opened”, the discussion of “created”; a ping and all else is told as ignored."""
    if text(at(payload, "zen")) and not isinstance(at(payload, "issue"), dict):
        return Ignored("GitHub asks whether somebody is there.")
    action = text(at(payload, "action"))
    noun = next((one for one in NEW if isinstance(at(payload, one), dict)), "")
    if not noun or not action:
        if action:
            return Ignored(f"GitHub tells “{action}” of something else than an issue.")
        return Unknown("Neither an “issue” nor a “discussion” with an “action”.")
    if action not in NEW[noun] or any(isinstance(payload.get(one), dict) for one in OTHERS[:2]):
        return Ignored(f"GitHub tells “{noun} {action}”; only new issues and discussions are taken.")
    return _one(payload, payload[noun], noun)


def _one(payload: dict[str, Any], thing: dict[str, Any], noun: str) -> Read:
    title, body = first(thing.get("title")), first(thing.get("body"))
    if not (title or body):
        return Unknown(f"The {noun} has neither “title” nor “body”.")
    if isinstance(thing.get("pull_request"), dict):
        return Ignored("GitHub tells of a pull request.")
    repository, number = text(at(payload, "repository", "full_name")), text(thing.get("number"))
    mark = "#" if noun == "issue" else "/discussions/"
    return [
        Incoming(
            title,
            body,
            external_id=f"{repository}{mark}{number}" if number else text(thing.get("node_id")),
            url=text(thing.get("html_url")),
            author_name=first(at(thing, "user", "name"), at(thing, "user", "login")),
            author_email=text(at(thing, "user", "email")),
            type=first(at(thing, "type", "name"), at(thing, "category", "name")),
            tags=words(thing.get("labels"), "name"),
            sent_at=moment(thing.get("created_at")),
        )
    ]
