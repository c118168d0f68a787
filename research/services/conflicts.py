"""Two people editing one thing: the second is told, and loses nothing."""

from django.db.models import F


class Conflict(Exception):
    """Somebody saved another version meanwhile; `current` is the thing as it stands now."""

    def __init__(self, current):
        super().__init__("Somebody else saved a change to this while you were editing.")
        self.current = current


def save_version(thing, *, version, **fields):
    """Write `fields` if `thing` is still at `version`; else raise `Conflict`."""
    model = type(thing)
    won = model.objects.filter(pk=thing.pk, version=version).update(version=F("version") + 1, **fields)
    current = model.objects.get(pk=thing.pk)
    if not won:
        raise Conflict(current)
    return current
