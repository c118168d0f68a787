"""Speakers who are called by a name that is removed."""

from research.models import Cue, Speaker
from research.synthesis.redacting import relabelled


def called(session_ids, scrub):
    """{session id: {label: what it becomes}} of the labels that say what is removed."""
    said = Cue.objects.filter(session__in=session_ids).exclude(speaker="").order_by()
    known = Speaker.objects.filter(session__in=session_ids).order_by()
    rows = said.values_list("session", "speaker").union(known.values_list("session", "label"))
    by_session: dict[int, list[str]] = {}
    for session, label in rows.order_by():
        by_session.setdefault(session, []).append(label)
    found = {session: relabelled(labels, scrub) for session, labels in sorted(by_session.items())}
    return {session: names for session, names in found.items() if names}


def rename(names):
    """Call them so; who they are stays as it was said. Returns the ids of their turns."""
    turns: list[int] = []
    for session, of_session in names.items():
        for label, name in of_session.items():
            Speaker.objects.filter(session=session, label=label).update(label=name)
            theirs = Cue.objects.filter(session=session, speaker=label)
            turns += theirs.values_list("pk", flat=True)
            theirs.update(speaker=name)
    return turns
