"""A page's hits as people read them: by kind, and what was said under the session it was said in."""

from typing import NamedTuple

from prodops import facets, search

SAID = ("highlight", "cue")
FIRST = "insight"  # what is known stands before what it was learned from


class Said(NamedTuple):
    session: object  # `counting.Group`, or None where it may not be named
    hits: list


class Section(NamedTuple):
    kind: search.Kind | None  # None: what was said, by session
    hits: list
    sessions: list[Said]


def sections(hits, sessions):
    """[Section], insights first, then in the order of their best hits.

    A turn and the highlight on it are shown once.
    """
    marked = {hit.entry.url for hit in hits if hit.entry.kind == "highlight"}
    groups: dict[str, list] = {}
    for hit in hits:
        if hit.entry.kind == "cue" and hit.entry.url in marked:
            continue
        groups.setdefault("said" if hit.entry.kind in SAID else hit.entry.kind, []).append(hit)
    return [
        Section(None, [], _by_session(group, sessions))
        if key == "said"
        else Section(search.kind(key), group, [])
        for key, group in sorted(groups.items(), key=lambda one: one[0] != FIRST)
    ]


def _by_session(hits, sessions):
    found: dict[int, list] = {}
    for hit in hits:
        found.setdefault(_session(hit.entry), []).append(hit)
    return [Said(sessions.get(pk), group) for pk, group in found.items()]


def _session(entry):
    for token in entry.facets:
        key, _, value = token.partition(":")
        if key == facets.GROUP:
            return int(value)
    return 0
