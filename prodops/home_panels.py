"""What the kernel shows on the home page: unread notifications and favourites."""

from typing import Any

from django.template import engines

from prodops import panels, queries
from prodops.panels import Panel

SHOWN = 6


def _macros():
    page: Any = engines["jinja2"].get_template("prodops/_home_panels.html")
    return page.template.module


def recently(request, subject):
    rows = list(request.user.notifications.unread().for_list()[: SHOWN + 1])
    if not rows:
        return None
    return Panel("recently", "Recently", _macros().unread(rows[:SHOWN], len(rows) > SHOWN))


def favourites(request, subject):
    rows = queries.favourites_of(request.user, limit=12)
    return Panel("favourites", "Favourites", _macros().favourites(rows)) if rows else None


panels.register("home", "recently", recently, order=10)
panels.register("home", "favourites", favourites, order=90)
