"""Which column of a file is which field of a request."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Field(NamedTuple):
    """A field of a request that a column may give; `usual` are names it has in other tools' exports."""

    label: str
    usual: tuple[str, ...]
    group: str = "request"


FIELDS: dict[str, Field] = {
    "title": Field("Title", ("title", "summary", "subject", "short_desc", "name")),
    "body": Field("Problem, in their words", ("body", "description", "problem", "text", "details")),
    "external_id": Field(
        "Its id there",
        ("external_id", "external id", "issue_id", "issue key", "key", "id", "bug_id", "number"),
    ),
    "submitted_at": Field("Sent on", ("submitted_at", "created_at", "created", "date", "opened", "sent on")),
    "affected": Field("Who is affected", ("affected", "who is affected")),
    "workaround": Field("What they do instead", ("workaround",)),
    "evidence_url": Field("Link", ("evidence_url", "url", "link", "evidence")),
    "area": Field("Product area", ("area", "product area")),
    "effect": Field("Business effect", ("effect", "business effect")),
    "urgency": Field("Urgency", ("urgency",)),
    "type": Field("Type", ("request type",)),
    "tags": Field("Tags", ("tags", "labels")),
    "language": Field("Language", ("language",), "past"),
    "state": Field("State", ("prodops state",), "past"),
    "decided_at": Field("Decided on", ("decided on",), "past"),
    "decided_by": Field("Decided by (e-mail)", ("decided by e-mail",), "past"),
    "reason": Field("Reason of the decision", ("reason",), "past"),
    "decline_code": Field("Code of the reason", ("reason code",), "past"),
    "revisit_on": Field("Looked at again on", ("revisit on",), "past"),
    "revisit_accounts": Field("Looked at again from accounts", ("revisit from accounts",), "past"),
    "revisit_arr": Field("Looked at again from ARR", ("revisit from arr",), "past"),
    "joined_with": Field("Joined with (Prodops id)", ("joined with id",), "past"),
    "author_name": Field("Who asked: name", ("author", "requester", "requester name"), "who"),
    "author_email": Field(
        "Who asked: e-mail",
        (
            *("author_email", "requester e-mail", "requester email"),
            *("author e-mail", "author email", "e-mail", "email", "email address"),
        ),
        "who",
    ),
    "company": Field("Who asked: company", ("requester company",), "who"),
    "submitter": Field("Sent by (e-mail)", ("sent by e-mail",), "who"),
    "team": Field("Sent for team", ("sent for team",), "who"),
    "account": Field("Account: name", ("account", "account name", "company", "customer"), "account"),
    "account_id": Field("Account: id or key", ("account_id", "account id", "account key"), "account"),
    "account_domain": Field("Account: domain", ("account_domain", "account domain", "domain"), "account"),
    "contact": Field("Account: contact", ("contact",), "account"),
    "words": Field("Account: its own words", ("account's words",), "account"),
    "revenue": Field("Account: revenue at stake", ("revenue", "at stake"), "account"),
    "currency": Field("Account: currency", ("currency",), "account"),
    "added_by": Field("Account: added by (e-mail)", ("added by e-mail",), "account"),
    "added_team": Field("Account: added for team", ("added for team",), "account"),
    "added_at": Field("Account: added on", ("added on",), "account"),
    "added_as": Field("Account: how it came", ("added as",), "account"),
    "recorded_by": Field("Account: written down by (e-mail)", ("written down by e-mail",), "account"),
    "deal_name": Field("Deal: name", ("deal", "deal name", "opportunity"), "deal"),
    "deal_amount": Field("Deal: amount", ("deal amount",), "deal"),
    "deal_currency": Field("Deal: currency", ("deal currency",), "deal"),
    "deal_stage": Field("Deal: stage", ("deal stage",), "deal"),
    "deal_closes_on": Field("Deal: closes on", ("deal closes on", "close date"), "deal"),
    "arr_then": Field("ARR then", ("arr then",), "deal"),
    "arr_currency_then": Field("Currency of the ARR then", ("arr currency then",), "deal"),
    "tier_then": Field("Tier then", ("tier then",), "deal"),
    "segment_then": Field("Segment then", ("segment then",), "deal"),
    "channel": Field("Channel", ("prodops channel",), "own"),
    "source": Field("Source of the ids", ("prodops source",), "own"),
    "owner_team": Field("Team whose matter it is", ("owned by team",), "own"),
    "assignee": Field("Assigned to (e-mail)", ("assigned to e-mail",), "own"),
    "snoozed_until": Field("Put off until", ("put off until",), "own"),
    "snoozed_for": Field("Put off for", ("put off for",), "own"),
    "revisited_at": Field("Asked again on", ("asked again on",), "own"),
    "revisited_why": Field("Asked again because", ("asked again because",), "own"),
    "state_before": Field("State before it was joined", ("state before joining",), "own"),
    "form": Field("Form", ("prodops form",), "own"),
    "form_version": Field("Version of the form", ("form version",), "own"),
    "answers": Field("Answers to the form", ("form answers",), "own"),
    "key": Field("Prodops id", ("prodops id",)),
}
PLAIN = tuple(FIELDS)[:8]  # what is told without asking where nobody looks at the columns
OWN = "prodops id"  # the column that our own export has
GROUPS = {
    "request": "The request",
    "past": "What became of it there",
    "who": "Who asked",
    "account": "Whose account",
    "deal": "The deal and the account as they were",
    "own": "What only an export of Prodops has",
}
SAME = {"description": "body", "problem": "body", "id": "external_id"}  # other names that --map takes


class Preset(NamedTuple):
    """Another tool's names, by field; a file is taken for that tool's if it has all of `signs`."""

    name: str
    columns: dict[str, tuple[str, ...]]
    signs: tuple[tuple[str, ...], ...]


# UserVoice has two exports of ideas: one with dotted names, a row an idea; one with a row for each voter.
USERVOICE = Preset(
    "UserVoice",
    {
        "external_id": ("suggestion.id", "idea id"),
        "title": ("suggestion.title", "idea title"),
        "body": ("suggestion.body", "idea description", "idea text"),
        "submitted_at": ("suggestion.created_timestamp", "idea created timestamp", "created timestamp"),
        "state": ("suggestion.status.name", "public status name", "idea status"),
        "reason": ("suggestion.status.message", "public status update message"),
        "decided_at": ("suggestion.status_changed_timestamp", "public status updated timestamp"),
        "tags": ("suggestion.labels.name", "labels", "idea labels"),
        "evidence_url": ("suggestion.portal_url", "suggestion.admin_url", "idea url", "portal url"),
        "author_name": ("suggestion.creator.name", "idea creator name"),
        "author_email": (
            *("suggestion.creator.email_address", "suggestion.creator.email"),
            "idea creator email address",
        ),
        "account": ("account.name", "external_account.name", "account name", "user account name"),
        "account_id": ("account.external_id", "external_account.external_id", "account external id"),
        "contact": ("user.email_address", "supporter.email_address", "user email address"),
        "added_at": ("suggestion.linked_timestamp", "linked idea creation date"),
    },
    (("suggestion.id", "idea id"), ("suggestion.title", "idea title")),
)
PRESETS = {"uservoice": USERVOICE}


class Wrong(ValueError):
    """The columns can't be told. The message says what to change."""


def read_map(text: str) -> dict[str, str]:
    """{field: column} of "title=Summary,body=Description"; a column's name may hold "=" but no comma."""
    chosen: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        field, is_, column = part.partition("=")
        field, column = SAME.get(field.strip(), field.strip()), column.strip()
        if not is_ or not column:
            raise Wrong(f"“{part}” names no column. Write it as title=Summary.")
        if field not in FIELDS:
            raise Wrong(f"A request has no “{field}”. It has {', '.join(FIELDS)}.")
        if field in chosen:
            raise Wrong(f"“{field}” is named twice.")
        chosen[field] = column
    return chosen


def columns_of(header: Iterable[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """{field: place of its column}: as chosen, else told from the names; raises `Wrong` without a title."""
    places: dict[str, int] = {}
    heads, named = _named(header)
    for field, column in chosen.items():
        if column.casefold() not in named:
            known = ", ".join(head for head in heads if head) or "none"
            raise Wrong(f"The file has no column “{column}”. Its columns are: {known}.")
        places[field] = named[column.casefold()]
    told = FIELDS if OWN in named else PLAIN
    _tell(places, named, {field: FIELDS[field].usual for field in told})
    if "title" not in places:
        raise Wrong("No column is the title. Say which one is: --map title=NAME.")
    return places


def guess(header: Iterable[str], remembered: Mapping[str, str]) -> tuple[dict[str, int], str]:
    """({field: place}, the preset's key or ""): as it was before, as the tool names them, as is usual.

    A file with a title column of the remembered ones is read as remembered; nothing is added to that.
    """
    _, named = _named(header)
    places: dict[str, int] = {}
    for field, column in remembered.items():
        if field in FIELDS and column.casefold() in named:
            places[field] = named[column.casefold()]
    if "title" in places:
        return places, ""
    for key, preset in PRESETS.items():
        if all(any(name in named for name in names) for names in preset.signs):
            places = {}
            _tell(places, named, preset.columns)
            return places, key
    places = {}
    _tell(places, named, {field: about.usual for field, about in FIELDS.items()})
    return places, ""


def by_preset(header: Iterable[str], key: str) -> dict[str, int]:
    """{field: place} of the columns that have the preset's names."""
    _, named = _named(header)
    places: dict[str, int] = {}
    _tell(places, named, PRESETS[key].columns)
    return places


def _named(header):
    """(the names in order, {name in small letters: its first place})."""
    heads = [" ".join(head.split()) for head in header]
    named: dict[str, int] = {}
    for place, head in enumerate(heads):
        named.setdefault(head.casefold(), place)
    return heads, named


def _tell(places, named, names):
    """Add to `places` what the names of the other columns say."""
    for field, usual in names.items():
        free = [named[name] for name in usual if name in named and named[name] not in places.values()]
        if field not in places and free:
            places[field] = free[0]
