"""Incidents: opened and joined by the checks or by people, answered by people, each move once."""

import datetime as dt
from collections import defaultdict

from django.db import IntegrityError, transaction
from django.db.models import Max, Min

from metrics.models import (
    CHECKED,
    INCIDENT_MOVES,
    Cause,
    Flag,
    FlagKind,
    FlagState,
    Incident,
    IncidentState,
    Way,
)
from metrics.services import reviews
from metrics.stats import severity
from prodops import activity

GAPS = (FlagKind.LATE, FlagKind.MISSING, FlagKind.FLAT_LINE, *CHECKED)
GONE = "What the checks had found is no longer there: the values have come or were corrected."
EXPLAINED = "What the checks had found is explained by what is noted of those days."
UNANSWERED = {"resolved_at": None, "resolved_by": None, "cause": "", "comment": ""}


class Overtaken(Exception):
    """Somebody was quicker."""


class CauseMissing(Exception):
    """An incident is resolved with what it turned out to be."""


class NotPossible(Exception):
    """The move makes no sense with what was said."""


class AlreadyOpen(Exception):
    """There is an open incident of this KPI and way; `incident` is that one."""

    def __init__(self, incident):
        super().__init__("There is an open incident of this kind already: this is it.")
        self.incident = incident


def way_of(flag):
    """Which way the series has gone, by what was found."""
    if flag.kind in GAPS or flag.value is None:
        return Way.DATA
    if flag.kind in (FlagKind.SPIKE, FlagKind.DIP):
        return Way.UP if flag.kind == FlagKind.SPIKE else Way.DOWN
    expected = flag.value if flag.expected is None else flag.expected
    return Way.UP if flag.value >= expected else Way.DOWN


# --- what the checks do ------------------------------------------------------------------------------------


def place(kpi, flags, *, at):
    """Give each flag its incident before it is saved: the open one of its way, or a new one.

    Gives {incident: its flags}. Called in the transaction of the check; `tell` follows once they are saved.
    """
    by_way = defaultdict(list)
    for flag in flags:
        by_way[way_of(flag)].append(flag)
    placed = {}
    standing = {one.way: one for one in Incident.objects.open().filter(kpi=kpi)} if by_way else {}
    for way, those in by_way.items():
        incident = standing.get(way) or _cleared_before(those)
        if incident is None:
            first, last = min(flag.period for flag in those), max(flag.period for flag in those)
            incident = Incident.objects.create(
                kpi=kpi, way=way, window_from=first, window_to=last, opened_at=at
            )
            incident.fresh = True
        for flag in those:
            flag.incident = incident
        placed[incident] = those
    return placed


def _cleared_before(flags):
    """The incident that the checks themselves had resolved when these flags went, new again."""
    for flag in flags:
        incident = flag.incident
        if incident and not incident.is_open and incident.resolved_by_id is None:
            _move(incident, IncidentState.NEW, assignee=None, snoozed_until=None, **UNANSWERED)
            return incident
    return None


def tell(incident, flags, *, at):
    """Bring an incident in line with its flags, newly saved ones among them, and say that there is news."""
    _follow(incident, at=at)
    fresh = incident.fresh
    newest = max(flags, key=lambda flag: flag.period)
    data = _about(incident) | {"flags": [flag.pk for flag in flags], "said": newest.in_words()}
    activity.record("incident.opened" if fresh else "incident.grew", on=incident, by=None, at=at, data=data)


def grow(flag, *, at):
    """A flag has grown: its incident says so, and asks again where somebody had resolved it."""
    incident = flag.incident
    incident.kpi = flag.kpi
    if not incident.is_open:
        newer = Incident.objects.open().filter(kpi=incident.kpi_id, way=incident.way).first()
        if newer is not None:
            Flag.objects.filter(pk=flag.pk).update(incident=newer)
            newer.kpi, incident = flag.kpi, newer
        else:
            _move(incident, IncidentState.NEW, assignee=None, snoozed_until=None, **UNANSWERED)
    tell(incident, [flag], at=at)


def settle(incident_ids, *, at, cause=Cause.PIPELINE):
    """Resolve those incidents of the checks of which nothing is left; bring the others in line."""
    for incident in Incident.objects.open().filter(pk__in=incident_ids).select_related("kpi"):
        if incident.opened_by_id or incident.flags.filter(state=FlagState.FOUND).exists():
            _follow(incident, at=at)
            continue
        late = incident.flags.filter(kind=FlagKind.LATE).exists()
        said = {
            "cause": Cause.MISSING_DATA if late else cause,
            "comment": EXPLAINED if cause == Cause.REAL_CHANGE and not late else GONE,
        }
        _move(incident, IncidentState.RESOLVED, resolved_at=at, snoozed_until=None, **said)
        activity.record("incident.cleared", on=incident, by=None, at=at, data=_about(incident))


def extend(kpi_windows):
    """Let the windows of incidents that go on reach to the last checked period: {kpi id: period}."""
    lasting = (FlagKind.LEVEL_SHIFT, FlagKind.TREND_CHANGE, FlagKind.VARIANCE_CHANGE, FlagKind.FLAT_LINE)
    going_on = (
        Incident.objects.open()
        .filter(kpi__in=kpi_windows, window_by=None, flags__kind__in=lasting, flags__state=FlagState.FOUND)
        .distinct()
    )
    longer = []
    for incident in going_on:
        if kpi_windows[incident.kpi_id] > incident.window_to:
            incident.window_to = kpi_windows[incident.kpi_id]
            longer.append(incident)
    Incident.objects.bulk_update(longer, ["window_to"])


def _follow(incident, *, at):
    """Severity and window by the flags, unless somebody has set them; decisions come up again."""
    flags = incident.flags.filter(state=FlagState.FOUND)
    changes: dict = {}
    if not incident.window_by_id:
        span = flags.aggregate(first=Min("period"), last=Max("period"))
        if span["first"]:
            changes |= {
                "window_from": min(span["first"], incident.window_from)
                if incident.opened_by_id
                else span["first"],
                "window_to": max(span["last"], incident.window_to),
            }
    if not incident.severity_by_id and not incident.opened_by_id:
        grades = [severity.severity(flag.kind, flag.score, flag.value, flag.expected) for flag in flags]
        if grades:
            changes["severity"] = max(grades)
    if changes:
        Incident.objects.filter(pk=incident.pk).update(**changes)
        for name, value in changes.items():
            setattr(incident, name, value)
    reviews.open_for_incident(incident, at=at)


# --- what people do ----------------------------------------------------------------------------------------


@transaction.atomic
def report(kpi, *, way, what, severity, window_from, window_to, by, at):
    """Open an incident that a person has seen and the checks have not."""
    if not what.strip():
        raise NotPossible("Say what is wrong: whoever looks after it begins with that.")
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                kpi=kpi,
                way=way,
                what=what.strip()[:500],
                severity=severity,
                severity_by=by,
                window_from=window_from,
                window_to=window_to,
                window_by=by,
                opened_at=at,
                opened_by=by,
            )
    except IntegrityError as error:
        standing = Incident.objects.open().filter(kpi=kpi, way=way).first()
        if "incident_one_open" not in str(error) or standing is None:
            raise
        raise AlreadyOpen(standing) from error
    data = _about(incident) | {"flags": [], "said": incident.what}
    activity.record("incident.opened", on=incident, by=by, at=at, data=data)
    reviews.open_for_incident(incident, at=at)
    return incident


@transaction.atomic
def acknowledge(incident, *, by, at):
    """Say that somebody has seen it."""
    _move(incident, IncidentState.ACKNOWLEDGED, assignee=None)
    activity.record("incident.acknowledged", on=incident, by=by, at=at, data=_about(incident))


@transaction.atomic
def assign(incident, *, to, by, at):
    """Give it to somebody, who is told; from one to another too."""
    if not to.is_active:
        raise NotPossible(f"{to}’s account is closed. Choose somebody else.")
    if incident.state == IncidentState.ASSIGNED:
        if incident.assignee_id == to.pk:
            raise NotPossible(f"{to} has it already.")
        free = Incident.objects.filter(pk=incident.pk, state=incident.state, assignee=incident.assignee_id)
        if not free.update(assignee=to):
            raise Overtaken("Somebody was quicker. Look at the incident again.")
        incident.assignee = to
    else:
        _move(incident, IncidentState.ASSIGNED, assignee=to)
    data = _about(incident) | {"to": to.pk, "who": to.name}
    activity.record("incident.assigned", on=incident, by=by, at=at, data=data)


@transaction.atomic
def resolve(incident, *, cause, comment="", by, at):
    """Say what it turned out to be. A false positive makes the checks of this KPI less sensitive."""
    from metrics.services import sensitivity

    if cause not in Cause.values:
        raise CauseMissing("Say what it turned out to be.")
    comment = comment.strip()[:1000]
    if cause == Cause.OTHER and not comment:
        raise CauseMissing("Say in a few words what it was, since no cause of the list fits.")
    _move(
        incident,
        IncidentState.RESOLVED,
        **{"resolved_at": at, "resolved_by": by, "cause": cause, "comment": comment, "snoozed_until": None},
    )
    data = _about(incident) | {"cause": Cause(cause).label.lower(), "comment": comment}
    activity.record("incident.resolved", on=incident, by=by, at=at, data=data)
    sensitivity.learn(incident, by=by, at=at)


@transaction.atomic
def reopen(incident, *, by, at):
    """Take the answer back: the same incident is new again, and what was learnt from it is unlearnt."""
    from metrics.services import sensitivity

    if incident.state != IncidentState.RESOLVED:
        raise Overtaken("This incident is open already.")
    try:
        with transaction.atomic():
            _move(incident, IncidentState.NEW, assignee=None, snoozed_until=None, **UNANSWERED)
    except IntegrityError as error:
        raise NotPossible(
            "There is a newer open incident of the same kind on this KPI. Work on that one."
        ) from error
    activity.record("incident.reopened", on=incident, by=by, at=at, data=_about(incident))
    sensitivity.unlearn(incident, by=by, at=at)
    reviews.open_for_incident(incident, at=at)


@transaction.atomic
def snooze(incident, *, until, by, at):
    """Put it off: it asks nobody until then. The quarantine stays."""
    if until <= at:
        raise NotPossible("Choose a day that is still to come.")
    if not Incident.objects.open().filter(pk=incident.pk).update(snoozed_until=until):
        raise Overtaken("This incident is resolved already.")
    incident.snoozed_until = until
    data = _about(incident) | {"until": until.isoformat(), "day": f"{until:%-d %b %Y}"}
    activity.record("incident.snoozed", on=incident, by=by, at=at, data=data)


@transaction.atomic
def wake(incident, *, by, at):
    """Let it ask again before its time."""
    if not Incident.objects.filter(pk=incident.pk, snoozed_until__gt=at).update(snoozed_until=None):
        raise Overtaken("This incident is not put off any more.")
    incident.snoozed_until = None
    activity.record("incident.woken", on=incident, by=by, at=at, data=_about(incident))


@transaction.atomic
def grade(incident, *, severity, by, at):
    """Set the severity by hand; it no longer follows the flags."""
    before = incident.get_severity_display()
    if not Incident.objects.open().filter(pk=incident.pk).update(severity=severity, severity_by=by):
        raise Overtaken("This incident is resolved. Reopen it first.")
    incident.severity, incident.severity_by = severity, by
    data = _about(incident) | {"before": before.lower(), "after": incident.get_severity_display().lower()}
    activity.record("incident.graded", on=incident, by=by, at=at, data=data)
    reviews.open_for_incident(incident, at=at)


@transaction.atomic
def set_window(incident, *, first, last, by, at):
    """Say which periods are affected; decisions already made on them are opened for another look."""
    if first > last:
        raise NotPossible("The window ends before it begins.")
    fields = {"window_from": first, "window_to": last, "window_by": by}
    if not Incident.objects.open().filter(pk=incident.pk).update(**fields):
        raise Overtaken("This incident is resolved. Reopen it first.")
    for name, value in fields.items():
        setattr(incident, name, value)
    data = _about(incident) | {"window": incident.window_in_words()}
    activity.record("incident.window_set", on=incident, by=by, at=at, data=data)
    reviews.open_for_incident(incident, at=at)


BEFORE = ("state", "assignee_id", "snoozed_until", "resolved_at", "resolved_by_id", "cause", "comment")


def standing(incident):
    """What `restore` needs to bring the incident back to where it is now. JSON."""
    kept = {name: getattr(incident, name) for name in BEFORE}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in kept.items()
    }


@transaction.atomic
def restore(incident, before, after, *, by, at):
    """Undo a move: back to `before`, if nothing has happened to it since `after` (both of `standing`)."""
    from metrics.services import sensitivity

    locked = Incident.objects.select_for_update().get(pk=incident.pk)
    if standing(locked) != after:
        raise Overtaken("Somebody has moved this incident since. It stays as it is.")
    times = ("snoozed_until", "resolved_at")
    fields = {
        name: dt.datetime.fromisoformat(value) if name in times and value else value
        for name, value in before.items()
    }
    try:
        with transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(**fields)
    except IntegrityError as error:
        raise NotPossible("There is a newer open incident of the same kind on this KPI.") from error
    incident.refresh_from_db(fields=list(fields))
    activity.record("incident.restored", on=incident, by=by, at=at, data=_about(incident))
    if after["state"] == IncidentState.RESOLVED and before["state"] != IncidentState.RESOLVED:
        sensitivity.unlearn(incident, by=by, at=at)


def _move(incident, state, **fields):
    sources = [source for source, targets in INCIDENT_MOVES.items() if state in targets]
    if not Incident.objects.filter(pk=incident.pk, state__in=sources).update(state=state, **fields):
        raise Overtaken("Somebody was quicker. Look at the incident again.")
    for name, value in {"state": state, **fields}.items():
        setattr(incident, name, value)


def _about(incident):
    return {"kpi": incident.kpi_id, "severity": incident.severity, "way": incident.way}
