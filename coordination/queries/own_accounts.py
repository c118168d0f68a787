"""Whose accounts a person looks after, to be added to a request in one click."""

from coordination.models import State
from prodops.models import CustomerAccount

OFFERED = 4


def own_accounts(request, voices, *, user):
    """The accounts that `user` owns and that none of `voices` names, the largest first."""
    if request.state == State.MERGED:
        return []
    there = {voice.account_id for voice in voices}
    mine = CustomerAccount.objects.visible_to(user).filter(owner=user).order_by("-arr", "name")
    return [one for one in mine.only("slug", "name")[: OFFERED + len(there)] if one.pk not in there][:OFFERED]
