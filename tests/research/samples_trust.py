"""A thing for every address of who sees what."""

from django.utils import timezone

from prodops.models import Role
from research.models import AccessRecord, Redaction, Study, StudyReader
from research.queries import redactions as reading
from research.services import redactions
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory


def _team_study(people, **fields):
    """A study kept to the member's team, with a reader named."""
    study = StudyFactory(
        team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS], visibility="team", **fields
    )
    SessionFactory(study=study)
    StudyReader.objects.create(study=study, user=UserFactory(), added_by=study.lead, added_at=timezone.now())
    return study


def _reader(people):
    study = _team_study(people)
    return {"slug": study.slug, "pk": study.reader_rows.get().user_id}


def _redaction(people):
    """A study with something to decide on, something chosen and something removed."""
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    session = SessionFactory(study=study)
    cue = CueFactory(session=session, text="Write to dana@northwind.example or call +44 20 7946 0958 today.")
    HighlightFactory(session=session, start_cue=cue)
    first, second = reading.scan(study)
    redactions.decide(study, [first], "remove", by=study.lead, at=timezone.now())
    redactions.decide(study, [second], "keep", by=study.lead, at=timezone.now())
    return Redaction.objects.create(
        study=study, session_ids=[session.pk], by=study.lead, at=timezone.now(), counts={"email": 2}
    )


def _redaction_slug(people):
    return {"slug": _redaction(people).study.slug}


def _redaction_done(people):
    done = _redaction(people)
    return {"slug": done.study.slug, "pk": done.pk}


def _accesses(people, n):
    """Rows of the study whose page was asked for."""
    study = Study.objects.latest("pk")
    now = timezone.now()
    AccessRecord.objects.bulk_create(
        AccessRecord(
            study=study,
            session_pk=number,
            user=people[Role.MEMBER],
            what="read",
            day=now,
            first_at=now,
            last_at=now,
        )
        for number in range(AccessRecord.objects.count(), AccessRecord.objects.count() + n)
    )


def _person(people):
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    return {"pk": SessionFactory(study=study, participant__email="dana@northwind.example").participant_id}


def _left_behind(people, n=1):
    lead = UserFactory(is_active=False)
    return [StudyFactory(team=people[Role.MEMBER].teams.get(), lead=lead) for _ in range(n)]


SAMPLES = {
    "research:study_hand_over": lambda people: {"pk": _left_behind(people)[0].pk},
    "research:participant_detail": _person,
    "research:participant_contact": _person,
    "research:study_access": lambda people: {"slug": _team_study(people).slug},
    "research:study_access_csv": lambda people: {"slug": _team_study(people).slug},
    "research:redaction": _redaction_slug,
    "research:redaction_choose": _redaction_slug,
    "research:redaction_words": _redaction_slug,
    "research:redaction_confirm": _redaction_slug,
    "research:redaction_done": _redaction_done,
    "research:study_sharing": lambda people: {"slug": _team_study(people).slug},
    "research:reader_add": lambda people: {"slug": _team_study(people).slug},
    "research:reader_remove": _reader,
}
LISTS = {"research:left_behind_list": _left_behind, "research:study_access": _accesses}
