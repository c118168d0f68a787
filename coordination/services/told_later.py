"""What other systems tell of a thing that came in before: comments, and how it reads there now.

A request's text is never edited, so a thing that was rewritten there gets a comment with the new words. Each
stands under its request once, however often it is told.
"""

import hashlib

from django.db import transaction

from coordination.formats.incoming import EXTERNAL_ID, clean, fitted
from coordination.models import Request, RequestComment

from . import request_comments


def known(external_id, *, channel):
    """The request that this thing of the channel's system became, or None."""
    number = clean(external_id)[:EXTERNAL_ID]
    return Request.objects.filter(source=channel.source, external_id=number).first() if number else None


def comment(request, later, *, where, at):
    """Put what was said in the system `where` under the request; whether it is new."""
    words = f"{later.words}\n\n{later.url}" if later.url else later.words
    return _stand(request, words, later.author_name or "Somebody", later.external_id, where, at)


def revise(request, incoming, *, where, at):
    """Say how the thing reads now, where that is otherwise than it came in and was told; whether it is."""
    now = fitted(incoming)
    title = now.title if clean(incoming.title) else ""
    body = now.body if clean(incoming.body) else ""
    if title in ("", request.title) and body in ("", request.problem):
        return False
    digest = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:40]
    words = "\n\n".join(part for part in ("It reads there now:", title, body) if part)
    return _stand(request, words, "Rewritten", f"reads:{digest}", where, at)


@transaction.atomic
def _stand(request, words, who, external_id, where, at):
    number = clean(external_id)[:EXTERNAL_ID]
    held = Request.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if RequestComment.objects.filter(request=held, external_id=number).exists():
        return False
    words, most = clean(words), request_comments.LONGEST
    words = words if len(words) <= most else f"{words[: most - 1]}…"
    said_by = f"{' '.join(clean(who).split())[:150]}, in {where}"
    request_comments.reply(held, words, at=at, author_name=said_by, external_id=number)
    return True
