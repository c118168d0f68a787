"""Who has read a study, played its recordings or taken something away."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from prodops.access import Can, access, allowed
from prodops.http import csv_response, paginate, render_page
from research.models import AccessRecord, Session, Study

MOST_EXPORTED = 20_000


def may_see(user, study):
    """Whether the person is told who reads the study, which they see themselves."""
    return study.lead_id == user.pk or allowed(user, Can.RESEARCH_RESTRICTED)


def _records(request, slug):
    study = get_object_or_404(Study.objects.visible_to(request.user).for_list(), slug=slug)
    if not may_see(request.user, study):
        raise PermissionDenied("Only the lead of a study and product ops see who has read it.")
    records = AccessRecord.objects.visible_to(request.user).filter(study=study).for_list()
    return study, records.order_by("-last_at", "-pk")


def _titles(records):
    return dict(Session.objects.filter(pk__in={one.session_pk for one in records}).values_list("pk", "title"))


@access(Can.RESEARCH_READ)
@require_GET
def study_access(request, slug):
    study, records = _records(request, slug)
    page = paginate(request, records)
    context = {"study": study, "page": page, "titles": _titles(page.rows)}
    return render_page(request, "research/study_access.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def study_access_csv(request, slug):
    study, records = _records(request, slug)
    rows = list(records[:MOST_EXPORTED])
    titles = _titles(rows)
    header = ["Day", "Person", "E-mail", "What", "Session", "Times", "First", "Last"]
    return csv_response(f"access-{study.slug}", header, (_row(one, titles) for one in rows))


def _row(one, titles):
    session = titles.get(one.session_pk, "a deleted session") if one.session_pk else ""
    times = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (one.first_at, one.last_at))
    return [one.day, one.user.name, one.user.email, one.get_what_display(), session, one.times, *times]
