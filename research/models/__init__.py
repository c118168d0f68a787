from .highlight import Highlight, HighlightTag
from .insight import EvidenceKind, Insight, InsightEvidence, InsightStatus
from .material_import import ImportKind, ImportStage, MaterialImport
from .part import Part, PartKind, Speaker, SpeakerRole
from .participant import Participant
from .report import InsightReport, ReportSection, ReportState, SectionKind
from .session import Cue, Session, SessionKind, SourceFormat, kind_of
from .study import Method, Study, StudyStatus
from .survey import (
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyChange,
    SurveyImport,
    SurveyImportState,
    SurveyQuestion,
    SurveyResponse,
)
from .tag import Colour, Tag, TagGroup
from .usability import Outcome, SusAnswers, TaskResult, UsabilityTask

__all__ = [
    "Colour",
    "Cue",
    "EvidenceKind",
    "Highlight",
    "HighlightTag",
    "ImportKind",
    "ImportStage",
    "Insight",
    "InsightEvidence",
    "InsightReport",
    "InsightStatus",
    "MaterialImport",
    "Method",
    "Outcome",
    "Part",
    "PartKind",
    "Participant",
    "QuestionKind",
    "ReportSection",
    "ReportState",
    "SectionKind",
    "Session",
    "SessionKind",
    "SourceFormat",
    "Speaker",
    "SpeakerRole",
    "Study",
    "StudyStatus",
    "Survey",
    "SurveyAnswer",
    "SurveyChange",
    "SurveyImport",
    "SurveyImportState",
    "SurveyQuestion",
    "SurveyResponse",
    "SusAnswers",
    "Tag",
    "TagGroup",
    "TaskResult",
    "UsabilityTask",
    "kind_of",
]
