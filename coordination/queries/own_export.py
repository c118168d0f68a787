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
    *(("Workaround", "workaround"), ("Affected", "affected"), ("Evidence", "evidence_url")),
    *(("Urgency", "urgency"), ("Area", "area"), ("Request type", "type"), ("Tags", "tags")),
    *(("Language", "language"), ("Sent on", "submitted_at"), ("Sent by e-mail", "submitter")),
    *(("Sent for team", "team"), ("Requester name", "author_name")),
    *(("Requester e-mail", "author_email"), ("Requester company", "company")),
    *(("Prodops state", "state"), ("Decided on", "decided_at"), ("Decided by e-mail", "decided_by")),
    *(("Reason", "reason"), ("Joined with id", "joined_with")),
)
VOICE_COLUMNS = (
    *(("Account", "account"), ("Account key", "account_id"), ("Account's words", "words")),
    *(("Contact", "contact"), ("At stake", "revenue"), ("Currency", "currency")),
    *(("Added by e-mail", "added_by"), ("Added for team", "added_team"), ("Added on", "added_at")),
    ("Added as", "added_as"),
)
HEADER = [name for name, _ in (*COLUMNS, *VOICE_COLUMNS)]


def own_rows(requests):
    """One row a request and account, in the order of `HEADER`; a request's own columns in its first row."""
    voices = Voice.objects.select_related("account", "added_by", "team").order_by("added_at", "pk")
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
        str(one.merged_into.key) if one.merged_into else "",
    ]


def _voice(voice):
    cells = [
        voice.account.name,
        voice.account.slug,
        voice.words,
        voice.contact,
        f"{voice.revenue:.2f}" if voice.revenue is not None else "",
        voice.currency,
        voice.added_by.email,
        voice.team.slug if voice.team else "",
        _moment(voice.added_at),
        voice.source,
    ]
    return [_safe(cell) for cell in cells]


def _moment(at):
    return at.astimezone(dt.UTC).isoformat() if at else ""


def _safe(text):
    """With one more apostrophe where the text itself begins as a guarded cell does: reading takes one off."""
    return f"'{text}" if GUARDED.match(text) else text
