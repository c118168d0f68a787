"""A panel of research on another page."""

from django.template import engines
from django.utils.safestring import mark_safe

from prodops.panels import Panel

SHOWN = 6  # rows before "all of them"


def panel(key, title, template, context):
    page = engines["jinja2"].get_template(f"research/panels/{template}.html")
    return Panel(key, title, mark_safe(page.render(context)))  # noqa: S308  (an autoescaped template)


def first(rows, **context):
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, **context}
