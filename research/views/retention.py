"""How long raw recordings are kept, for the workspace and for a study."""

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access, allowed
from prodops.http import render_page
from research.models import Keeping, Recording, RetentionRule, Study
from research.models.policy import edits
from research.queries import retention as queries
from research.services import retention


def _asked(request, choices):
    """(keeping, days) as the form says them; a choice that is none of `choices` is None."""
    wanted, days = request.POST.get("keeping", ""), request.POST.get("days", "").strip()
    keeping = Keeping(wanted) if wanted in choices else None
    return keeping, int(days) if days.isascii() and days.isdecimal() and len(days) < 7 else None


def _set(request, study, choices):
    keeping, days = _asked(request, choices)
    if keeping is None:
        messages.error(request, "Choose what becomes of the recordings.")
        return
    try:
        retention.set_rule(study, keeping=keeping, days=days, by=request.user, at=timezone.now())
    except retention.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Saved. A study's lead is told two weeks before anything goes.")


@access(Can.RETENTION_MANAGE)
@require_http_methods(["GET", "POST"])
def retention_rules(request):
    """The workspace's rule, what it will delete and when, and the studies that differ."""
    if request.method == "POST":
        _set(request, None, {Keeping.KEEP, Keeping.DELETE})
        return redirect("research:retention_rules")
    studies = queries.of_studies(request.user)
    days_of = {study.pk: standing.days for study, standing, _, _ in studies}
    soon = [
        (one, queries.goes_on(one, days_of[one.session.study_id] or 0))
        for one in queries.announced(request.user)
        if one.session.study_id in days_of
    ]
    context = {
        "rule": queries.workspace_rule(),
        "studies": studies,
        "soon": sorted(soon, key=lambda pair: pair[1]),
        "used": Recording.objects.kept().aggregate(used=Sum("size"))["used"] or 0,
        "notice": queries.NOTICE.days,
    }
    return render_page(request, "research/retention.html", context)


@access(Can.RESEARCH_READ)
@require_http_methods(["GET", "POST"])
def study_retention(request, slug):
    """The study's rule; product ops change it, the study's editors may put its recordings on hold."""
    may_rule = allowed(request.user, Can.RETENTION_MANAGE)
    if request.method == "POST":
        study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
        if may_rule:
            _set(request, study, set(Keeping))
        else:
            messages.error(request, "Product ops set the rule. You can put the recordings on hold.")
        return redirect("research:study_retention", slug)
    study = get_object_or_404(Study.objects.visible_to(request.user).for_list(), slug=slug)
    standing = queries.standing(study)
    rule = RetentionRule.objects.filter(study=study).first()
    context = {
        "study": study,
        "standing": standing,
        "rule_keeping": rule.keeping if rule else Keeping.WORKSPACE.value,
        "rule_days": rule.days if rule and rule.days else "",
        "kept": queries.kept_of(study),
        "soonest": _soonest(study, standing),
        "notice": queries.NOTICE.days,
        "may_rule": may_rule and edits(request.user, study.team_id),
        "may_hold": edits(request.user, study.team_id),
    }
    return render_page(request, "research/study_retention.html", context)


def _soonest(study, standing):
    """The recordings whose deletion is announced, with their day."""
    if standing.held or standing.days is None:
        return []
    rows = Recording.objects.ready().filter(session__study=study, warned_on__isnull=False)
    rows = rows.select_related("session").order_by("session__held_on", "pk")[:100]
    return [(one, queries.goes_on(one, standing.days)) for one in rows]


@access(Can.RESEARCH_EDIT)
@require_POST
def study_hold(request, slug):
    """Put the study's recordings on hold (`because`), or lift the hold (`lift`)."""
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    if "lift" in request.POST:
        retention.release(study, by=request.user, at=timezone.now())
        messages.success(request, "The hold is lifted. The rule holds again.")
        return redirect("research:study_retention", slug)
    because = request.POST.get("because", "").replace("\0", "")
    try:
        retention.hold(study, because=because, by=request.user, at=timezone.now())
        messages.success(request, "On hold: these recordings stay until somebody lifts the hold.")
    except retention.Refused as error:
        messages.error(request, str(error))
    return redirect("research:study_retention", slug)
