"""Names of KPIs: one meaning each, whoever writes at the same moment."""

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from metrics.models import Kpi, KpiAlias

_LOCK = 5_117_001  # any number that no other advisory lock has


class NameTaken(Exception):
    """Another KPI in use is called so."""


def claim(*wanted, kpi=None):
    """Make sure, until the transaction ends, that no KPI in use but `kpi` has one of these names.

    Raises `NameTaken`. Names and aliases live in two tables, so no constraint can say this.
    """
    lowered = [name.strip().lower() for name in wanted]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    taken = holder_of(lowered, kpi)
    if taken:
        raise NameTaken(taken)
    if len(set(lowered)) < len(lowered):
        raise NameTaken("One of the names is there twice.")


def holder_of(lowered, kpi=None):
    """Words saying who has one of these names, or "". `lowered` are names in small letters."""
    others = Kpi.objects.live().exclude(pk=kpi.pk if kpi else None)
    named = others.annotate(small=Lower("name")).filter(small__in=lowered).first()
    if named:
        return f"“{named}” is defined already. Use it, or say in the name what is different."
    aliases = KpiAlias.objects.filter(~Q(kpi=kpi) if kpi else Q(), in_use=True).annotate(small=Lower("name"))
    alias = aliases.filter(small__in=lowered).select_related("kpi").first()
    return f"“{alias}” is another name of “{alias.kpi}”. Choose a different one." if alias else ""
