"""Which accounts are one customer: a part of a customer that asks too is counted with it."""

from collections.abc import Collection, Mapping, Sequence


def counted_with(asking: Collection[int], ancestors: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """{account: the nearest account above it that asks too}; those that stand for themselves are not in it.

    `ancestors` are the accounts that an account belongs to, nearest first. Of accounts that belong to each
    other, which nobody should have made, the one with the lowest id stands for all.
    """
    asks = set(asking)
    found: dict[int, int] = {}
    for one in asks:
        for up in ancestors.get(one, ()):
            if up in asks and (one > up or one not in ancestors.get(up, ())):
                found[one] = up
                break
    return found
