"""Who works here: joining, one's own details, roles."""

from django.db import transaction

from prodops import activity, search
from prodops.models import Role, User


class NotAllowed(Exception):
    """The change would lock the company out, or is one's own."""


def _guard(person, *, by):
    """Nobody changes their own standing, and the last admin stays one."""
    if person.pk == by.pk:
        raise NotAllowed("Ask another admin to change your own role or account.")
    admins = User.objects.active().filter(role=Role.ADMIN).select_for_update()
    if person.role == Role.ADMIN and {admin.pk for admin in admins} == {person.pk}:
        raise NotAllowed(f"{person} is the only admin. Make somebody else an admin first.")


@transaction.atomic
def join(person, *, at):
    """Save somebody who has signed up: from now on they are found."""
    person.save()
    search.index(person)
    activity.record("person.joined", on=person, by=person, at=at)


@transaction.atomic
def edit_own(person, *, at, **fields):
    """Change one's own details, such as the name or how one wants mail."""
    for name, value in fields.items():
        setattr(person, name, value)
    if fields:
        person.save(update_fields=list(fields))
        search.index(person)
        activity.record("person.edited", on=person, by=person, at=at, data={"fields": sorted(fields)})


@transaction.atomic
def set_role(person, role, *, by, at):
    """Give `person` another role; raises `NotAllowed`."""
    _guard(person, by=by)
    before, person.role = person.role, role
    person.save(update_fields=["role"])
    activity.record("person.role_changed", on=person, by=by, at=at, data={"from": before, "to": role})


@transaction.atomic
def close(person, *, by, at):
    """Stop `person` from signing in. What they wrote stays under their name; `reopen` takes it back."""
    _guard(person, by=by)
    if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        person.refresh_from_db()
        search.index(person)
        activity.record("person.closed", on=person, by=by, at=at)


@transaction.atomic
def reopen(person, *, by, at):
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        person.refresh_from_db()
        search.index(person)
        activity.record("person.reopened", on=person, by=by, at=at)
