"""Whether the dashboards' links answer: asked by a schedule, noted, and told once where they do not."""

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from metrics.formats import hosts
from metrics.models import CheckedHost, Dashboard, LinkState
from metrics.sources import links
from prodops import activity, jobs

TELL_AFTER = 2  # failed checks in a row: one may have been a restart


class NotAHost(Exception):
    """What was typed is not the name of a host."""


def listed():
    """The hosts that may be called: those of the setting, and those that product ops added."""
    return [*settings.LINK_CHECK_HOSTS, *CheckedHost.objects.values_list("host", flat=True)]


def unlisted():
    """[(host, how many links)] of the catalogue's hosts that are not on the list, most links first."""
    entries = listed()
    counts: Counter[str] = Counter()
    for url in Dashboard.objects.active().links().values_list("url", flat=True):
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or hosts.PORTS.get(parts.scheme, 0)
        if not hosts.covers(entries, host, port):
            counts[host] += 1
    return counts.most_common(20)


@transaction.atomic
def allow(text, *, by, at):
    """Let links of this host be checked; gives the row, made or found."""
    try:
        host = hosts.read_entry(text)
    except hosts.NotAHost as error:
        raise NotAHost(str(error)) from error
    row, made = CheckedHost.objects.get_or_create(host=host, defaults={"added_by": by, "added_at": at})
    if made:
        activity.record("checked_host.added", on=row, by=by, at=at)
    return row


@transaction.atomic
def disallow(row, *, by, at):
    """Call this host no more."""
    activity.record("checked_host.removed", on=row, by=by, at=at)
    row.delete()


def check_soon(dashboard):
    """Have a worker ask this link."""
    jobs.enqueue("metrics.tasks.check_some_links", dashboard_ids=[dashboard.pk])


def check(dashboard_id, *, entries=None, at):
    """Ask one dashboard's link and note what it answers; gives the `LinkState`, None if there is none.

    The link is asked outside the transaction. What was noted meanwhile, or a link that was changed, wins.
    """
    dashboard = Dashboard.objects.active().links().filter(pk=dashboard_id).first()
    if dashboard is None:
        return None
    entries = listed() if entries is None else entries
    try:
        answer = links.ask(dashboard.url, allowed=lambda host, port: hosts.covers(entries, host, port))
        state = LinkState.ANSWERS if answer.works else LinkState.BROKEN
        words = answer.words
    except links.NotAllowed as error:
        state, words = LinkState.UNCHECKED, str(error)
    except links.Unreachable as error:
        state, words = LinkState.BROKEN, str(error)
    _note(dashboard, state, words, at)
    return state


@transaction.atomic
def _note(seen, state, words, at):
    free = Dashboard.objects.select_for_update().filter(pk=seen.pk, url=seen.url)
    dashboard = free.filter(link_checked_at=seen.link_checked_at).first()
    if dashboard is None:
        return
    before, failures = dashboard.link_state, dashboard.link_failures
    dashboard.link_words, dashboard.link_checked_at = words[:300], at
    dashboard.link_failures = min(failures + 1, 30_000) if state == LinkState.BROKEN else 0
    if before != state or dashboard.link_since is None:
        dashboard.link_state, dashboard.link_since = state, at
    dashboard.save()
    if dashboard.link_failures == TELL_AFTER:
        activity.record("dashboard.link_broken", on=dashboard, by=None, at=at, data={"words": words})
    elif state == LinkState.ANSWERS and failures >= TELL_AFTER:
        activity.record("dashboard.link_mended", on=dashboard, by=None, at=at, data={"words": words})
