"""What of the kernel people may hang comments, files and stars on, and choose in forms."""

from django.db.models import Case, When

from prodops import comboboxes, subjects
from prodops.access import Can
from prodops.models import CustomerAccount

subjects.register("prodops.customeraccount", Can.ACCOUNT_READ)
subjects.register("prodops.productarea", Can.PEOPLE_READ)
subjects.register("prodops.team", Can.PEOPLE_READ)


def _accounts(user):
    """One's own first."""
    if user is None:
        return CustomerAccount.objects.order_by("name", "pk")
    mine_first = Case(When(owner=user, then=0), default=1)
    return CustomerAccount.objects.visible_to(user).order_by(mine_first, "name", "pk")


def _about(account, user):
    yours = " · yours" if account.owner_id == user.pk else ""
    return f"{account.get_segment_display()}{yours}", {"currency": account.currency}


comboboxes.offer(
    "account",
    can=Can.ACCOUNT_READ,
    things=_accounts,
    fields=("name", "domain"),
    about=_about,
    none="No account is called that. Product ops can add it.",
)
