"""What of the kernel is findable."""

from prodops import facets, search
from prodops.access import Can
from prodops.search import TIMELESS, Entry


@search.register(
    "account", model="prodops.customeraccount", plural="Accounts", icon="building", order=80, meaning=()
)
def account(account):
    return Entry(
        title=account.name,
        body=account.domain,
        url=account.get_absolute_url(),
        capability=Can.ACCOUNT_READ,
        happened_at=TIMELESS,
        context=account.get_segment_display(),
    )


@search.register("area", model="prodops.productarea", plural="Product areas", icon="diagram-3", order=84)
def area(area):
    return Entry(
        title=area.name,
        body=area.description,
        url=area.get_absolute_url(),
        capability=Can.PEOPLE_READ,
        happened_at=TIMELESS,
        context=f"Part of {area.parent}" if area.parent else "",
    )


@search.register("team", model="prodops.team", plural="Teams", icon="people", order=86, meaning=())
def team(team):
    return Entry(
        title=team.name,
        url=team.get_absolute_url(),
        capability=Can.PEOPLE_READ,
        happened_at=TIMELESS,
    )


@search.register("person", model="prodops.user", plural="People", icon="person", order=90, meaning=())
def person(user):
    if not user.is_active:
        return None
    return Entry(
        title=user.name,
        body=f"{user.job_title} {user.email}",
        url=user.get_absolute_url(),
        capability=Can.PEOPLE_READ,
        happened_at=user.date_joined,
        context=user.job_title,
    )


facets.register("area", "Area", order=30, kind="area", tree="prodops_productarea")
facets.register("owner", "Owner", order=80, kind="person")
