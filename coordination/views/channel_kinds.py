"""What each kind of channel shows on a channel's page: the parts of the app hang their section in here."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Section(NamedTuple):
    """A kind's section. `template` is included on the channel's page and finds what `context` gives.

    `context(channel, user, at)` gives a dict; the page itself gives `channel`, `may_edit` and `now`.
    """

    template: str
    context: Callable[..., dict[str, Any]]


_sections: dict[str, Section] = {}


def register(kind, template, context):
    """Show `template` on the pages of channels of `kind`. Call it in the module of the kind's own views."""
    _sections[kind] = Section(template, context)


def section_of(channel, user, at):
    """(template, context) of the channel's kind; (None, {}) where it has nothing to set up."""
    section = _sections.get(channel.kind)
    return (section.template, section.context(channel, user, at)) if section else (None, {})
