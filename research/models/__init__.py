from .highlight import Highlight, HighlightTag
from .insight import EvidenceKind, Insight, InsightEvidence, InsightStatus
from .participant import Participant
from .report import InsightReport, ReportSection, ReportState, SectionKind
from .session import Cue, Session, SourceFormat
from .study import Method, Study, StudyStatus
from .tag import Colour, Tag, TagGroup

__all__ = [
    "Colour",
    "Cue",
    "EvidenceKind",
    "Highlight",
    "HighlightTag",
    "Insight",
    "InsightEvidence",
    "InsightReport",
    "InsightStatus",
    "Method",
    "Participant",
    "ReportSection",
    "ReportState",
    "SectionKind",
    "Session",
    "SourceFormat",
    "Study",
    "StudyStatus",
    "Tag",
    "TagGroup",
]
