"""The driver tree, KPIs that may be one, and definitions in and out: readable by everybody, on any screen."""

from django.urls import reverse
from playwright.sync_api import expect

from metrics.models import Driver, KpiTier
from metrics.services import conflicts
from tests.factories.metrics import KpiFactory


def test_the_tree_conflicts_and_exchange_are_accessible(walker, ops, team, now):
    top = KpiFactory(name="Weekly active", team=team, tier=KpiTier.NORTH_STAR, approved=True)
    below = KpiFactory(name="Activation", team=team, approved=True)
    KpiFactory(name="Activation rate", team=team, approved=True)
    Driver.objects.create(parent=top, child=below, added_by=ops, added_at=now)
    page = walker.sign_in(ops).open(reverse("metrics:driver_tree"))
    expect(page.get_by_role("link", name="Activation").first).to_be_visible()
    walker.assert_accessible()
    conflicts.refresh(at=now)
    for name in ("conflict_list", "registry_import_new", "registry_import_list", "registry_export"):
        walker.open(reverse(f"metrics:{name}"))
        walker.shot(f"exchange-{name}")
        walker.assert_accessible()
