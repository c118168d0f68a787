"""Looking at the rules at work: on one request, on the last thousand, and what none of them takes."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from coordination import queries
from coordination.models import Request, RoutingRule
from coordination.services import trials
from prodops.access import Can, access
from prodops.http import paginate, render_page


@access(Can.REQUEST_TRIAGE)
@require_GET
def rule_try(request):
    """A dry run on one request: REQ-12, or a part of its title; without words the newest."""
    words = request.GET.get("request", "")[:200].replace("\0", "").strip()
    found = _found(request.user, words)
    one = found[0] if len(found) == 1 or (found and not words) else None
    context = {
        "words": words,
        "found": found if one is None else [],
        "one": one,
        "trials": trials.trace(one, at=timezone.now()) if one else [],
    }
    return render_page(request, "coordination/rule_try.html", context)


def _found(user, words):
    visible = Request.objects.visible_to(user).for_list().order_by("-submitted_at", "-pk")
    number = words.upper().removeprefix("REQ-")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        return list(visible.filter(pk=number))
    return list(visible.filter(title__icontains=words)[:8] if words else visible[:1])


@access(Can.REQUEST_TRIAGE)
@require_GET
def rule_checks(request):
    """Rules that come to nothing, rules that disagree, and how many of the last requests no rule takes."""
    return render_page(request, "coordination/rule_checks.html", {"checked": queries.check()})


@access(Can.REQUEST_TRIAGE)
@require_GET
def rule_unrouted(request):
    """Those of the last requests that no rule matches."""
    unrouted, looked_at = queries.unrouted()
    rest = unrouted.visible_to(request.user).for_list().order_by("-submitted_at", "-pk")
    context = {"page": paginate(request, rest), "looked_at": looked_at}
    return render_page(request, "coordination/rule_unrouted.html", context)


@access(Can.REQUEST_TRIAGE)
@require_GET
def rule_matches(request, pk):
    """Those of the last requests that one rule matches."""
    rule = get_object_or_404(RoutingRule.objects.visible_to(request.user).for_list(), pk=pk)
    newest = queries.newest_for(RoutingRule.objects.count())  # as many as the list of rules looks at
    found = queries.last(newest).visible_to(request.user).filter(queries.compiled(rule.read)).for_list()
    context = {
        "rule": rule,
        "page": paginate(request, found.order_by("-submitted_at", "-pk")),
        "looked_at": newest,
    }
    return render_page(request, "coordination/rule_unrouted.html", context)
