"""Finding requests that ask for the same thing, and what rules match: no database, no clock."""

from .amounts import parse_amount
from .conditions import BrokenRule, Condition, read_conditions
from .fusion import Candidate, best_of_each, fuse
from .language import language_of
from .typed import enough, query_text

__all__ = [
    "BrokenRule",
    "Candidate",
    "Condition",
    "best_of_each",
    "enough",
    "fuse",
    "language_of",
    "parse_amount",
    "query_text",
    "read_conditions",
]
