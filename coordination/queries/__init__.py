"""Reads that span models."""

from .channels import ChannelPage, channel_page, types_with_counts, with_traffic
from .deciders import deciders
from .deliveries import bytes_of, dead_count, delivery_counts, items_of, payload_samples
from .export import export_rows
from .fairness import FEWEST, NO_ACCOUNT, RANKS, best_tier, fairness
from .forms import (
    answer_columns,
    answer_rows,
    answers_in_words,
    forms_on_offer,
    published_version,
    versions_of,
    with_use,
)
from .impact import Impact, impact_of
from .impact_report import ImpactReport, impact_report
from .outgoing import Preview, Recipient, findings_in, preview, recipients, tree_of
from .own_accounts import own_accounts
from .own_export import HEADER as OWN_HEADER
from .own_export import own_rows
from .page import RequestPage, request_page
from .reasons import decline_reasons
from .roadmap import (
    Links,
    asked_by,
    becoming_of,
    items_for_key_results,
    link_targets,
    links_of,
    progress_of,
    requests_of,
    told_of,
    with_requests,
)
from .rotations import on_duty, weeks_of
from .routing import (
    LAST,
    compiled,
    last,
    matched,
    matched_many,
    names,
    newest_for,
    readable,
    rule_choices,
    tags_with_counts,
)
from .rule_checks import Trial, check, condition_flags, match_counts, unrouted
from .rules import in_words, tried
from .similar import merge_targets, similar_requests, suggestions
from .sla import closed_ahead, examples, met_by_area, policies_with_counts, without_clock
from .survey import survey_results
from .thread import thread_of

__all__ = [
    "FEWEST",
    "LAST",
    "NO_ACCOUNT",
    "OWN_HEADER",
    "RANKS",
    "ChannelPage",
    "Impact",
    "ImpactReport",
    "Links",
    "Preview",
    "Recipient",
    "RequestPage",
    "Trial",
    "answer_columns",
    "answer_rows",
    "answers_in_words",
    "asked_by",
    "becoming_of",
    "best_tier",
    "bytes_of",
    "channel_page",
    "check",
    "closed_ahead",
    "compiled",
    "condition_flags",
    "dead_count",
    "deciders",
    "decline_reasons",
    "delivery_counts",
    "examples",
    "export_rows",
    "fairness",
    "findings_in",
    "forms_on_offer",
    "impact_of",
    "impact_report",
    "in_words",
    "items_for_key_results",
    "items_of",
    "last",
    "link_targets",
    "links_of",
    "match_counts",
    "matched",
    "matched_many",
    "merge_targets",
    "met_by_area",
    "names",
    "newest_for",
    "on_duty",
    "own_accounts",
    "own_rows",
    "payload_samples",
    "policies_with_counts",
    "preview",
    "progress_of",
    "published_version",
    "readable",
    "recipients",
    "request_page",
    "requests_of",
    "rule_choices",
    "similar_requests",
    "suggestions",
    "survey_results",
    "tags_with_counts",
    "thread_of",
    "told_of",
    "tree_of",
    "tried",
    "types_with_counts",
    "unrouted",
    "versions_of",
    "weeks_of",
    "with_requests",
    "with_traffic",
    "with_use",
    "without_clock",
]
