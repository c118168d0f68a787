from itertools import groupby

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops import nav, panels, queries, search
from prodops.access import Can, access
from prodops.disclosure import disclosed
from prodops.http import paginate, render_page, wants_partial
from prodops.models import Notification
from prodops.searching import counting, grouping, sift
from prodops.services import reading


@access(Can.USE_WORKSPACE)
@require_GET
def search_page(request):
    wanted = sift.read(request.GET)
    found = queries.search(request.GET.get("q", ""), user=request.user, sift=wanted, ahead=grouping.FIRST)
    hits = found.hits()
    _disclosed(request, hits)
    kinds, everything, counted, sessions = counting.count(found, hits)
    context = {
        "found": found,
        "sift": wanted,
        "hits": hits,
        "sections": grouping.sections(hits, sessions),
        "kinds": kinds,
        "everything": everything,
        "counted": counted,
        "chips": _chips(found, wanted, counted),
        "orders": sift.ORDERS,
        "panels": panels.render("search", request, found),
    }
    return render_page(request, "prodops/search.html", context, partial="results")


def _chips(found, wanted, counted):
    """[(what narrows the search, in words; its address without that)]"""
    chips = []
    if kind := search.kind(wanted.kind):
        chips.append((kind.plural, wanted.query(found.text, kind="")))
    for one in counted:
        chips += [(f"{one.facet.label}: {value.name}", value.url) for value in one.values if value.chosen]
    for name, label in (("since", "Since"), ("until", "Until")):
        if day := getattr(wanted, name):
            chips.append((f"{label} {day.day} {day:%b %Y}", wanted.query(found.text, **{name: None})))
    return chips


@access(Can.USE_WORKSPACE)
@require_GET
def palette(request):
    """What the command palette offers for what has been typed so far."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    found = queries.jump(text, user=request.user)
    hits = found.hits()
    _disclosed(request, hits)
    context = {
        "text": text,
        "places": nav.places_for(request.user, text),
        "favourites": queries.favourites_of(request.user, text, limit=5 if text else 10),
        "groups": _by_kind(hits),
    }
    return render_page(request, "prodops/palette.html", context, partial="options")


def _disclosed(request, hits):
    """Hits that are not for everybody may have to be written down as read."""
    entries = [hit.entry for hit in hits if hit.entry.user_ids is not None]
    disclosed(request.user, "found", [(one.kind, one.object_id) for one in entries], at=timezone.now())


def _by_kind(hits):
    """[(kind, its hits)], the kind of the best hit first."""
    groups: dict[str, list] = {}
    for hit in hits:
        groups.setdefault(hit.entry.kind, []).append(hit)
    return [(search.kind(key), group[:5]) for key, group in groups.items() if search.kind(key)]


@access(Can.USE_WORKSPACE)
@require_GET
def notifications(request):
    return _notifications(request, unread_only=request.GET.get("show") == "unread")


def _notifications(request, *, unread_only):
    mine = Notification.objects.visible_to(request.user).for_list()
    page = paginate(request, mine.unread() if unread_only else mine, 30)
    context = {"page": page, "days": list(_by_day(page)), "unread_only": unread_only}
    return render_page(request, "prodops/notifications.html", context, partial="rows")


def _by_day(rows):
    """(day in words, its rows) in the person's time zone."""
    today = timezone.localdate()
    for day, of_day in groupby(rows, key=lambda row: timezone.localdate(row.at)):
        words = {0: "Today", 1: "Yesterday"}.get((today - day).days, f"{day:%A}, {day.day} {day:%B %Y}")
        yield words, list(of_day)


@access(Can.USE_WORKSPACE)
@require_GET
def notification_open(request, pk):
    mine = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    reading.mark_read(mine, at=timezone.now())
    return redirect(mine.url)


def _after_reading(request):
    """The list as it was shown, or without scripts the page again."""
    unread_only = request.POST.get("show") == "unread"
    if wants_partial(request):
        return _notifications(request, unread_only=unread_only)
    return redirect(f"{reverse('notifications')}{'?show=unread' if unread_only else ''}")


@access(Can.USE_WORKSPACE)
@require_POST
def notification_read(request, pk):
    mine = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    reading.mark_read(mine, at=timezone.now())
    return _after_reading(request)


@access(Can.USE_WORKSPACE)
@require_POST
def notifications_read(request):
    reading.mark_all_read(request.user, at=timezone.now())
    return _after_reading(request)
