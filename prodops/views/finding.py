from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops import queries, search
from prodops.access import Can, access
from prodops.http import paginate, render_page
from prodops.models import Job, Notification


@access(Can.USE_WORKSPACE)
@require_GET
def search_page(request):
    text = request.GET.get("q", "")[:400].replace("\0", "")
    kind = request.GET.get("kind", "")
    results = queries.search(text, user=request.user, kind=kind if search.kind(kind) else "")
    context = {"text": text, "kind": kind, "results": results}
    return render_page(request, "prodops/search.html", context, partial="results")


@access(Can.USE_WORKSPACE)
@require_GET
def notifications(request):
    mine = Notification.objects.visible_to(request.user).for_list()
    return render_page(request, "prodops/notifications.html", {"page": paginate(request, mine)})


@access(Can.USE_WORKSPACE)
@require_GET
def notification_open(request, pk):
    mine = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    Notification.objects.filter(pk=mine.pk, read_at=None).update(read_at=timezone.now())
    return redirect(mine.url)


@access(Can.USE_WORKSPACE)
@require_POST
def notifications_read(request):
    request.user.notifications.unread().update(read_at=timezone.now())
    messages.success(request, "All notifications are marked as read.")
    return redirect("notifications")


@access(Can.USE_WORKSPACE)
@require_GET
def job_detail(request, pk):
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render_page(request, "prodops/job.html", {"job": job}, partial="state")


@access(Can.USE_WORKSPACE)
@require_POST
def job_cancel(request, pk):
    from prodops import jobs

    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    jobs.cancel(job, at=timezone.now())
    return redirect(job)
