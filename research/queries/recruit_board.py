"""A study's board: who is where, since when, and what is overdue or missing."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber

from prodops.clock import company_day
from research.models import (
    Clearance,
    ClearanceState,
    Incentive,
    IncentiveState,
    IncentiveTerms,
    Invitation,
    Recruit,
    RecruitState,
)
from research.synthesis.recruiting import to_book

from . import consent
from . import recruiting as reads

SHOWN = 25  # cards of one state; the CSV has the others
COLUMNS = {
    "picked": (RecruitState.PICKED,),
    "invited": (RecruitState.INVITED,),
    "screened": (RecruitState.ANSWERED, RecruitState.SCREENED),
    "booked": (RecruitState.BOOKED,),
    "done": (RecruitState.DONE, RecruitState.NO_SHOW),
}
LABELS = {
    "picked": "Picked",
    "invited": "Invited",
    "screened": "Screened",
    "booked": "Booked",
    "done": "Done",
}
_MEETS = (RecruitState.BOOKED, RecruitState.DONE)  # for whom consent is needed
OUT = (RecruitState.SCREENED_OUT, RecruitState.DECLINED, RecruitState.WITHHELD)
# days after which somebody is overdue, and what is said of them
PATIENCE = {
    RecruitState.PICKED: (3, "waits for the account's owner for {days} days"),
    RecruitState.INVITED: (7, "no answer for {days} days"),
    RecruitState.ANSWERED: (2, "answers not looked at for {days} days"),
    RecruitState.SCREENED: (4, "has not booked for {days} days"),
}


class Card(NamedTuple):
    """A recruit on the board; `overdue` and `gaps` are words, none where all is well."""

    recruit: Recruit
    overdue: str
    gaps: list


class Column(NamedTuple):
    key: str
    label: str
    number: int
    cards: list
    states: tuple


class Places(NamedTuple):
    """How full the study is. `record` is of the study's own bookings where `own`, else the workspace's."""

    target: int
    places: int
    taken: int
    done: int
    record: object
    own: bool
    bars: list


def places_of(study, known=None):
    """The study's `Places`: sessions wanted, how many to book for them, and the bars of its quotas.

    `known` is the study's `tally`, where it is at hand.
    """
    known = reads.tally(study) if known is None else known
    record, own = reads.record(study)
    target = study.recruiting.target
    states = reads.counts(known)
    taken = sum(states[state] for state in reads.SEATED)
    places = to_book(target, record) if record.enough else target
    return Places(target, places, taken, states[RecruitState.DONE], record, own, reads.bars(study, known))


def overdue(recruit, *, at):
    """What is late about the recruit, in words; "" where nothing is."""
    if recruit.state == RecruitState.BOOKED:
        day = recruit.session.held_on if recruit.session else None
        return "the day has passed: did they come?" if day and day < company_day(at) else ""
    if recruit.state not in PATIENCE:
        return ""
    most, words = PATIENCE[recruit.state]
    days = (at - (getattr(recruit, "last", None) or recruit.changed_at)).days
    return words.format(days=days) if days >= most else ""


def cards_of(study, recruits, *, at):
    """A `Card` for each of `recruits` (loaded by `for_list`), with the gaps in consent and incentive."""
    people = [one.participant_id for one in recruits if one.state in _MEETS]
    unsigned = consent.unsigned(study, people, at=at)
    gone = consent.withdrawn(study, unsigned)
    given = _incentives(study, recruits)
    over = any(one.state == RecruitState.DONE for one in recruits)
    promised = over and IncentiveTerms.objects.filter(study=study).exists()
    cards = []
    for one in recruits:
        gaps = []
        if one.participant_id in gone:
            gaps.append("took consent back")
        elif one.participant_id in unsigned:
            gaps.append("consent not signed")
        if one.state == RecruitState.DONE and promised:
            gaps += _incentive_gap(given.get(one.participant_id), at)
        cards.append(Card(one, overdue(one, at=at), gaps))
    return cards


def _incentives(study, recruits):
    people = [one.participant_id for one in recruits if one.state == RecruitState.DONE]
    rows = Incentive.objects.filter(study=study, participant__in=people)
    rows = rows.exclude(state=IncentiveState.CANCELLED)
    return {one.participant_id: one for one in rows.order_by("pk")} if people else {}


def _incentive_gap(incentive, at):
    if incentive is None:
        return ["no incentive entered"]
    if incentive.state == IncentiveState.FAILED:
        return ["the incentive could not be paid"]
    if incentive.state != IncentiveState.PAID and incentive.due_on < company_day(at):
        return ["the incentive is overdue"]
    return []


def board(study, known, *, at):
    """([`Column`], [(state, how many, recruits)] of those who are out, for `OUT`); late ones come first in
    their column.

    `known` is the study's `tally`.
    """
    states = reads.counts(known)
    mails = Invitation.objects.filter(recruit=OuterRef("pk")).order_by("-at").values("at")[:1]
    order = Window(RowNumber(), partition_by="state", order_by=["changed_at", "pk"])
    shown = Recruit.objects.filter(study=study).for_list()
    shown = shown.annotate(last=Subquery(mails), rank=order)
    rows = list(shown.filter(rank__lte=SHOWN).order_by("changed_at", "pk"))
    by_state = defaultdict(list)
    out = defaultdict(list)
    for one in rows:
        if one.state in OUT:
            out[one.state].append(one)
    for card in cards_of(study, [one for one in rows if one.state not in OUT], at=at):
        by_state[card.recruit.state].append(card)
    columns = []
    for key, wanted in COLUMNS.items():
        cards = [card for state in wanted for card in by_state[state]]
        cards.sort(key=lambda card: not (card.overdue or card.gaps))
        columns.append(Column(key, LABELS[key], sum(states[one] for one in wanted), cards, wanted))
    return columns, [(state, states[state], out[state]) for state in OUT if states[state]]


def clearances(study):
    """The owners who were told or asked, with the number of people each answer holds up."""
    rows = list(Clearance.objects.filter(study=study).for_list().order_by("account__name", "pk"))
    if not any(row.state == ClearanceState.WAITING for row in rows):
        return [(row, 0) for row in rows]
    held = Recruit.objects.filter(study=study, state=RecruitState.PICKED).order_by()
    number = dict(held.values_list("participant__account").annotate(n=Count("pk")))
    return [(row, number.get(row.account_id, 0)) for row in rows]


def asked_of(user):
    """What waits for `user`'s answer as the owner of an account, as a QuerySet."""
    return Clearance.objects.answerable_by(user).filter(state=ClearanceState.WAITING)


def people_of(clearances):
    """{clearance's id: those whose invitations wait for its answer}, by name."""
    if not clearances:
        return {}
    waiting = Recruit.objects.filter(
        study__in={one.study_id for one in clearances},
        participant__account__in={one.account_id for one in clearances},
        state=RecruitState.PICKED,
    ).select_related("participant")
    by_pair = defaultdict(list)
    for recruit in waiting.order_by("participant__name", "pk"):
        by_pair[recruit.study_id, recruit.participant.account_id].append(recruit.participant)
    return {one.pk: by_pair[one.study_id, one.account_id] for one in clearances}
