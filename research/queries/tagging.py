"""Finding the tag that is meant: by name, by an old name, by its address."""

from django.db import connection
from django.db.models import Q

from research.models import Tag, TagRedirect, TagState

LONGEST_CHAIN = 20  # merges of merges


def current(tag):
    """The tag that `tag` is by now: itself, or the one it was merged into, however many merges ago."""
    for _ in range(LONGEST_CHAIN):
        if not tag.is_merged:
            break
        tag = Tag.objects.get(pk=tag.merged_into_id)
    return tag


def named(name, study=None):
    """The tag of that name, in any capitals, that highlights of `study` (or its id) may have; or None.

    The study's own comes before the workspace's; then a name that a tag had once.
    """
    name = " ".join(name.split())
    scope = Q(study=None) | Q(study=study) if study else Q(study=None)
    live = list(Tag.objects.live().filter(scope, name__iexact=name))
    if live:
        return max(live, key=lambda tag: tag.study_id is not None)
    return formerly(name, scope)


def formerly(name, scope=None):
    """The tag that was called `name` once, or took in one that was."""
    scope = Q(study=None) if scope is None else scope
    merged = Tag.objects.filter(scope, state=TagState.MERGED, name__iexact=name).order_by("-pk").first()
    if merged:
        return current(merged)
    redirect = (
        TagRedirect.objects.filter(name__iexact=name, tag__in=Tag.objects.filter(scope))
        .select_related("tag")
        .order_by("-at", "-pk")
        .first()
    )
    return current(redirect.tag) if redirect else None


def by_slugs(slugs, study=None):
    """The tags at these addresses that highlights of `study` may have; a merged one is what it became."""
    found = (current(tag) for tag in Tag.objects.filter(slug__in=slugs))
    study_id = getattr(study, "pk", study)
    return list({tag.pk: tag for tag in found if tag.study_id in (None, study_id)}.values())


def settled(tags):
    """These tags, or what they became if somebody merged them while this was on its way.

    They stay as they are until the transaction ends: a merge locks its tags and waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state FROM research_tag WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [[tag.pk for tag in tags]],
        )
        merged = {pk for pk, state in cursor.fetchall() if state == TagState.MERGED}
    found = (current(Tag.objects.get(pk=tag.pk)) if tag.pk in merged else tag for tag in tags)
    return list({tag.pk: tag for tag in found}.values())
