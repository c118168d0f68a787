"""Files that were uploaded to be imported and left lying."""

from contextlib import suppress

from research.models import MaterialImport
from research.models.material_import import WAITING

from .staging import FORGOTTEN, NotStaged, discard


def sweep(*, at):
    """Forget what has waited for a week: it holds what was said, and nobody looks after it."""
    for load in MaterialImport.objects.filter(stage__in=WAITING, at__lt=at - FORGOTTEN):
        with suppress(NotStaged):  # somebody has begun with it meanwhile
            discard(load)
