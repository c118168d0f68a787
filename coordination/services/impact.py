"""Keeping the counts that lists sort by true."""

from django.conf import settings
from django.db import connection

from . import revisits

# Each customer once in each request and all that was joined with it, in the company's currency. An account
# that belongs to one that asked too is counted with that; its ARR or amount only where that one's is not
# known. Where there is no rate, lists sort by the bare number and `arr_sure` leaves the amount out.
RECOUNT = """
WITH RECURSIVE up AS (
  SELECT id, parent_id AS ancestor FROM prodops_customeraccount WHERE parent_id IS NOT NULL
  UNION SELECT up.id, a.parent_id FROM up JOIN prodops_customeraccount a ON a.id = up.ancestor
  WHERE a.parent_id IS NOT NULL),
belongs AS (  -- of accounts that belong to each other the first stands for all
  SELECT id, ancestor FROM up WHERE id <> ancestor AND (id > ancestor
    OR NOT EXISTS (SELECT 1 FROM up back WHERE back.id = up.ancestor AND back.ancestor = up.id))),
rates AS (
  SELECT %s AS currency, 1::numeric AS rate UNION ALL (
  SELECT DISTINCT ON (currency) currency, rate FROM prodops_exchangerate WHERE currency <> %s
  ORDER BY currency, "on" DESC)),
wanted AS (SELECT id FROM coordination_request {which}),
parts AS (
  SELECT id AS voiced_in, id AS counted_in FROM wanted
  UNION ALL SELECT r.id, r.root_id FROM coordination_request r JOIN wanted ON r.root_id = wanted.id),
asked AS (
  SELECT p.counted_in, v.account_id, max(a.arr * coalesce(ar.rate, 1)) AS arr,
    max(a.arr * ar.rate) AS sure, max(v.revenue * coalesce(vr.rate, 1)) AS stake
  FROM parts p
  JOIN coordination_voice v ON v.request_id = p.voiced_in
  JOIN prodops_customeraccount a ON a.id = v.account_id
  LEFT JOIN rates ar ON ar.currency = a.currency
  LEFT JOIN rates vr ON vr.currency = v.currency
  GROUP BY p.counted_in, v.account_id),
covered AS (
  SELECT a.counted_in, a.account_id, bool_or(o.arr IS NOT NULL) AS arr, bool_or(o.stake IS NOT NULL) AS stake
  FROM asked a JOIN belongs b ON b.id = a.account_id
  JOIN asked o ON o.counted_in = a.counted_in AND o.account_id = b.ancestor
  GROUP BY a.counted_in, a.account_id),
counts AS (
  SELECT w.id, count(a.account_id) FILTER (WHERE c.account_id IS NULL) AS accounts,
    coalesce(sum(a.arr) FILTER (WHERE c.arr IS NOT TRUE), 0) AS arr,
    coalesce(sum(a.sure) FILTER (WHERE c.arr IS NOT TRUE), 0) AS sure,
    coalesce(sum(a.stake) FILTER (WHERE c.stake IS NOT TRUE), 0) AS stake
  FROM wanted w LEFT JOIN asked a ON a.counted_in = w.id
  LEFT JOIN covered c ON c.counted_in = a.counted_in AND c.account_id = a.account_id GROUP BY w.id)
UPDATE coordination_request r
SET accounts_count = c.accounts, arr_total = round(c.arr, 2), arr_sure = round(c.sure, 2),
  stake_total = round(c.stake, 2)
FROM counts c
WHERE r.id = c.id AND (r.accounts_count, r.arr_total, r.arr_sure, r.stake_total)
  IS DISTINCT FROM (c.accounts, round(c.arr, 2), round(c.sure, 2), round(c.stake, 2))
"""


def recount(*request_ids, at=None):
    """Count again the impact of these requests, in the caller's transaction.

    With `at`, declined ones that cross their threshold by it are asked again.
    """
    ids = [pk for pk in request_ids if pk]
    _run("WHERE id = ANY(%s)", [ids])
    if at:
        revisits.ask(at=at, among=ids)


def recount_all():
    """The same for every request: accounts' ARR changes without us. Call `revisits.ask` afterwards."""
    _run("", [])


def _run(which, parameters):
    company = settings.DEFAULT_CURRENCY
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT.format(which=which), [company, company, *parameters])
