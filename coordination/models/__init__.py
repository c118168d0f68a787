from .channel import Channel, ChannelKind, RequestTag, RequestType
from .form import ALL_PARTS, FormDefinition, FormDraft, FormVersion, Part, RequestAnswers
from .request import MOVES, Request, RequestLook, State, Urgency
from .voice import Source, Voice
from .widget import Door, SurveyAnswer, Widget

__all__ = [
    "ALL_PARTS",
    "MOVES",
    "Channel",
    "ChannelKind",
    "Door",
    "FormDefinition",
    "FormDraft",
    "FormVersion",
    "Part",
    "Request",
    "RequestAnswers",
    "RequestLook",
    "RequestTag",
    "RequestType",
    "Source",
    "State",
    "SurveyAnswer",
    "Urgency",
    "Voice",
    "Widget",
]
