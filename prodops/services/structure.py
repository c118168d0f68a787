"""Teams, product areas and customer accounts."""

from django.db import transaction

from prodops import activity, search
from prodops.clock import company_day
from prodops.models import CustomerAccount, Membership, ProductArea, Team
from prodops.services import rates, slugs


class Refused(Exception):
    """The change makes no sense; the words say why and what to do."""


@transaction.atomic
def create_team(name, *, by, at):
    team = Team.objects.create(name=name, slug=slugs.unused(Team, name))
    search.index(team)
    activity.record("team.created", on=team, by=by, at=at)
    return team


@transaction.atomic
def set_member(team, person, level, *, by, at):
    """Put `person` into `team` with `level`, or change the level they have."""
    Membership.objects.update_or_create(team=team, user=person, defaults={"level": level})
    activity.record("team.member_set", on=team, by=by, at=at, data={"person": person.pk, "level": level})


@transaction.atomic
def remove_member(team, person, *, by, at):
    removed, _ = Membership.objects.filter(team=team, user=person).delete()
    if removed:
        activity.record("team.member_removed", on=team, by=by, at=at, data={"person": person.pk})


@transaction.atomic
def save_area(area, *, by, at):
    """Create or change a product area; raises `Refused` where it would be part of itself."""
    ancestor, seen = area.parent, set()
    while ancestor is not None and ancestor.pk not in seen:
        if area.pk and ancestor.pk == area.pk:
            raise Refused(f"{area.name} can't be part of {area.parent.name}, which is part of it.")
        seen.add(ancestor.pk)
        ancestor = ProductArea.objects.select_related("parent").get(pk=ancestor.pk).parent
    created = area.pk is None
    area.slug = area.slug or slugs.unused(ProductArea, area.name)
    area.save()
    search.index(area)
    activity.record("area.created" if created else "area.changed", on=area, by=by, at=at)
    return area


@transaction.atomic
def save_account(account, *, by, at):
    """Create or change a customer account; raises `Refused` where it would be part of itself."""
    created = account.pk is None
    if account.pk and account.parent_id:
        above = CustomerAccount.objects.ancestors_of([account.parent_id]).get(account.parent_id, [])
        if account.pk in (account.parent_id, *above):
            raise Refused(f"{account.name} can't be part of {account.parent.name}, which is part of it.")
    account.slug = account.slug or slugs.unused(CustomerAccount, account.name)
    account.save()
    rates.keep_figures(today=company_day(at), account=account)
    search.index(account)
    activity.record("account.created" if created else "account.changed", on=account, by=by, at=at)
    return account
