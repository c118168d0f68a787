"""Research's reactions to events."""

import datetime as dt

from django.urls import reverse

from prodops import activity, disclosure, jobs
from prodops.access import Can, capabilities_of
from prodops.models import Favourite, Notification, User
from prodops.notifications import notify
from research.models import (
    Accessed,
    Clearance,
    Cue,
    Highlight,
    Insight,
    InsightReport,
    InsightReview,
    ReportReview,
    Session,
    Study,
    Visibility,
    Withdrawal,
)
from research.services import access_log, report_mail, sharing


@activity.subscribe("report.published")
def tell_of_report(event):
    """Everybody who may read it is told once; its PDFs are made before the first of them asks.

    Who subscribed gets the report itself by mail and no second mail about it.
    """
    report = InsightReport.objects.published().filter(pk=event.subject_id).first()
    if report is None:
        return
    readers = [user for user in User.objects.active() if Can.REPORT_READ in capabilities_of(user)]
    notify(readers, event=event, text=f"{report.title} is published", url=report.get_absolute_url())
    subscribed = report_mail.address(report)
    told = Notification.objects.filter(event=event, recipient__in=subscribed, mailed_at=None)
    told.update(mailed_at=event.at)
    jobs.enqueue("research.tasks.mail_report", report_id=report.pk)
    jobs.enqueue("research.tasks.typeset_report", report_id=report.pk)


@activity.subscribe("report.review_asked")
def tell_report_reviewers(event):
    if report := InsightReport.objects.filter(pk=event.subject_id).first():
        people = User.objects.active().filter(pk__in=event.data["reviewers"])
        text = f"{event.by} asks you to review “{report.title}”"
        notify(people, event=event, text=text, url=report.get_absolute_url())


@activity.subscribe("report.reviewed")
def tell_of_report_review(event):
    """Who asked for the review hears what was said."""
    asked = ReportReview.objects.filter(report=event.subject_id, reviewer=event.by_id)
    for review in asked.select_related("report", "asked_by"):
        said = "agrees with" if event.data["verdict"] == "agreed" else "asks for changes to"
        text = f"{event.by} {said} “{review.report.title}”"
        notify([review.asked_by], event=event, text=text, url=review.report.get_absolute_url())


@activity.subscribe("retention.announced")
def warn_of_deletion(event):
    """Two weeks before raw recordings go, the study's lead hears of it and can put them on hold."""
    study = Study.objects.select_related("lead").filter(pk=event.subject_id).first()
    if study is not None:
        number, day = event.data["recordings"], f"{dt.date.fromisoformat(event.data['on']):%-d %b %Y}"
        what = "1 recording" if number == 1 else f"{number} recordings"
        text = f"{what} of “{study.title[:150]}” will be deleted from {day} on. Hold them if they must stay."
        url = reverse("research:study_retention", args=[study.slug])
        notify([study.lead], event=event, text=text, url=url)


@activity.subscribe("insight.redacted")
def tell_of_redaction(event):
    """The owner of an insight reads it again when words of its quotes are gone."""
    insight = Insight.objects.select_related("owner").filter(pk=event.subject_id).first()
    if insight is not None:
        text = f"Personal data was removed from quotes under “{insight.title}”. Read it again."
        notify([insight.owner], event=event, text=text, url=insight.get_absolute_url())


@activity.subscribe("insight.source_withdrawn")
def tell_of_withdrawal(event):
    """The owner of an insight reads it again when something it stands on went out of sight."""
    insight = Insight.objects.select_related("owner").filter(pk=event.subject_id).first()
    if insight is not None:
        text = f"Consent was withdrawn for something under “{insight.title}”. Read it again."
        notify([insight.owner], event=event, text=text, url=insight.get_absolute_url())


@activity.subscribe("participant.withdrew")
def tell_of_consent_taken_back(event):
    """Who looks after consent hears of it, and whoever leads the study it was for."""
    rows = Withdrawal.objects.select_related("study__lead", "participant")
    done = rows.filter(pk=event.data["withdrawal"]).first()
    if done is None:
        return
    keepers = [user for user in User.objects.active() if Can.CONSENT_MANAGE in capabilities_of(user)]
    what = f" for “{done.study.title[:150]}”" if done.study else ""
    text = f"{done.participant.alias} took their consent back{what}. What they said is out of sight."
    notify(keepers, event=event, text=text, url=done.get_absolute_url())
    if done.study and done.study.lead not in keepers:
        notify([done.study.lead], event=event, text=text, url=done.study.get_absolute_url())


_STUDY_OF = {
    "study": (Study, "pk", None),
    "session": (Session, "study", "pk"),
    "cue": (Cue, "session__study", "session"),
    "highlight": (Highlight, "session__study", "session"),
}


@disclosure.watch
def write_down(user, what, things, at):
    """What a search has shown and a download has handed out of restricted studies."""
    for kind, (model, study, session) in _STUDY_OF.items():
        wanted = [pk for key, pk in things if key.removeprefix("research.") == kind]
        if not wanted:
            continue
        start = "" if study == "pk" else f"{study}__"
        rows = model._default_manager.filter(pk__in=wanted)
        rows = rows.exclude(**{f"{start}visibility": Visibility.WORKSPACE})
        fields = [study, session] if session else [study]
        pairs = [(*row, 0)[:2] for row in rows.order_by().values_list(*fields)]
        access_log.note(user, Accessed(what), pairs, at=at)


@activity.subscribe("team.member_removed")
def forget_restricted(event):
    """Who left a team keeps no titles of the studies that are kept to it."""
    for study in Study.objects.filter(team=event.subject_id, visibility=Visibility.TEAM):
        sharing.forget(study)


def _insight(event):
    return Insight.objects.select_related("owner").filter(pk=event.subject_id).first()


@activity.subscribe("insight.submitted")
def tell_reviewers(event):
    if insight := _insight(event):
        people = User.objects.active().filter(pk__in=event.data["reviewers"])
        text = f"{event.by} asks you to review “{insight.title}”"
        notify(people, event=event, text=text, url=insight.get_absolute_url())


@activity.subscribe("insight.reviewed")
def tell_of_review(event):
    if insight := _insight(event):
        said = "agrees with" if event.data["verdict"] == "agreed" else "asks for changes to"
        text = f"{event.by} {said} “{insight.title}”"
        notify([insight.owner], event=event, text=text, url=insight.get_absolute_url())


@activity.subscribe("insight.superseded", "insight.retracted")
def tell_who_relies_on_it(event):
    """Its owner, who reviewed it or keeps it, who published a report that has it. Apps above tell theirs."""
    insight = _insight(event)
    if insight is None:
        return
    kept = Favourite.objects.about(insight).values_list("user", flat=True)
    read = InsightReview.objects.filter(insight=insight).values_list("reviewer", flat=True)
    cited = InsightReport.objects.published().filter(
        sections__data__insights__contains=[{"insight": insight.pk}]
    )
    people = {insight.owner_id, *kept, *read, *cited.values_list("published_by", flat=True)}
    what = "was retracted" if event.verb == "insight.retracted" else "was superseded by another insight"
    active = User.objects.active().filter(pk__in=people)
    readers = [person for person in active if Can.RESEARCH_READ in capabilities_of(person)]
    text = f"“{insight.title}” {what}. Look at what you built on it."
    notify(readers, event=event, text=text, url=insight.get_absolute_url())


def _clearance(event):
    rows = Clearance.objects.select_related("owner", "asked_by", "account", "study")
    return rows.filter(pk=event.data["clearance"]).first()


@activity.subscribe("clearance.told", "clearance.asked")
def tell_owner(event):
    """The owner of an account hears, or is asked, before their customer is invited."""
    row = _clearance(event)
    if row is None or not row.owner.is_active:
        return
    if event.verb == "clearance.asked":
        text = f"{event.by} asks: may people of {row.account} be invited to “{row.study.title[:120]}”?"
    else:
        text = f"{event.by} invites people of {row.account} to “{row.study.title[:120]}”"
    notify([row.owner], event=event, text=text[:300], url=reverse("research:clearance_list"))


@activity.subscribe("clearance.allowed", "clearance.refused")
def tell_who_asked(event):
    row = _clearance(event)
    if row is None or row.asked_by_id == event.by_id:
        return
    may = "may be invited" if event.verb == "clearance.allowed" else "are not to be invited"
    text = f"{event.by} says: people of {event.data['account']} {may} to “{row.study.title[:120]}”"
    notify([row.asked_by], event=event, text=text[:300], url=_board_of(row.study))


@activity.subscribe("recruit.answered")
def tell_of_answers(event):
    """Where answers are looked at by hand, the study's lead hears that some came."""
    study = Study.objects.select_related("lead").filter(pk=event.subject_id).first()
    if study is not None:
        text = f"Answers to the screener of “{study.title[:200]}” wait to be looked at"
        topic = f"screener:{study.pk}"
        notify([study.lead], event=event, text=text, url=_board_of(study), topic=topic, again=True)


def _board_of(study):
    return reverse("research:recruiting_board", args=[study.slug])
