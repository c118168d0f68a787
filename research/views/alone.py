from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from prodops.access import Can, access
from prodops.http import next_url
from research.models import Study

KEY = "tags_alone"
MOST = 50  # studies remembered


def tags_alone(request, study):
    """Whether this person tags the study on their own: what others marked is hidden from them meanwhile."""
    return study.pk in request.session.get(KEY, ())


@access(Can.RESEARCH_EDIT)
@require_POST
def study_alone(request, slug):
    """Tag this study's texts without seeing what others marked (`alone=1`), or see it again."""
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    others = [pk for pk in request.session.get(KEY, ()) if pk != study.pk]
    alone = request.POST.get("alone") == "1"
    request.session[KEY] = [*others, study.pk][-MOST:] if alone else others
    if not alone:
        there = f"{reverse('research:agreement')}?study={study.slug}"
        words = 'You see again what everybody marked. <a href="{}">How far do you agree?</a>'
        messages.success(request, format_html(words, there))
    return redirect(next_url(request, study.get_absolute_url()))
