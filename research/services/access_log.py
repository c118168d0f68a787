"""Writing down who reads what is not for everybody: one row a person, thing and day, by one statement.

What is not for everybody is the material of a restricted study, and of any study raw recordings and how
participants can be reached.
"""

from django.db import connection

from prodops.clock import company_day
from research.models import Accessed, Visibility

_NOTE = """
INSERT INTO research_accessrecord (study_id, session_pk, user_id, what, day, times, first_at, last_at)
SELECT study, session, %s, %s, %s, 1, %s, %s FROM unnest(%s::bigint[], %s::bigint[]) AS seen (study, session)
ON CONFLICT (study_id, session_pk, user_id, what, day)
DO UPDATE SET times = research_accessrecord.times + 1, last_at = excluded.last_at
"""


def note(user, what, pairs, *, at):
    """Write that `user` did `what` (an `Accessed`) with each (study id, session id or 0) of `pairs`."""
    pairs = sorted(set(pairs))
    if pairs:
        studies, sessions = ([pair[n] for pair in pairs] for n in (0, 1))
        with connection.cursor() as cursor:
            values = [user.pk, Accessed(what).value, company_day(at), at, at, studies, sessions]
            cursor.execute(_NOTE, values)


def study(user, what, study, *, at):
    """The same of a study that is loaded, if it is restricted."""
    if study.is_restricted:
        note(user, what, [(study.pk, 0)], at=at)


def sessions(user, what, sessions, *, at):
    """The same of sessions whose studies are loaded, of those that are restricted."""
    note(user, what, [(one.study_id, one.pk) for one in sessions if one.study.is_restricted], at=at)


def exported(user, queryset, path, *, at):
    """Of an export of `queryset`, whose rows hang on the study at `path` ("session__study"; "" is itself)."""
    start = f"{path}__" if path else ""
    restricted = queryset.exclude(**{f"{start}visibility": Visibility.WORKSPACE}).order_by()
    ids = restricted.values_list(path or "pk", flat=True).distinct()
    note(user, Accessed.EXPORTED, [(pk, 0) for pk in ids], at=at)
