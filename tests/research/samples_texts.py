"""Samples of the pages about a session's texts: corrections, notes, speakers, review."""

from django.core.files.base import ContentFile
from django.utils import timezone

from prodops.models import Role
from research.services import cues, highlights, parts, placing
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory


def _session(people):
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    session = SessionFactory(study=study)
    for _ in range(3):
        CueFactory(session=session)
    return session


def _cue(people):
    return {"pk": _session(people).cues.first().pk}


def _part(people, *, source=False):
    session = _session(people)
    made = {"by": session.created_by, "at": timezone.now()}
    part = parts.add(session, kind="notes", title="Notes", paragraphs=["Tired.", "Left early."], **made)
    if source:
        part.source.save("visit.pdf", ContentFile(b"%PDF-"))
    return {"pk": part.pk}


def _corrected(people):
    session = _session(people)
    cue = session.cues.first()
    made = {"by": session.created_by, "at": timezone.now()}
    return {"event_pk": cues.rewrite(session, {cue.pk: "I gave in."}, **made).event.pk}


def _touched(people, n=1):
    session = _session(people)
    tag = TagFactory()
    for _ in range(n):
        HighlightFactory(session=session, tagged=[tag], orphaned_at=timezone.now())
    return session


def _moved(people):
    mark = HighlightFactory(session=_session(people))
    event = placing.move(
        mark,
        start_cue=mark.start_cue_id,
        start=0,
        end_cue=mark.start_cue_id,
        end=9,
        quote=mark.quote[:9],
        by=mark.created_by,
        at=timezone.now(),
    )
    return {"event_pk": event.pk}


def _retagged(people):
    mark = HighlightFactory(session=_session(people))
    return {"event_pk": highlights.retag(mark, add=[TagFactory()], by=mark.created_by, at=timezone.now()).pk}


SAMPLES = {
    "research:highlight_untag": _retagged,
    "research:study_alone": lambda people: {"slug": _session(people).study.slug},
    "research:session_speakers": lambda people: {"pk": _session(people).pk},
    "research:session_transcript": lambda people: {"pk": _session(people).pk},
    "research:notes_create": lambda people: {"pk": _session(people).pk},
    "research:document_create": lambda people: {"pk": _session(people).pk},
    "research:part_detail": _part,
    "research:part_edit": _part,
    "research:part_delete": _part,
    "research:part_source": lambda people: _part(people, source=True),
    "research:cue_moment": _cue,
    "research:cue_edit": _cue,
    "research:cue_correct": _cue,
    "research:cue_split": _cue,
    "research:cue_merge": _cue,
    "research:correction_undo": _corrected,
    "research:highlight_move": lambda people: {"pk": HighlightFactory(session=_session(people)).pk},
    "research:highlight_move_undo": _moved,
    "research:review_discard": lambda people: {"pk": _touched(people).highlights.get().pk},
}
LISTS = {"research:review_list": _touched}
