import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import AccessKind, Dashboard, DashboardKind, Panel, PanelKind
from metrics.models.dashboard import OWN_TOOL
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import TeamFactory, UserFactory


class DashboardFactory(DjangoModelFactory):
    """A dashboard of another tool, which says for whom it is and how to get in."""

    class Meta:
        model = Dashboard

    kind = DashboardKind.LINK
    name = factory.Sequence(lambda n: f"Dashboard {n}")
    purpose = "Which routes are planned when."
    url = factory.Sequence(lambda n: f"https://bi.example.com/dashboards/{n}")
    tool = "Metabase"
    owner = factory.SubFactory(UserFactory)
    team = factory.SubFactory(TeamFactory)
    audience = "Product leads"
    access = AccessKind.EVERYBODY
    added_by = factory.SelfAttribute("owner")
    added_at = factory.LazyFunction(timezone.now)


class BoardFactory(DashboardFactory):
    kind = DashboardKind.BOARD
    name = factory.Sequence(lambda n: f"Board {n}")
    url = ""
    tool = OWN_TOOL


class PanelFactory(DjangoModelFactory):
    class Meta:
        model = Panel

    dashboard = factory.SubFactory(BoardFactory)
    kpi = factory.SubFactory(KpiFactory)
    version = factory.SelfAttribute("kpi.count_version")
    kind = PanelKind.TREND
    position = factory.Sequence(lambda n: n % 200)


def board_with(number, **fields):
    """A board with so many panels of KPIs of their own, in order."""
    board = BoardFactory(**fields)
    for place in range(number):
        PanelFactory(dashboard=board, position=place)
    return board
