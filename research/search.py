"""What of research is findable, by those who may read research."""

import datetime as dt

from django.db import connection

from prodops import comboboxes, facets, search
from prodops.access import Can
from prodops.models import SearchEntry, Segment
from prodops.search import TIMELESS, Entry
from research.models import (
    Audience,
    Cue,
    Insight,
    InsightEvidence,
    Method,
    Session,
    Speaker,
    SpeakerRole,
    Study,
    Tag,
    Visibility,
)
from research.models.highlight import moment_page
from research.queries import report_versions

facets.register("method", "Method", order=10, choices=Method.choices)
facets.register("study", "Study", order=20, kind="study")
facets.register("segment", "Segment", order=40, choices=Segment.choices)
facets.register("role", "Speaker", order=50, choices=SpeakerRole.choices)
facets.register("tag", "Tag", order=60, kind="tag")


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


def of_study(study, **more):
    """The tokens that all of a study's material has."""
    return facets.tokens(study=study.pk, method=study.method, area=study.area_id, owner=study.lead_id, **more)


def of_session(session, **more):
    """The tokens that all of a session's material has; needs `study` and `participant__account` loaded."""
    person = session.participant
    account = person.account if person else None
    segment = account.segment if account else None
    return of_study(session.study, session=session.pk, segment=segment, **more)


def refacet(study, before):
    """Let the study's material be counted under what the study says of itself now; `before` is as it was."""
    material = SearchEntry.objects.filter(
        facets__contains=[f"study:{study.pk}"], kind__in=("session", "cue", "highlight")
    )
    for key in ("method", "area", "owner"):
        old, new = (
            next((token for token in tokens if token.startswith(f"{key}:")), None)
            for tokens in (of_study(before), of_study(study))
        )
        if old != new:
            facets.exchange(material, old, new)


# --- insights ---------------------------------------------------------------------------------------------


def _evidence(insights):
    """Load what each insight's evidence comes from."""
    studies = ("highlight__session__study", "question__survey__session__study", "task__study")
    names = [f"{path}{field}" for path in studies for field in ("_id", "__method")]
    rows = InsightEvidence.objects.filter(insight__in=insights).order_by()
    found: dict[int, dict[str, set]] = {}
    for pk, segment, *known in rows.values_list(
        "insight", "highlight__session__participant__account__segment", *names
    ):
        said = found.setdefault(pk, {"study": set(), "method": set(), "segment": set()})
        said["segment"].add(segment)
        said["study"].update(known[::2])
        said["method"].update(known[1::2])
    for insight in insights:
        insight.said_by = found.get(insight.pk, {})


@search.register(
    "insight",
    model="research.insight",
    plural="Insights",
    icon="lightbulb",
    order=10,
    prepare=_evidence,
)
def insight(insight):
    return Entry(
        title=insight.title,
        body=insight.body,
        url=insight.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=insight.published_at or insight.created_at,
        context=_dotted("Insight", insight.get_status_display()),
        facets=facets.tokens(area=insight.area_id, owner=insight.owner_id, **insight.said_by),
    )


# --- what was said ----------------------------------------------------------------------------------------


def _sessions(things):
    """Give each thing its session as an entry needs it, and the roles of who speaks in it."""
    ids = {thing.session_id for thing in things}
    loaded = Session.every.select_related("study", "participant__account").in_bulk(ids)
    roles = {
        (session, label): role
        for session, label, role in Speaker.objects.filter(session__in=ids).values_list(
            "session", "label", "role"
        )
    }
    for thing in things:
        thing.session = loaded[thing.session_id]
    return roles


def _cues(cues):
    roles = _sessions(cues)
    pages: dict[tuple[int, int | None], str] = {}
    for cue in cues:
        cue.role = roles.get((cue.session_id, cue.speaker), "")
        key = cue.session_id, cue.part_id
        if key not in pages:
            pages[key] = moment_page(*key)
        cue.page = pages[key]


def _highlights(highlights):
    roles = _sessions(highlights)
    first = {
        pk: (speaker, start_ms)
        for pk, speaker, start_ms in Cue.objects.filter(
            pk__in={highlight.start_cue_id for highlight in highlights}
        ).values_list("pk", "speaker", "start_ms")
    }
    for highlight in highlights:
        speaker, highlight.moment_ms = first.get(highlight.start_cue_id, ("", None))
        highlight.role = roles.get((highlight.session_id, speaker), "")


@search.register(
    "highlight",
    model="research.highlight",
    plural="Highlights",
    icon="chat-left-quote",
    order=20,
    prepare=_highlights,
)
def highlight(highlight):
    """One that has lost its place, or whose session is out of sight, is nowhere."""
    if highlight.orphaned_at is not None or highlight.session.withdrawn_at is not None:
        return None
    return highlight_entry(
        highlight.quote,
        highlight.tags.all(),
        highlight.moment_url(),
        highlight.created_at,
        highlight.session,
        highlight.role,
        highlight.moment_ms,
    )


def highlight_entry(quote, tags, url, at, session, role, moment_ms):
    """The same from its parts; `role` is of who says it."""
    return Entry(
        title=quote,
        body=", ".join(tag.name for tag in tags),
        url=url,
        capability=Can.RESEARCH_READ,
        happened_at=at,
        context=_dotted(session.study.title, session.title),
        moment_ms=moment_ms,
        facets=of_session(session, role=role, tag=[tag.pk for tag in tags]),
        **scope(session.study),
    )


# Gathered first and once: joined as it goes, it would be gathered anew for each entry of a table that the
# database takes to be empty still, as after an import.
_RETAG = """
WITH now AS MATERIALIZED (
  SELECT highlight.id, string_agg(tag.name, ', ' ORDER BY tag.name) AS names,
         array_agg('tag:' || tag.id) FILTER (WHERE tag.id IS NOT NULL) AS tokens
    FROM research_highlight highlight
    LEFT JOIN research_highlighttag tagging ON tagging.highlight_id = highlight.id
    LEFT JOIN research_tag tag ON tag.id = tagging.tag_id
   WHERE highlight.id IN ({highlights})
   GROUP BY highlight.id)
UPDATE prodops_searchentry entry
   SET body = coalesce(now.names, ''),
       facets = ARRAY(SELECT token FROM unnest(entry.facets) token WHERE token NOT LIKE 'tag:%%'
                      UNION SELECT unnest(now.tokens) ORDER BY 1)
  FROM now
 WHERE entry.kind = 'highlight' AND entry.object_id = now.id
"""


def retagged(highlights):
    """Highlights (a QuerySet of their ids) are found by the tags that they have now: in one statement."""
    ids, params = highlights.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_RETAG.replace("{highlights}", ids), params)


@search.register("session", model="research.session", plural="Sessions", icon="mic", order=30, meaning=())
def session(session):
    """Needs `study` and `participant__account` loaded. One whose consent was taken back is nowhere."""
    if session.withdrawn_at is not None:
        return None
    person = session.participant
    who = _dotted(person.name, person.role, person.account.name if person.account else "") if person else ""
    return Entry(
        title=session.title,
        body=who,
        url=session.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=_noon(session.held_on),
        context=_dotted(session.study.title, who),
        facets=of_session(session),
        **scope(session.study),
    )


@search.register(
    "cue",
    model="research.cue",
    plural="Transcripts",
    icon="chat-left-text",
    order=40,
    meaning=["body"],
    prepare=_cues,
)
def cue(cue):
    if cue.session.withdrawn_at is not None:
        return None
    return cue_entry(cue, cue.session, cue.page, cue.role)


def cue_entry(cue, session, session_url, role):
    """The same where the session, its address and the speaker's role are at hand: for millions of cues.

    Its words alone: with the session's title, each of its turns would be found for what the title says.
    """
    return Entry(
        title="",
        body=cue.text,
        url=f"{session_url}#c{cue.pk}",
        capability=Can.RESEARCH_READ,
        happened_at=_noon(session.held_on),
        context=_dotted(session.study.title, cue.speaker, _clock(cue.start_ms)),
        moment_ms=cue.start_ms,
        facets=of_session(session, role=role),
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
        facets=of_study(study),
        **scope(study),
    )


def _tags(tags):
    studies = Study.objects.in_bulk({tag.study_id for tag in tags if tag.study_id})
    for tag in tags:
        tag.only_in = studies.get(tag.study_id)


@search.register("tag", model="research.tag", plural="Tags", icon="tag", order=60, prepare=_tags)
def tag(tag):
    """What was merged away is found as what it became. A study's own tag: by who reads the study."""
    if tag.is_merged:
        return None
    return Entry(
        title=tag.name,
        body=tag.guideline,
        url=tag.get_absolute_url(),
        capability=Can.RESEARCH_READ,
        happened_at=TIMELESS,
        context=_dotted("Tag", tag.only_in.title if tag.only_in else ""),
        facets=facets.tokens(tag=tag.pk, study=tag.study_id),
        **(scope(tag.only_in) if tag.only_in else {}),
    )


@search.register(
    "report", model="research.insightreport", plural="Insight reports", icon="journal-text", order=5
)
def report(report):
    """Everybody finds a published report; a draft only who runs reports. One that is not built is nowhere."""
    if report.built_at is None:
        return None
    # everybody finds what is published, by what everybody's version says
    version = Audience.COMPANY if report.is_published else Audience.INTERNAL
    written = [(part.title, part.body) for part in report_versions.parts(report, version)]
    return Entry(
        title=report.title,
        body="\n".join(f"{title}\n{body}" for title, body in written),
        url=report.get_absolute_url(),
        capability=Can.REPORT_READ if report.is_published else Can.REPORT_RUN,
        happened_at=report.published_at or report.built_at,
        context=_dotted("Insight report", report.get_state_display()),
    )


comboboxes.offer(
    "insight",
    can=Can.RESEARCH_READ,
    things=lambda user: Insight.objects.visible_to(user).order_by("-updated_at", "-pk"),
    fields=("title",),
    key="pk",
    none="No insight has these words in its title.",
    about=lambda insight, user: (insight.get_status_display(), {}),
)
comboboxes.offer(
    "study",
    can=Can.RESEARCH_READ,
    things=lambda user: Study.objects.visible_to(user).order_by("-created_at", "-pk"),
    fields=("title",),
    none="No study is called that.",
    about=lambda study, user: (study.get_method_display(), {}),
)
comboboxes.offer(
    "tag",
    can=Can.RESEARCH_READ,
    things=lambda user: Tag.objects.visible_to(user).live().order_by("name", "pk"),
    fields=("name",),
    none="No tag is called that.",
)
