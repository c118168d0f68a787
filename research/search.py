"""What of research is findable, by those who may read research."""

import datetime as dt

from django.urls import reverse

from prodops import search
from prodops.access import Can
from prodops.search import TIMELESS, Entry
from research.models import Visibility


def _noon(day):
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def _clock(milliseconds):
    if milliseconds is None:
        return ""
    seconds = milliseconds // 1000
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def _dotted(*parts):
    return " · ".join(part for part in parts if part)


def scope(study):
    """Who may find what hangs on `study`, as fields of an `Entry`: the same as `policy.readable`."""
    if study.visibility == Visibility.WORKSPACE:
        return {"team_ids": None, "user_ids": None, "wide_capability": ""}
    of_team = study.visibility == Visibility.TEAM
    return {
        "team_ids": [study.team_id] if of_team else None,
        "user_ids": sorted({study.lead_id, *study.reader_ids}),
        "wide_capability": Can.RESEARCH_RESTRICTED if of_team else "",
    }


@search.register("insight", model="research.insight", plural="Insights", icon="lightbulb", order=10)
def insight(insight):
    return Entry(
        title=insight.title,
        body=insight.body,
        url=insight.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=insight.published_at or insight.created_at,
        context=_dotted("Insight", insight.get_status_display()),
    )


@search.register(
    "highlight", model="research.highlight", plural="Highlights", icon="chat-left-quote", order=20
)
def highlight(highlight):
    """Needs `session__study` and `tags` loaded. One that has lost its place is nowhere."""
    if highlight.orphaned_at is not None:
        return None
    session = highlight.session
    place = _dotted(session.study.title, session.title)
    tags = highlight.tags.all()
    said = highlight.quote
    return highlight_entry(said, tags, highlight.moment_url(), place, highlight.created_at, session.study)


def highlight_entry(quote, tags, url, place, at, study):
    """The same from its parts."""
    return Entry(
        title=quote,
        body=", ".join(tag.name for tag in tags),
        url=url,
        capability=Can.RESEARCH_READ,
        happened_at=at,
        context=place,
        **scope(study),
    )


@search.register("session", model="research.session", plural="Sessions", icon="mic", order=30, meaning=())
def session(session):
    """Needs `study` and `participant__account` loaded."""
    person = session.participant
    who = _dotted(person.name, person.role, person.account.name if person.account else "") if person else ""
    return Entry(
        title=session.title,
        body=who,
        url=session.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=_noon(session.held_on),
        context=_dotted(session.study.title, who),
        **scope(session.study),
    )


@search.register(
    "cue", model="research.cue", plural="Transcripts", icon="chat-left-text", order=40, meaning=["body"]
)
def cue(cue):
    """Needs `session__study` loaded."""
    return cue_entry(cue, cue.session, reverse("research:session_detail", args=[cue.session_id]))


def cue_entry(cue, session, session_url):
    """The same where the session and its address are at hand: for millions of cues."""
    return Entry(
        title=session.title,
        body=cue.text,
        url=f"{session_url}#c{cue.pk}",
        capability=Can.RESEARCH_READ,
        happened_at=_noon(session.held_on),
        context=_dotted(session.study.title, cue.speaker, _clock(cue.start_ms)),
        **scope(session.study),
    )


@search.register("study", model="research.study", plural="Studies", icon="journal-text", order=50)
def study(study):
    return Entry(
        title=study.title,
        body=f"{study.question}\n{study.summary}",
        url=study.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=study.created_at,
        context=_dotted("Study", study.get_method_display()),
        **scope(study),
    )


@search.register("tag", model="research.tag", plural="Tags", icon="tag", order=60)
def tag(tag):
    return Entry(
        title=tag.name,
        body=tag.guideline,
        url=tag.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=TIMELESS,
        context="Tag",
    )


@search.register(
    "report", model="research.insightreport", plural="Insight reports", icon="journal-text", order=5
)
def report(report):
    """Everybody finds a published report; a draft only who runs reports. One that is not built is nowhere."""
    if report.built_at is None:
        return None
    written = report.sections.filter(hidden=False).order_by("position").values_list("title", "body")
    return Entry(
        title=report.title,
        body="\n".join(f"{title}\n{body}" for title, body in written),
        url=report.get_absolute_url(),
        capability=Can.REPORT_READ if report.is_published else Can.REPORT_RUN,
        happened_at=report.published_at or report.built_at,
        context=_dotted("Insight report", report.get_state_display()),
    )
