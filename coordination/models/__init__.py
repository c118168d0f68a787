from .channel import Channel, ChannelKind, RequestTag, RequestType
from .claim import Claim
from .clock import Clock, ClockKind
from .form import ALL_PARTS, FormDefinition, FormDraft, FormVersion, Part, RequestAnswers
from .request import MOVES, Request, RequestLook, State, Urgency, WakeOn
from .rotation import Rotation, RotationMember, RotationTurn, monday_of
from .routing import Routed, RoutingRule, RoutingRun
from .sla import DAYS, BusinessCalendar, SlaPolicy
from .voice import Source, Voice
from .widget import Door, SurveyAnswer, Widget

__all__ = [
    "ALL_PARTS",
    "DAYS",
    "MOVES",
    "BusinessCalendar",
    "Channel",
    "ChannelKind",
    "Claim",
    "Clock",
    "ClockKind",
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
    "SlaPolicy",
    "Source",
    "State",
    "SurveyAnswer",
    "Urgency",
    "Voice",
    "WakeOn",
    "Widget",
    "monday_of",
]
