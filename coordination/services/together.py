"""Merges change many requests at once: while one is under way, nothing else decides.

What changes one request (and the news of what was joined with it) goes beside its like; a merge and an
unmerge go alone. So no circle of merges can close unseen, and none of them waits for another's rows: whoever
changes requests asks here before the first of them is locked.
"""

from django.db import connection

_LOCK = 5_310_026  # of this database: any number that no other advisory lock has


def alone_or_beside(*, alone=False):
    """Wait until nothing else merges (`alone`: until nothing else decides), up to the transaction's end."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])
