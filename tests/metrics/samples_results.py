"""What the addresses of experiments' results are tried with."""

from django.utils import timezone

from metrics.models import ExperimentState
from metrics.services import results
from prodops.models import Role
from tests.factories.experiments import ExperimentFactory


def _with_results(people):
    """A running experiment of the member's team, with results; gives (experiment, snapshot)."""
    member = people[Role.MEMBER]
    made = ExperimentFactory(team=member.teams.get(), owner=member, in_state=ExperimentState.RUNNING)
    slug = made.kpis.get().kpi.slug
    variants = [
        {"key": one.key, "n": 1_000, "kpis": {slug: {"count": 90 + 30 * place}}}
        for place, one in enumerate(made.variants.all())
    ]
    data = {"variants": variants}
    return made, results.take(made, data, source="hand", by=member, at=timezone.now())[0]


def _experiment(people):
    return {"key": _with_results(people)[0].key}


def _snapshot(people):
    return {"pk": _with_results(people)[1].pk}


SAMPLES = {
    **dict.fromkeys(
        ("metrics:experiment_results", "metrics:results_add", "metrics:results_query"), _experiment
    ),
    **dict.fromkeys(
        ("metrics:results_query_drop", "metrics:api_results", "metrics:api_readout"), _experiment
    ),
    **dict.fromkeys(("metrics:snapshot_detail", "metrics:snapshot_json"), _snapshot),
}
