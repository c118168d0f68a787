"""What every step of an import knows: its faults, its fields, and whom a file names."""

from metrics.services import drivers, kpis, names, versions
from prodops.models import User

TASK = "metrics.tasks.work_registry_import"
SAID = ("name", "meaning", "formula", "unit", "currency", "direction", "grain", "source")
GOVERNED = (*SAID, "definition", "sql")
OWN = ("tier", "owner", "team", "area", "freshness_hours", "freshness_error_hours", "dimensions", "aliases")
FAULTS = (
    *(kpis.NorthStarTaken, kpis.NeedsProposal, kpis.WrongStatus, names.NameTaken),
    *(versions.Refused, drivers.Circle, drivers.Refused),
)


class NotStaged(Exception):
    """The import has begun already, or is over."""


class NotUndoable(Exception):
    """It is too late, or there is nothing to take back."""


def resolved(comparison, said):
    """People, teams and areas by the names that a file has for them; what is not known here is left out."""
    found: dict = {}
    for name in ("owner", "team", "area"):
        if name not in said:
            continue
        value = said.pop(name)
        known = comparison.known(name, value)
        if known == "":
            found[name] = None
        elif known is not None:
            found[name] = User.objects.get(pk=known) if name == "owner" else known
    return found
