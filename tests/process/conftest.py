import pytest

from process import queries
from process.models import CycleState
from process.services import cycles
from prodops.quarters import Quarter
from tests.factories.process import KeyResultFactory, ObjectiveFactory, OkrCycleFactory


@pytest.fixture
def quarter(now):
    return Quarter.of(queries.company_day(now))


@pytest.fixture
def cycle(quarter, now, ops):
    """The active cycle of the quarter that is on."""
    signed = {"activated_at": now, "activated_by": ops}
    return OkrCycleFactory(year=quarter.year, number=quarter.number, state=CycleState.ACTIVE, **signed)


@pytest.fixture
def objective(cycle, team, member):
    return ObjectiveFactory(cycle=cycle, team=team, owner=member, title="Imports that work")


@pytest.fixture
def key_result(objective):
    """The member's, from 40 to 60."""
    return KeyResultFactory(objective=objective, title="First tries from 40 % to 60 %")


@pytest.fixture
def close():
    """Ends a cycle at once, whatever its gates ask."""

    def end(cycle, *, by, at):
        for state in (CycleState.GRADING, CycleState.CLOSED):
            cycles.move(cycle, state, reason="It is over", by=by, at=at)

    return end
