"""Entering exchange rates, and keeping what accounts were worth on a day."""

from django.db import connection, transaction

from prodops import activity
from prodops.models import ExchangeRate


@transaction.atomic
def enter(given, *, by, at):
    """Write down rates (`money.Given`); one of the same currency and day is replaced. Returns how many."""
    for one in given:
        rate, _ = ExchangeRate.objects.update_or_create(
            currency=one.currency,
            on=one.on,
            defaults={"rate": one.rate, "entered_by": by, "entered_at": at},
        )
    if given:  # one event for all: who hears of it counts everything again
        data = {"rates": [[one.currency, one.on.isoformat(), str(one.rate)] for one in given[:200]]}
        activity.record("rate.entered", on=rate, by=by, at=at, data=data)
    return len(given)


@transaction.atomic
def remove(rate, *, by, at):
    """Take a rate back: the one before it counts again."""
    data = {"rates": [[rate.currency, rate.on.isoformat(), str(rate.rate)]]}
    activity.record("rate.removed", on=rate, by=by, at=at, data=data)
    rate.delete()


_KEEP = """
INSERT INTO prodops_accountfigures (account_id, "on", arr, currency, tier, segment)
SELECT a.id, %s, a.arr, a.currency, a.tier, a.segment
FROM prodops_customeraccount a
LEFT JOIN LATERAL (
  SELECT f.arr, f.currency, f.tier, f.segment FROM prodops_accountfigures f
  WHERE f.account_id = a.id ORDER BY f."on" DESC LIMIT 1) last ON true
WHERE (last.currency IS NULL
  OR (last.arr, last.currency, last.tier, last.segment)
    IS DISTINCT FROM (a.arr, a.currency, a.tier, a.segment)) {which}
ON CONFLICT (account_id, "on") DO UPDATE SET arr = excluded.arr, currency = excluded.currency,
  tier = excluded.tier, segment = excluded.segment
"""


def keep_figures(*, today, account=None):
    """Write down what accounts (or one) are worth from `today`, where that is not what was written last.

    Reports as of a day read it. Imports change accounts without us, hence the daily run over all.
    """
    with connection.cursor() as cursor:
        which, more = ("AND a.id = %s", [account.pk]) if account else ("", [])
        cursor.execute(_KEEP.format(which=which), [today, *more])
        return cursor.rowcount
