from .highlight import Highlight, HighlightTag
from .insight import EvidenceKind, Insight, InsightEvidence, InsightStatus
from .material_import import ImportKind, ImportStage, MaterialImport
from .part import Part, PartKind, Speaker, SpeakerRole
from .participant import Participant
from .policy import Visibility
from .report import InsightReport, ReportSection, ReportState, SectionKind
from .session import Cue, Session, SessionKind, SourceFormat, kind_of
from .study import Method, Study, StudyReader, StudyStatus
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
from .tag import Colour, Tag, TagGroup, TagState
from .taxonomy import (
    ChangeKind,
    KeptApart,
    PastTagging,
    QueryTag,
    SecondTagging,
    SuggestionState,
    TagChange,
    TagMove,
    TagRedirect,
    TagSuggestion,
)
from .usability import Outcome, SusAnswers, TaskResult, UsabilityTask

__all__ = [
    "ChangeKind",
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
    "KeptApart",
    "MaterialImport",
    "Method",
    "Outcome",
    "Part",
    "PartKind",
    "Participant",
    "PastTagging",
    "QueryTag",
    "QuestionKind",
    "ReportSection",
    "ReportState",
    "SecondTagging",
    "SectionKind",
    "Session",
    "SessionKind",
    "SourceFormat",
    "Speaker",
    "SpeakerRole",
    "Study",
    "StudyReader",
    "StudyStatus",
    "SuggestionState",
    "Survey",
    "SurveyAnswer",
    "SurveyChange",
    "SurveyImport",
    "SurveyImportState",
    "SurveyQuestion",
    "SurveyResponse",
    "SusAnswers",
    "Tag",
    "TagChange",
    "TagGroup",
    "TagMove",
    "TagRedirect",
    "TagState",
    "TagSuggestion",
    "TaskResult",
    "UsabilityTask",
    "Visibility",
    "kind_of",
]
