"""The filters of this app's lists."""

from .requests import ORDERS, MineFilter, RequestFilter, TriageFilter

__all__ = ["ORDERS", "MineFilter", "RequestFilter", "TriageFilter"]
