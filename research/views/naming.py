"""What people of the panel are called before whom."""

from prodops.access import Can, allowed


def name_of(user):
    """A function from a participant to their name, or to their alias where the name is not for `user`."""
    if allowed(user, Can.PARTICIPANT_CONTACT):
        return lambda participant: participant.name
    return lambda participant: participant.alias


def recruit_name_of(user):
    """The same for recruits and incentives (with `session` loaded), of a study that `user` may read.

    Whoever has booked is named: a session bears its participant's name, and somebody has to greet them.
    """
    of = name_of(user)
    return lambda one: one.participant.name if _met(one) else of(one.participant)


def _met(one):
    return one.session is not None and one.session.withdrawn_at is None
