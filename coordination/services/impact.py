"""Keeping the counts that lists sort by true."""

from django.db import connection

# Each account once in each request and all that was joined with it; amounts at par, for sorting only.
RECOUNT = """
WITH wanted AS (SELECT id FROM coordination_request {which}),
parts AS (
  SELECT id AS voiced_in, id AS counted_in FROM wanted
  UNION ALL SELECT r.id, r.root_id FROM coordination_request r JOIN wanted ON r.root_id = wanted.id),
voices AS (
  SELECT p.counted_in, v.account_id, max(a.arr) AS arr, max(v.revenue) AS stake
  FROM parts p
  JOIN coordination_voice v ON v.request_id = p.voiced_in
  JOIN prodops_customeraccount a ON a.id = v.account_id
  GROUP BY p.counted_in, v.account_id),
counts AS (
  SELECT w.id, count(v.account_id) AS accounts,
    coalesce(sum(v.arr), 0) AS arr, coalesce(sum(v.stake), 0) AS stake
  FROM wanted w LEFT JOIN voices v ON v.counted_in = w.id GROUP BY w.id)
UPDATE coordination_request r SET accounts_count = c.accounts, arr_total = c.arr, stake_total = c.stake
FROM counts c
WHERE r.id = c.id
  AND (r.accounts_count, r.arr_total, r.stake_total) IS DISTINCT FROM (c.accounts, c.arr, c.stake)
"""


def recount(*request_ids):
    """Count again the impact of these requests, in the caller's transaction."""
    _run("WHERE id = ANY(%s)", [[pk for pk in request_ids if pk]])


def recount_all():
    """The same for every request: accounts' ARR changes without us."""
    _run("", [])


def _run(which, parameters):
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT.format(which=which), parameters)
