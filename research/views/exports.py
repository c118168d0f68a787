"""Material on its way out, as a stream: no file lies about, and memory holds one session at a time."""

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, render_page
from research.formats import studyzip
from research.formats.refi import outgoing
from research.models import Accessed, InsightReport, MaterialImport, Study
from research.queries import exchange, left_out
from research.services import access_log


def _download(pieces, name, content_type="application/zip"):
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _study(request, slug):
    visible = Study.objects.visible_to(request.user).select_related("team", "area")
    study = get_object_or_404(visible, slug=slug)
    access_log.study(request.user, Accessed.EXPORTED, study, at=timezone.now())
    return study


@access(Can.RESEARCH_READ)
@require_GET
def study_export(request, slug):
    """Both ways to take the study out, and what neither carries."""
    visible = Study.objects.visible_to(request.user).select_related("team")
    study = get_object_or_404(visible, slug=slug)
    losses, refi = left_out.left_out(study), left_out.left_out(study, refi=True)
    context = {"study": study, "losses": losses, "refi": refi}
    return render_page(request, "research/study_export.html", context)


@access(Can.RESEARCH_READ)
@require_GET
def study_qdpx(request, slug):
    """The study as a REFI-QDA project: what ATLAS.ti, MAXQDA, NVivo, QualCoder and others open."""
    study = _study(request, slug)
    bundle = exchange.study_material(study, request.user)
    return _download(outgoing.project_bytes(bundle), f"{study.slug}.qdpx")


@access(Can.RESEARCH_READ)
@require_GET
def study_zip(request, slug):
    """The study as Markdown and CSV, to read anywhere and to import again."""
    study = _study(request, slug)
    now, contacts = timezone.now(), allowed(request.user, Can.PARTICIPANT_CONTACT)
    access_log.study(request.user, Accessed.EXPORTED, study, at=now)
    if contacts:
        access_log.note(request.user, Accessed.CONTACT, [(study.pk, 0)], at=now)
    bundle = exchange.study_material(study, request.user, contacts=contacts)
    return _download(studyzip.stream(bundle), f"{study.slug}.zip")


@access(Can.REPORT_READ)
@require_GET
def reports_csv(request):
    """The list of insight reports."""
    shown = InsightReport.objects.visible_to(request.user).for_list().order_by("-year", "-number", "-edition")
    header = ["Report", "Quarter", "Edition", "State", "Built", "Published", "Published by", "Link"]
    rows = (
        [
            one.title,
            str(one.quarter),
            one.edition,
            one.get_state_display(),
            company_day(one.built_at) if one.built_at else "",
            company_day(one.published_at) if one.published_at else "",
            one.published_by.name if one.published_by else "",
            request.build_absolute_uri(one.get_absolute_url()),
        ]
        for one in shown
    )
    return csv_response("insight-reports", header, rows)


@access(Can.RESEARCH_EDIT)
@require_GET
def imports_csv(request):
    """The list of imports, with what each brought in."""
    shown = MaterialImport.objects.visible_to(request.user).for_list().order_by("-at", "-pk")
    header = ["File", "Kind", "Study", "State", "By", "Day", "Sessions", "Highlights", "Tags", "Comments"]
    rows = (
        [
            one.file_name,
            one.get_kind_display(),
            one.study.title if one.study else "",
            one.get_stage_display(),
            one.by.name,
            company_day(one.at),
            *(one.counts.get(kind, 0) for kind in ("session", "highlight", "tag", "comment")),
        ]
        for one in shown[:10_000]
    )
    return csv_response("imports", header, rows)


@access(Can.RESEARCH_READ)
@require_GET
def codebook_qdc(request):
    """The workspace's tags as a REFI-QDA codebook."""
    return _download(
        outgoing.codebook_bytes(exchange.codebook(request.user)), "tags.qdc", "application/xml; charset=utf-8"
    )
