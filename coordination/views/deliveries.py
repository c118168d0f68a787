"""The log of what webhooks were sent: found, looked at, read again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination import queries
from coordination.filters import DeliveryFilter
from coordination.formats import payloads
from coordination.models import Delivery
from coordination.services import deliveries
from prodops.access import Can, access
from prodops.http import next_url, paginate, render_page

SHOWN = 200_000  # characters of a payload on the page; the download has all


@access(Can.CHANNEL_MANAGE)
@require_GET
def delivery_list(request):
    """All deliveries, the newest first; dead letters are one of the states to filter by."""
    visible = Delivery.objects.visible_to(request.user).for_list().order_by("-at", "-pk")
    found = DeliveryFilter(request.GET, visible)
    page = paginate(request, found.qs)
    context = {"found": found, "page": page, "query": request.GET.urlencode(), "dead": queries.dead_count()}
    return render_page(request, "coordination/delivery_list.html", context, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_GET
def delivery_detail(request, pk):
    """One delivery: what came of it, and its payload as it was sent."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user).for_list(), pk=pk)
    body = queries.bytes_of(delivery)
    payload = payloads.shown(body, delivery.content_type)
    context = {
        "delivery": delivery,
        "payload": payload[:SHOWN],
        "cut": len(payload) > SHOWN,
        "has_bytes": bool(body),
        "items": queries.items_of(delivery),
        "again": list(delivery.again.for_list()[:20]),
    }
    return render_page(request, "coordination/delivery_detail.html", context)


@access(Can.CHANNEL_MANAGE)
@require_GET
def delivery_raw(request, pk):
    """The bytes as they came, to download: never shown as what they say they are."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.user).for_list(), pk=pk)
    response = HttpResponse(queries.bytes_of(delivery), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="delivery-{delivery.pk}.json"'
    return response


@access(Can.CHANNEL_MANAGE)
@require_POST
def delivery_replay(request, pk):
    delivery = get_object_or_404(Delivery.objects.editable_by(request.user).for_list(), pk=pk)
    try:
        deliveries.replay(delivery, by=request.user, at=timezone.now())
    except deliveries.NotNow as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "It is read again. What it brought already does not come in twice.")
    return redirect(delivery)


@access(Can.CHANNEL_MANAGE)
@require_POST
def delivery_replay_many(request):
    """Read again those that are ticked, or all that the filter of the page finds."""
    visible = Delivery.objects.editable_by(request.user)
    if request.POST.get("all"):
        picked = DeliveryFilter(request.GET, visible).qs
    else:
        asked = [
            one for one in request.POST.getlist("pk") if one.isascii() and one.isdecimal() and len(one) < 18
        ]
        picked = visible.filter(pk__in=asked[: deliveries.AT_ONCE])
    found = picked.count()
    done = deliveries.replay_many(picked, by=request.user, at=timezone.now())
    if done and found > deliveries.AT_ONCE:
        words = (
            f"{done} of the {found:,} deliveries found are read again, the most at once. Ask again for more."
        )
        messages.success(request, words)
    elif done:
        messages.success(request, f"{done} {'delivery is' if done == 1 else 'deliveries are'} read again.")
    else:
        messages.info(request, "Nothing was read again: tick some whose bytes are kept.")
    return redirect(next_url(request, reverse("coordination:delivery_list")))
