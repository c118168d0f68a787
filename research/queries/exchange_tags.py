"""Tags as they leave: with those above them, those they were merged into, and their groups."""

from research.formats import bundle as out
from research.models import Tag, TagGroup, TagState


def take(bundle, tags):
    """Put `tags` (a QuerySet), and all that is needed to understand them, into the bundle."""
    rows = {tag.pk: tag for tag in tags.select_related("group")}
    while missing := _named_by(rows.values()) - rows.keys():
        rows |= {tag.pk: tag for tag in Tag.objects.filter(pk__in=missing).select_related("group")}
    bundle.themes = [
        out.Theme(
            str(tag.guid),
            tag.name,
            tag.colour,
            tag.guideline,
            str(tag.group.guid),
            str(rows[tag.parent_id].guid) if tag.parent_id else "",
            tag.study_id is not None,
            "" if tag.state == TagState.USED else tag.state,
            str(rows[tag.merged_into_id].guid) if tag.merged_into_id else "",
        )
        for tag in sorted(rows.values(), key=lambda tag: (tag.name, str(tag.guid)))
    ]
    groups = {tag.group_id for tag in rows.values()}
    bundle.groups = [
        out.Group(str(one.guid), one.name, one.position)
        for one in TagGroup.objects.filter(pk__in=groups).order_by("position", "name", "guid")
    ]


def _named_by(tags):
    """The ids of the tags above these and of those that they were merged into."""
    return {pk for tag in tags for pk in (tag.parent_id, tag.merged_into_id) if pk}
