"""The only way up: an app shows what it knows on a lower app's page, or on the home page."""

from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup


class Panel(NamedTuple):
    key: str
    title: str
    html: str


_renderers: dict[str, dict] = defaultdict(dict)


def register(page, key, render, *, order=100):
    """Show `render(request, subject) -> Panel | None` on `page` ("research.insight", "home").

    For the home page `subject` is None. A panel answers None where it has nothing to say or the
    person may not see it.
    """
    _renderers[page][key] = (order, render)


def render(page, request, subject=None):
    """All panels of a page, in order. Their HTML comes from templates, which have escaped it."""
    ordered = sorted(_renderers[page].items(), key=lambda item: (item[1][0], item[0]))
    shown = (renderer(request, subject) for _, (_, renderer) in ordered)
    return [panel._replace(html=Markup(panel.html)) for panel in shown if panel is not None]  # noqa: S704
