"""All requests as a file that imports again: every column that a request, who asked and its accounts have."""

import datetime as dt
from collections.abc import Callable
from itertools import batched
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Prefetch

from coordination.formats.cells import GUARDED, written_answers
from coordination.models import RequestTag, Voice

BATCH = 500


class Column(NamedTuple):
    """A column: its name, the field it is read back as, the model's field, and what stands in it."""

    header: str
    field: str
    of: str
    cell: Callable[[Any], str]


def _as(write):
    """Makes columns whose model field, of the same name unless given, `write` writes; None is empty."""

    def column(header, field, of=""):
        take = attrgetter(of or field)

        def cell(one):
            value = take(one)
            return "" if value is None else write(value)

        return Column(header, field, of or field, cell)

    return column


_text = _as(str)
_line = _as(lambda text: " ".join(text.split()))
_number = _as(lambda amount: f"{amount:.2f}")
_moment = _as(lambda at: at.astimezone(dt.UTC).isoformat())
_day = _as(lambda day: day.isoformat())
_slug = _as(lambda one: one.slug)
_email = _as(lambda user: user.email)
_key = _as(lambda one: str(one.key))


def _source(one):
    """Only where it is not the channel's: that has another number in another house."""
    return "" if one.channel and one.source == one.channel.source else one.source


def _answered(one):
    return getattr(one, "answered", None)


def _form(one):
    answered = _answered(one)
    return answered.version.form.slug if answered else ""


def _form_version(one):
    answered = _answered(one)
    return str(answered.version.number) if answered else ""


def _answers(one):
    answered = _answered(one)
    if answered is None:
        return ""
    labels = {question.key: question.label for question in answered.version.questions}
    keys = [*(key for key in labels if key in answered.values), *sorted(set(answered.values) - set(labels))]
    return written_answers([(key, labels.get(key, key), answered.values[key]) for key in keys])


COLUMNS = (
    Column("Prodops id", "key", "key", lambda one: str(one.key)),
    _text("External id", "external_id"),
    _line("Title", "title"),
    _text("Problem", "body", "problem"),
    *(_text("Workaround", "workaround"), _text("Affected", "affected"), _text("Effect", "effect")),
    _text("Evidence", "evidence_url"),
    Column("Urgency", "urgency", "urgency", lambda one: one.get_urgency_display()),
    _slug("Area", "area"),
    Column("Request type", "type", "type", lambda one: one.type.name if one.type else ""),
    Column("Tags", "tags", "tags", lambda one: "; ".join(tag.name for tag in one.all_tags)),
    _text("Language", "language"),
    _moment("Sent on", "submitted_at"),
    _email("Sent by e-mail", "submitter"),
    _slug("Sent for team", "team", "submitter_team"),
    *(_text("Requester name", "author_name"), _text("Requester e-mail", "author_email")),
    _text("Requester company", "company"),
    _text("Prodops state", "state"),
    *(_moment("Decided on", "decided_at"), _email("Decided by e-mail", "decided_by")),
    *(_text("Reason", "reason", "decision_reason"), _slug("Reason code", "decline_code")),
    *(_day("Revisit on", "revisit_on"), _text("Revisit from accounts", "revisit_accounts")),
    _number("Revisit from ARR", "revisit_arr"),
    _key("Joined with id", "joined_with", "merged_into"),
    _text("State before joining", "state_before", "state_before_merge"),
    _slug("Prodops channel", "channel"),
    Column("Prodops source", "source", "source", _source),
    *(_slug("Owned by team", "owner_team", "team"), _email("Assigned to e-mail", "assignee")),
    *(_moment("Put off until", "snoozed_until"), _text("Put off for", "snoozed_for")),
    *(_moment("Asked again on", "revisited_at"), _text("Asked again because", "revisited_why")),
    *(Column("Prodops form", "form", "", _form), Column("Form version", "form_version", "", _form_version)),
    Column("Form answers", "answers", "", _answers),
)
VOICE_COLUMNS = (
    Column("Account", "account", "account", lambda one: one.account.name),
    _slug("Account key", "account_id", "account"),
    *(_text("Account's words", "words"), _text("Contact", "contact")),
    *(_number("At stake", "revenue"), _text("Currency", "currency")),
    *(_email("Added by e-mail", "added_by"), _slug("Added for team", "added_team", "team")),
    *(_moment("Added on", "added_at"), _text("Added as", "added_as", "source")),
    _email("Written down by e-mail", "recorded_by"),
    *(_text("Deal", "deal_name"), _number("Deal amount", "deal_amount")),
    *(_text("Deal currency", "deal_currency"), _text("Deal stage", "deal_stage")),
    _day("Deal closes on", "deal_closes_on"),
    *(_number("ARR then", "arr_then"), _text("ARR currency then", "arr_currency_then")),
    *(_text("Tier then", "tier_then"), _text("Segment then", "segment_then")),
)
# Fields that no column carries, and why: a test asks for every field of the models here or above
LEFT_OUT = {
    "coordination.request": {
        "id": "another house counts anew; the key tells requests apart",
        "root": "the end of the chain of joins, counted again",
        "due_at": "of the clocks, which an import starts only when somebody asks for it",
        "due_for": "the same",
        "changed_at": "what is news to the requester begins anew with the import",
        "snoozed_before_merge": "put off again when it is taken out of its join, by hand",
        "snoozed_for_before_merge": "the same",
        "accounts_count": "counted again from the voices",
        "arr_total": "the same",
        "arr_sure": "the same",
        "stake_total": "the same",
    },
    "coordination.voice": {"id": "the account, who added it and for which team", "request": "the row's own"},
    "coordination.requestanswers": {
        "request": "the row's own",
        "version": "by the columns of form and version",
        "values": "in the column of answers",
    },
}
HEADER = [column.header for column in (*COLUMNS, *VOICE_COLUMNS)]
NAMED = 3  # the first columns, which every row of a request has


def own_rows(requests):
    """One row a request and account, in the order of `HEADER`; a request's own columns in its first row."""
    voices = Voice.objects.select_related("account", "added_by", "recorded_by", "team").order_by(
        "added_at", "pk"
    )
    whole = requests.with_answers().prefetch_related(
        Prefetch("voices", voices, to_attr="all_voices"),
        Prefetch("tags", RequestTag.objects.order_by("name"), to_attr="all_tags"),
    )
    for batch in batched(whole.iterator(chunk_size=BATCH), BATCH, strict=False):
        for one in batch:
            own = [_safe(column.cell(one)) for column in COLUMNS]
            for place, voice in enumerate(one.all_voices or [None]):
                cells = [_safe(column.cell(voice)) if voice else "" for column in VOICE_COLUMNS]
                yield (own if not place else own[:NAMED] + [""] * (len(own) - NAMED)) + cells


def _safe(text):
    """With one more apostrophe where the text itself begins as a guarded cell does: reading takes one off."""
    return f"'{text}" if GUARDED.match(text) else text
