"""Requests and responses: whole pages, their blocks for htmx, lists by page, CSV."""

import csv
from functools import cached_property
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

COUNT_CAP = 10_000  # counting further costs more than knowing the number is worth
LAST_PAGE = 200
DRESSED_APART_FROM = 500  # rows; fewer are joined and sorted sooner than a second query is asked


def wants_partial(request):
    """True for an htmx swap; a restored history entry and a boosted link get the whole page."""
    hx = request.htmx
    return bool(hx) and not hx.boosted and not hx.history_restore_request


def render_block(request, template, block, context=None, *, status=200):
    """Render one block of a page, with what the page itself would have: for an htmx swap."""
    page: Any = engines["jinja2"].get_template(template)
    variables = {
        **(context or {}),
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in page.backend.template_context_processors:
        variables.update(processor(request))
    frame = page.template.new_context(variables)
    response = HttpResponse("".join(page.template.blocks[block](frame)), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_page(request, template, context=None, *, partial=None, status=200):
    """The page; or, for an htmx swap, its block `partial` alone."""
    if partial and wants_partial(request):
        return render_block(request, template, partial, context, status=status)
    response = render(request, template, context, status=status, using="jinja2")
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect_to(request, url):
    """See `url` next: a redirect, or for htmx a full navigation, so that the address stays true."""
    if wants_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": str(url)})
    return HttpResponseRedirect(str(url))


def next_url(request, default):
    """Where the person came from, if that is on this site; else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    host = request.get_host()
    safe = url_has_allowed_host_and_scheme(wanted, {host}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else default


class Page:
    """One page of a QuerySet in two queries: the rows and a count that stops at `COUNT_CAP`.

    A number out of range or no number at all is the nearest page, never an error.
    """

    def __init__(self, request, queryset, per_page, dress=None):
        self.params = request.GET.copy()
        self.path = request.path
        match = request.resolver_match
        # Saved views are kept by the list's name, so a list whose address has arguments has none.
        self.saved_as = match.view_name if match and not match.kwargs else ""
        self.per_page = per_page
        self.queryset = queryset
        self.dress = dress
        wanted = request.GET.get("page", "1")
        number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 1
        self.number = min(max(number, 1), self.pages)

    @cached_property
    def found(self):
        return self.queryset.order_by()[: COUNT_CAP + 1].count()

    @property
    def found_text(self):
        return f"{COUNT_CAP:,}+" if self.found > COUNT_CAP else f"{self.found:,}"

    @property
    def pages(self):
        return max(1, min(-(-min(self.found, COUNT_CAP) // self.per_page), LAST_PAGE))

    @cached_property
    def rows(self):
        start = (self.number - 1) * self.per_page
        rows = slice(start, start + self.per_page)
        if not self.dress:
            return list(self.queryset[rows])
        if self.found <= DRESSED_APART_FROM:
            return list(self.dress(self.queryset)[rows])
        ids = list(self.queryset.values_list("pk", flat=True)[rows])
        return list(self.dress(self.queryset.filter(pk__in=ids)))

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def url(self, number):
        params = self.params.copy()
        params["page"] = number
        return f"{self.path}?{params.urlencode()}"

    @property
    def previous_url(self):
        return self.url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self):
        return self.url(self.number + 1) if self.number < self.pages else None


def paginate(request, queryset, per_page=50, *, dress=None):
    """The page of `queryset` that `?page=` asks for. The QuerySet must have a total order.

    `dress` takes the QuerySet and adds what the rows are shown with (joins, annotations). The count goes
    without it, and where there are many rows one query finds the page's and another dresses them: else the
    database may join all that there are and sort them.
    """
    return Page(request, queryset, per_page, dress)


class _Echo:
    def write(self, value):
        return value


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_cell(value):
    """A cell that a spreadsheet will not run as a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def csv_response(name, header, rows):
    """A download of `rows` (iterables as long as `header`), streamed, with a BOM for spreadsheets."""
    writer = csv.writer(_Echo())

    def lines():
        yield "\ufeff" + writer.writerow([csv_cell(cell) for cell in header])
        for row in rows:
            yield writer.writerow([csv_cell(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
