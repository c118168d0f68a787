from .channel import Channel, ChannelKind, RequestTag, RequestType
from .form import ALL_PARTS, FormDefinition, FormDraft, FormVersion, Part, RequestAnswers
from .request import MOVES, Request, RequestLook, State, Urgency
from .rotation import Rotation, RotationMember, RotationTurn, monday_of
from .routing import Routed, RoutingRule, RoutingRun
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
    "Rotation",
    "RotationMember",
    "RotationTurn",
    "Routed",
    "RoutingRule",
    "RoutingRun",
    "Source",
    "State",
    "SurveyAnswer",
    "Urgency",
    "Voice",
    "Widget",
    "monday_of",
]
