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
from .grading import Grade, Retrospective
from .imports import OkrImport, OkrImportRow, OkrImportState
from .key_results import KEEPS, WAYS, KeyResult, Kind, Milestone, Source, Waiver
from .meetings import AgendaItem, Decision, ReviewAction, ReviewMeeting
from .objectives import Alignment, AlignmentKind, Intent, Level, Objective, lock_alignments

__all__ = [
    "CYCLE_MOVES",
    "DOCUMENT_MOVES",
    "DRAFTING",
    "FIRST_CONFIDENCE",
    "KEEPS",
    "WAYS",
    "AgendaItem",
    "Alignment",
    "AlignmentKind",
    "CheckIn",
    "CycleGate",
    "CycleState",
    "Decision",
    "Document",
    "DocumentState",
    "DocumentTemplate",
    "GateItem",
    "Grade",
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
    "Retrospective",
    "ReviewAction",
    "ReviewMeeting",
    "Source",
    "TemplateVersion",
    "VersionState",
    "Waiver",
    "lock_alignments",
]
