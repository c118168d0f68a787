"""Reads that span models."""

from .deciders import deciders
from .export import export_rows
from .impact import Impact, impact_of
from .page import RequestPage, request_page
from .similar import merge_targets, similar_requests, suggestions

__all__ = [
    "Impact",
    "RequestPage",
    "deciders",
    "export_rows",
    "impact_of",
    "merge_targets",
    "request_page",
    "similar_requests",
    "suggestions",
]
