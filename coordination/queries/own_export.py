"""All requests as a file that imports again: every column that a request, who asked and its accounts have."""

import datetime as dt
from itertools import batched

from django.db.models import Count, Prefetch

from coordination.formats.rows import GUARDED
from coordination.models import RequestTag, Voice
from prodops.models import ProductArea

BATCH = 500
# (header, field): those of the request, and those of each account
COLUMNS = (
    *(("Prodops id", "key"), ("External id", "external_id"), ("Title", "title"), ("Problem", "body")),
    *(
        ("Workaround", "workaround"),
        ("Affected", "affected"),
        ("Effect", "effect"),
        ("Evidence", "evidence_url"),
    ),
    *(("Urgency", "urgency"), ("Area", "area"), ("Request type", "type"), ("Tags", "tags")),
    *(("Language", "language"), ("Sent on", "submitted_at"), ("Sent by e-mail", "submitter")),
    *(("Sent for team", "team"), ("Requester name", "author_name")),
    *(("Requester e-mail", "author_email"), ("Requester company", "company")),
    *(("Prodops state", "state"), ("Decided on", "decided_at"), ("Decided by e-mail", "decided_by")),
    *(
        ("Reason", "reason"),
        ("Reason code", "decline_code"),
        ("Revisit on", "revisit_on"),
        ("Revisit from accounts", "revisit_accounts"),
        ("Revisit from ARR", "revisit_arr"),
        ("Joined with id", "joined_with"),
    ),
)
VOICE_COLUMNS = (
    *(("Account", "account"), ("Account key", "account_id"), ("Account's words", "words")),
    *(("Contact", "contact"), ("At stake", "revenue"), ("Currency", "currency")),
    *(("Added by e-mail", "added_by"), ("Added for team", "added_team"), ("Added on", "added_at")),
    *(("Added as", "added_as"), ("Written down by e-mail", "recorded_by")),
    *(("Deal", "deal_name"), ("Deal amount", "deal_amount"), ("Deal currency", "deal_currency")),
    *(("Deal stage", "deal_stage"), ("Deal closes on", "deal_closes_on"), ("ARR then", "arr_then")),
    *(
        ("ARR currency then", "arr_currency_then"),
        ("Tier then", "tier_then"),
        ("Segment then", "segment_then"),
    ),
)
HEADER = [name for name, _ in (*COLUMNS, *VOICE_COLUMNS)]


def own_rows(requests):
    """One row a request and account, in the order of `HEADER`; a request's own columns in its first row."""
    voices = Voice.objects.select_related("account", "added_by", "recorded_by", "team").order_by(
        "added_at", "pk"
    )
    several = ProductArea.objects.values("name").annotate(n=Count("pk")).filter(n__gt=1)
    ambiguous = set(several.values_list("name", flat=True))
    whole = requests.prefetch_related(
        Prefetch("voices", voices, to_attr="all_voices"),
        Prefetch("tags", RequestTag.objects.order_by("name"), to_attr="all_tags"),
    )
    for batch in batched(whole.iterator(chunk_size=BATCH), BATCH, strict=False):
        for one in batch:
            own = [_safe(cell) for cell in _own(one, ambiguous)]
            first, *others = [_voice(voice) for voice in one.all_voices] or [[""] * len(VOICE_COLUMNS)]
            yield own + first
            for cells in others:
                yield [own[0], own[1], own[2], *[""] * (len(own) - 3), *cells]


def _own(one, ambiguous):
    area = one.area
    return [
        str(one.key),
        one.external_id,
        " ".join(one.title.split()),
        one.problem,
        one.workaround,
        one.affected,
        one.effect,
        one.evidence_url,
        one.get_urgency_display(),
        (area.slug if area.name in ambiguous else area.name) if area else "",
        one.type.name if one.type else "",
        "; ".join(tag.name for tag in one.all_tags),
        one.language,
        _moment(one.submitted_at),
        one.submitter.email,
        one.submitter_team.slug if one.submitter_team else "",
        one.author_name,
        one.author_email,
        one.company,
        one.state,
        _moment(one.decided_at),
        one.decided_by.email if one.decided_by else "",
        one.decision_reason,
        one.decline_code.slug if one.decline_code else "",
        one.revisit_on.isoformat() if one.revisit_on else "",
        "" if one.revisit_accounts is None else str(one.revisit_accounts),
        _number(one.revisit_arr),
        str(one.merged_into.key) if one.merged_into else "",
    ]


def _voice(voice):
    cells = [
        voice.account.name,
        voice.account.slug,
        voice.words,
        voice.contact,
        _number(voice.revenue),
        voice.currency,
        voice.added_by.email,
        voice.team.slug if voice.team else "",
        _moment(voice.added_at),
        voice.source,
        voice.recorded_by.email if voice.recorded_by else "",
        voice.deal_name,
        _number(voice.deal_amount),
        voice.deal_currency,
        voice.deal_stage,
        voice.deal_closes_on.isoformat() if voice.deal_closes_on else "",
        _number(voice.arr_then),
        voice.arr_currency_then,
        voice.tier_then,
        voice.segment_then,
    ]
    return [_safe(cell) for cell in cells]


def _number(amount):
    return "" if amount is None else f"{amount:.2f}"


def _moment(at):
    return at.astimezone(dt.UTC).isoformat() if at else ""


def _safe(text):
    """With one more apostrophe where the text itself begins as a guarded cell does: reading takes one off."""
    return f"'{text}" if GUARDED.match(text) else text
