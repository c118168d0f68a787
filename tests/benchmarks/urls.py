"""The floor J: what a bare page of 50 rows with tags and 20 facets costs, session and user loaded."""

from django.db.models import Count
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from prodops.access import Can, access
from prodops.models import CustomerAccount

PAGE = """<!doctype html><html lang="en"><title>Floor</title><body><p>{{ user.name }}</p>
<ul>{% for facet in facets %}<li>{{ facet.segment }} {{ facet.tier }} {{ facet.n }}</li>{% endfor %}</ul>
<table>{% for row in rows %}<tr><td><a href="/customers/{{ row.slug }}/">{{ row.name }}</a></td>
<td>{{ row.owner.name }}</td><td>{{ row.arr }} {{ row.currency }}</td>
<td>{% for tag in row.external_ids %}<span class="tag">{{ tag }}</span>{% endfor %}</td></tr>
{% endfor %}</table>"""
_compiled = []


@access(Can.USE_WORKSPACE)
def floor(request):
    if not _compiled:
        _compiled.append(engines["jinja2"].from_string(PAGE))
    rows = CustomerAccount.objects.select_related("owner").order_by("name", "pk")[:50]
    facets = CustomerAccount.objects.order_by().values("segment", "tier").annotate(n=Count("pk"))[:20]
    return HttpResponse(_compiled[0].render({"user": request.user, "rows": rows, "facets": facets}))


handler500 = "prodops.views.errors.server_error"
urlpatterns = [path("floor/", floor), path("", include("prodops.urls"))]
