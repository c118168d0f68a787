from .check_ins import FIRST_CONFIDENCE, CheckIn
from .cycles import CYCLE_MOVES, DRAFTING, CycleGate, CycleState, GateItem, OkrCycle
from .documents import (
    DOCUMENT_MOVES,
    Document,
    DocumentState,
    DocumentTemplate,
    TemplateVersion,
    VersionState,
)
from .imports import OkrImport, OkrImportRow, OkrImportState
from .key_results import KEEPS, WAYS, KeyResult, Kind, Milestone, Source, Waiver
from .objectives import Alignment, AlignmentKind, Intent, Level, Objective, lock_alignments

__all__ = [
    "CYCLE_MOVES",
    "DOCUMENT_MOVES",
    "DRAFTING",
    "FIRST_CONFIDENCE",
    "KEEPS",
    "WAYS",
    "Alignment",
    "AlignmentKind",
    "CheckIn",
    "CycleGate",
    "CycleState",
    "Document",
    "DocumentState",
    "DocumentTemplate",
    "GateItem",
    "Intent",
    "KeyResult",
    "Kind",
    "Level",
    "Milestone",
    "Objective",
    "OkrCycle",
    "OkrImport",
    "OkrImportRow",
    "OkrImportState",
    "Source",
    "TemplateVersion",
    "VersionState",
    "Waiver",
    "lock_alignments",
]
