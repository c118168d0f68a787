"""Who is told what. Each event tells a person at most once (`notify` sees to it)."""

from .clocks import take_back_up, tell_it_is_back, tell_of_clock
from .outgoing import tell_addressees, tell_of_note, tell_of_reply, tell_who_promised, warn_who_promised
from .people import hand_over
from .rates import count_again
from .requests import (
    tell_accepted,
    tell_advanced,
    tell_deciders,
    tell_declined,
    tell_merged,
    tell_new_deciders,
    tell_of_account,
    tell_reopened,
    tell_revisited,
)
from .roadmap import follow_the_roadmap

__all__ = [
    "count_again",
    "follow_the_roadmap",
    "hand_over",
    "take_back_up",
    "tell_accepted",
    "tell_addressees",
    "tell_advanced",
    "tell_deciders",
    "tell_declined",
    "tell_it_is_back",
    "tell_merged",
    "tell_new_deciders",
    "tell_of_account",
    "tell_of_clock",
    "tell_of_note",
    "tell_of_reply",
    "tell_reopened",
    "tell_revisited",
    "tell_who_promised",
    "warn_who_promised",
]
