"""What a batch of invitations would do, worked out before anything is sent."""

from collections import Counter
from typing import Any, NamedTuple

from prodops.models import Segment
from research.models import Clearance, ClearanceState, Gatekeeping
from research.synthesis.recruiting import Candidate, Supply, spread, supply

from . import panel, recruit_board
from . import recruiting as reads

MOST = 2_000  # people of the panel that a suggestion looks at


class Person(NamedTuple):
    """Somebody who was picked. `contact` says whether they may be asked; `cools` whether this uses them up.

    `why_not` is in words where it is not they who can't be asked, but their account.
    """

    participant: Any
    contact: Any
    cools: bool
    why_not: str


class Keeper(NamedTuple):
    """An account whose owner is told or asked, or was before; `how` is in words."""

    account: Any
    owner: Any
    how: str
    people: int


class Forecast(NamedTuple):
    """`going` would be invited, `cooling` need an override with a reason, `never` can't be asked at all."""

    going: list[Person]
    cooling: list[Person]
    never: list[Person]
    entering: list[Person]
    supply: list[Supply]
    keepers: list[Keeper]
    places: recruit_board.Places

    @property
    def overshoot(self) -> bool:
        """Whether more are asked than places are left: not wrong, since not all who are asked come."""
        return len(self.going) > self.places.places - self.places.taken


def _open_places(bars):
    return {bar.segment: bar.left for bar in bars}


def forecast(user, study, people, *, at):
    """The `Forecast` of inviting `people` (ids) that `user` may pick."""
    picked_now = reads.candidates(user, study).filter(pk__in=people).for_list()
    rows = list(picked_now.select_related("account__owner").order_by("name", "pk"))
    everybody = reads.candidates(user, study).values_list("pk", "shown_segment")[:MOST]
    segments = dict(everybody) | {one.pk: one.shown_segment for one in rows}
    contacts = panel.contacts(segments.keys(), at=at, study=study)
    answers = {one.account_id: one for one in Clearance.objects.filter(study=study).select_related("owner")}
    able = [one for one in rows if contacts[one.pk].askable and not _refused(one, answers)]
    beyond = reads.beyond_accounts(able, contacts)
    picked = [_person(one, contacts[one.pk], _refused(one, answers), one.pk in beyond) for one in rows]
    fit = [one for one in picked if not one.why_not]
    going = [one for one in fit if one.contact.askable]
    cooling = [one for one in fit if not one.contact.askable and one.contact.may_override]
    chosen = {one.participant.pk for one in going + cooling}
    never = [one for one in picked if one.participant.pk not in chosen]
    free = Counter(segments[pk] for pk, one in contacts.items() if one.askable)
    spent = Counter(one.participant.shown_segment for one in going)
    places = recruit_board.places_of(study)
    left = supply(free, spent, _open_places(places.bars), Segment.values)
    entering = [one for one in going if one.cools]
    keepers = _keepers(study, going + cooling, answers, user)
    return Forecast(going, cooling, never, entering, left, keepers, places)


def _person(participant, contact, refused, beyond):
    why_not = "their account's owner would rather not" if refused else ""
    if beyond:
        why_not = "their account is asked often enough by the others"
    return Person(participant, contact, contact.cools_after_invite, why_not)


def _refused(participant, answers):
    row = answers.get(participant.account_id)
    return row is not None and row.state == ClearanceState.REFUSED


def _keepers(study, people, answers, user):
    """Who hears of the accounts of `people`, by the study's rule and what was answered already."""
    rule = study.recruiting.gatekeeping
    if rule == Gatekeeping.NONE:
        return []
    number = Counter(one.participant.account_id for one in people)
    accounts = {
        one.participant.account_id: one.participant.account for one in people if one.participant.account
    }
    keepers = []
    for pk, account in sorted(accounts.items(), key=lambda pair: pair[1].name):
        if row := answers.get(pk):
            how = row.get_state_display().lower()
        elif account.owner_id is None:
            how = "has no owner: nobody to tell"
        elif account.owner_id == user.pk:
            how = "you own it, so nobody else is asked"
        else:
            how = "is asked first" if rule == Gatekeeping.ASK else "is told now"
        owner = account.owner if account.owner_id and account.owner_id != user.pk else None
        keepers.append(Keeper(account, owner, how, number[pk]))
    return keepers


def suggested(user, study, number, *, at):
    """Ids of `number` people who are free, spread by quota, by account, and to those asked least."""
    rows = list(
        reads.candidates(user, study).order_by("pk").values_list("pk", "shown_segment", "account")[:MOST]
    )
    contacts = panel.contacts([row[0] for row in rows], at=at, study=study)
    refused = set(
        Clearance.objects.filter(study=study, state=ClearanceState.REFUSED).values_list("account", flat=True)
    )
    free = [
        Candidate(pk, segment, account, contacts[pk].invites)
        for pk, segment, account in rows
        if contacts[pk].askable and account not in refused
    ]
    return spread(free, number, _open_places(reads.bars(study)))
