"""Pairs that may be one KPI, in sentences."""

from typing import NamedTuple

from django.db.models import Q

from metrics.formats.definition import Invalid, read, sentence
from metrics.models import Conflict, ConflictKind, Kpi

SHOWN = 30


class Side(NamedTuple):
    """One KPI of a pair: what it counts, and whether the person may change it."""

    kpi: Kpi
    counts: str
    editable: bool


class Shown(NamedTuple):
    conflict: Conflict
    words: str
    also: list[str]
    first: Side
    second: Side

    @property
    def editable(self):
        return self.first.editable or self.second.editable


def shown(conflicts, user):
    """Pairs as people read them."""
    return [_shown(one, user) for one in conflicts]


def _shown(conflict, user):
    first, second = _side(conflict.first, user), _side(conflict.second, user)
    also = [
        _also(kind, score)
        for kind, score in sorted(conflict.kinds.items(), key=lambda item: -item[1])
        if kind != conflict.kind and kind in ConflictKind.values
    ]
    return Shown(conflict, in_words(conflict, first, second), also, first, second)


def _side(kpi, user):
    return Side(kpi, counts(kpi), kpi.is_editable_by(user))


def counts(kpi):
    """What a KPI counts: its definition in a sentence, or its formula."""
    version = kpi.live_version or kpi.count_version
    if version is not None and version.definition:
        try:
            return sentence(read(version.definition), kpi.grain)
        except Invalid:
            pass
    return kpi.formula


def in_words(conflict, first, second):
    """Why the pair is shown, in one sentence."""
    one, other = first.kpi.name, second.kpi.name
    match conflict.kind:
        case ConflictKind.SAME_NAME:
            return f"Both are called “{one}”, but they do not count the same."
        case ConflictKind.SAME_COUNT:
            if one == other:
                return f"“{one}” is defined twice, and both count the same."
            return f"“{one}” and “{other}” count exactly the same under two names."
        case ConflictKind.ALIAS:
            return f"A name of “{one}” is also a name of “{other}”: who says it may mean either."
        case ConflictKind.NEAR_NAME:
            return f"“{one}” and “{other}” are nearly the same name."
    return f"“{one}” and “{other}” are described in nearly the same way."


def _also(kind, score):
    if kind == ConflictKind.NEAR_NAME:
        return f"names {score:.0%} alike"
    if kind == ConflictKind.NEAR_MEANING:
        return f"meanings {score:.0%} alike"
    if kind == ConflictKind.SAME_COUNT:
        return "counted the same"
    return "a name in common" if kind == ConflictKind.ALIAS else "the same name"


def waiting_for(user):
    """Open pairs that ask the person to decide: those of the KPIs they own; product ops decide on all."""
    found = Conflict.objects.open().exclude(kind__in=(ConflictKind.NEAR_NAME, ConflictKind.NEAR_MEANING))
    if user.runs_product_ops:
        return found
    return found.filter(Q(first__owner=user) | Q(second__owner=user))


def of_kpi(kpi):
    """Open pairs that a KPI is in."""
    return Conflict.objects.open().filter(Q(first=kpi) | Q(second=kpi)).for_list()
