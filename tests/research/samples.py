from django.utils import timezone

from prodops import activity
from prodops.models import Role
from research.models import Participant
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    InsightReportFactory,
    ReportSectionFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
)
from tests.research import (
    samples_exchange,
    samples_finding,
    samples_people,
    samples_recordings,
    samples_recruiting,
    samples_scheduling,
    samples_surveys,
    samples_taxonomy,
    samples_texts,
    samples_trust,
)
from tests.research.samples_reports import REPORT_SAMPLES


def _study(people):
    return StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])


def _session(people):
    session = SessionFactory(
        study=_study(people), participant__account=CustomerAccountFactory(), source="transcripts/a.txt"
    )
    highlight = HighlightFactory(session=session, tagged=[TagFactory()])
    CueFactory.create_batch(3, session=session)
    InsightFactory(team=session.study.team, evidence=[highlight])
    return session


def _highlight(people):
    return _session(people).highlights.get()


def _evidence(people):
    return _highlight(people).evidence.get()


def _deleted(people):
    session = SessionFactory(study=_study(people))
    highlight = HighlightFactory(session=session)
    data = {
        "session": session.pk,
        "anchor": [highlight.start_cue_id, 0, highlight.end_cue_id, highlight.end_offset],
        "quote": highlight.quote,
        "created": [highlight.created_by_id, highlight.created_at.isoformat()],
        "tags": [],
    }
    by = people[Role.PRODUCT_OPS]
    return activity.record("highlight.deleted", on=highlight, by=by, at=timezone.now(), data=data)


def _highlights(people, n):
    session = SessionFactory(study=_study(people), participant__account=CustomerAccountFactory())
    tag = TagFactory()
    return [HighlightFactory(session=session, tagged=[tag]) for _ in range(n)]


def _insights(people, n):
    highlight = HighlightFactory(session=SessionFactory(study=_study(people)))
    team = people[Role.MEMBER].teams.get()
    InsightFactory.create_batch(n, team=team, owner=people[Role.PRODUCT_OPS], evidence=[highlight])


def _sessions(people, n):
    study = _study(people)
    person = SessionFactory(study=study).participant
    assert isinstance(person, Participant)
    SessionFactory.create_batch(n, study=study, participant=person)


def _report_draft(people):
    return {"pk": InsightReportFactory().pk}


def _report_section(people):
    return {"pk": ReportSectionFactory().pk}


SAMPLES = {
    **samples_recordings.SAMPLES,
    **samples_surveys.SAMPLES,
    "research:report_detail": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_csv": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_pdf": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_preview": _report_draft,
    **REPORT_SAMPLES,
    "research:report_rebuild": _report_draft,
    "research:report_cancel": _report_draft,
    "research:report_discard": _report_draft,
    "research:report_publish": _report_draft,
    "research:report_rename": _report_draft,
    "research:section_add": _report_draft,
    "research:section_card": _report_section,
    "research:section_edit": _report_section,
    "research:section_show": _report_section,
    "research:section_move": _report_section,
    "research:section_remove": _report_section,
    "research:study_detail": lambda people: {"slug": _session(people).study.slug},
    "research:study_edit": lambda people: {"slug": _study(people).slug},
    "research:session_create": lambda people: {"slug": _study(people).slug},
    "research:session_detail": lambda people: {"pk": _session(people).pk},
    "research:session_edit": lambda people: {"pk": _session(people).pk},
    "research:session_delete": lambda people: {"pk": _session(people).pk},
    "research:session_source": lambda people: {"pk": _with_file(people).pk},
    "research:highlight_create": lambda people: {"pk": _session(people).pk},
    "research:highlight_detail": lambda people: {"pk": _highlight(people).pk},
    "research:highlight_retag": lambda people: {"pk": _highlight(people).pk},
    "research:highlight_delete": lambda people: {"pk": _highlight(people).pk},
    "research:highlight_restore": lambda people: {"event_pk": _deleted(people).pk},
    "research:tag_detail": lambda people: {"slug": _highlight(people).tags.get().slug},
    "research:tag_edit": lambda people: {"slug": TagFactory().slug},
    "research:group_edit": lambda people: {"slug": TagGroupFactory().slug},
    "research:insight_detail": lambda people: {"pk": _evidence(people).insight_id},
    "research:insight_edit": lambda people: {"pk": _evidence(people).insight_id},
    "research:insight_publish": lambda people: {"pk": _evidence(people).insight_id},
    "research:evidence_add": lambda people: {"pk": _evidence(people).insight_id},
    "research:evidence_weigh": lambda people: {"pk": _evidence(people).pk},
    "research:evidence_remove": lambda people: {"pk": _evidence(people).pk},
}
LISTS = {
    "research:report_list": lambda people, n: InsightReportFactory.create_batch(n, published=True),
    "research:study_list": lambda people, n: StudyFactory.create_batch(n, lead=people[Role.PRODUCT_OPS]),
    "research:session_list": _sessions,
    "research:highlight_list": _highlights,
    "research:tag_list": lambda people, n: TagFactory.create_batch(n),
    "research:insight_list": _insights,
}
SAMPLES |= samples_trust.SAMPLES | samples_exchange.SAMPLES | samples_texts.SAMPLES
LISTS |= samples_trust.LISTS | samples_exchange.LISTS | samples_texts.LISTS
SAMPLES |= samples_taxonomy.SAMPLES
LISTS |= samples_taxonomy.LISTS


def _with_file(people):
    from django.core.files.base import ContentFile

    session = SessionFactory(study=_study(people))
    session.source.save("a.txt", ContentFile(b"Dana: Yes."))
    return session


SAMPLES |= samples_finding.SAMPLES
LISTS |= samples_finding.LISTS
SAMPLES |= samples_recruiting.SAMPLES
LISTS |= samples_recruiting.LISTS
SAMPLES |= samples_scheduling.SAMPLES
LISTS |= samples_scheduling.LISTS
SAMPLES |= samples_people.SAMPLES
LISTS |= samples_people.LISTS
