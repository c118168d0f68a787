"""Who reads a study: what `policy.readable` says, seen from the study."""

from typing import NamedTuple

from django.db.models import Q

from prodops.access import MATRIX, Can
from prodops.models import Membership, User
from research.models import Study, Visibility

SHOWN = 12


def readers_of(study, visibility=None):
    """The people who may read the study, or would if it had that visibility, as a QuerySet."""
    visibility = visibility or study.visibility
    people = User.objects.active().filter(role__in=MATRIX[Can.RESEARCH_READ][1])
    if visibility == Visibility.WORKSPACE:
        return people
    either = Q(pk__in=[study.lead_id, *study.reader_ids])
    if visibility == Visibility.TEAM:
        either |= Q(role__in=MATRIX[Can.RESEARCH_RESTRICTED][1])
        either |= Q(pk__in=Membership.objects.filter(team=study.team_id).values("user"))
    return people.filter(either)


def left_behind():
    """The studies whose lead has left, as a QuerySet: nobody lets anybody into those kept to people named."""
    return Study.objects.exclude(lead__in=User.objects.active())


class Choice(NamedTuple):
    """One visibility and the people it stands for."""

    key: str
    label: str
    number: int
    people: list
    current: bool


def who_would_see(study):
    """A `Choice` for each visibility the study could have."""
    choices = []
    for one in Visibility:
        people = list(readers_of(study, one).order_by("name", "pk").only("name", "email"))
        choices.append(Choice(one.value, one.label, len(people), people[:SHOWN], one == study.visibility))
    return choices
