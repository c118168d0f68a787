"""The kernel's reactions to events."""

from django.apps import apps
from django.http import Http404

from prodops import activity, subjects
from prodops.models import Comment, User
from prodops.notifications import notify


@activity.subscribe("comment.added", "comment.edited")
def tell_of_comment(event):
    """Mentioned people first; of a new comment also who took part before, and the thing's owner."""
    comment = Comment.objects.filter(pk=event.data["comment"], deleted_at=None).first()
    thing = apps.get_model(event.subject_type).objects.filter(pk=event.subject_id).first()
    if comment is None or thing is None:
        return
    url = f"{thing.get_absolute_url()}#comment-{comment.pk}"
    mentioned = event.data.get("mentioned", comment.mentions)
    people = User.objects.active().in_bulk(mentioned)
    notify(
        _who_may_see(event, people.values()),
        event=event,
        text=f"{event.by} mentioned you in “{event.subject_text}”",
        url=url,
    )
    if event.verb != "comment.added":
        return
    earlier = Comment.objects.about(thing).filter(deleted_at=None, at__lte=comment.at)
    others = set(User.objects.active().filter(pk__in=earlier.values("author")))
    owner = getattr(thing, "owner", None)
    if isinstance(owner, User):
        others.add(owner)
    notify(
        _who_may_see(event, others),
        event=event,
        text=f"{event.by} commented on “{event.subject_text}”",
        url=url,
    )


def _who_may_see(event, people):
    """Those of `people` whom the thing's own rule lets see it, and its comments with it."""
    for person in people:
        try:
            subjects.load(event.subject_type, event.subject_id, person)
        except Http404:
            continue
        yield person
