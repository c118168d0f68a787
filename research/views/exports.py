"""Material on its way out, as a stream: no file lies about, and memory holds one session at a time."""

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from prodops.access import Can, access, allowed
from research.formats import studyzip
from research.formats.refi import outgoing
from research.models import Accessed, Study
from research.queries import exchange
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
    contacts = allowed(request.user, Can.PARTICIPANT_CONTACT)
    if contacts:
        access_log.note(request.user, Accessed.CONTACT, [(study.pk, 0)], at=timezone.now())
    bundle = exchange.study_material(study, request.user, contacts=contacts)
    return _download(studyzip.stream(bundle), f"{study.slug}.zip")


@access(Can.RESEARCH_READ)
@require_GET
def codebook_qdc(request):
    """The workspace's tags as a REFI-QDA codebook."""
    return _download(
        outgoing.codebook_bytes(exchange.codebook(request.user)), "tags.qdc", "application/xml; charset=utf-8"
    )
