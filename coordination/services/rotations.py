"""People who take turns."""

from django.db import transaction

from coordination.models import Rotation, RotationMember, RotationTurn, monday_of
from prodops import activity
from prodops.models import User
from prodops.services import slugs


def next_in_turn(rotation, *, day):
    """Who gets the next thing: the member after whoever got the last, away and closed accounts passed over.

    Call it inside a transaction: the rotation is locked until that ends, so that two things that come in
    at once go to two people. None where everybody is away.
    """
    held = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation.pk)
    order = list(held.members.order_by("position").values_list("user", flat=True))
    here = {user.pk: user for user in User.objects.at_work(day).filter(pk__in=order)}
    start = order.index(held.last_given_id) + 1 if held.last_given_id in order else 0
    found = next((pk for pk in order[start:] + order[:start] if pk in here), None)
    if found is None:
        return None
    Rotation.objects.filter(pk=held.pk).update(last_given=found)
    return here[found]


@transaction.atomic
def save(rotation, *, members, by, at):
    """Write the rotation with these people, in this order."""
    new = rotation.pk is None
    if new:
        rotation.slug = slugs.unused(Rotation, rotation.name)
        rotation.first_week = monday_of(rotation.first_week)
    if rotation.inbox:
        Rotation.objects.exclude(pk=rotation.pk).filter(inbox=True).update(inbox=False)
    rotation.save()
    rotation.members.all().delete()
    RotationMember.objects.bulk_create(
        RotationMember(rotation=rotation, user=user, position=place) for place, user in enumerate(members)
    )
    activity.record("rotation.created" if new else "rotation.changed", on=rotation, by=by, at=at)
    return rotation


@transaction.atomic
def take_week(rotation, user, *, week, by, at):
    """`user` looks after it in the week of the Monday `week`, whoever's turn it is; None gives it back."""
    held = rotation.turns.filter(week=week)
    if user is None:
        held.delete()
    else:
        RotationTurn.objects.update_or_create(rotation=rotation, week=week, defaults={"user": user})
    data = {"week": week.isoformat(), "person": user.name if user else "the order again"}
    activity.record("rotation.week_taken", on=rotation, by=by, at=at, data=data)


@transaction.atomic
def delete(rotation, *, by, at):
    """Take the rotation away; the caller has seen that no rule uses it."""
    activity.record("rotation.deleted", on=rotation, by=by, at=at)
    rotation.delete()
