"""What the addresses of incidents, decisions and checks are tried with."""

from prodops.models import Role
from tests.factories.metrics import IncidentFactory


def _incident(people, **fields):
    team = people[Role.MEMBER].teams.get()
    return {"pk": IncidentFactory(kpi__team=team, **fields).pk}


SAMPLES = {"metrics:incident_detail": _incident}
LISTS = {}
