"""Reads that span models."""

from .channels import ChannelPage, channel_page, types_with_counts, with_traffic
from .deciders import deciders
from .export import export_rows
from .impact import Impact, impact_of
from .page import RequestPage, request_page
from .routing import LAST, compiled, last, matched, readable
from .similar import merge_targets, similar_requests, suggestions

__all__ = [
    "LAST",
    "ChannelPage",
    "Impact",
    "RequestPage",
    "channel_page",
    "compiled",
    "deciders",
    "export_rows",
    "impact_of",
    "last",
    "matched",
    "merge_targets",
    "readable",
    "request_page",
    "similar_requests",
    "suggestions",
    "types_with_counts",
    "with_traffic",
]
