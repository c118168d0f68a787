"""Requests as rows of a table for elsewhere."""

from itertools import batched

from prodops.clock import company_day

from .forms import answers_in_words
from .impact import impact_of

BATCH = 500


def export_rows(requests):
    """One row a request, in the order of `coordination.views.requests.CSV_HEADER`, a batch at a time."""
    for batch in batched(requests.iterator(chunk_size=BATCH), BATCH, strict=False):
        impacts, answers = impact_of(batch), answers_in_words(batch)
        for one in batch:
            yield _row(one, impacts[one.pk], answers.get(one.pk, ("", "")))


def _amounts(pairs):
    return " + ".join(f"{amount:.2f} {currency}" for currency, amount in pairs)


def _row(one, impact, answers):
    return [
        one.ref,
        one.title,
        one.get_state_display(),
        one.get_urgency_display(),
        one.area.name if one.area else "",
        impact.accounts,
        _amounts(impact.arr),
        _amounts(impact.stake),
        one.submitter.name,
        one.submitter_team.name if one.submitter_team else "",
        company_day(one.submitted_at).isoformat(),
        one.decided_by.name if one.decided_by else "",
        company_day(one.decided_at).isoformat() if one.decided_at else "",
        one.decision_reason,
        one.merged_into.ref if one.merged_into else "",
        one.problem,
        one.effect,
        *answers,
    ]
