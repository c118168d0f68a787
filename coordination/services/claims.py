"""Who is on a request just now: whoever opens it in triage first, for ten minutes or until they go on."""

import datetime as dt

from django.db import connection

from coordination.models import Claim

LASTS = dt.timedelta(minutes=10)

# One statement: what the person had open before is free again, and the request is theirs unless another
# has it and that has not run out.
_CLAIM = """
WITH left_behind AS (DELETE FROM coordination_claim WHERE user_id = %(user)s AND request_id <> %(request)s)
INSERT INTO coordination_claim AS c (request_id, user_id, since, until)
VALUES (%(request)s, %(user)s, %(at)s, %(until)s)
ON CONFLICT (request_id) DO UPDATE SET
  user_id = excluded.user_id, until = excluded.until,
  since = CASE WHEN c.user_id = excluded.user_id AND c.until > excluded.since
    THEN c.since ELSE excluded.since END
WHERE c.user_id = excluded.user_id OR c.until <= excluded.since OR %(over)s
RETURNING user_id
"""


def claim(request, *, by, at, over=False):
    """Say that `by` is on the request. False if somebody else is; `over` takes it from them."""
    values = {"request": request.pk, "user": by.pk, "at": at, "until": at + LASTS, "over": over}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return cursor.fetchone() is not None


def who_is_on(request):
    """The name of whoever is on the request, or "somebody" where they have just gone on."""
    return Claim.objects.filter(request=request).values_list("user__name", flat=True).first() or "Somebody"
