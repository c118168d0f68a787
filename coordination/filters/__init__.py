"""The filters of this app's lists."""

from .deliveries import DeliveryFilter
from .requests import ORDERS, MineFilter, RequestFilter, TriageFilter

__all__ = [
    "ORDERS",
    "DeliveryFilter",
    "MineFilter",
    "RequestFilter",
    "TriageFilter",
]
