"""Tags: the tree, one tag's page, making and editing them and their groups."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from prodops import activity, panels
from prodops.access import Can, access, allowed
from prodops.http import csv_response, paginate, render_page
from research import queries
from research.filters import TagHighlightFilter
from research.forms.taxonomy import TagForm, TagGroupForm, TreeForm
from research.models import Accessed, Highlight, QueryTag, Study, Tag, TagGroup
from research.queries import offered, tagging, vocabulary
from research.services import access_log, tags, taxonomy
from research.views.highlights import csv_of, note_quotes

NOT_YOURS = (
    "Workspace tags are changed by product ops and their owners, a study's tags by the editors of its team."
)


def _tree(request):
    """The tree as asked for: (form, [Branch])."""
    studies = Study.objects.visible_to(request.user).filter(own_tags__isnull=False).distinct()
    form = TreeForm(request.GET, studies=studies.order_by("title", "pk"))
    rows = Tag.objects.visible_to(request.user).live().for_list()
    return form, vocabulary.tree(list(rows), vocabulary.counts_by_tag(request.user), form.wanted())


@access(Can.RESEARCH_READ)
@require_GET
def tag_list(request):
    form, branches = _tree(request)
    asked = any(request.GET.get(name) for name in ("q", "scope", "show"))
    computed = QueryTag.objects.visible_to(request.user)
    context = {
        "form": form,
        "branches": [branch for branch in branches if branch.wanted or not asked],
        "number": sum(branch.wanted for branch in branches),
        "computed": [] if asked else list(computed.select_related("owner")),
        "asked": asked,
        "page_keys": [
            ("j k", "Next and previous tag"),
            ("x", "Choose it"),
            ("m", "Merge the chosen tags"),
            ("v", "Move them"),
            ("e", "Retire them"),
        ],
    }
    return render_page(request, "research/tag_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def tag_csv(request):
    header = [
        *("Group", "Tag", "Path", "Study", "State", "Owner", "Highlights", "Sessions", "Participants"),
        *("Studies", "Guideline"),
    ]
    _, branches = _tree(request)
    rows = (
        [
            branch.group.name,
            leaf.tag.name,
            leaf.path,
            leaf.tag.study.title if leaf.tag.study else "",
            leaf.tag.get_state_display(),
            leaf.tag.owner.name if leaf.tag.owner else "",
            *leaf.counts,
            leaf.tag.guideline,
        ]
        for branch in branches
        for leaf in branch.leaves
        if leaf.wanted
    )
    return csv_response("tags", header, rows)


@access(Can.RESEARCH_EDIT)
@require_GET
def tag_palette(request):
    """What the highlights of `?study=` may be tagged with: fetched once by a session's page."""
    slug = request.GET.get("study", "").replace("\0", "")
    study = Study.objects.visible_to(request.user).filter(slug=slug).first()
    if study:
        access_log.study(request.user, Accessed.READ, study, at=timezone.now())
    return render_page(request, "research/tag_palette.html", {"groups": offered.palette(study, request.user)})


def tag_at(request, slug):
    """The visible tag at that address, as `for_list` loads it; 404 where there is none."""
    return get_object_or_404(Tag.objects.visible_to(request.user).for_list(), slug=slug)


def editable_tag(request, slug):
    """The same, if the person may change it: 403 where it is not theirs to change."""
    tag = get_object_or_404(Tag.objects.visible_to(request.user).select_related("group", "study"), slug=slug)
    if not Tag.objects.editable_by(request.user).filter(pk=tag.pk).exists():
        raise PermissionDenied(NOT_YOURS)
    if tag.is_merged:
        raise Http404("This tag was merged into another one.")
    return tag


@access(Can.RESEARCH_READ)
@require_GET
def tag_detail(request, slug):
    tag = tag_at(request, slug)
    if tag.is_merged:
        now = tagging.current(Tag.objects.get(pk=tag.pk))
        messages.info(request, f"{tag.name} was merged into {now.name}.")
        return redirect(now)
    tagged = Highlight.objects.visible_to(request.user).anchored().filter(tags=tag)
    found = TagHighlightFilter(request.GET, tagged.for_list().order_by("-created_at", "-pk"), request=request)
    if request.GET.get("format") == "csv":
        return csv_of(request, tag.slug, found.qs)
    page = paginate(request, found.qs, 30)
    note_quotes(request, page.rows)
    context = {"tag": tag, "found": found, "page": page}
    if not request.htmx:
        context |= {
            "may_change": Tag.objects.editable_by(request.user).filter(pk=tag.pk).exists(),
            "reach": queries.reach_of(tagged),
            "beside": queries.used_with(tag, request.user),
            "panels": panels.render("research.tag", request, tag),
        }
    return render_page(request, "research/tag_detail.html", context, partial="rows")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_create(request):
    initial = {"study": request.GET.get("study", "").replace("\0", ""), "owner": request.user.pk}
    group = request.GET.get("group", "")
    initial["group"] = int(group) if group.isdecimal() and len(group) < 10 else tags.ungrouped().pk
    if request.method == "POST" and not request.POST.get("study"):
        _manages(request)
    form = TagForm(request.POST or None, initial=initial, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        known = Tag.objects.live().filter(study=said["study"], name__iexact=said["name"]).first()
        if known is None:
            tag = tags.create(**said, anew=True, by=request.user, at=timezone.now())
            messages.success(request, f"{tag.name} can be used now.")
            return redirect(tag)
        form.add_error("name", f"A tag is called {known.name} already. Use it, or choose another name.")
    return _form(request, form, "New tag")


def _manages(request):
    if not allowed(request.user, Can.TAXONOMY_MANAGE):
        raise PermissionDenied(NOT_YOURS)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def tag_edit(request, slug):
    tag = editable_tag(request, slug)
    form = TagForm(request.POST or None, instance=tag, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            taxonomy.edit(tag, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "Saved. A new name or place can be taken back on the tag's history.")
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
