from .access_record import Accessed, AccessRecord
from .availability import Availability, BusyTime, DayHours, Weekday, WeeklyHours
from .highlight import Highlight, HighlightTag
from .insight import (
    OVER,
    Confidence,
    EvidenceKind,
    Insight,
    InsightEvidence,
    InsightReview,
    InsightStatus,
    Verdict,
)
from .material_import import ImportKind, ImportStage, MaterialImport
from .part import Part, PartKind, Speaker, SpeakerRole
from .participant import Participant
from .policy import Visibility
from .recording import Recording, RecordingState
from .redaction import Choice, Redaction, RedactionChoice
from .report import InsightReport, ReportSection, ReportState, SectionKind
from .retention import Keeping, RetentionRule
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
    "OVER",
    "AccessRecord",
    "Accessed",
    "Availability",
    "BusyTime",
    "ChangeKind",
    "Choice",
    "Colour",
    "Confidence",
    "Cue",
    "DayHours",
    "EvidenceKind",
    "Highlight",
    "HighlightTag",
    "ImportKind",
    "ImportStage",
    "Insight",
    "InsightEvidence",
    "InsightReport",
    "InsightReview",
    "InsightStatus",
    "Keeping",
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
    "Recording",
    "RecordingState",
    "Redaction",
    "RedactionChoice",
    "ReportSection",
    "ReportState",
    "RetentionRule",
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
    "Verdict",
    "Visibility",
    "Weekday",
    "WeeklyHours",
    "kind_of",
]
