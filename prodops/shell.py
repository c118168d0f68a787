"""What every page's frame shows: navigation, what waits, who is signed in."""

from functools import cached_property

from django.conf import settings

from prodops import memory, nav
from prodops.access import allowed


class Shell:
    """Computed only where a template asks: a partial costs nothing."""

    def __init__(self, request):
        self.request = request
        self.company = settings.COMPANY_NAME
        self.embedded = settings.EMBEDDED

    @property
    def user(self):
        return self.request.user

    @cached_property
    def counts(self):
        """What waits for the person, the unread notifications among it: one query, if any."""
        return memory.remembered(
            f"waiting:{self.user.pk}",
            lambda: nav.waiting_counts(self.user, {"notifications": self.user.notifications.unread()}),
        )

    @property
    def unread(self):
        return self.counts.get("notifications", 0)

    @cached_property
    def sections(self):
        """[(title, [(Item, path, waiting, is current)])], the longest matching path being current."""
        here = self.request.path
        sections = nav.items_for(self.user)
        starts = [(start, item) for _, items in sections for item in items for start in nav.covers(item)]
        _, current = max(
            ((start, item) for start, item in starts if here.startswith(start)),
            key=lambda found: len(found[0]),
            default=("", None),
        )
        return [
            (
                title,
                [
                    (
                        item,
                        nav.path(item.url_name),
                        self.counts.get(item.url_name, 0),
                        item is current,
                    )
                    for item in items
                ],
            )
            for title, items in sections
        ]

    @cached_property
    def actions(self):
        return [(action, nav.path(action.url_name)) for action in nav.actions_for(self.user)]

    def can(self, capability):
        return allowed(self.user, capability)


def shell(request):
    return {"shell": Shell(request)}


def demo_sign_ins(request):
    """For the sign-in page of the embedded stack, where everybody knows the passwords."""
    if not settings.EMBEDDED:
        return {}
    from prodops.demo.company import PASSWORD, sign_ins

    return {"demo_sign_ins": sign_ins(), "demo_password": PASSWORD}
