"""Product requests: what somebody asks for on behalf of customers, and what became of it."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject, NullIf, Upper
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.clock import company_zone
from prodops.models.fields import STRICT_FETCH, both_or_neither, guid, one_of

from .claim import Claim
from .clock import Clock, ClockKind, ClockRow
from .states import (
    STEPS,
    TAKEN_ON,
    RequesterState,
    State,
    Urgency,
    WakeOn,
    requester_state,
)
from .voice import Voice

SOON = timedelta(hours=2)  # before it is due, a clock is shown as running out
ROW = ("title", "state", "urgency", "submitted_at", "due_at", "due_for", "snoozed_until", "accounts_count")


def _decided_by(user):
    if not allowed(user, Can.REQUEST_TRIAGE):
        return Q(pk__in=[])
    if user.runs_product_ops:
        return Q(pk__isnull=False)
    mine = Q(team__in=user.editor_team_ids) | Q(area__owner=user) | Q(area__team__in=user.editor_team_ids)
    return mine | Q(assignee=user)


def _read_by(user):
    if allowed(user, Can.REQUEST_TRIAGE):
        return Q(pk__isnull=False)
    return Q(submitter=user) | Q(submitter_team__in=user.team_ids)


class RequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Requests `user` may read in full: members all, submitters their own and their team's."""
        return self.filter(_read_by(user))

    def followed_by(self, user):
        """Those, and the ones to which `user` or their team added an account: of these they may follow the
        state and the reason, not read what other teams wrote."""
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.mine(user)

    def mine(self, user):
        """What `user` or their team sent or added an account to, whatever their role."""
        voiced = Voice.objects.filter(Q(added_by=user) | Q(team__in=user.team_ids)).values("request")
        return self.filter(Q(submitter=user) | Q(submitter_team__in=user.team_ids) | Q(pk__in=voiced))

    def triageable_by(self, user):
        """Requests `user` may decide: those of areas they or their teams answer for; product ops all."""
        return self.filter(_decided_by(user))

    def with_rights_of(self, user):
        """Annotates `may_decide` and `readable`: whether `triageable_by` and `visible_to` have it."""
        return self.annotate(
            may_decide=Case(When(_decided_by(user), then=True), default=False),
            readable=Case(When(_read_by(user), then=True), default=False),
        )

    def sent_since(self, day):
        """Those sent on `day`, where the company is, or later."""
        return self.filter(submitted_at__gte=datetime.combine(day, time(), tzinfo=company_zone()))

    def waiting(self, at):
        """Undecided and not put off."""
        return self.filter(state=State.NEW).filter(Q(snoozed_until=None) | Q(snoozed_until__lte=at))

    def put_off(self, at):
        return self.filter(state=State.NEW, snoozed_until__gt=at)

    def with_claims_of_others(self, user, at):
        """Annotates `claimed_by_name`: who else has the request open in triage at `at`."""
        others = Claim.objects.filter(request=OuterRef("pk"), until__gt=at).exclude(user=user)
        return self.annotate(claimed_by_name=Subquery(others.values("user__name")[:1]))

    def with_clocks(self):
        """Loads the clocks in the same query: `clock_rows` then costs nothing more."""
        rows = Clock.objects.filter(request=OuterRef("pk")).order_by("-kind")
        fields = ("kind", "due_at", "met_at", "policy__name")
        return self.annotate(
            loaded_clocks=ArraySubquery(rows.values(data=JSONObject(**{f: f for f in fields})))
        )

    def overdue(self, at):
        """Those with a clock that has run out."""
        return self.filter(due_at__lt=at).exclude(snoozed_until__gt=at)

    def with_news_for(self, user):
        """Annotates `looked_at`: when the person last opened the request."""
        looks = RequestLook.objects.filter(request=OuterRef("pk"), user=user)
        return self.annotate(looked_at=Subquery(looks.values("at")[:1]))

    def news(self):
        """Those that changed for the requester since `looked_at`."""
        return self.filter(changed_at__gt=Coalesce("looked_at", "submitted_at"))

    def with_root_known_to(self, user):
        """Annotates `root_known`: whether `followed_by` has the request that each was merged into."""
        voiced = Voice.objects.filter(Q(added_by=user) | Q(team__in=user.team_ids)).values("request")
        theirs = Q(root__submitter=user) | Q(root__submitter_team__in=user.team_ids) | Q(root__in=voiced)
        known = Q(pk__isnull=False) if allowed(user, Can.REQUEST_TRIAGE) else theirs
        return self.annotate(root_known=Case(When(known, then=True), default=False))

    def with_answers(self):
        """With what was answered to a form's own questions, as `answered` where there is anything."""
        return self.select_related("answered__version__form")

    def for_rows(self, *also):
        """What a row of a list shows and nothing else: to plan a query of a dozen joins takes the database
        longer than to answer it.

        Annotates `area_name` and `team_name` (None without one) and `sender`, as `sent_by` says it; and
        `tags_shown`, [{"pk", "name"}]. `also` names further fields.
        """
        return (
            self.only(*ROW, *also)
            .annotate(
                area_name=F("area__name"),
                team_name=F("submitter_team__name"),
                sender=Coalesce(
                    NullIf("author_name", Value("")), NullIf("author_email", Value("")), F("submitter__name")
                ),
                tags_shown=ArraySubquery(
                    Request.tags.through.objects.filter(request=OuterRef("pk"))
                    .order_by("requesttag__name")
                    .values(data=JSONObject(pk="requesttag_id", name="requesttag__name"))
                ),
            )
            .fetch_mode(STRICT_FETCH)
        )

    def for_list(self):
        whose = ("area__owner", "area__team", "submitter", "submitter_team", "decided_by", "assignee", "team")
        more = ("channel", "type", "root", "merged_into", "decline_code")
        return self.select_related(*whose, *more).fetch_mode(STRICT_FETCH)


class Request(models.Model):
    """One thing asked for. The text is never edited after it was sent; voices carry the accounts.

    A merged request keeps its text and its voices and points to the one it was joined with. `root` is the
    end of that chain, kept beside it so that impact needs no recursion. `accounts_count`, `arr_total` and
    `stake_total` count the distinct accounts of a request and all that was joined with it; they serve
    lists and sorting (in the company's currency by the latest rates, at par where there is none) and are
    counted again by every service that changes them and once a day. `arr_sure` is the ARR without what has
    no rate.
    """

    # Its name in exports; that of the form it was sent by, so that sending twice makes one
    key = guid(unique=True)
    source = models.CharField(max_length=40, blank=True, editable=False)  # of what came from elsewhere, and
    external_id = models.CharField(max_length=200, blank=True, editable=False)  # what it is called there
    title = models.CharField(max_length=160)
    problem = models.TextField(max_length=10_000)
    workaround = models.TextField(max_length=4_000, blank=True)
    affected = models.CharField(max_length=300, blank=True)
    effect = models.TextField(max_length=4_000, blank=True)  # what it costs the business
    evidence_url = models.URLField(max_length=500, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.NORMAL)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    # Whose matter it is where that is not the area's team: its editors decide it
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, editable=False, related_name="+")
    channel = models.ForeignKey(
        "coordination.Channel", models.PROTECT, null=True, editable=False, related_name="+"
    )
    type = models.ForeignKey(
        "coordination.RequestType", models.PROTECT, null=True, blank=True, related_name="+"
    )
    tags: models.ManyToManyField = models.ManyToManyField(
        "coordination.RequestTag", blank=True, related_name="+"
    )
    language = models.CharField(max_length=12, blank=True, editable=False)  # as the channel names it: "de"
    # Who wrote it, where that is nobody who signs in here
    author_name = models.CharField(max_length=160, blank=True, editable=False)
    author_email = models.CharField(max_length=254, blank=True, editable=False)
    company = models.CharField(max_length=160, blank=True, editable=False)  # of which we know no account
    submitter = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    submitter_team = models.ForeignKey(
        "prodops.Team", models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField()

    state = models.CharField(max_length=10, choices=State, default=State.NEW, editable=False)
    decided_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    decision_reason = models.TextField(max_length=2_000, blank=True)  # the requester reads it
    # Of a declined one: its code, and what makes its question be asked again (any one that is crossed)
    decline_code = models.ForeignKey(
        "coordination.DeclineReason", models.PROTECT, null=True, editable=False, related_name="+"
    )
    revisit_on = models.DateField(null=True, editable=False)
    revisit_accounts = models.PositiveIntegerField(null=True, editable=False)
    revisit_arr = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    revisited_at = models.DateTimeField(null=True, editable=False)  # when it was asked again, and
    revisited_why = models.CharField(max_length=500, blank=True, editable=False)  # why: deciders read it
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged_here"
    )
    root = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="joined")
    state_before_merge = models.CharField(max_length=10, choices=State, blank=True, editable=False)
    snoozed_before_merge = models.DateTimeField(null=True, editable=False)
    snoozed_for_before_merge = models.CharField(max_length=10, choices=WakeOn, blank=True, editable=False)
    snoozed_until = models.DateTimeField(null=True, editable=False)
    snoozed_for = models.CharField(max_length=10, choices=WakeOn, blank=True, editable=False)  # or sooner
    # Of its clocks the one that runs out first: kept by `services.clocks`, for lists and sorting
    due_at = models.DateTimeField(null=True, editable=False)
    due_for = models.CharField(max_length=10, choices=ClockKind, blank=True, editable=False)
    assignee = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)  # what the requester sees of it

    accounts_count = models.PositiveIntegerField(default=0, editable=False)
    arr_total = models.DecimalField(max_digits=16, decimal_places=2, default=0, editable=False)
    arr_sure = models.DecimalField(max_digits=16, decimal_places=2, default=0, editable=False)
    stake_total = models.DecimalField(max_digits=16, decimal_places=2, default=0, editable=False)

    area_name: str | None  # by `for_rows`
    team_name: str | None
    sender: str
    tags_shown: list[dict]
    loaded_clocks: list[dict]  # by `with_clocks`
    claimed_by_name: str | None  # by `with_claims_of_others`
    looked_at: datetime | None  # by `with_news_for`
    may_decide: bool  # by `with_rights_of`
    readable: bool
    root_known: bool  # by `with_root_known_to`

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            one_of("state", State, name="request_state_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="request_urgency_known"),
            both_or_neither("decided_by", "decided_at", name="request_decided_pair"),
            models.CheckConstraint(
                condition=Q(state="new", decided_at=None) | ~Q(state="new") & Q(decided_at__isnull=False),
                name="request_decided_unless_new",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decision_reason=""), name="request_declined_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="merged",
                    merged_into__isnull=False,
                    root__isnull=False,
                    state_before_merge__in=[state for state in State.values if state != "merged"],
                )
                | ~Q(state="merged")
                & Q(
                    merged_into=None,
                    root=None,
                    state_before_merge="",
                    snoozed_before_merge=None,
                    snoozed_for_before_merge="",
                ),
                name="request_merged_into_another",
            ),
            models.CheckConstraint(
                # what was merged keeps its own for the day it is taken out again
                condition=Q(state__in=["declined", "merged"])
                | Q(decline_code=None, revisit_on=None, revisit_accounts=None, revisit_arr=None),
                name="request_revisited_if_declined",
            ),
            models.CheckConstraint(
                condition=Q(revisited_at=None, revisited_why="")
                | Q(revisited_at__isnull=False) & ~Q(revisited_why=""),
                name="request_revisited_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")) & ~Q(root=F("pk")), name="request_not_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | Q(state="new"), name="request_snoozed_while_new"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_for="")
                | Q(snoozed_until__isnull=False) & Q(snoozed_for__in=WakeOn.values),
                name="request_snoozed_for_something",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, due_for="") | Q(due_at__isnull=False, due_for__in=ClockKind.values),
                name="request_due_pair",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="request_once_per_source_and_id",
            ),
            models.CheckConstraint(
                condition=Q(external_id="") | ~Q(source=""), name="request_external_id_of_a_source"
            ),
        ]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="request_newest"),
            models.Index(fields=["-arr_total", "-id"], name="request_by_arr"),
            models.Index(fields=["-accounts_count", "-id"], name="request_by_accounts"),
            models.Index(fields=["state", "-submitted_at", "-id"], name="request_by_state"),
            models.Index(fields=["area", "-submitted_at", "-id"], name="request_by_area"),
            models.Index(fields=["submitter", "-submitted_at"], name="request_by_submitter"),
            models.Index(fields=["submitter_team", "-submitted_at"], name="request_by_team"),
            models.Index(fields=["revisit_on"], condition=Q(state="declined"), name="request_to_revisit"),
            models.Index(
                fields=["-stake_total", "-arr_total", "-id"],
                condition=Q(state="new"),
                name="request_new_by_stake",
            ),
            models.Index(
                fields=["area", "urgency", "-stake_total"], condition=Q(state="new"), name="request_inbox"
            ),
            models.Index(
                fields=["due_at", "-id"], condition=Q(due_at__isnull=False), name="request_due_soonest"
            ),
            # The search box of the lists: any part of a word, in any case
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="request_title_parts"),
            GinIndex(OpClass(Upper("problem"), "gin_trgm_ops"), name="request_problem_parts"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("coordination:request_detail", args=[self.pk])

    def get_triage_url(self):
        """The request in the triage inbox."""
        return reverse("coordination:triage_item", args=[self.pk])

    def reload(self):
        """Fresh from the database, with what `for_list` loads."""
        self.refresh_from_db(from_queryset=Request.objects.for_list())

    @property
    def ref(self):
        return f"REQ-{self.pk}"

    @property
    def sent_by(self):
        """Who asked, where that is nobody who signs in here; else whoever sent it."""
        return self.author_name or self.author_email or self.submitter.name

    @property
    def undecided(self):
        return self.state == State.NEW

    @property
    def clock_rows(self):
        """[ClockRow] where the request was loaded `with_clocks`."""
        return [ClockRow.read(one) for one in self.loaded_clocks]

    def due_state(self, at):
        """How the clock stands that runs out first: "late", "soon", "paused", "running", or "" for none."""
        if not self.due_at or not self.undecided:
            return ""
        if self.snoozed_until and self.snoozed_until > at:
            return "paused"
        return "late" if self.due_at < at else "soon" if self.due_at < at + SOON else "running"

    @property
    def revisit_in_words(self):
        """What makes a declined question be asked again: ["on 2027-05-23", "at 5 accounts"]."""
        parts = [
            self.revisit_on and f"on {self.revisit_on:%d %B %Y}",
            self.revisit_accounts and f"at {self.revisit_accounts} accounts",
            self.revisit_arr and f"at {settings.DEFAULT_CURRENCY} {self.revisit_arr:,.0f} of ARR",
        ]
        return [part for part in parts if part]

    @property
    def steps(self):
        """[(state, label, whether the request has come so far)] of what becomes of an accepted one."""
        here = STEPS.index(State(self.state)) if self.state in TAKEN_ON else -1
        return [(step.value, step.label, place <= here) for place, step in enumerate(STEPS)]

    @property
    def state_words(self):
        return State(self.state).label  # `get_state_display` makes a dictionary of all states each time

    @property
    def urgency_words(self):
        return Urgency(self.urgency).label

    @property
    def requester_words(self):
        """The state in the words of those who asked; a merged request takes on its root's."""
        if self.root:
            return f"{RequesterState.JOINED.label} · {requester_state(self.root.state).label.lower()}"
        return requester_state(self.state).label

    @property
    def has_news(self):
        """True if the requester's side changed since `looked_at` (see `with_news_for`)."""
        return self.changed_at > (self.looked_at or self.submitted_at)


class RequestLook(models.Model):
    """When a person last opened a request: what changed since then is news."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="+")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="request_look_once")]

    def __str__(self):
        return f"{self.user_id} looked at {self.request_id}"
