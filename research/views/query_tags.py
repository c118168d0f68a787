"""Computed tags: what a query finds, shown like a tag, and made a real one when it has proved itself."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import paginate, render_page
from research import queries
from research.filters import StoredHighlightFilter
from research.forms.taxonomy import KeepForm, QueryTagForm
from research.models import Highlight, QueryTag
from research.queries import vocabulary
from research.services import query_tags, tags, taxonomy

from .highlights import csv_of, note_quotes
from .taxonomy import done

MOST_TAGGED = 20_000
_PASSING = ("page", "insight", "sort", "format", "csrfmiddlewaretoken")


def _found(request, query):
    """The `StoredHighlightFilter` of a query string, over what the person may read."""
    rows = Highlight.objects.visible_to(request.user).anchored().for_list()
    return StoredHighlightFilter(QueryDict(query), rows.order_by("-created_at", "-pk"), request=request)


def _plain(query):
    """The query without what only passes by, such as the page's number."""
    params = QueryDict(query[:1000].replace("\0", ""), mutable=True)
    for name in [name for name in params if name in _PASSING or not any(params.getlist(name))]:
        del params[name]
    return params.urlencode()


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def query_tag_create(request):
    """Give what the highlights' list shows a name."""
    query = _plain(request.POST.get("query", "") or request.GET.get("query", ""))
    if not query:
        messages.info(
            request, "Narrow the highlights down first: by words, a tag, a study, a segment, a date."
        )
        return redirect("research:highlight_list")
    form = QueryTagForm(request.POST or None, initial={"query": query})
    found = _found(request, query)
    if request.method == "POST" and _fits(form, found):
        try:
            tag = query_tags.create(
                **form.cleaned_data | {"query": query}, by=request.user, at=timezone.now()
            )
            messages.success(request, f"{tag.name} finds what is there now and what comes.")
            return redirect(tag)
        except query_tags.NameTaken as error:
            form.add_error("name", str(error))
    return _form(request, form, "New computed tag", found)


def _fits(form, found):
    """Whether the form is filled in, and its query can find something."""
    if form.is_valid() and found.problems:
        form.add_error(None, " ".join(found.problems))
    return form.is_valid()


def _form(request, form, title, found, tag=None):
    context = {"form": form, "title": title, "found": found, "tag": tag, "number": found.qs.count()}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/query_tag_form.html", context, status=status)


@access(Can.RESEARCH_READ)
@require_GET
def query_tag_detail(request, slug):
    tag = get_object_or_404(QueryTag.objects.visible_to(request.user).select_related("owner"), slug=slug)
    found = _found(request, tag.query)
    if request.GET.get("format") == "csv":
        return csv_of(request, tag.slug, found.qs)
    page = paginate(request, found.qs, 30)
    note_quotes(request, page.rows)
    context = {"tag": tag, "found": found, "page": page}
    if not request.htmx:
        context |= {
            "may_change": QueryTag.objects.editable_by(request.user).filter(pk=tag.pk).exists(),
            "reach": queries.reach_of(found.qs),
        }
    return render_page(request, "research/query_tag_detail.html", context, partial="rows")


def _editable(request, slug):
    return get_object_or_404(QueryTag.objects.editable_by(request.user), slug=slug)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def query_tag_edit(request, slug):
    tag = _editable(request, slug)
    fields = ("name", "colour", "guideline", "query")
    form = QueryTagForm(request.POST or None, initial={name: getattr(tag, name) for name in fields})
    query = _plain(request.POST.get("query", "")) or tag.query
    found = _found(request, query)
    if request.method == "POST" and _fits(form, found):
        said = form.cleaned_data | {"query": query}
        try:
            query_tags.edit(tag, **said, by=request.user, at=timezone.now())
            return redirect(tag)
        except query_tags.NameTaken as error:
            form.add_error("name", str(error))
    return _form(request, form, "Edit computed tag", found, tag)


@access(Can.RESEARCH_EDIT)
@require_POST
def query_tag_delete(request, slug):
    tag = _editable(request, slug)
    query_tags.delete(tag, by=request.user, at=timezone.now())
    messages.success(request, f"{tag.name} is deleted. No highlight has changed.")
    return redirect("research:tag_list")


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def query_tag_keep(request, slug):
    """Make it permanent: tag what it finds now, in bulk, with a way back."""
    tag = get_object_or_404(QueryTag.objects.visible_to(request.user), slug=slug)
    found = _found(request, tag.query)
    if found.problems:
        messages.error(request, f"{tag.name} finds nothing that could be tagged. {' '.join(found.problems)}")
        return redirect(tag)
    form = KeepForm(request.POST or None, initial={"name": tag.name})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        into = tags.create(
            form.cleaned_data["name"], by=request.user, at=now, colour=tag.colour, guideline=tag.guideline
        )
        ids = list(found.qs.order_by().values_list("pk", flat=True)[:MOST_TAGGED])
        try:
            words = f"tagged what {tag.name} finds with {into.name}"
            return done(request, taxonomy.tag_all(ids, into, words, by=request.user, at=now), into)
        except taxonomy.Refused as error:
            form.add_error("name", str(error))
    context = {"tag": tag, "form": form, "impact": vocabulary.impact_of(found.qs)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/query_tag_keep.html", context, status=status)
