"""A change to the taxonomy being made: what it alters is written down before it is done."""

from django.db import IntegrityError, connection, transaction

from prodops import search
from research import search as found
from research.models import (
    ChangeKind,
    Highlight,
    Tag,
    TagChange,
    TagMove,
    TagRedirect,
)


class Refused(Exception):
    """The change cannot be made; the words say why and what to do."""


class Draft:
    """A change being made: collects what each field was and becomes."""

    def __init__(self, kind, tag, touched, words, *, by, at, counts=None):
        self.change = TagChange.objects.create(
            kind=kind,
            tag=tag,
            tag_ids=sorted({tag.pk, *(one.pk for one in touched)}),
            words=words[:300],
            counts=counts or {},
            by=by,
            at=at,
        )

    def set(self, tag, **fields):
        """Alter a tag, remembering what it was; raises `Refused` where the database does not have it."""
        key = str(tag.pk)
        before = self.change.before.setdefault(key, {})
        after = self.change.after.setdefault(key, {})
        for field, value in fields.items():
            before.setdefault(field, getattr(tag, field))
            after[field] = value
            setattr(tag, field, value)
        save(tag, fields)

    def made(self, tag):
        """`tag` came to be by this change."""
        self.change.after.setdefault(str(tag.pk), {})["made"] = True

    def keep(self):
        self.change.tag_ids = sorted({*self.change.tag_ids, *map(int, self.change.after)})
        self.change.save(update_fields=["before", "after", "tag_ids", "counts", "words"])
        return self.change


def save(tag, fields):
    try:
        with transaction.atomic():
            tag.save(update_fields=[name.removesuffix("_id") for name in fields])
    except IntegrityError as error:
        reason = str(error)
        if "under itself" in reason:
            raise Refused(f"{tag.name} cannot stand under itself, nor more than six levels deep.") from error
        if "another study" in reason:
            raise Refused(f"{tag.name} cannot stand under a tag of another study.") from error
        raise Refused(f"Another tag is called {tag.name}. Rename one of the two first.") from error


def lock(some):
    """These tags anew, nobody else changing them or tagging with them until this is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('research_taxonomy'))")
    rows = Tag.objects.select_for_update(of=("self",)).select_related("group", "study")
    known = {tag.pk: tag for tag in rows.filter(pk__in=[tag.pk for tag in some]).order_by("pk")}
    if len(known) < len({tag.pk for tag in some}):
        raise Refused("One of these tags is no longer here. Reload the page.")
    return [known[tag.pk] for tag in some]


def names_of(some):
    return ", ".join(tag.name for tag in some)


def told_of(some, on):
    """The names of tags as the history of `on` says them, which more people may read than these tags.

    Another study's tags are not named: the study may be closed to some, now or later.
    """
    named = [tag.name for tag in some if tag.study_id in (None, on.study_id)]
    others = len(some) - len(named)
    if others:
        named.append("a tag of a study" if others == 1 else f"{others} tags of studies")
    return ", ".join(named)


def moved_by(change):
    return Highlight.objects.filter(pk__in=TagMove.objects.filter(change=change).values("highlight"))


def reindex(change):
    """What is found by the words of tags that changed; called in the change's own transaction."""
    search.index_many(Tag.objects.filter(pk__in=change.tag_ids))
    if change.kind == ChangeKind.RENAME:
        found.retagged(change.tag.taggings.values("highlight"))
    else:
        found.retagged(TagMove.objects.filter(change=change).values("highlight"))


def remember(tag, name, *, at):
    """`name` leads to `tag`, also when it bears another."""
    if not TagRedirect.objects.filter(tag=tag, name__iexact=name).exists():
        TagRedirect.objects.create(tag=tag, name=name, at=at)
