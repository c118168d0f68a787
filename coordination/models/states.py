"""The states of a request, what those who asked read of them, and how much it presses."""

from django.db import models


class WakeOn(models.TextChoices):
    """What brings a request back that was put off, before its time."""

    REPLY = "reply", "A reply"
    ACCOUNT = "account", "A new account"
    SHIPPED = "shipped", "What it is linked to ships"


class State(models.TextChoices):
    NEW = "new", "New"
    ACCEPTED = "accepted", "Accepted"
    PLANNED = "planned", "Planned"
    PROGRESS = "progress", "In progress"
    SHIPPED = "shipped", "Shipped"
    DECLINED = "declined", "Declined"
    MERGED = "merged", "Merged"


# What becomes of a request that is taken on, in order; it may go to and fro between these.
STEPS = (State.ACCEPTED, State.PLANNED, State.PROGRESS, State.SHIPPED)
TAKEN_ON = frozenset(STEPS)
DECIDED = TAKEN_ON | {State.DECLINED}

# From a state, the states a request may go to. A decision is changed by way of `new`, where the
# submitter hears of it; a merged request goes back to what it was before.
MOVES = {
    State.NEW: {State.ACCEPTED, State.DECLINED, State.MERGED},
    **{step: {*STEPS, State.NEW, State.MERGED} - {step} for step in STEPS},
    State.DECLINED: {State.NEW, State.MERGED},
    State.MERGED: {State.NEW, *DECIDED},
}


class RequesterState(models.TextChoices):
    """What those who asked read; only a change of this is told to them."""

    RECEIVED = "received", "Received"
    ACCEPTED = "accepted", "Accepted"
    WORKS = "works", "In the works"
    AVAILABLE = "available", "Available"
    DECLINED = "declined", "Declined"
    JOINED = "joined", "Joined with another"


# Fixed, not a setting: a change here would change, unsaid, what people were told of every request.
# Planned is not told: a plan moves, and what somebody was promised is kept by the promise register.
REQUESTER_STATES = {
    State.NEW: RequesterState.RECEIVED,
    State.ACCEPTED: RequesterState.ACCEPTED,
    State.PLANNED: RequesterState.ACCEPTED,
    State.PROGRESS: RequesterState.WORKS,
    State.SHIPPED: RequesterState.AVAILABLE,
    State.DECLINED: RequesterState.DECLINED,
    State.MERGED: RequesterState.JOINED,
}


def requester_state(state):
    """The `RequesterState` that stands for an internal state."""
    return REQUESTER_STATES[State(state)]


class Urgency(models.IntegerChoices):
    """Numbers, so that the database sorts by them: the most urgent first."""

    BLOCKER = 1, "Blocker"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"
    LOW = 4, "Low"
