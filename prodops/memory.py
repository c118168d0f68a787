"""What every page needs and few changes touch, remembered until something happens.

Whatever changes is recorded as an event, and an event's commit begins a new generation (`forget`): what was
remembered in an older one is computed again. So nothing that somebody did is shown late; what time alone
brings about (a request that was put off until now) is at most `REMEMBER_SECONDS` late.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

GENERATION = "generation"


def remembered[T](key: str, compute: Callable[[], T]) -> T:
    """What `compute()` gave in this generation, or gives now. Where there is no cache it is computed."""
    if not settings.REMEMBER_SECONDS:
        return compute()
    known = cache.get_many([GENERATION, key])
    generation = known.get(GENERATION)
    if generation is None:  # the first page of all, or a cache that was emptied
        generation = _new_generation()
    elif known.get(key, (None,))[0] == generation:
        return known[key][1]
    # read before computing: what is committed meanwhile belongs to a newer generation than this value
    value = compute()
    cache.set(key, (generation, value), settings.REMEMBER_SECONDS)
    return value


def forget() -> None:
    """Begin a new generation once this transaction is committed."""
    if settings.REMEMBER_SECONDS:
        transaction.on_commit(_new_generation, robust=True)


def _new_generation() -> str:
    generation = secrets.token_hex(8)
    cache.set(GENERATION, generation, None)
    return generation
