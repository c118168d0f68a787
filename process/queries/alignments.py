"""What an objective serves, and what serves it."""

from typing import NamedTuple

from django.db.models import Q

from process.models import Alignment


class Around(NamedTuple):
    """The alignments at one objective."""

    serves: list  # of it, to what is above
    served_by: list  # of what is below, to it or to one of its key results


def around(objective):
    """The alignments at both ends of `objective`, in one query."""
    at_it = Alignment.objects.filter(Q(child=objective) | Q(parent=objective)).for_list()
    links = list(at_it.order_by("pk"))
    return Around(
        [link for link in links if link.child_id == objective.pk],
        [link for link in links if link.parent_id == objective.pk],
    )
