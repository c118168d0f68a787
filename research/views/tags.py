from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from prodops import activity, panels
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page
from research import queries
from research.filters import TagHighlightFilter
from research.forms import TagForm, TagGroupForm
from research.models import Highlight, Tag, TagGroup
from research.services import tags, taxonomy
from research.views.highlights import csv_of, note_quotes


@access(Can.RESEARCH_READ)
@require_GET
def tag_list(request):
    text = request.GET.get("q", "")[:80].replace("\0", "").strip()
    groups = [
        (
            group,
            [(tag, counts) for tag, counts in rows if text.lower() in f"{tag.name} {tag.guideline}".lower()],
        )
        for group, rows in queries.taxonomy(request.user)
    ]
    groups = [(group, rows) for group, rows in groups if rows or not text]
    context = {"groups": groups, "text": text, "number": sum(len(rows) for _, rows in groups)}
    return render_page(request, "research/tag_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def tag_csv(request):
    header = ["Group", "Tag", "Highlights", "Sessions", "Participants", "Guideline"]
    rows = (
        [
            group.name,
            tag.name,
            counts["highlights"],
            counts["sessions"],
            counts["participants"],
            tag.guideline,
        ]
        for group, tagged in queries.taxonomy(request.user)
        for tag, counts in tagged
    )
    return csv_response("tags", header, rows)


@access(Can.RESEARCH_EDIT)
@require_GET
def tag_palette(request):
    """All tags, to tag with: fetched once by a session's page."""
    return render_page(request, "research/tag_palette.html", {"groups": queries.palette()})


@access(Can.RESEARCH_READ)
@require_GET
def tag_detail(request, slug):
    tag = get_object_or_404(Tag.objects.visible_to(request.user).for_list(), slug=slug)
    tagged = Highlight.objects.visible_to(request.user).anchored().filter(tags=tag)
    found = TagHighlightFilter(request.GET, tagged.for_list().order_by("-created_at", "-pk"), request=request)
    if request.GET.get("format") == "csv":
        return csv_of(request, tag.slug, found.qs)
    page = paginate(request, found.qs, 30)
    note_quotes(request, page.rows)
    context = {"tag": tag, "found": found, "page": page}
    if not request.htmx:
        context |= {
            "reach": queries.reach_of(tagged),
            "beside": queries.used_with(tag, request.user),
            "panels": panels.render("research.tag", request, tag),
        }
    return render_page(request, "research/tag_detail.html", context, partial="rows")


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def tag_create(request):
    group = request.GET.get("group", "")
    form = TagForm(request.POST or None, initial={"group": int(group) if group.isdecimal() else None})
    if request.method == "POST" and form.is_valid():
        tag = tags.create(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"{tag.name} can be used now.")
        return redirect(tag)
    return _form(request, form, "New tag")


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def tag_edit(request, slug):
    tag = get_object_or_404(Tag.objects.visible_to(request.user), slug=slug)
    form = TagForm(request.POST or None, instance=tag)
    if request.method == "POST" and form.is_valid():
        try:
            taxonomy.edit(Tag.objects.get(pk=tag.pk), by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect(tag)
        except taxonomy.Refused as error:
            form.add_error("name", str(error))
    return _form(request, form, "Edit tag", tag=tag, history=activity.history(tag)[:6])


def _form(request, form, title, *, tag=None, history=()):
    context = {"form": form, "title": title, "tag": tag, "history": history}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/tag_form.html", context, status=status)


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def group_create(request):
    form = TagGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tags.create_group(**form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("research:tag_list")
        except tags.NameTaken as error:
            form.add_error("name", str(error))
    return _form(request, form, "New tag group")


@access(Can.TAXONOMY_MANAGE)
@require_http_methods(["GET", "POST"])
def group_edit(request, slug):
    group = get_object_or_404(TagGroup, slug=slug)
    form = TagGroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        try:
            tags.edit_group(
                TagGroup.objects.get(pk=group.pk), by=request.user, at=timezone.now(), **form.cleaned_data
            )
            return redirect("research:tag_list")
        except tags.NameTaken as error:
            form.add_error("name", str(error))
    return _form(request, form, "Edit tag group")
