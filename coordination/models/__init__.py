from .request import MOVES, Request, RequestLook, State, Urgency
from .voice import Source, Voice

__all__ = ["MOVES", "Request", "RequestLook", "Source", "State", "Urgency", "Voice"]
