from django.urls import reverse

from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory

KERNEL_PAGES = (
    *("home", "people", "area_list", "account_list", "notifications", "preferences", "roles", "search"),
    "outbox",
)


def test_kernel_pages_are_accessible(walker, admin):
    CustomerAccountFactory.create_batch(3)
    ProductAreaFactory.create_batch(3, owner=admin)
    walker.sign_in(admin)
    for name in KERNEL_PAGES:
        walker.open(reverse(name))
        walker.shot(f"kernel-{name}")
        walker.assert_accessible()
