"""The plan of an experiment: what it says as data, and that it stays as it was at the start."""

import pytest
from django.db import ProgrammingError, transaction

from metrics.models import Experiment, ExperimentState
from metrics.queries.experiments import hash_of, plan_of, with_plan
from tests.factories.experiments import ExperimentFactory

pytestmark = pytest.mark.django_db


def test_a_plan_says_all_that_the_read_out_needs(django_assert_num_queries):
    made = ExperimentFactory()
    with django_assert_num_queries(4):
        plan = plan_of(with_plan(Experiment.objects.for_list()).get(pk=made.pk))
    assert [(one["key"], one["control"], one["ratio"]) for one in plan["variants"]] == [
        ("control", True, 50),
        ("beside", False, 50),
    ]
    (primary,) = plan["kpis"]
    assert (primary["role"], primary["kind"], primary["direction"], primary["version"]) == (
        *("primary", "proportion", "up", 1),
    )
    assert (plan["method"], plan["alpha"], plan["starts"], plan["stops"]) == (
        *("fixed", 0.05, "2026-11-02", "2026-11-16"),
    )


def test_the_hash_follows_every_word_of_the_plan_and_no_order_of_its_keys():
    plan = plan_of(ExperimentFactory())
    assert hash_of(dict(reversed(plan.items()))) == hash_of(plan)
    assert hash_of(plan | {"alpha": 0.1}) != hash_of(plan)


def test_the_plan_of_the_start_cannot_be_written_over():
    running = ExperimentFactory(in_state=ExperimentState.RUNNING)
    running.plan = running.plan | {"alpha": 0.2}
    with pytest.raises(ProgrammingError), transaction.atomic():
        running.save()
    running.refresh_from_db()
    assert hash_of(running.plan) == running.plan_hash
