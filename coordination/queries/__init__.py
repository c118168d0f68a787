"""Reads that span models."""

from .channels import ChannelPage, channel_page, types_with_counts, with_traffic
from .deciders import deciders
from .export import export_rows
from .impact import Impact, impact_of
from .outgoing import Preview, Recipient, findings_in, preview, recipients, tree_of
from .own_export import HEADER as OWN_HEADER
from .own_export import own_rows
from .page import RequestPage, request_page
from .reasons import decline_reasons
from .routing import LAST, compiled, last, matched, names, readable
from .rules import in_words, tried
from .similar import merge_targets, similar_requests, suggestions
from .thread import thread_of

__all__ = [
    "LAST",
    "OWN_HEADER",
    "ChannelPage",
    "Impact",
    "Preview",
    "Recipient",
    "RequestPage",
    "channel_page",
    "compiled",
    "deciders",
    "decline_reasons",
    "export_rows",
    "findings_in",
    "impact_of",
    "in_words",
    "last",
    "matched",
    "merge_targets",
    "names",
    "own_rows",
    "preview",
    "readable",
    "recipients",
    "request_page",
    "similar_requests",
    "suggestions",
    "thread_of",
    "tree_of",
    "tried",
    "types_with_counts",
    "with_traffic",
]
