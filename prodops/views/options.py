from django.http import Http404
from django.views.decorators.http import require_GET

from prodops import comboboxes
from prodops.access import Can, access, allowed
from prodops.http import render_page


@access(Can.USE_WORKSPACE)
@require_GET
def options(request, kind):
    """What a combo box of `kind` suggests for the text typed so far."""
    source = comboboxes.source(kind)
    if source is None or not allowed(request.user, source.can):
        raise Http404
    typed = next((value for name, value in request.GET.items() if name.endswith("_text") or name == "q"), "")
    context = {
        "kind": kind,
        "options": comboboxes.suggestions(kind, typed.replace("\0", "").strip(), request.user),
        "none": source.none,
    }
    return render_page(request, "components/_options.html", context)
