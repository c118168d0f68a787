from .channel import Channel, ChannelKind, RequestTag, RequestType
from .claim import Claim
from .clock import Clock, ClockKind
from .comment import Audience, RequestComment
from .decision import DeclineReason
from .delivery import DELIVERY_MOVES, Delivery, DeliveryItem, DeliveryState
from .file_import import UNDONE_WITHIN, FileImport, FileImportRefusal, FileImportRow, LoadState
from .form import ALL_PARTS, FormDefinition, FormDraft, FormVersion, Part, RequestAnswers
from .mail import Mailbox, MailIn, MailState, Provider
from .message import Addressee, BlockedTerm, MailStop, Message, MessageKind
from .promise import Promise, PromiseState
from .request import Request, RequestLook
from .roadmap import (
    COMING,
    ITEM_MOVES,
    DueBy,
    ItemState,
    RequestEvidence,
    RequestLink,
    RoadmapItem,
    RoadmapLink,
    due_in_words,
)
from .rotation import Rotation, RotationMember, RotationTurn, monday_of
from .routing import Routed, RoutingRule, RoutingRun
from .sla import DAYS, BusinessCalendar, SlaPolicy
from .states import (
    DECIDED,
    MOVES,
    STEPS,
    TAKEN_ON,
    RequesterState,
    State,
    Urgency,
    WakeOn,
    requester_state,
)
from .voice import Source, Voice
from .webhook import Proof, Scheme, System, WebhookEndpoint, WebhookMapping
from .widget import Door, SurveyAnswer, Widget

__all__ = [
    "ALL_PARTS",
    "COMING",
    "DAYS",
    "DECIDED",
    "DELIVERY_MOVES",
    "ITEM_MOVES",
    "MOVES",
    "STEPS",
    "TAKEN_ON",
    "UNDONE_WITHIN",
    "Addressee",
    "Audience",
    "BlockedTerm",
    "BusinessCalendar",
    "Channel",
    "ChannelKind",
    "Claim",
    "Clock",
    "ClockKind",
    "DeclineReason",
    "Delivery",
    "DeliveryItem",
    "DeliveryState",
    "Door",
    "DueBy",
    "FileImport",
    "FileImportRefusal",
    "FileImportRow",
    "FormDefinition",
    "FormDraft",
    "FormVersion",
    "ItemState",
    "LoadState",
    "MailIn",
    "MailState",
    "MailStop",
    "Mailbox",
    "Message",
    "MessageKind",
    "Part",
    "Promise",
    "PromiseState",
    "Proof",
    "Provider",
    "Request",
    "RequestAnswers",
    "RequestComment",
    "RequestEvidence",
    "RequestLink",
    "RequestLook",
    "RequestTag",
    "RequestType",
    "RequesterState",
    "RoadmapItem",
    "RoadmapLink",
    "Rotation",
    "RotationMember",
    "RotationTurn",
    "Routed",
    "RoutingRule",
    "RoutingRun",
    "Scheme",
    "SlaPolicy",
    "Source",
    "State",
    "SurveyAnswer",
    "System",
    "Urgency",
    "Voice",
    "WakeOn",
    "WebhookEndpoint",
    "WebhookMapping",
    "Widget",
    "due_in_words",
    "monday_of",
    "requester_state",
]
