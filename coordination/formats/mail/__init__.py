"""Mail from strangers: what was written, by whom, in which thread, and whether a person wrote it at all."""

from .bounces import Bounce, bounce_of
from .marks import address_mark, mark_of, message_mark, sent_of
from .people import silent_because, vouched_for
from .reading import Mail, Part, read
from .replies import fresh_part

__all__ = [
    "Bounce",
    "Mail",
    "Part",
    "address_mark",
    "bounce_of",
    "fresh_part",
    "mark_of",
    "message_mark",
    "read",
    "sent_of",
    "silent_because",
    "vouched_for",
]
