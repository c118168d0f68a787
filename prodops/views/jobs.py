"""Long work that somebody waits for: how far it is, and stopping it."""

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops import jobs
from prodops.access import Can, access
from prodops.http import paginate, render_page
from prodops.models import Job


@access(Can.USE_WORKSPACE)
@require_GET
def job_list(request):
    mine = Job.objects.filter(asked_by=request.user).defer("log", "arguments")
    return render_page(request, "prodops/job_list.html", {"page": paginate(request, mine, 30)})


@access(Can.USE_WORKSPACE)
@require_GET
def job_detail(request, pk):
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("asked_by"), pk=pk)
    context = {"job": job, "took": _in_words(_took(job)), "left": _in_words(_left(job, timezone.now()))}
    return render_page(request, "prodops/job.html", context, partial="state")


def _took(job):
    if job.started_at and job.finished_at:
        return (job.finished_at - job.started_at).total_seconds()
    return None


def _left(job, now):
    """Seconds, once enough is done to tell; a stage counts its own steps, so this is its own end."""
    if job.finished or not job.started_at or not job.total or job.done * 20 < job.total:
        return None
    return (now - job.started_at).total_seconds() * (job.total - job.done) / job.done


def _in_words(seconds):
    if seconds is None:
        return ""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


@access(Can.USE_WORKSPACE)
@require_POST
def job_cancel(request, pk):
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    jobs.cancel(job, at=timezone.now())
    return redirect(job)
