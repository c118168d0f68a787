"""How people of the panel stand: who may be asked, what was counted for it, and what a list shows."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.utils import timezone

from prodops import custom_fields
from prodops.clock import company_day
from prodops.models import FieldKind, Segment
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


def contacts_of(rows, *, at, study=None):
    """`contacts` of participants that are loaded: one query less."""
    return _contacts({one.pk: one.account_id for one in rows}, at, study)


def contacts(people, *, at, study=None):
    """{id: `Contact`} of participants (ids) at `at`, in six queries however many they are.

    With `study`, exceptions that were made for it count.
    """
    account_of = dict(Participant.objects.filter(pk__in=list(people)).values_list("pk", "account"))
    return _contacts(account_of, at, study)


def _contacts(account_of, at, study):
    ids, today, settings_ = list(account_of), company_day(at), rules()
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
        for pk, kinds in _bars(list(people), company_day(at)).items()
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
        on = company_day(when) if isinstance(when, dt.datetime) else when
        people[person].append(on)
        if account:
            companies[account].append(on)
    return people, companies


# --- the panel as a list ----------------------------------------------------------------------------------


def narrowed(people, state, *, at):
    """Of a QuerySet of participants, those whose contact state is `state`.

    Bars are asked of the database; who cools down is computed for everybody without a bar.
    """
    today = company_day(at)
    live = ContactBar.objects.live(today).values("participant")
    if state in BARS:
        later = BARS[: BARS.index(state)]
        mine = people.filter(pk__in=live.filter(kind=state))
        return mine.exclude(pk__in=live.filter(kind__in=later)) if later else mine
    rest = people.exclude(pk__in=live)
    standing = contacts(rest.order_by().values_list("pk", flat=True), at=at)
    return rest.filter(pk__in=[pk for pk, one in standing.items() if one.state == state])


class Facet(NamedTuple):
    """What a list has of one attribute: `values` are [(value, name, how many)], Unknown among them.

    `name` is its filter's in the address. The `value` of an Unknown that no filter asks for is "".
    """

    label: str
    name: str
    values: list[tuple[str, str, int]]


def facets(people):
    """[`Facet`] of a QuerySet `with_segment`, in one query."""
    asked = [
        ("Segment", "segment", [(value, name, Q(shown_segment=value)) for value, name in Segment.choices]),
        ("How they came", "came_by", [(value, name, Q(came_by=value)) for value, name in CameBy.choices]),
    ]
    for field in custom_fields.live("research.participant"):
        if field.has_options:
            several = field.kind == FieldKind.MULTISELECT
            values = [
                (key, name, Q(properties__contains={field.key: [key] if several else key}))
                for key, name in field.option_names.items()
            ]
            values.append(("", "Unknown", ~Q(properties__has_key=field.key)))
            asked.append((field.name, f"f_{field.key}", values))
    counts = {
        f"c{place}_{nth}": Count("pk", filter=condition)
        for place, (_, _, values) in enumerate(asked)
        for nth, (_, _, condition) in enumerate(values)
    }
    found = people.order_by().aggregate(**counts)
    return [
        Facet(
            label,
            name,
            [
                (value, said, number)
                for nth, (value, said, _) in enumerate(values)
                if (number := found[f"c{place}_{nth}"])
            ],
        )
        for place, (label, name, values) in enumerate(asked)
    ]


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
