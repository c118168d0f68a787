"""What a program asks by the API, done once however often it asks."""

import hashlib

from django.db import connection, transaction

from metrics import queries
from metrics.formats import series_json
from metrics.models import ApiCall, SourceKind
from metrics.services import ingest, series
from metrics.services.ingest import Row


class KeyReused(Exception):
    """The Idempotency-Key belongs to another request."""


class Rejected(Exception):
    """Some rows cannot be taken, and all or none was asked for. `batch` has them."""

    def __init__(self, batch):
        super().__init__()
        self.batch = batch


@transaction.atomic
def bring_in(kpi, body, *, token, key, most, at):
    """Take a call's points; gives (answer, whether it is the answer to an earlier call with this key).

    The key and the values are written in one transaction, so a call that was killed half-way is as one that
    never came. Two calls with one key at once wait for each other.
    """
    asked = hashlib.sha256(f"{kpi.pk}:{most}:".encode() + body).hexdigest()
    if key:
        earlier = _claim(token, key, asked, at)
        if earlier is not None:
            return earlier, True
    subject, chain = ingest.subject(kpi, at), queries.governing(kpi)
    batch = series_json.read(body, subject, most, chain.takes.__contains__)
    if batch.faults and not batch.skips:
        raise Rejected(batch)
    rows = [Row(*row) for row in batch.rows]
    load = None
    if batch.dry_run:
        counts = ingest.compare(kpi, rows)
    else:
        load, counts = series.bring_in(
            kpi,
            rows,
            source_kind=SourceKind.API,
            said=token.name,
            by=token.by,
            at=at,
            rejected=len(batch.faults),
        )
    answer = {
        "kpi": kpi.slug,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same + batch.repeats,
        "rejected": len(batch.faults),
        "errors": faults(batch),
        "import": load and load.pk,
        "dry_run": batch.dry_run,
    }
    if key:
        ApiCall.objects.filter(token=token, key=key).update(answer=answer)
    return answer, False


def faults(batch):
    """The rows that fail as JSON, the first of them."""
    return [
        {"row": one.row, "field": one.field, "code": one.code, "message": one.message}
        for one in batch.faults[: series_json.FAULTS_TOLD]
    ]


def forget(*, before):
    """Forget the answers to calls older than `before`."""
    return ApiCall.objects.filter(at__lt=before).delete()[0]


def _claim(token, key, asked, at):
    """None where the key is new and now this call's; else the answer that was given to it."""
    with connection.cursor() as cursor:
        # Waits for another call with this key to be committed or rolled back.
        cursor.execute(
            "INSERT INTO metrics_apicall (token_id, key, asked, answer, at) VALUES (%s, %s, %s, '{}', %s)"
            " ON CONFLICT (token_id, key) DO NOTHING RETURNING id",
            [token.pk, key, asked, at],
        )
        if cursor.fetchone():
            return None
    earlier = ApiCall.objects.get(token=token, key=key)
    if earlier.asked != asked:
        raise KeyReused("This Idempotency-Key was used for another request. Choose a new one.")
    return earlier.answer
