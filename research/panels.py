"""What research shows on other pages, and where it stands in the navigation."""

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.template import engines
from django.utils import timezone
from django.utils.safestring import mark_safe

from prodops import custom_fields, nav, panels, subjects, words
from prodops.access import Can, allowed
from prodops.memory import remembered
from prodops.panels import Panel
from prodops.quarters import Quarter
from research import queries
from research.models import (
    Booking,
    BookingState,
    Incentive,
    IncentiveState,
    Insight,
    InsightReport,
    InsightReview,
    InsightStatus,
    Scheduling,
    Seat,
    Session,
    Study,
    Survey,
    Verdict,
)
from research.models.policy import edits
from research.queries import recruit_board, results, retention


def _report_drafts(user):
    """Reports that wait to be finished, for those who can."""
    return InsightReport.objects.live() if allowed(user, Can.REPORT_RUN) else None


def _unsaid(user):
    """Sessions that the person held, or should have, and of which nobody has said how they went."""
    if not allowed(user, Can.RESEARCH_EDIT):
        return None
    over = Booking.objects.filter(state=BookingState.BOOKED, ends_at__lt=timezone.now())
    return over.filter(pk__in=Seat.objects.filter(host=user, live=True).values("booking"))


def _to_approve(user):
    """Incentives that somebody else entered, for those who approve."""
    if not allowed(user, Can.INCENTIVE_APPROVE):
        return None
    return Incentive.objects.filter(state=IncentiveState.DUE).exclude(created_by=user)


nav.register(
    "research",
    nav.Item(
        "Studies",
        "research:study_list",
        Can.RESEARCH_READ,
        key="s",
        under=("../imports/", "../surveys/", "../usability/"),
    ),
    nav.Item(
        "Sessions",
        "research:session_list",
        Can.RESEARCH_READ,
        under=("../texts/", "../cues/", "../recordings/"),
    ),
    nav.Item(
        "Booked sessions",
        "research:booking_list",
        Can.RESEARCH_READ,
        waiting=_unsaid,
        under=("../hours/", "../scheduling/"),
    ),
    nav.Item("Highlights", "research:highlight_list", Can.RESEARCH_READ, key="v"),
    nav.Item("Tags", "research:tag_list", Can.RESEARCH_READ, key="l", under=("../taxonomy/",)),
    nav.Item("Insights", "research:insight_list", Can.RESEARCH_READ, key="i"),
    nav.Item("My customers", "research:clearance_list", Can.ACCOUNT_READ, waiting=recruit_board.asked_of),
    nav.Item("Panel", "research:panel_list", Can.RESEARCH_READ, under=("../participants/",)),
    nav.Item("Consent", "research:consent_list", Can.RESEARCH_READ),
    nav.Item("Incentives", "research:incentive_list", Can.RESEARCH_EDIT, waiting=_to_approve),
    nav.Item("Retention", "research:retention_rules", Can.RETENTION_MANAGE),
    nav.Item("Do we know this?", "research:known", Can.RESEARCH_READ, key="w"),
    nav.Item("Insight reports", "research:report_list", Can.REPORT_READ, waiting=_report_drafts, key="q"),
)
nav.action(
    nav.Action("New study", "research:study_create", Can.RESEARCH_EDIT),
    nav.Action("New session", "research:session_start", Can.RESEARCH_EDIT),
    nav.Action("New insight", "research:insight_create", Can.RESEARCH_EDIT),
    nav.Action("Your hours for sessions", "research:hours", Can.RESEARCH_EDIT),
    nav.Action("Import material", "research:import_new", Can.RESEARCH_EDIT),
    nav.Action("Build an insight report", "research:report_build", Can.REPORT_RUN),
)
for _label in ("study", "session", "highlight", "insight", "tag"):
    subjects.register(f"research.{_label}", Can.RESEARCH_READ)
subjects.register("research.insightreport", Can.REPORT_READ)
custom_fields.register("research.study", "Studies", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.session", "Sessions", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.insight", "Insights", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.participant", "People of the panel", can_edit=Can.PANEL_EDIT)
nav.action(nav.Action("Typed fields", "field_list", Can.STRUCTURE_EDIT))
for _label in ("study", "session", "insight"):
    words.register(f"{_label}.field_set", "changed {field}")

words.register("insight.evidence_changed", "changed the evidence")
words.register("insight.submitted", "asked for a review")
words.register("insight.reviewed", "reviewed this insight")
words.register("insight.reviewer_excused", "stopped waiting for {name} to review this insight")
words.register("insight.taken_back", "took this back from review")
words.register("insight.superseded", "put “{title}” in its place")
words.register("insight.retracted", "retracted this insight: {reason}")
words.register("insight.reinstated", "let this stand again")
words.register("insight.reopened", "made this a draft again")
words.register("insight.confirmed", "confirmed that this still holds, until {until}")
words.register("study.handed_over", "made {to} its lead, since {from} has left")
words.register("study.shared", "changed who sees this study")
words.register("participant.added", "added this person to the panel")
words.register("participant.changed", "changed what is known of this person")
words.register("participant.merged", "merged {alias} into this person")
words.register("participant.barred", "said: {kind}")
words.register("participant.unbarred", "lifted: {kind}")
words.register("participant.override", "made an exception from cooling down: {because}")
words.register("participant.signed", "signed what a study asks for")
words.register("participant.withdrew", "took consent back")
words.register("participant.erased", "deleted what was withdrawn")
words.register("participant.field_set", "changed {field}")
words.register("panel.imported", "imported {file}: {new} new people, {changed} filled in")
words.register("panel.import_undone", "undid the import of {file}")
words.register("panel.limits_set", "changed how often people are asked")
words.register("consent.form_added", "added this text")
words.register("consent.form_changed", "changed by what rule this is signed")
words.register("consent.published", "published version {number}")
words.register("study.consent_set", "changed what participants sign")
words.register("study.incentive_set", "set the incentive to {amount} {currency}")
words.register("incentive.entered", "entered this incentive")
words.register("incentive.approved", "approved this incentive")
words.register("incentive.paid", "noted that it was paid")
words.register("incentive.failed", "noted that the payment failed")
words.register("incentive.cancelled", "cancelled this incentive")
words.register(
    "insight.source_withdrawn", "took out of sight what this insight stood on: consent was withdrawn"
)
words.register("participant.contact_changed", "changed how they can be reached")
words.register("study.redacted", "removed personal data at {spans} places")
words.register("insight.redacted", "removed personal data from quotes under this insight")
words.register("highlight.retagged", "changed the tags")
words.register("retention.set", "set the rule for raw recordings: {words}")
words.register("retention.held", "put the recordings on hold: {because}")
words.register("retention.released", "lifted the hold on the recordings")
words.register("retention.announced", "announced that {recordings} recordings will be deleted from {on} on")
words.register("recording.added", "added the recording {name}")
words.register("recording.deleted", "deleted the recording {name} ({because})")
words.register("recording.aligned", "lined the transcript up with the recording")
words.register("recording.viewed", "played the recording {name}")
words.register("recording.downloaded", "downloaded the recording {name}")
words.register("session.opened", "added this session for its recording")
words.register("tag.merged", "merged {tags} into this")
words.register("tag.split", "split this into {tags}")
words.register("tag.promoted", "made this a workspace tag")
words.register("tag.moved", "moved this {place}")
words.register("tag.renamed", "renamed this from {before} to {name}")
words.register("tag.revived", "brought this back into use")
words.register("tag.used_in_bulk", "tagged highlights with this, many at once")
words.register("tag.change_undone", "took back: {words}")
words.register("tag.kept_apart", "said that this is not {other}")
words.register("tag.suggestion_rejected", "rejected a suggestion")
words.register("session.corrected", "corrected the text")
words.register("session.speakers_named", "said who speaks")
words.register("session.text_added", "added the text “{title}”")
words.register("session.text_deleted", "deleted the text “{title}”")
words.register("highlight.moved", "moved it to other words")
words.register("highlight.confirmed", "confirmed its words after a correction")
words.register("session.added", "added this session with {cues} turns")

words.register("material.imported", "imported {file}")
words.register("material.undone", "undid the import of {file}")
words.register("survey.imported", "imported {file}: {new} new, {changed} changed")
words.register("survey.import_undone", "undid the import of {file}")

words.register("recruiting.set_up", "said what the study looks for")
words.register("recruiting.quotas_set", "set the quotas: {words}")
words.register("recruiting.closed", "closed recruiting")
words.register("recruiting.reopened", "opened recruiting again")
words.register("recruiting.question_saved", "wrote the screener's question “{text}”")
words.register("recruiting.question_removed", "removed the screener's question “{text}”")
words.register("recruiting.question_moved", "changed the order of the screener")
words.register("recruiting.batch_made", "picked {people} people to invite")
words.register("recruiting.batch_cancelled", "took back a batch of invitations")
words.register("recruiting.reminded", "reminded {people} people")
words.register("clearance.told", "told the owner of {account}")
words.register("clearance.asked", "asked the owner of {account}")
words.register("clearance.allowed", "allowed to invite people of {account}")
words.register("clearance.refused", "would rather not have people of {account} invited")
words.register("participant.opted_out", "asked for no more invitations")
words.register("participant.contact_overridden", "made an exception: {because}")
words.register("recruit.invited", "invited somebody")
words.register("recruit.answered", "somebody answered the screener")
words.register("recruit.screened", "somebody may book")
words.register("recruit.screened_out", "somebody does not fit")
words.register("recruit.booked", "somebody booked")
words.register("recruit.done", "noted that somebody came")
words.register("recruit.no_show", "noted that somebody did not come")
words.register("recruit.declined", "somebody said no")
words.register("recruit.withheld", "somebody was not invited")
words.register("booking.made", "booked this session (the participant)")
words.register("booking.moved", "moved this session")
words.register("booking.cancelled", "cancelled this session")
words.register("booking.held", "put down that it took place")
words.register("booking.guest_missed", "put down that the participant did not come")
words.register("booking.host_missed", "put down that the host did not come")
words.register("booking.reopened", "took back how it went")
words.register("booking.substituted", "let {into} stand in for {out}")
words.register("booking.observer_added", "put {name} on the list of observers")
words.register("booking.observer_removed", "took {name} off the list of observers")
words.register("session.booked", "made this session of a booking")
words.register("study.scheduling_set", "changed how this study is booked")
words.register("study.slots_added", "offered {number} more times")
words.register("study.slot_removed", "took a time away")

words.register("report.build_asked", "asked for this report")
words.register("report.built", "had this report built")
words.register("report.edited", "edited this report")
for _verb, _words in {
    "review_asked": "asked for a review of this report",
    "reviewed": "reviewed this report",
    "reviewer_excused": "took a reviewer off",
    "theme_accepted": "made a suggested theme the tag “{name}”",
    "theme_rejected": "said that “{name}” is no theme",
    "subscribed": "asked for insight reports by mail",
    "unsubscribed": "wants no more insight reports by mail",
}.items():
    words.register(f"report.{_verb}", _words)

SHOWN = 6
NEAR_END, OVERDUE = 14, 45  # days before and after a quarter ends in which its report is on the home page


def _panel(key, title, template, context):
    page = engines["jinja2"].get_template(f"research/panels/{template}.html")
    return Panel(key, title, mark_safe(page.render(context)))  # noqa: S308  (an autoescaped template)


def _account_sessions(request, account):
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    sessions = Session.objects.visible_to(request.user).filter(participant__account=account)
    shown = list(sessions.for_list().order_by("-held_on", "-pk")[: SHOWN + 1])
    if not shown:
        return None
    return _panel("research-sessions", "Research sessions", "sessions", _first(shown, account=account))


def _area_research(request, area):
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    insights = list(
        Insight.objects.visible_to(request.user)
        .filter(area=area)
        .for_list()
        .order_by("-updated_at", "-pk")[: SHOWN + 1]
    )
    studies = list(
        Study.objects.visible_to(request.user)
        .filter(area=area)
        .for_list()
        .order_by("-created_at", "-pk")[: SHOWN + 1]
    )
    if not insights and not studies:
        return None
    context = {"insights": insights[:SHOWN], "studies": studies[:SHOWN], "area": area}
    return _panel("research-area", "Research", "area", context)


def _first(rows, **context):
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, **context}


def _same_sources(request, insight):
    """Other insights on the same highlights: agreeing, or about to contradict each other."""
    shared = (
        Insight.objects.visible_to(request.user)
        .filter(evidence__highlight__evidence__insight=insight)
        .exclude(pk=insight.pk)
        .distinct()
    )
    rows = list(shared.for_list().order_by("-updated_at", "-pk")[: SHOWN + 1])
    if not rows:
        return None
    return _panel("research-shared", "Also standing on this evidence", "insights", _first(rows))


def _asks_for(user):
    """The condition of insights that wait for the person: to finish, to review, to look at again."""
    overdue = Q(status=InsightStatus.PUBLISHED, review_by__lt=timezone.localdate())
    asked = InsightReview.objects.filter(reviewer=user, verdict=Verdict.WAITING).values("insight")
    mine = Q(owner=user) & (Q(status__in=[InsightStatus.DRAFT, InsightStatus.IN_REVIEW]) | overdue)
    return mine | Q(status=InsightStatus.IN_REVIEW, pk__in=asked)


def _home(request, subject):
    if not allowed(request.user, Can.RESEARCH_EDIT):
        return None
    studies = list(
        Study.objects.visible_to(request.user)
        .filter(lead=request.user)
        .for_list()
        .order_by("-created_at", "-pk")[:4]
    )
    drafts = list(
        Insight.objects.visible_to(request.user)
        .filter(_asks_for(request.user))
        .for_list()
        .order_by("-updated_at", "-pk")[:4]
    )
    if not studies and not drafts:
        return None
    counts = queries.study_counts(studies)
    context = {"studies": studies, "drafts": drafts, "counts": counts, "today": timezone.localdate()}
    return _panel("research-mine", "My studies and drafts", "mine", context)


def _report_due(request, subject):
    """For those who run reports: what the report of the quarter that ends, or has just ended, lacks."""
    if not allowed(request.user, Can.REPORT_RUN):
        return None
    today = timezone.localdate()
    quarter = Quarter.of(today, settings.FISCAL_YEAR_START_MONTH)
    if (quarter.last_day - today).days > NEAR_END:
        quarter = quarter.previous
        if (today - quarter.last_day).days > OVERDUE:
            return None
    known = InsightReport.objects.of(quarter).for_list().order_by("-edition").first()
    if known is not None and known.is_published:
        return None
    return _panel(
        "report-due", f"Insight report {quarter}", "report_due", {"quarter": quarter, "report": known}
    )


def _study_results(request, study):
    """Surveys and usability results of a study, and where one begins with them."""
    surveys = list(
        Survey.objects.filter(session__study=study).select_related("session").order_by("-pk")[:SHOWN]
    )
    tasks = results.number_of_tasks(study)
    may_edit = edits(request.user, study.team_id)
    if not surveys and not tasks and not may_edit:
        return None
    context = {"study": study, "surveys": surveys, "tasks": tasks, "may_edit": may_edit}
    return _panel("research-results", "Surveys and usability tests", "results", context)


def _session_results(request, session):
    """The survey that a session is, or its results at the tasks of a usability test. Needs `with_texts`."""
    survey = Survey.objects.filter(session=session).first() if session.has_survey else None
    tasks = 0 if survey else session.tasks_given
    if survey is None and not tasks:
        return None
    context = {
        "session": session,
        "survey": survey,
        "tasks": tasks,
        "noted": 0 if survey else session.task_results.count(),
        "may_edit": edits(request.user, session.study.team_id),
    }
    return _panel("research-session-results", "Results", "session_results", context)


def _study_times(request, study):
    """What of a study is booked next, or that nothing can be booked yet."""
    now = timezone.now()
    coming = Booking.objects.filter(study=study, state=BookingState.BOOKED, ends_at__gte=now)
    rows = list(coming.for_list().order_by("starts_at", "pk")[: SHOWN + 1])
    may_edit = edits(request.user, study.team_id)
    if not rows and not may_edit and not Scheduling.objects.filter(study=study).exists():
        return None
    context = _first(rows, study=study, may_edit=may_edit)
    return _panel("research-times", "Times and bookings", "times", context)


def _my_sessions(request, subject):
    """On the home page: the sessions of the next days that the person holds or watches."""
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    return remembered(f"my-sessions:{request.user.pk}", lambda: _my_next_days(request))


def _my_next_days(request):
    now = timezone.now()
    mine = Q(pk__in=Seat.objects.filter(host=request.user, live=True).values("booking"))
    coming = Booking.objects.visible_to(request.user).filter(
        mine | Q(pk__in=Booking.observers.through.objects.filter(user=request.user).values("booking")),
        state=BookingState.BOOKED,
        starts_at__range=(now - dt.timedelta(hours=12), now + dt.timedelta(days=7)),
    )
    rows = list(coming.for_list().order_by("starts_at", "pk")[: SHOWN + 1])
    return (
        _panel("research-my-sessions", "Your sessions", "times", _first(rows, study=None)) if rows else None
    )


panels.register("research.study", "research-times", _study_times, order=5)
panels.register("home", "research-my-sessions", _my_sessions, order=12)
panels.register("research.session", "research-session-results", _session_results, order=10)
panels.register("research.study", "research-results", _study_results, order=10)


def _retention(request, study):
    """How long the study's raw recordings stay, where it has any or a rule of its own."""
    if not hasattr(study, "kept_number"):
        return None  # not on its own page
    standing, kept = retention.summary_of(study)
    if not kept.number and not standing.own and not standing.held:
        return None
    first = kept.first_announced + retention.NOTICE if kept.first_announced else None
    context = {"study": study, "kept": kept, "standing": standing, "first_day": first}
    return _panel("research-retention", "Raw recordings", "retention", context)


panels.register("research.study", "research-retention", _retention, order=80)


def _ask(request, found):
    """On the search page: the same words as a question."""
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    return _panel("research-ask", "Do we already know this?", "ask", {"text": found.text})


panels.register("search", "research-ask", _ask, order=10)
panels.register("home", "report-due", _report_due, order=15)
panels.register("prodops.customeraccount", "research-sessions", _account_sessions, order=20)
panels.register("prodops.productarea", "research-area", _area_research, order=20)
panels.register("research.insight", "research-shared", _same_sources, order=90)
panels.register("home", "research-mine", _home, order=40)
