"""A thing for every address of who sees what."""

from django.utils import timezone

from prodops.models import Role
from research.models import StudyReader
from tests.factories.prodops import UserFactory
from tests.factories.research import SessionFactory, StudyFactory


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


SAMPLES = {
    "research:study_sharing": lambda people: {"slug": _team_study(people).slug},
    "research:reader_add": lambda people: {"slug": _team_study(people).slug},
    "research:reader_remove": _reader,
}
LISTS: dict = {}
