"""How a panel of process is drawn."""

from typing import Any

from django.template import engines
from django.utils.safestring import SafeString

from prodops.panels import Panel


def show(request, name, title, context):
    """The panel whose template is `process/panels/<name>.html`."""
    engine: Any = engines["jinja2"]
    html = engine.get_template(f"process/panels/{name}.html").render(context, request)
    return Panel(f"process-{name}", title, SafeString(html))
