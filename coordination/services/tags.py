"""Putting tags on requests and taking them off."""

from django.db import transaction

from coordination.models import Request, RequestTag, RoutingRule
from prodops import activity
from prodops.models import Event

LONGEST, MOST = 40, 20


class TagRefused(Exception):
    """The tags cannot be put on; the words say why."""


@transaction.atomic
def put_on(request, names, *, by, at):
    """Put these tags on, making those that are new; True if any was not there."""
    _check(request, names)
    have = set(request.tags.values_list("pk", flat=True))
    new = [tag for tag in map(named, names) if tag.pk not in have]
    return _change(request, new, [], by, at)


@transaction.atomic
def replace(request, names, *, by, at):
    """Let the request have exactly these tags."""
    wanted = {tag.pk: tag for tag in map(named, names)}
    if len(wanted) > MOST:
        raise TagRefused(f"{MOST} tags at most.")
    have = {tag.pk: tag for tag in request.tags.all()}
    added = [tag for pk, tag in wanted.items() if pk not in have]
    removed = [tag for pk, tag in have.items() if pk not in wanted]
    return _change(request, added, removed, by, at)


@transaction.atomic
def undo(request, *, by, at):
    """Take back what `by` last changed of the request's tags; False if there is nothing."""
    own = Event.objects.filter(
        verb="request.tagged", subject_type="coordination.request", subject_id=request.pk, by=by
    )
    last = own.order_by("-at", "-pk").first()
    if last is None:
        return False
    tags = RequestTag.objects.in_bulk([*last.data["added"], *last.data["removed"]])
    have = set(request.tags.values_list("pk", flat=True))
    added = [tags[pk] for pk in last.data["removed"] if pk in tags and pk not in have]
    removed = [tags[pk] for pk in last.data["added"] if pk in have]
    return _change(request, added, removed, by, at)


def named(name):
    """The tag of that name, whatever its case; made if there is none."""
    found = RequestTag.objects.filter(name__iexact=name).first()
    return found or RequestTag.objects.create(name=name)


def _check(request, names):
    if request.tags.count() + len(names) > MOST + len(request.tags.filter(name__in=names)):
        raise TagRefused(f"{request.ref} has as many tags as it may: {MOST}.")


def _change(request, added, removed, by, at):
    if not added and not removed:
        return False
    request.tags.add(*added)
    request.tags.remove(*removed)
    said = [f"added {tag.name}" for tag in added] + [f"took off {tag.name}" for tag in removed]
    data = {
        "added": [tag.pk for tag in added],
        "removed": [tag.pk for tag in removed],
        "words": ", ".join(said),
    }
    activity.record("request.tagged", on=request, by=by, at=at, data=data)
    return True


@transaction.atomic
def rename(tag, name, *, by, at):
    """Call the tag something else; where there is one of that name already, the two become one."""
    other = RequestTag.objects.filter(name__iexact=name).exclude(pk=tag.pk).first()
    if other is None:
        RequestTag.objects.filter(pk=tag.pk).update(name=name)
        activity.record("request_tag.renamed", on=tag, by=by, at=at, data={"to": name})
        return
    through = Request.tags.through
    has_other = through.objects.filter(requesttag=other).values("request")
    through.objects.filter(requesttag=tag, request__in=has_other).delete()
    through.objects.filter(requesttag=tag).update(requesttag=other)
    _move_rules(tag, other)
    activity.record("request_tag.merged", on=other, by=by, at=at, data={"was": tag.name})
    tag.delete()


def _move_rules(tag, other):
    """Rules that ask for the one tag or put it on mean the other from now on."""
    for rule in RoutingRule.objects.select_for_update():
        changed = False
        for one in rule.conditions if isinstance(rule.conditions, list) else ():
            if isinstance(one, dict) and one.get("kind") == "tag" and tag.pk in one.get("values", []):
                one["values"] = sorted({other.pk if pk == tag.pk else pk for pk in one["values"]})
                changed = True
        if changed:
            RoutingRule.objects.filter(pk=rule.pk).update(conditions=rule.conditions)
        if rule.tags.filter(pk=tag.pk).exists():
            rule.tags.add(other)
