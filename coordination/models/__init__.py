from .channel import Channel, ChannelKind, RequestTag, RequestType
from .request import MOVES, Request, RequestLook, State, Urgency
from .voice import Source, Voice

__all__ = [
    "MOVES",
    "Channel",
    "ChannelKind",
    "Request",
    "RequestLook",
    "RequestTag",
    "RequestType",
    "Source",
    "State",
    "Urgency",
    "Voice",
]
