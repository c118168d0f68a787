"""What people of the panel are called before whom."""

from prodops.access import Can, allowed


def name_of(user):
    """A function from a participant to their name, or to their alias where the name is not for `user`."""
    if allowed(user, Can.PARTICIPANT_CONTACT):
        return lambda participant: participant.name
    return lambda participant: participant.alias
