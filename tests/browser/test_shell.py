import pytest
from django.urls import reverse

from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "people",
        "area_list",
        "account_list",
        "notifications",
        "preferences",
        "roles",
        "search",
        "outbox",
    ],
)
def test_kernel_pages_are_accessible(walker, admin, name):
    CustomerAccountFactory.create_batch(3)
    ProductAreaFactory.create_batch(3, owner=admin)
    walker.sign_in(admin).open(reverse(name))
    walker.shot(f"kernel-{name}")
    walker.assert_accessible()
