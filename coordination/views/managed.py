"""What pages of managed things share: a verb on one of them, told in a message."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone


def act(request, things, slug, verb, said, *, refused, back=None):
    """Do `verb` to the one of `things` with that slug and go `back`, or to its page; `refused` is told."""
    thing = get_object_or_404(things.editable_by(request.user), slug=slug)
    try:
        verb(thing, by=request.user, at=timezone.now())
    except refused as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"“{thing}” {said}")
    return redirect(back or thing)
