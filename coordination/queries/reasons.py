"""The reason codes that one declines by."""

from coordination.models import DeclineReason
from prodops import memory


def decline_reasons():
    """[(slug, name, words)] of those in use."""

    def read():
        return list(DeclineReason.objects.live().values_list("slug", "name", "words"))

    return memory.remembered("decline-reasons", read)
