"""What a person keeps: favourites, and views of lists."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from prodops import subjects
from prodops.access import Can, access
from prodops.http import next_url, render_page, wants_partial
from prodops.models import SavedFilter
from prodops.services import favourites, saved_searches
from prodops.services import saved_views as views
from prodops.stars import Star


@access(Can.USE_WORKSPACE)
@require_POST
def star(request, label, pk):
    """Keep the thing, or with `on` empty let it go."""
    subject = subjects.load(label, pk, request.user)
    on = bool(request.POST.get("on"))
    if on:
        favourites.star(subject, by=request.user, at=timezone.now())
    else:
        favourites.unstar(subject, by=request.user)
    if wants_partial(request):
        shown = Star(label, pk, on)
        return render_page(request, "prodops/star.html", {"star": shown}, partial="star")
    return HttpResponseRedirect(next_url(request, subject.get_absolute_url()))


@access(Can.USE_WORKSPACE)
@require_GET
def saved_views(request, page):
    """One's views of the list of this URL name: its filter bar's menu, or a page without scripts."""
    return _menu(request, page, request.GET.get("query", ""))


def _menu(request, page, query, error="", *, status=200, said=""):
    path = views.path_of(page)
    if path is None:
        raise Http404("There is no such list.")
    mine = SavedFilter.objects.filter(user=request.user, page=page)
    query = views.tidy(query)
    context = {"page": page, "path": path, "query": query, "views": mine, "error": error}
    response = render_page(request, "prodops/saved_views.html", context, partial="menu", status=status)
    if said:
        response["HX-Trigger"] = json.dumps({"announce": said})
    return response


@access(Can.USE_WORKSPACE)
@require_POST
def saved_view_save(request):
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if views.path_of(page) is None:
        raise Http404("There is no such list.")
    try:
        view = views.save(page, request.POST.get("name", ""), query, by=request.user)
    except views.Refused as error:
        return _menu(request, page, query, str(error), status=422)
    if wants_partial(request):
        return _menu(request, page, query, said=f"The view “{view.name}” is saved.")
    messages.success(request, f"The view “{view.name}” is saved.")
    return HttpResponseRedirect(f"{views.path_of(page)}?{view.query}")


@access(Can.USE_WORKSPACE)
@require_POST
def saved_view_delete(request, pk):
    view = get_object_or_404(SavedFilter, pk=pk, user=request.user)
    view.delete()
    if wants_partial(request):
        return _menu(
            request, view.page, request.POST.get("query", ""), said=f"The view “{view.name}” is deleted."
        )
    messages.success(request, f"The view “{view.name}” is deleted.")
    return HttpResponseRedirect(views.path_of(view.page) or "/")


@access(Can.USE_WORKSPACE)
@require_POST
def saved_view_bell(request, pk):
    """Be told of what is new under a saved search, or no longer."""
    view = get_object_or_404(SavedFilter, pk=pk, user=request.user, page=saved_searches.PAGE)
    on = bool(request.POST.get("on"))
    saved_searches.ring(view, on=on)
    said = f"You are told of new results for “{view.name}”." if on else f"“{view.name}” is silent now."
    if wants_partial(request):
        return _menu(request, view.page, request.POST.get("query", ""), said=said)
    messages.success(request, said)
    return HttpResponseRedirect(
        f"{reverse('saved_views', args=[view.page])}?{urlencode({'query': view.query})}"
    )
