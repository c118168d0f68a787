"""What a file says otherwise than a request that is here."""

import datetime as dt

from coordination.formats.incoming import clean

# What a row of a request says, and where the request keeps it
KEPT = {
    **{"title": "title", "body": "problem", "workaround": "workaround", "affected": "affected"},
    **{"effect": "effect", "evidence_url": "evidence_url", "urgency": "urgency", "area": "area_id"},
    **{"type": "type_id", "language": "language", "author_name": "author_name", "company": "company"},
    "author_email": "author_email",
}
# And what only our own export says for sure: there an empty cell says that there is nothing
OWN = KEPT | {
    **{"external_id": "external_id", "submitted_at": "submitted_at", "submitter": "submitter_id"},
    **{"team": "submitter_team_id", "state": "state", "decided_at": "decided_at"},
    **{"decided_by": "decided_by_id", "reason": "decision_reason", "decline_code": "decline_code_id"},
    **{"revisit_on": "revisit_on", "revisit_accounts": "revisit_accounts", "revisit_arr": "revisit_arr"},
    **{"state_before": "state_before_merge", "channel": "channel_id", "source": "source"},
    **{"owner_team": "team_id", "assignee": "assignee_id", "snoozed_until": "snoozed_until"},
    **{"snoozed_for": "snoozed_for", "revisited_at": "revisited_at", "revisited_why": "revisited_why"},
}
DRAFTED = {"body": "problem"}  # what the row calls otherwise than the column


def differing_fields(draft, row, wanted):
    """The fields of `draft` that the request `row` has otherwise; `wanted` is what the draft would make.

    An empty cell of another tool's says nothing; one of our own export says that there is nothing.
    """
    if " ".join(row.title.split()) == wanted.title:
        wanted.title = row.title
    found = [
        name
        for name, attribute in (OWN if draft.key else KEPT).items()
        if name in draft.given
        and (draft.key or getattr(draft, DRAFTED.get(name, name)))
        and _plain(getattr(wanted, attribute)) != _plain(getattr(row, attribute))
    ]
    tags = {tag.casefold() for tag in draft.tags}
    if "tags" in draft.given and (tags or draft.key):
        here = {tag.name.casefold() for tag in row.tags.all()}
        if tags - here or (draft.key and here - tags):
            found.append("tags")
    if "body" in draft.given and not draft.problem and row.problem and "body" not in found:
        found.append("body")
    return found + (_beside(draft, row) if draft.key else [])


def _beside(draft, row):
    """What stands beside the request: what it was joined with, and its answers to a form."""
    found = []
    if "joined_with" in draft.given and draft.joined_with != (row.merged_into and row.merged_into.key):
        found.append("joined_with")
    answered = getattr(row, "answered", None)
    pairs = {
        "form": (draft.form, answered.version.form.slug if answered else ""),
        "form_version": (draft.form_version, answered.version.number if answered else None),
        "answers": ({key: said for key, _, said in draft.answers}, answered.values if answered else {}),
    }
    return found + [name for name, (said, kept) in pairs.items() if name in draft.given and said != kept]


def _plain(value):
    """A value as a cell gives it back."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC)
    return clean(value) if isinstance(value, str) else value
