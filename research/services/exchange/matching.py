"""What of a file the workspace has already: known by guid, else by name."""

from collections import defaultdict

from django.db.models import Q

from prodops.models import User
from research.formats import names
from research.models import Participant, Session, Tag, TagGroup
from research.queries import tagging


class People:
    """Colleagues by the guid that a file gives them, for what is taken in their name.

    Only those of the study's team are, unless product ops imports: a file is no proof of who wrote what.
    """

    def __init__(self, bundle, *, team, by):
        self.by = by
        users = list(User.objects.active())
        if not by.runs_product_ops:
            near = set(team.memberships.values_list("user", flat=True)) if team else set()
            users = [user for user in users if user.pk in near or user.pk == by.pk]
        by_guid = {names.of_person(user.email): user for user in users}
        by_name = defaultdict(list)
        for user in users:
            by_name[" ".join(user.name.split()).casefold()].append(user)
        self._found = dict(by_guid)
        self.unknown = []
        for person in bundle.people:
            same = by_name[" ".join(person.name.split()).casefold()]
            if person.guid in by_guid:
                continue
            if len(same) == 1:
                self._found[person.guid] = same[0]
            else:
                self.unknown.append(person.name)

    def get(self, guid):
        """The colleague, or None."""
        return self._found.get(guid)

    def or_me(self, guid):
        """The colleague, or who imports."""
        return self._found.get(guid, self.by)


def known_tags(bundle, study):
    """{guid of a theme: the tag that it is}: those known by guid, which need no answer."""
    scope = Q(study=None) | Q(study=study) if study else Q(study=None)
    rows = Tag.objects.filter(scope, guid__in=[theme.guid for theme in bundle.themes])
    found = {}
    for tag in sorted(rows, key=lambda tag: tag.study_id is not None):  # the study's own wins
        found[str(tag.guid)] = tagging.current(tag)
    return found


def namesakes(bundle, study, known):
    """{guid of a theme that is not known: the tag of its name}."""
    found = {}
    for theme in bundle.themes:
        if theme.guid not in known:
            tag = tagging.named(theme.name, study)
            if tag:
                found[theme.guid] = tag
    return found


def known_groups(bundle):
    by_guid = {str(one.guid): one for one in TagGroup.objects.all()}
    by_name = {one.name.casefold(): one for one in by_guid.values()}
    found = {}
    for group in bundle.groups:
        same = by_guid.get(group.guid) or by_name.get(group.name.casefold())
        if same:
            found[group.guid] = same
    return found


def known_participants(bundle, accounts):
    """{guid: participant}: by guid, else by name within the account."""
    rows = Participant.objects.filter(guid__in=[one.guid for one in bundle.participants])
    found = {str(one.guid): one for one in rows}
    for one in bundle.participants:
        if one.guid not in found:
            account = accounts.get(one.account.casefold())
            if one.account and account is None:
                continue
            same = Participant.objects.filter(name__iexact=one.name, account=account).first()
            if same:
                found[one.guid] = same
    return found


def known_sessions(study):
    """{guid: session} of the study."""
    return {str(one.guid): one for one in Session.objects.filter(study=study)} if study else {}
