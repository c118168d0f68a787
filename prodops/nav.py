"""The side bar, the create menu and the keys that go places: each app registers its own."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from urllib.parse import urljoin

from django.db.models import CharField, Count, Value
from django.urls import reverse

from prodops.access import Can, capabilities_of

SECTIONS = {
    "research": "Research",
    "metrics": "Metrics",
    "process": "Process",
    "coordination": "Coordination",
}


class Item(NamedTuple):
    """A page in the side bar. `waiting(user)` gives a QuerySet of what waits for the person, or None.

    `key` is the letter after `g` that goes there. `under` are addresses, relative to the item's own, of pages
    that belong to it although they do not stand below it.
    """

    label: str
    url_name: str
    can: str
    waiting: Callable | None = None
    key: str = ""
    under: tuple[str, ...] = ()


class Action(NamedTuple):
    """Something to create or do, offered by the create menu and the palette."""

    label: str
    url_name: str
    can: str
    key: str = ""


_items: dict[str, list[Item]] = defaultdict(list)
_actions: list[Action] = []


def register(section, *items):
    for item in items:
        if item not in _items[section]:
            _items[section].append(item)


def action(*actions):
    for one in actions:
        if one not in _actions:
            _actions.append(one)


@cache
def path(url_name):
    return reverse(url_name)


def covers(item):
    """The beginnings of the addresses that an item stands for."""
    own = path(item.url_name)
    return [own, *(urljoin(own, one) for one in item.under)]


def items_for(user):
    """[(section title, [Item])] of what the person's role may open."""
    allowed = capabilities_of(user)
    sections = [
        (title, [item for item in _items[name] if item.can in allowed]) for name, title in SECTIONS.items()
    ]
    return [(title, items) for title, items in sections if items]


def actions_for(user):
    allowed = capabilities_of(user)
    return [one for one in _actions if one.can in allowed]


def waiting_counts(user, extra=None):
    """{url name: how much waits there}, in one query whatever the number of items; `extra` adds QuerySets."""
    wanted = dict(extra or {})
    for _, items in items_for(user):
        wanted |= {item.url_name: item.waiting(user) for item in items if item.waiting}
    counts = [
        queryset.order_by()
        .annotate(nav_key=Value(key, CharField()))
        .values_list("nav_key")
        .annotate(nav_count=Count("pk"))
        for key, queryset in wanted.items()
        if queryset is not None
    ]
    if not counts:
        return {}
    return dict(counts[0].union(*counts[1:], all=True).order_by() if len(counts) > 1 else counts[0])


COMPANY = (
    Item("Accounts", "account_list", Can.ACCOUNT_READ, key="a"),
    Item("Exchange rates", "rate_list", Can.RATE_EDIT),
    Item("People and teams", "people", Can.PEOPLE_READ, key="p"),
    Item("Product areas", "area_list", Can.PEOPLE_READ),
)
MINE = (
    Item("Home", "home", Can.USE_WORKSPACE, key="h"),
    Item("Notifications", "notifications", Can.USE_WORKSPACE, key="n"),
    Item("Your jobs", "job_list", Can.USE_WORKSPACE),
    Item("Preferences", "preferences", Can.USE_WORKSPACE),
    Item("Sign-in and security", "account_security", Can.USE_WORKSPACE),
    Item("Who may do what", "roles", Can.USE_WORKSPACE),
)


def places_for(user, text="", limit=8):
    """[(label, path, what it is)] of the pages and actions with every word of `text` in their name."""
    wanted = text.casefold().split()
    allowed = capabilities_of(user)
    sections = [*items_for(user), ("Company", COMPANY), ("Yours", MINE)]
    places = [(one.label, path(one.url_name), "Action") for one in actions_for(user)]
    places += [
        (item.label, path(item.url_name), title)
        for title, items in sections
        for item in items
        if item.can in allowed
    ]
    found = [place for place in places if all(word in place[0].casefold() for word in wanted)]
    return found[:limit] if wanted else found
