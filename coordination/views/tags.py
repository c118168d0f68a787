"""Tags of requests: on one, on all that are ticked, and their names."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.forms import TagNameForm, TagsForm
from coordination.models import Request, RequestTag
from coordination.services import tags
from prodops.access import Can, access
from prodops.http import next_url, render_block, render_page, wants_partial

from .bulk import each
from .inbox import answer


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def request_tags(request, pk):
    """GET: the tags as a field. POST: exactly these from now on."""
    item = get_object_or_404(
        Request.objects.visible_to(request.user).for_list().prefetch_related("tags"), pk=pk
    )
    have = [tag.name for tag in item.tags.all()]
    form = TagsForm(request.POST if request.method == "POST" else None, initial={"tags": have})
    if request.method == "POST" and form.is_valid():
        try:
            tags.replace(item, form.cleaned_data["tags"], by=request.user, at=timezone.now())
        except tags.TagRefused as error:
            form.add_error("tags", str(error))
        else:
            if wants_partial(request):
                item = Request.objects.for_list().prefetch_related("tags").get(pk=pk)
                return render_block(request, "coordination/request_tags.html", "shown", {"item": item})
            return redirect(next_url(request, item.get_absolute_url()))
    context = {"item": item, "form": form, "known": _known()}
    status = 422 if form.errors else 200
    return render_page(request, "coordination/request_tags.html", context, partial="edit", status=status)


def _known():
    return list(RequestTag.objects.values_list("name", flat=True)[:500])


def _each(request, verb, past, *, undo=""):
    """Whoever reads a request tags it."""
    rows = Request.objects.visible_to(request.user)
    return each(request, verb, past, undo=undo, rows=rows, refusals=(tags.TagRefused,))


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_tag(request):
    """Put tags on all ticked requests; those that have them already are left as they are."""
    form, now = TagsForm(request.POST), timezone.now()
    if not form.is_valid() or not form.cleaned_data["tags"]:
        return answer(request, None, "Write which tags.", level="error")
    names = form.cleaned_data["tags"]
    return _each(
        request,
        lambda item: tags.put_on(item, names, by=request.user, at=now),
        f"tagged {', '.join(names)}",
        undo="coordination:bulk_untag",
    )


@access(Can.REQUEST_TRIAGE)
@require_POST
def bulk_untag(request):
    """What the toast's undo calls: take back what the person last changed of these requests' tags."""
    now = timezone.now()
    return _each(request, lambda item: tags.undo(item, by=request.user, at=now), "tagged as before")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET"])
def tag_list(request):
    """All tags, with how many requests have each, to be renamed or made one."""
    every = queries.tags_with_counts().order_by("name", "pk")
    return render_page(request, "coordination/tag_list.html", {"tags": list(every)})


@access(Can.CHANNEL_MANAGE)
@require_POST
def tag_rename(request, pk):
    tag = get_object_or_404(RequestTag, pk=pk)
    form = TagNameForm(request.POST)
    if form.is_valid():
        tags.rename(tag, form.cleaned_data["name"], by=request.user, at=timezone.now())
        messages.success(request, f"“{tag.name}” is called “{form.cleaned_data['name']}” now.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("coordination:tag_list")
