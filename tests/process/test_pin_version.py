import pytest

from process.panels import key_results_citing
from process.services import objectives
from prodops import citations
from tests.factories.metrics import KpiFactory
from tests.factories.process import KeyResultFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


def fields(kpi, owner, **more):
    return {
        **{"title": "Faster", "unit": "percent", "start": 1, "target": 2, "weight": 1},
        **{"owner": owner, "kpi": kpi},
        **more,
    }


def test_a_key_result_pins_the_version_its_target_was_set_by(member, now):
    kpi = KpiFactory(approved=True)
    objective = ObjectiveFactory()
    row = objectives.add_key_result(objective, **fields(kpi, member), by=member, at=now)
    assert row.kpi_version_id == kpi.pinned_version_id() == kpi.live_version_id
    objectives.edit_key_result(row, **fields(None, member), by=member, at=now)
    assert row.kpi_version_id is None


def test_the_registry_of_citations_names_it(member):
    row = KeyResultFactory(kpi=KpiFactory())
    [(kind, [citation])] = [
        found for found in citations.of("metrics.kpi", [row.kpi_id], member) if found[0].name == "Key result"
    ]
    assert kind.plural == "Key results"
    assert (citation.thing_id, citation.title, citation.version_id) == (
        row.kpi_id,
        row.title,
        row.kpi_version_id,
    )
    assert not list(key_results_citing([KpiFactory().pk], member))
