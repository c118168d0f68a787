"""What is said about a request: notes among ourselves, answers to those who asked, and what these reply."""

from django.conf import settings
from django.db import transaction

from coordination.models import Audience, MessageKind, Request, RequestComment
from prodops import activity
from prodops.services import comments

from . import clocks, outgoing

LONGEST = comments.LONGEST


class CannotSay(Exception):
    """The comment cannot be written; the words say why."""


@transaction.atomic
def note(request, body, *, by, at, picked=()):
    """Write an internal comment: members alone read it, wherever the request is shown or joined."""
    comment = RequestComment.objects.create(
        request=request,
        audience=Audience.INTERNAL,
        body=_checked(body),
        author=by,
        mentions=comments.mentioned_in(body, picked=picked),
        at=at,
    )
    activity.record("request.noted", on=request, by=by, at=at, data={"comment": comment.pk})
    return comment


@transaction.atomic
def answer(request, body, *, by, at, key, override=""):
    """Write a public comment and send it to all who asked; see `outgoing.send` for what it raises.

    Where nobody wrote it (`by` is None), as a rule's first reply, the company did; nobody has looked at the
    request then, so it is no first response by which the clocks count.
    """
    message = outgoing.send(
        body,
        kind=MessageKind.COMMENT if by else MessageKind.REPLY,
        key=f"comment:{key}",
        request=request,
        by=by,
        at=at,
        override=override,
    )
    comment, _ = RequestComment.objects.get_or_create(
        message=message,
        defaults={
            "request": request,
            "audience": Audience.PUBLIC,
            "body": message.words,
            "author": by,
            "author_name": "" if by else settings.COMPANY_NAME,
            "at": at,
        },
    )
    if by:
        clocks.respond(message.requests.values_list("pk", flat=True), at=at)
    return comment


@transaction.atomic
def reply(request, body, *, at, by=None, author_name="", external_id=""):
    """What somebody who asked says to us: a person who signs in, or an author outside by mail.

    `external_id` is what the system calls it where it was said. It stands on their request alone and reaches
    who decides, never the others who asked.
    """
    body = _checked(body)
    comment = RequestComment.objects.create(
        request=request,
        audience=Audience.PUBLIC,
        body=body,
        author=by,
        author_name="" if by else author_name[:254] or request.author_name or request.author_email,
        external_id=external_id,
        at=at,
    )
    activity.record("request.replied", on=request, by=by, at=at, data={"comment": comment.pk})
    Request.objects.filter(pk=request.pk).update(changed_at=at)
    return comment


@transaction.atomic
def delete(comment, *, by, at):
    """Take back one's own internal comment. What was sent was read, and stays."""
    mine = RequestComment.objects.filter(pk=comment.pk, author=by, audience=Audience.INTERNAL)
    if not mine.filter(deleted_at=None).update(deleted_at=at, body="", mentions=[]):
        raise CannotSay("Only your own internal comments can be deleted.")
    data = {"comment": comment.pk}
    activity.record("request.note_deleted", on=comment.request, by=by, at=at, data=data)


def _checked(body):
    try:
        return comments.checked(body)
    except (comments.EmptyComment, comments.TooLong) as error:
        raise CannotSay(str(error)) from error
