"""Roles, and who works here."""

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
