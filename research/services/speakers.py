"""Who speaks in a session: guessed when a label first comes up, said by people once."""

from django.db import transaction

from prodops import activity, search
from research.models import Cue, Highlight, Speaker
from research.synthesis import voices


def meet(session, labels):
    """Give each of `labels` that the session does not know yet a speaker, guessed from who took part."""
    people = voices.People(
        participant=session.participant.name if session.participant else "",
        moderator=session.moderator.name if session.moderator else "",
    )
    known = set(Speaker.objects.filter(session=session).values_list("label", flat=True))
    new = sorted(label for label in labels if label and label not in known)
    roles = voices.guess(new, people)
    Speaker.objects.bulk_create(
        (
            Speaker(
                session=session,
                label=label,
                role=roles[label],
                participant=session.participant if roles[label] == "participant" else None,
                user=session.moderator if roles[label] == "moderator" else None,
            )
            for label in new
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def map_all(session, chosen, *, by, at):
    """Say who the labels are: {label: (role, participant or None, user or None)}. Others stay guesses."""
    rows = {row.label: row for row in Speaker.objects.filter(session=session)}
    changed = []
    for label, (role, participant, user) in chosen.items():
        row = rows.get(label) or Speaker(session=session, label=label)
        row.role, row.participant, row.user, row.guessed = role, participant, user, False
        changed.append(row)
    Speaker.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["session", "label"],
        update_fields=["role", "participant", "user", "guessed"],
    )
    search.index_many(Cue.objects.filter(session=session, speaker__in=chosen))
    said = Highlight.objects.anchored().filter(session=session, start_cue__speaker__in=chosen)
    search.index_many(said.prefetch_related("tags"))
    data = {"speakers": len(changed)}
    activity.record("session.speakers_named", on=session, by=by, at=at, data=data)
