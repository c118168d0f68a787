"""Finding requests that ask for the same thing, and what rules match: no database, no clock."""

from .amounts import parse_amount
from .conditions import BrokenRule, Condition, never, read_conditions, stored_conditions, takes_all
from .customers import counted_with
from .fusion import Candidate, best_of_each, fuse
from .language import LANGUAGES, language_of
from .sentences import in_words, sentence
from .typed import enough, query_text

__all__ = [
    "LANGUAGES",
    "BrokenRule",
    "Candidate",
    "Condition",
    "best_of_each",
    "counted_with",
    "enough",
    "fuse",
    "in_words",
    "language_of",
    "never",
    "parse_amount",
    "query_text",
    "read_conditions",
    "sentence",
    "stored_conditions",
    "takes_all",
]
