"""Adding an account to a request, with its deal, or for a colleague."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coordination.forms import FullVoiceForm
from coordination.models import Request, Source
from coordination.services import voices
from prodops.access import Can, access
from prodops.http import render_page


@access(Can.REQUEST_SUBMIT)
@require_http_methods(["GET", "POST"])
def voice_new(request, pk):
    item = get_object_or_404(Request.objects.followed_by(request.user).for_list(), pk=pk)
    form = FullVoiceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        colleague = form.cleaned_data["colleague"]
        voice, new = voices.add(
            item,
            by=colleague or request.user,
            recorded_by=request.user,
            at=timezone.now(),
            source=Source.TRIAGE if item.submitter_id != request.user.pk else Source.JOINED,
            **form.voice(),
        )
        whom = f" for {colleague.name}, who is told" if colleague else ""
        done = "was added" if new else "was there already; what you wrote was added"
        messages.success(request, f"{voice.account.name} {done}{whom}.")
        return redirect(item)
    context = {"form": form, "item": item}
    return render_page(request, "coordination/voice_new.html", context, status=422 if form.errors else 200)
