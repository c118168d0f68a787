"""The catalogue: add, edit, verify, call stale, archive; and counting who opens what."""

import datetime as dt

from django.db import connection, transaction

from metrics.models import Dashboard, DashboardKind, DashboardKpi, DashboardState, LinkState
from metrics.models.dashboard import OWN_TOOL, REMIND_BEFORE
from prodops import activity, search

FIELDS = (
    *("name", "purpose", "url", "tool", "owner", "team", "audience", "roles"),
    *("access", "how_to_ask", "review_days", "range"),
)
MATTER = ("name", "purpose", "url")  # with the KPIs: what a verification vouches for
MOST_KPIS = 50


class Refused(Exception):
    """The verb does not fit the dashboard's state; the words say why."""


@transaction.atomic
def add(*, kind, by, at, kpis=(), teams=(), **fields):
    """Take a dashboard into the catalogue, or begin a board. `fields` are those of `FIELDS`."""
    dashboard = Dashboard(kind=kind, added_by=by, added_at=at, **_known(fields))
    if dashboard.is_board:
        dashboard.tool, dashboard.url = OWN_TOOL, ""
    else:
        dashboard.tool = _as_written(dashboard.tool)
    dashboard.save()
    dashboard.teams.set(teams)
    DashboardKpi.objects.bulk_create(
        DashboardKpi(dashboard=dashboard, kpi=kpi, version_id=kpi.count_version_id) for kpi in kpis
    )
    activity.record("dashboard.added", on=dashboard, by=by, at=at)
    search.index(dashboard)
    return dashboard


@transaction.atomic
def edit(dashboard, *, by, at, teams=None, **fields):
    """Change an entry; gives the names of what changed.

    A verification ends with a change of what it vouched for, unless the one who verified changes it.
    """
    locked(dashboard)
    fields = _known(fields)
    if dashboard.is_board:
        fields = {name: value for name, value in fields.items() if name not in ("tool", "url")}
    elif "tool" in fields:
        fields["tool"] = _as_written(fields["tool"])
    changed = [name for name, value in fields.items() if getattr(dashboard, name) != value]
    for name in changed:
        setattr(dashboard, name, fields[name])
    if teams is not None and set(teams) != set(dashboard.teams.all()):
        dashboard.teams.set(teams)
        changed.append("teams")
    if not changed:
        return []
    if "url" in changed:
        forget_link(dashboard)
    if set(changed) & {*MATTER}:
        touched(dashboard, by=by)
    dashboard.save()
    said = ", ".join(name.replace("_", " ") for name in changed)
    activity.record("dashboard.edited", on=dashboard, by=by, at=at, data={"fields": changed, "said": said})
    search.index(dashboard)
    return changed


@transaction.atomic
def name_kpi(dashboard, kpi, *, by, at):
    """Say that a dashboard elsewhere shows this KPI, as it is counted now."""
    locked(dashboard)
    if dashboard.is_board:
        raise Refused("A board shows what its panels show. Add a panel instead.")
    there = dashboard.shown.values_list("kpi_id", flat=True)
    if kpi.pk in there:
        raise Refused(f"It names {kpi.name} already.")
    if len(there) >= MOST_KPIS:
        raise Refused(f"A dashboard names {MOST_KPIS} KPIs at most.")
    dashboard.shown.create(kpi=kpi, version_id=kpi.count_version_id)
    _renamed(dashboard, f"named {kpi.name} as shown", by, at)


@transaction.atomic
def unname_kpi(dashboard, kpi, *, by, at):
    """Say that a dashboard elsewhere shows this KPI no longer."""
    locked(dashboard)
    if dashboard.shown.filter(kpi=kpi).delete()[0]:
        _renamed(dashboard, f"named {kpi.name} no longer", by, at)


def _renamed(dashboard, said, by, at):
    touched(dashboard, by=by)
    dashboard.save()
    activity.record("dashboard.kpis_named", on=dashboard, by=by, at=at, data={"said": said})


@transaction.atomic
def verify(dashboard, *, by, at):
    """Say that it shows what it says and is worth reading; holds until its next review is due."""
    locked(dashboard)
    _must_be_in_use(dashboard)
    dashboard.verified_by, dashboard.verified_at = by, at
    dashboard.verified_until = at + dt.timedelta(days=dashboard.review_days)
    dashboard.reminded_at = dashboard.stale_by = dashboard.stale_at = None
    dashboard.stale_reason = ""
    dashboard.save()
    activity.record("dashboard.verified", on=dashboard, by=by, at=at)


@transaction.atomic
def call_stale(dashboard, *, reason, by, at):
    """Warn everybody off it, with the reason; whoever verifies it takes the warning away."""
    locked(dashboard)
    _must_be_in_use(dashboard)
    if not reason.strip():
        raise Refused("Say what is wrong with it: the next reader will want to know.")
    dashboard.stale_by, dashboard.stale_at = by, at
    dashboard.stale_reason = " ".join(reason.split())[:300]
    dashboard.save()
    data = {"reason": dashboard.stale_reason}
    activity.record("dashboard.called_stale", on=dashboard, by=by, at=at, data=data)


@transaction.atomic
def clear_stale(dashboard, *, by, at):
    """Take the warning back without vouching for it."""
    locked(dashboard)
    if dashboard.stale_at is None:
        raise Refused("It is not called stale any more.")
    dashboard.stale_by = dashboard.stale_at = None
    dashboard.stale_reason = ""
    dashboard.save()
    activity.record("dashboard.stale_cleared", on=dashboard, by=by, at=at)


@transaction.atomic
def archive(dashboard, *, by, at):
    """Take it off the list; its page, its panels and its history stay."""
    locked(dashboard)
    _must_be_in_use(dashboard)
    dashboard.state = DashboardState.ARCHIVED
    dashboard.archived_by, dashboard.archived_at = by, at
    dashboard.save()
    activity.record("dashboard.archived", on=dashboard, by=by, at=at)
    search.index(dashboard)


@transaction.atomic
def restore(dashboard, *, by, at):
    """Put an archived one back on the list."""
    locked(dashboard)
    if not dashboard.is_archived:
        raise Refused("It is in use already.")
    dashboard.state = DashboardState.ACTIVE
    dashboard.archived_by = dashboard.archived_at = None
    dashboard.save()
    activity.record("dashboard.restored", on=dashboard, by=by, at=at)
    search.index(dashboard)


def remind(*, at):
    """Ask owners to review what is verified for a few days more only; once a verification. Gives how many."""
    due = Dashboard.objects.active().filter(
        verified_until__lte=at + REMIND_BEFORE, reminded_at=None, owner__isnull=False
    )
    told = 0
    for dashboard in due.order_by("pk")[:500]:
        told += _remind(dashboard, at)
    return told


@transaction.atomic
def _remind(dashboard, at):
    free = Dashboard.objects.filter(
        pk=dashboard.pk, reminded_at=None, verified_until=dashboard.verified_until
    )
    if not free.update(reminded_at=at):
        return 0
    data = {"until": f"{dashboard.verified_until:%d %b %Y}"}
    activity.record("dashboard.review_due", on=dashboard, by=None, at=at, data=data)
    return 1


def count_use(dashboard, *, by, at):
    """Note that a person opened it; one row a person and day, however many at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_dashboarduse (dashboard_id, user_id, day, times) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (dashboard_id, day, user_id)"
            " DO UPDATE SET times = metrics_dashboarduse.times + 1",
            [dashboard.pk, by.pk, at.date()],
        )


def locked(dashboard):
    """Have the row to oneself until the transaction ends, as it is by now."""
    dashboard.refresh_from_db(from_queryset=Dashboard.objects.select_for_update())
    return dashboard


def touched(dashboard, *, by):
    """What a verification vouched for has changed: it ends, unless the one who gave it changed it."""
    if dashboard.verified_by_id not in (None, by.pk):
        dashboard.verified_by = dashboard.verified_at = dashboard.verified_until = None


def forget_link(dashboard):
    """A new address: what the checks found of the old one holds no longer."""
    dashboard.link_state, dashboard.link_words, dashboard.link_failures = LinkState.UNCHECKED, "", 0
    dashboard.link_since = dashboard.link_checked_at = None


def _must_be_in_use(dashboard):
    if dashboard.is_archived:
        raise Refused("It is archived. Restore it first.")


def _known(fields):
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"Not fields of a dashboard: {', '.join(sorted(unknown))}.")
    if "roles" in fields:
        fields["roles"] = sorted(fields["roles"])
    return fields


def _as_written(tool):
    """The tool's name as others have written it, so that the filter has it once."""
    tool = " ".join(tool.split())
    there = Dashboard.objects.filter(kind=DashboardKind.LINK, tool__iexact=tool).order_by("pk")
    return there.values_list("tool", flat=True).first() or tool
