"""The roadmap: its list, an item's page, and telling those who asked that it is there."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.filters import ComingFilter, RoadmapFilter
from coordination.forms import ItemForm, MoveForm, SendForm
from coordination.models import ItemState, Message, Promise, Request, RoadmapItem
from coordination.services import outgoing, roadmap
from prodops import activity, words
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import paginate, render_page

SHOWN = 100


@access(Can.REQUEST_SUBMIT)
@require_GET
def roadmap_list(request):
    """For members the items as they work on them, for those who ask what is coming, in words for them."""
    if not allowed(request.user, Can.REQUEST_TRIAGE):
        return _coming_list(request)
    items = RoadmapItem.objects.visible_to(request.user).for_list()
    found = RoadmapFilter(request.GET, queries.with_requests(items).order_by("-changed_at", "-pk"))
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "coordination/roadmap_list.html", context, partial="rows")


def _coming_list(request):
    items = RoadmapItem.objects.told_to(request.user).for_list().order_by("-changed_at", "-pk")
    found = ComingFilter(request.GET, items)
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "coordination/coming_list.html", context, partial="rows")


def _coming_item(request, pk):
    user = request.user
    item = get_object_or_404(RoadmapItem.objects.told_to(user).for_list(), pk=pk)
    told = activity.history(item).filter(verb__in=["roadmapitem.moved", "roadmapitem.rescheduled"])
    asked = queries.asked_by(item, user=user).with_news_for(user).for_list()
    context = {
        "item": item,
        "requests": list(asked.order_by("-submitted_at", "-pk")[:SHOWN]),
        "promises": list(
            Promise.objects.visible_to(user).filter(item=item).for_list().order_by("due_on", "pk")[:SHOWN]
        ),
        "history": list(words.history_of(told, user)),
    }
    return render_page(request, "coordination/coming_item.html", context)


def _editable(request, pk):
    """The item, if the person may change it."""
    return get_object_or_404(RoadmapItem.objects.editable_by(request.user).for_list(), pk=pk)


@access(Can.REQUEST_SUBMIT)
@require_GET
def roadmap_item(request, pk):
    if not allowed(request.user, Can.REQUEST_TRIAGE):
        return _coming_item(request, pk)
    item = get_object_or_404(RoadmapItem.objects.visible_to(request.user).for_list(), pk=pk)
    linked = queries.requests_of(item, user=request.user)
    waiting = _waiting(item, linked) if item.state == ItemState.SHIPPED else []
    context = {
        "item": item,
        "linked": linked,
        "impacts": queries.impact_of([one.request for one in linked]),
        "may_edit": RoadmapItem.objects.editable_by(request.user).filter(pk=item.pk).exists(),
        "waiting": waiting,
        "sent": Message.objects.filter(item=item).select_related("sent_by").order_by("-sent_at"),
        "promises": Promise.objects.filter(item=item).for_list().order_by("due_on", "pk"),
        "history": list(words.history_of(activity.history(item), request.user)),
    }
    return render_page(request, "coordination/roadmap_item.html", context)


def _waiting(item, linked):
    """Who has not heard yet that it is there."""
    told = queries.told_of(roadmap.topic_of(item))
    people = queries.recipients(queries.tree_of([one.request for one in linked]), owners=True)
    return [one for one in people if one.who not in told]


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def roadmap_new(request):
    """A new item; with `?request=` linked to that request, and titled like it."""
    now = timezone.now()
    asked = request.GET.get("request", "")
    wanted = asked.isascii() and asked.isdecimal() and len(asked) < 18
    theirs = Request.objects.triageable_by(request.user)  # whoever decides a request ties it to the roadmap
    source = theirs.filter(pk=asked).first() if wanted else None
    initial = {"title": source.title, "area": source.area_id} if source else {}
    form = ItemForm(request.POST or None, today=company_day(now), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            item = roadmap.create(by=request.user, at=now, request=source, **form.item())
        except outgoing.Blocked as error:
            form.add_error("public_words", str(error))
        else:
            messages.success(request, f"“{item.title}” is on the roadmap.")
            return redirect(item)
    context = {"form": form, "item": None, "source": source}
    return render_page(request, "coordination/roadmap_edit.html", context, status=422 if form.errors else 200)


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def roadmap_edit(request, pk):
    item, now = _editable(request, pk), timezone.now()
    form = ItemForm(request.POST or None, today=company_day(now), item=item)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            roadmap.edit(item, version=version, by=request.user, at=now, **form.item())
        except roadmap.Changed as error:
            form.add_error(None, str(error))
        except outgoing.Blocked as error:
            form.add_error("public_words", str(error))
        else:
            messages.success(request, "The item is saved.")
            return redirect(item)
    context = {"form": form, "item": item, "source": None}
    return render_page(request, "coordination/roadmap_edit.html", context, status=422 if form.errors else 200)


@access(Can.REQUEST_TRIAGE)
@require_POST
def roadmap_move(request, pk):
    """Another state. What has shipped leads on to the words for those who asked."""
    item, form = _editable(request, pk), MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the states.")
        return redirect(item)
    try:
        roadmap.move(item, by=request.user, at=timezone.now(), **form.cleaned_data)
    except roadmap.CannotMove as error:
        messages.error(request, str(error))
        return redirect(item)
    messages.success(request, f"It is “{item.get_state_display()}” now.")
    if item.state == ItemState.SHIPPED and item.links.exists():
        return redirect("coordination:roadmap_tell", item.pk)
    return redirect(item)


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def roadmap_tell(request, pk):
    """The prepared words for all who asked, who will read them, and what was found in them."""
    item = _editable(request, pk)
    form = SendForm(request.POST or None, initial={"words": prepared_words(item)})
    error = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            message = roadmap.tell_shipped(item, by=request.user, at=timezone.now(), **data)
        except outgoing.CannotSend as problem:
            error = str(problem)
        else:
            told = message.addressees.filter(given_up_at=None).count()
            messages.success(request, f"Sent to {told} {'person' if told == 1 else 'people'}.")
            return redirect(item)
    linked = list(Request.objects.filter(roadmap_links__item=item))
    words_now = request.POST.get("words", "")[:10_000] if request.method == "POST" else prepared_words(item)
    told_already = queries.told_of(roadmap.topic_of(item))
    context = {
        "item": item,
        "form": form,
        "error": error,
        "told": len(told_already),
        "preview": queries.preview(words_now.replace("\0", ""), linked, owners=True, told=told_already),
    }
    status = 422 if error or form.errors else 200
    return render_page(request, "coordination/roadmap_tell.html", context, status=status)


def prepared_words(item):
    """What is offered to say of an item that has shipped."""
    words_for = item.public_words.strip() or "What you asked for"
    end = "" if words_for.endswith((".", "!", "?")) else " is there now."
    return f"{words_for}{end}\n\nYou asked for it. Tell us whether it does what you need."
