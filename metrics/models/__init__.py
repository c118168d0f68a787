from .flag import Flag, FlagKind, FlagState, Watch
from .kpi import DEFINITION, Direction, Grain, Kpi, KpiStatus, KpiTier, Unit
from .series import ImportState, Point, Restatement, SeriesImport

__all__ = [
    "DEFINITION",
    "Direction",
    "Flag",
    "FlagKind",
    "FlagState",
    "Grain",
    "ImportState",
    "Kpi",
    "KpiStatus",
    "KpiTier",
    "Point",
    "Restatement",
    "SeriesImport",
    "Unit",
    "Watch",
]
