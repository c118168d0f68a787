"""The filters of this app's lists."""

from .deliveries import DeliveryFilter
from .requests import ORDERS, MineFilter, RequestFilter, TriageFilter
from .roadmap import PromiseFilter, RoadmapFilter

__all__ = [
    "ORDERS",
    "DeliveryFilter",
    "MineFilter",
    "PromiseFilter",
    "RequestFilter",
    "RoadmapFilter",
    "TriageFilter",
]
