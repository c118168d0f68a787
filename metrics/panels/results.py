"""Results on the page of their experiment, and the words of what happened to them."""

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from metrics.queries import results
from metrics.services.results import SOURCES, TAKING
from prodops import panels, words
from prodops.access import Can, allowed
from prodops.panels import Panel


def results_of(request, experiment):
    """The newest verdict, with a way to all of it and to new numbers."""
    if not experiment.is_started:
        return None
    snapshot = results.newest(experiment)
    context = {
        "experiment": experiment,
        "snapshot": snapshot,
        "sources": SOURCES,
        "may_add": experiment.state in TAKING
        and allowed(request.user, Can.EXPERIMENT_EDIT)
        and experiment.is_editable_by(request.user),
    }
    html = render_to_string("metrics/_results_panel.html", context, request, using="jinja2")
    return Panel("results", "Results", mark_safe(html))  # noqa: S308  (our template, escaped there)


panels.register("metrics.experiment", "results", results_of, order=10)
for verb, sentence in {
    "experiment.results_in": "brought results in, {how}: {verdict}",
    "experiment.query_kept": "had results fetched from {source} every morning",
    "experiment.query_dropped": "had no more results fetched",
    "experiment.query_failed": "could not fetch results: {error}",
}.items():
    words.register(verb, sentence)
