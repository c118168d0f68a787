"""How people of the panel stand: who may be asked, what was counted for it, and what a list shows."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone

from prodops.models import CustomField, FieldKind, Segment
from prodops.money import Rates
from research.models import (
    CameBy,
    ContactBar,
    ContactOverride,
    Incentive,
    IncentiveState,
    Invitation,
    InvitationKind,
    PanelSettings,
    Participant,
    Session,
    SessionKind,
)
from research.synthesis.contact import BARS, Limit, State, Used, contact

# Conversations that sales and support had, and reading: nobody was asked to take part for these.
NOT_ASKED = (SessionKind.SALES_CALL, SessionKind.SUPPORT_CALL, SessionKind.DESK_RESEARCH)


def rules():
    """The workspace's `PanelSettings`, or what holds until somebody sets them."""
    return PanelSettings.objects.filter(pk=1).first() or PanelSettings()


def day_of(at):
    """The company's day at `at`."""
    return timezone.localtime(at, timezone.get_default_timezone()).date()


def contacts(people, *, at, study=None):
    """{id: `Contact`} of participants (ids) at `at`, in six queries however many they are.

    With `study`, exceptions that were made for it count.
    """
    ids, today, settings_ = list(people), day_of(at), rules()
    account_of = dict(Participant.objects.filter(pk__in=ids).values_list("pk", "account"))
    bars = _bars(ids, today)
    overridden = set()
    if study is not None:
        made = ContactOverride.objects.filter(study=study, participant__in=ids)
        overridden = set(made.values_list("participant", flat=True))
    accounts = {one for one in account_of.values() if one}
    invited = _counted(_invitations(settings_, today), "recruit__participant", ids, accounts, "at")
    held = _counted(_sessions(settings_, today), "participant", ids, accounts, "held_on")
    limits = _limits(settings_)
    found = {}
    for pk, account in account_of.items():
        found[pk] = contact(
            bars.get(pk, {}),
            person_invites=Used(limits["person_invites"], invited[0].get(pk, ())),
            person_sessions=Used(limits["person_sessions"], held[0].get(pk, ())),
            account_invites=Used(limits["account_invites"], invited[1].get(account, ())) if account else None,
            account_sessions=Used(limits["account_sessions"], held[1].get(account, ())) if account else None,
            overridden=pk in overridden,
            today=today,
        )
    return found


def barred(people, *, at):
    """{id: why, in words} of participants (ids) whom nobody may ask now, by a bar of any kind."""
    return {
        pk: ", ".join(bar.label.lower() for bar in BARS if bar in kinds)
        for pk, kinds in _bars(list(people), day_of(at)).items()
    }


def _bars(ids, today):
    found: dict[int, dict] = defaultdict(dict)
    for bar in ContactBar.objects.filter(participant__in=ids).live(today):
        found[bar.participant_id][State(bar.kind)] = (bar.because, bar.until)
    return found


def _limits(rule):
    words = {
        "person_invites": (rule.person_invites, rule.person_invite_days, "invited {}"),
        "person_sessions": (rule.person_sessions, rule.person_session_days, "took part {}"),
        "account_invites": (rule.account_invites, rule.account_invite_days, "their account invited {}"),
        "account_sessions": (rule.account_sessions, rule.account_session_days, "their account took part {}"),
    }
    return {
        key: Limit(most, days, said.format("once" if most == 1 else f"{most} times"))
        for key, (most, days, said) in words.items()
    }


def _invitations(rule, today):
    days = max(rule.person_invite_days, rule.account_invite_days)
    since = dt.datetime.combine(today - dt.timedelta(days=days), dt.time.min, timezone.get_default_timezone())
    return Invitation.objects.filter(
        kind=InvitationKind.INVITATION, at__gte=since, given_up_at=None
    ).order_by()


def _sessions(rule, today):
    days = max(rule.person_session_days, rule.account_session_days)
    since = today - dt.timedelta(days=days)
    return Session.objects.filter(held_on__gte=since).exclude(kind__in=NOT_ASKED).order_by()


def _counted(rows, path, ids, accounts, day):
    """({participant: days}, {account: days}) of `rows`, whose participant is at `path`."""
    near = Q(**{f"{path}__in": ids}) | Q(**{f"{path}__account__in": accounts})
    people, companies = defaultdict(list), defaultdict(list)
    for person, account, when in rows.filter(near).values_list(path, f"{path}__account", day):
        on = day_of(when) if isinstance(when, dt.datetime) else when
        people[person].append(on)
        if account:
            companies[account].append(on)
    return people, companies


# --- the panel as a list ----------------------------------------------------------------------------------


def narrowed(people, state, *, at):
    """Of a QuerySet of participants, those whose contact state is `state`.

    Bars are asked of the database; who cools down is computed for everybody without a bar.
    """
    today = day_of(at)
    live = ContactBar.objects.live(today).values("participant")
    if state in BARS:
        later = BARS[: BARS.index(state)]
        mine = people.filter(pk__in=live.filter(kind=state))
        return mine.exclude(pk__in=live.filter(kind__in=later)) if later else mine
    rest = people.exclude(pk__in=live)
    standing = contacts(rest.order_by().values_list("pk", flat=True), at=at)
    return rest.filter(pk__in=[pk for pk, one in standing.items() if one.state == state])


def facets(people):
    """[(label, name in the address, [(value, name, how many)])] of a QuerySet; Unknown says so, and how many."""
    found = [
        _counted_by(people, "Segment", "segment", "shown_segment", dict(Segment.choices)),
        _counted_by(people, "How they came", "came_by", "came_by", dict(CameBy.choices)),
    ]
    return [one for one in found if one[2]]


def _counted_by(people, label, name, column, words):
    rows = people.order_by().values(column).annotate(found=Count("pk", distinct=True))
    known = {row[column]: row["found"] for row in rows}
    return label, name, [(value, said, known[value]) for value, said in words.items() if known.get(value)]


def select_fields():
    """The typed fields of the panel that hold one or several values of a list."""
    of_list = CustomField.objects.of("research.participant").live()
    return list(of_list.filter(kind__in=[FieldKind.SELECT, FieldKind.MULTISELECT]))


# --- money a year -----------------------------------------------------------------------------------------


def paid_in(year, people=None):
    """{participant: (sum in the company's currency, currencies without a rate)} paid in `year`."""
    paid = Incentive.objects.filter(state=IncentiveState.PAID, paid_on__year=year)
    return _summed(paid if people is None else paid.filter(participant__in=people), dt.date(year, 12, 31))


def promised_in(year, people):
    """As `paid_in`, with what is due or approved for that year and not paid yet."""
    open_ = (IncentiveState.DUE, IncentiveState.APPROVED, IncentiveState.FAILED)
    either = Q(state=IncentiveState.PAID, paid_on__year=year) | Q(state__in=open_, due_on__year=year)
    return _summed(Incentive.objects.filter(either, participant__in=people), dt.date(year, 12, 31))


def _summed(incentives, day):
    rows = list(incentives.order_by().values_list("participant", "currency").annotate(total=Sum("amount")))
    rates = None
    found: dict[int, tuple] = {}
    for person, currency, total in rows:
        if currency != settings.DEFAULT_CURRENCY and rates is None:
            rates = Rates(day)
        value = total if rates is None else rates.convert(total, currency)
        before, missing = found.get(person, (0, frozenset()))
        found[person] = (before + (value or 0), missing if value is not None else missing | {currency})
    return found


def above_warning(total, rule):
    """Whether a year's sum is pointed out."""
    return rule.yearly_warning is not None and total >= rule.yearly_warning
