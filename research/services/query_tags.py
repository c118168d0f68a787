"""Computed tags: a name for what a query finds."""

from django.db import IntegrityError, transaction

from prodops import activity
from prodops.services import slugs
from research.models import QueryTag


class NameTaken(Exception):
    """Another computed tag has this name."""


@transaction.atomic
def create(name, *, query, by, at, **fields):
    """Raises `NameTaken`."""
    slug = slugs.unused(QueryTag, name)
    try:
        with transaction.atomic():
            tag = QueryTag.objects.create(
                name=name, slug=slug, query=query, owner=by, created_at=at, **fields
            )
    except IntegrityError as error:
        raise NameTaken(f"Another computed tag is called {name}.") from error
    activity.record("query_tag.created", on=tag, by=by, at=at)
    return tag


@transaction.atomic
def edit(tag, *, by, at, **fields):
    """Raises `NameTaken`."""
    for field, value in fields.items():
        setattr(tag, field, value)
    try:
        with transaction.atomic():
            tag.save(update_fields=list(fields))
    except IntegrityError as error:
        raise NameTaken(f"Another computed tag is called {tag.name}.") from error
    activity.record("query_tag.edited", on=tag, by=by, at=at)


@transaction.atomic
def delete(tag, *, by, at):
    """Nothing but the query goes: no highlight has a computed tag."""
    activity.record("query_tag.deleted", on=tag, by=by, at=at)
    tag.delete()
