"""What the rows of a file name, looked up once for the whole file."""

from functools import cached_property
from typing import NamedTuple

from coordination.models import Channel, DeclineReason, FormVersion, RequestType
from prodops.models import CustomerAccount, ProductArea, Team, User


class Sender(NamedTuple):
    """In whose name rows come in, and where they go that say nothing of it."""

    by: object
    team: object = None
    area: object = None
    type: object = None
    channel: object = None


class Book:
    """Areas, types, teams, people and accounts, by what files call them; each read when first asked for."""

    @cached_property
    def _areas(self):
        areas = list(ProductArea.objects.select_related("owner", "team"))
        return {a.name.casefold(): a for a in areas} | {a.slug.casefold(): a for a in areas}

    @cached_property
    def _types(self):
        return {one.name.casefold(): one for one in RequestType.objects.all()}

    @cached_property
    def _teams(self):
        teams = list(Team.objects.all())
        return {t.name.casefold(): t for t in teams} | {t.slug: t for t in teams}

    @cached_property
    def _people(self):
        return {user.email.lower(): user for user in User.objects.only("email", "name", "is_active")}

    @cached_property
    def _accounts(self):
        """By "id:…" (slug or the id elsewhere), "domain:…", "name:…"; None where two have that name."""
        found: dict[str, CustomerAccount | None] = {}
        rows = CustomerAccount.objects.only("slug", "name", "domain", "external_ids", "currency")
        for one in rows:
            for other in one.external_ids:
                found.setdefault(f"id:{other.rpartition(':')[2].casefold()}", one)
                found[f"id:{other.casefold()}"] = one
            if one.domain:
                found[f"domain:{one.domain.casefold()}"] = one
            name = f"name:{one.name.casefold()}"
            found[name] = None if name in found else one
        found |= {f"id:{one.slug.casefold()}": one for one in rows}
        return found

    def area(self, name):
        return self._areas.get(name.casefold()) if name else None

    def type(self, name):
        return self._types.get(name.casefold()) if name else None

    def team(self, name):
        return self._teams.get(name.casefold()) if name else None

    @cached_property
    def _codes(self):
        return {one.slug: one for one in DeclineReason.objects.all()}

    def code(self, slug):
        """The reason code of a declined request."""
        return self._codes.get(slug)

    @cached_property
    def _channels(self):
        return {one.slug: one for one in Channel.objects.all()}

    def channel(self, slug):
        return self._channels.get(slug)

    @cached_property
    def _versions(self):
        published = FormVersion.objects.filter(published_at__isnull=False).select_related("form")
        return {(one.form.slug, one.number): one for one in published}

    def version(self, form, number):
        """The published version of a form."""
        return self._versions.get((form, number))

    def person(self, email):
        """Whoever has or had that address here."""
        return self._people.get(email.lower()) if email else None

    def colleague(self, email):
        """The same, if they may still sign in."""
        user = self.person(email)
        return user if user and user.is_active else None

    def account(self, said):
        """The account that a row names: by its id, its domain, its one name, its contact's domain."""
        at = said.contact.rpartition("@")[2].strip(" >").casefold() if "@" in said.contact else ""
        names = (
            f"id:{said.account_id.casefold()}",
            f"domain:{said.account_domain.casefold()}",
            f"name:{said.account.casefold()}",
            f"domain:{at}",
        )
        return next((self._accounts[name] for name in names if self._accounts.get(name)), None)
