"""What process shows elsewhere: side bar, create menu, panels on lower pages; what may be discussed."""

from typing import Any

from django.template import engines
from django.utils.safestring import SafeString

from process.models import Document
from prodops import nav, panels, subjects
from prodops.access import Can, allowed
from prodops.panels import Panel

nav.register(
    "process",
    nav.Item("Documents", "process:document_list", Can.DOCUMENT_READ, key="d"),
    nav.Item("Templates", "process:template_list", Can.DOCUMENT_READ),
)
nav.action(nav.Action("New document", "process:document_new", Can.DOCUMENT_EDIT))
subjects.register("process.document", Can.DOCUMENT_READ)
SHOWN = 8


def _panel(request, name, title, context):
    engine: Any = engines["jinja2"]
    html = engine.get_template(f"process/panels/{name}.html").render(context, request)
    return Panel(f"process-{name}", title, SafeString(html))


def area_documents(request, area):
    """The newest documents of a product area."""
    if not allowed(request.user, Can.DOCUMENT_READ):
        return None
    documents = list(Document.objects.visible_to(request.user).for_list().filter(area=area)[:SHOWN])
    return _panel(request, "documents", "Documents", {"documents": documents}) if documents else None


panels.register("prodops.productarea", "process-documents", area_documents, order=40)
