"""The filters of this app's lists."""

from .deliveries import DeliveryFilter
from .requests import ORDERS, MineFilter, RequestFilter, TriageFilter
from .roadmap import ComingFilter, PromiseFilter, RoadmapFilter

__all__ = [
    "ORDERS",
    "ComingFilter",
    "DeliveryFilter",
    "MineFilter",
    "PromiseFilter",
    "RequestFilter",
    "RoadmapFilter",
    "TriageFilter",
]
