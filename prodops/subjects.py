"""Any thing of any app, by its label and id: what comments, attachments and favourites hang on."""

from django.apps import apps
from django.http import Http404

_capabilities: dict[str, str] = {}
_uncommented: set[str] = set()


def register(label, can_read, *, comments=True):
    """Let people hang things on `label` ("research.insight") where their role has `can_read`.

    Without `comments` it takes files and stars only: the app has its own talk about it.

    The model's manager has `visible_to(user)`, the model `get_absolute_url()` and a `str()`.
    """
    _capabilities[label] = can_read
    if not comments:
        _uncommented.add(label)


def takes_comments(label):
    return label not in _uncommented


def registered():
    return dict(_capabilities)


def load(label, pk, user):
    """The thing, if `user` may see it; else Http404, whether or not it exists."""
    from prodops.access import allowed

    can_read = _capabilities.get(label)
    if can_read is None or not allowed(user, can_read):
        raise Http404("There is no such thing here.")
    thing = apps.get_model(label).objects.visible_to(user).filter(pk=pk).first()
    if thing is None:
        raise Http404("There is no such thing here.")
    return thing
