"""What the events of other products say, as `Incoming`. Pure, and total: any JSON gets an answer.

`read(system, payload)` gives the things that were asked for or changed (`Incoming.revises`), what was said
`Later` of one, or `Ignored` or `Unknown` with the reason.
"""

from collections.abc import Callable
from typing import Any

from . import github, hubspot, intercom, jira, linear, salesforce, zendesk
from .reading import Ignored, Later, Read, Unknown

ADAPTERS: dict[str, Callable[[Any], Read]] = {
    "zendesk": zendesk.read,
    "intercom": intercom.read,
    "hubspot": hubspot.read,
    "salesforce": salesforce.read,
    "jira": jira.read,
    "linear": linear.read,
    "github": github.read,
}

__all__ = ["ADAPTERS", "Ignored", "Later", "Read", "Unknown", "read"]


def read(system: str, payload: Any) -> Read:
    """What `payload` of `system` (a key of `ADAPTERS`) asks for."""
    return ADAPTERS[system](payload)
