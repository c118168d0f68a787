"""Decisions and what was found about their data since."""

from metrics.models import ReReview


def open_reviews(decisions):
    """{decision id: its re-reviews that nobody has answered}, in one query; none without decisions."""
    found: dict[int, list] = {}
    if decisions:
        for review in ReReview.objects.open().filter(decision__in=decisions).for_list():
            found.setdefault(review.decision_id, []).append(review)
    return found
