"""Telling the apps what of theirs the kernel's own pages have shown or handed out.

An app that keeps a record of who reads something registers a watcher; the kernel does not know what for.
"""

from collections.abc import Callable

_watchers: list[Callable] = []


def watch(function):
    """Decorate a function of (user, what, things, at): `things` are (kind or label, id), `what` is
    "found" for results of a search and "downloaded" for a file that hangs on the thing."""
    if function not in _watchers:
        _watchers.append(function)
    return function


def disclosed(user, what, things, *, at):
    """Say that `user` was shown or given `things`."""
    if things:
        for watcher in _watchers:
            watcher(user, what, things, at)
