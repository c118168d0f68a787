"""Finding requests that ask for the same thing: what was typed and the arithmetic, no database, no clock."""

from .amounts import parse_amount
from .fusion import Candidate, best_of_each, fuse
from .typed import enough, query_text

__all__ = ["Candidate", "best_of_each", "enough", "fuse", "parse_amount", "query_text"]
