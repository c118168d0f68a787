from .documents import (
    DOCUMENT_MOVES,
    Document,
    DocumentState,
    DocumentTemplate,
    TemplateVersion,
    VersionState,
)
from .okrs import (
    CYCLE_MOVES,
    FIRST_CONFIDENCE,
    CheckIn,
    CycleState,
    Intent,
    KeyResult,
    Objective,
    OkrCycle,
)

__all__ = [
    "CYCLE_MOVES",
    "DOCUMENT_MOVES",
    "FIRST_CONFIDENCE",
    "CheckIn",
    "CycleState",
    "Document",
    "DocumentState",
    "DocumentTemplate",
    "Intent",
    "KeyResult",
    "Objective",
    "OkrCycle",
    "TemplateVersion",
    "VersionState",
]
