"""The register of promises: who told which account what, and what became of it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.filters import PromiseFilter
from coordination.forms import PromiseForm
from coordination.models import ItemState, Promise, PromiseState, Request, RoadmapItem, RoadmapLink
from coordination.services import promises
from prodops import activity, words
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, paginate, render_page
from prodops.models import CustomerAccount

CSV_HEADER = [
    "Account",
    "Words",
    "Told by",
    "Told on",
    "Due on",
    "State",
    "Request",
    "Roadmap item",
    "Warning",
]


def _found(request):
    visible = Promise.objects.visible_to(request.user).for_list()
    today = company_day(timezone.now())
    rows = visible.order_by("due_on", "pk")
    return PromiseFilter(request.GET, rows, user=request.user, today=today)


@access(Can.REQUEST_SUBMIT)
@require_GET
def promise_list(request):
    found = _found(request)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    today = company_day(timezone.now())
    context = {"found": found, "page": paginate(request, found.qs), "query": query, "today": today}
    return render_page(request, "coordination/promise_list.html", context, partial="rows")


@access(Can.REQUEST_SUBMIT)
@require_GET
def promise_csv(request):
    titles = allowed(request.user, Can.REQUEST_TRIAGE)  # those who asked never read them
    rows = (
        [
            one.account.name,
            one.words,
            one.made_by.name,
            one.made_on.isoformat(),
            one.due_on.isoformat() if one.due_on else "",
            one.get_state_display(),
            one.request.ref if one.request else "",
            (one.item.title if titles else one.item.public_words) if one.item else "",
            one.warning,
        ]
        for one in _found(request).qs.iterator(chunk_size=500)
    )
    return csv_response("promises", CSV_HEADER, rows)


@access(Can.REQUEST_SUBMIT)
@require_GET
def promise_detail(request, pk):
    promise = get_object_or_404(Promise.objects.visible_to(request.user).for_list(), pk=pk)
    context = {
        "promise": promise,
        "readable": promise.request is not None
        and Request.objects.followed_by(request.user).filter(pk=promise.request_id).exists(),
        "may_close": Promise.objects.editable_by(request.user).filter(pk=promise.pk).exists(),
        "today": company_day(timezone.now()),
        "history": list(words.history_of(activity.history(promise), request.user)),
    }
    return render_page(request, "coordination/promise_detail.html", context)


def _number(text):
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


@access(Can.REQUEST_SUBMIT)
@require_http_methods(["GET", "POST"])
def promise_new(request):
    """From a request's page (`?request=`), an item's (`?item=`) or an account's (`?account=`)."""
    now = timezone.now()
    given, user = request.GET, request.user
    source = Request.objects.followed_by(user).filter(pk=_number(given.get("request", ""))).first()
    item = RoadmapItem.objects.visible_to(user).filter(pk=_number(given.get("item", ""))).first()
    account = CustomerAccount.objects.filter(slug=given.get("account", "")[:80].replace("\0", "")).first()
    if source and not account:
        voices = source.voices.visible_to(user).select_related("account").order_by("pk")
        account = next((voice.account for voice in voices), None)
    if source and not item:
        links = RoadmapLink.objects.filter(request__in=[source.pk, source.root_id or source.pk])
        kept = links.exclude(item__state=ItemState.DROPPED).select_related("item").order_by("pk").first()
        item = kept.item if kept else None
    initial = {"account": account, "item": item, "due_on": item.due_on if item else None}
    form = PromiseForm(request.POST or None, user=user, today=company_day(now), initial=initial)
    if request.method == "POST" and form.is_valid():
        told = {"item": item} | form.cleaned_data  # submitters choose no item: the request's own keeps it
        promise = promises.make(by=user, at=now, request=source, **told)
        messages.success(request, f"Written down: what {promise.account.name} was told.")
        return redirect(promise)
    context = {"form": form, "source": source, "item": item}
    status = 422 if form.errors else 200
    return render_page(request, "coordination/promise_new.html", context, status=status)


def _close(request, pk, verb, said):
    promise = get_object_or_404(Promise.objects.editable_by(request.user).for_list(), pk=pk)
    try:
        verb(promise)
        messages.success(request, said)
    except promises.CannotClose as error:
        messages.error(request, str(error))
    return redirect(promise)


@access(Can.REQUEST_SUBMIT)
@require_POST
def promise_keep(request, pk):
    now, state = timezone.now(), PromiseState.KEPT
    return _close(
        request, pk, lambda one: promises.close(one, state=state, by=request.user, at=now), "Marked as kept."
    )


@access(Can.REQUEST_SUBMIT)
@require_POST
def promise_break(request, pk):
    now, state = timezone.now(), PromiseState.BROKEN
    return _close(
        request,
        pk,
        lambda one: promises.close(one, state=state, by=request.user, at=now),
        "Marked as broken.",
    )


@access(Can.REQUEST_SUBMIT)
@require_POST
def promise_reopen(request, pk):
    now = timezone.now()
    return _close(request, pk, lambda one: promises.reopen(one, by=request.user, at=now), "It is open again.")
