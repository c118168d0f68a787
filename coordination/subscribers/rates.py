"""What exchange rates change here."""

from prodops import activity, jobs


@activity.subscribe("rate.entered", "rate.removed")
def count_again(event):
    """Totals are in the company's currency by the latest rates."""
    jobs.enqueue("coordination.tasks.recount_impact")
