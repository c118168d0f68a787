"""Whether somebody may be asked to take part: what bars them, and limits that roll with the days."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How somebody stands with us, the mildest first."""

    FREE = "free"
    COOLING = "cooling"
    DO_NOT_CONTACT = "do_not_contact"
    BLOCKLISTED = "blocklisted"
    OPTED_OUT = "opted_out"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.FREE: "Free",
    State.COOLING: "Cooling down",
    State.DO_NOT_CONTACT: "Do not contact",
    State.BLOCKLISTED: "Blocklisted",
    State.OPTED_OUT: "Opted out",
}
BARS = (State.OPTED_OUT, State.BLOCKLISTED, State.DO_NOT_CONTACT)  # the one that decides first
FINAL = (State.OPTED_OUT, State.BLOCKLISTED)  # no exception is made to these
NEVER = dt.date.max


class Limit(NamedTuple):
    """At most `most` within any `days` days; `most` None is no limit. `what` is in words, for many."""

    most: int | None
    days: int
    what: str


class Used(NamedTuple):
    """A limit, and the days on which something was counted against it: past, and booked ahead."""

    limit: Limit
    on: Iterable[dt.date]


class Contact(NamedTuple):
    """How somebody stands on a day.

    `until` is the first day on which they are free again, None where no day is known. `reasons` say why in
    words. `invites` and `sessions` were counted within the person's own windows; `account_left` is how many
    of their account may still be invited (None: any number). `overridden`: somebody made an exception.
    """

    state: State
    until: dt.date | None = None
    reasons: tuple[str, ...] = ()
    invites: int = 0
    sessions: int = 0
    account_left: int | None = None
    cools_after_invite: bool = False
    overridden: bool = False

    @property
    def askable(self) -> bool:
        return self.state == State.FREE or self.overridden

    @property
    def may_override(self) -> bool:
        return self.state in (State.COOLING, State.DO_NOT_CONTACT)

    @property
    def words(self) -> str:
        return "; ".join(self.reasons) or self.state.label


def counted(used: Used, today: dt.date) -> int:
    """How many count against the limit today: those of the last `days` days, and what is booked ahead."""
    since = today - dt.timedelta(days=used.limit.days)
    return sum(1 for day in used.on if day > since)


def free_on(used: Used, today: dt.date) -> dt.date:
    """The first day from `today` on which one more is within the limit; `NEVER` where `most` is 0.

    What was on day d counts on d and the days after it, `days` of them: on d + `days` no more.
    """
    limit = used.limit
    if limit.most is None or counted(used, today) < limit.most:
        return today
    if limit.most < 1:
        return NEVER
    return sorted(used.on, reverse=True)[limit.most - 1] + dt.timedelta(days=limit.days)


def contact(
    bars: dict[str, tuple[str, dt.date | None]],
    *,
    person_invites: Used,
    person_sessions: Used,
    account_invites: Used | None,
    account_sessions: Used | None,
    overridden: bool,
    today: dt.date,
) -> Contact:
    """The `Contact` of somebody. `bars` are those in force: {state: (why, last day or None)}.

    An exception (`overridden`) lets ask whoever cools down or is not to be contacted, never beyond.
    """
    limits = [used for used in (person_invites, person_sessions, account_invites, account_sessions) if used]
    full = [(free_on(used, today), used) for used in limits]
    full = [(day, used) for day, used in full if day > today]
    state, until, reasons = State.FREE, None, []
    if full:
        state, until = State.COOLING, max(day for day, _ in full)
        reasons = [f"{used.limit.what} within {used.limit.days} days" for _, used in full]
    for bar in reversed(BARS):
        if bar in bars:
            state = bar
            why, last = bars[bar]
            reasons = [f"{bar.label}: {why}" if why else bar.label, *reasons]
            ends = last + dt.timedelta(days=1) if last else None
            until = max(ends, until or ends) if ends else None
    invites, left = counted(person_invites, today), None
    if account_invites and account_invites.limit.most is not None:
        left = max(0, account_invites.limit.most - counted(account_invites, today))
    most = person_invites.limit.most
    return Contact(
        state=state,
        until=None if until == NEVER else until,
        reasons=tuple(reasons),
        invites=invites,
        sessions=counted(person_sessions, today),
        account_left=left,
        cools_after_invite=state == State.FREE and most is not None and invites + 1 >= most,
        overridden=overridden and state not in FINAL and state != State.FREE,
    )
