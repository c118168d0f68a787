"""Reads that span models."""

from .channels import ChannelPage, channel_page, types_with_counts, with_traffic
from .deciders import deciders
from .export import export_rows
from .impact import Impact, impact_of
from .page import RequestPage, request_page
from .routing import LAST, compiled, last, matched, names, readable
from .rules import in_words, tried
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
    "in_words",
    "last",
    "matched",
    "merge_targets",
    "names",
    "readable",
    "request_page",
    "similar_requests",
    "suggestions",
    "tried",
    "types_with_counts",
    "with_traffic",
]
