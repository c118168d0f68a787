from prodops.models import Role
from tests.factories.research import RecordingFactory, SessionFactory, StudyFactory
from tests.research.sounds import wav


def recording(people, **fields):
    """A ready recording with its file, of a study that the people's team owns."""
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    return RecordingFactory(session=SessionFactory(study=study), content=wav(), **fields)


def _upload(people):
    return recording(people, state="uploading", received=0, sha256="")


def _study(people):
    return {"slug": recording(people).session.study.slug}


SAMPLES = {
    "research:study_retention": _study,
    "research:study_hold": _study,
    "research:bulk_upload": _study,
    "research:bulk_transcript": _study,
    "research:bulk_recording": _study,
    "research:recording_create": lambda people: {"pk": recording(people).session_id},
    "research:recording_upload": lambda people: {"pk": _upload(people).pk},
    "research:recording_finish": lambda people: {"pk": _upload(people).pk},
    "research:recording_delete": lambda people: {"pk": recording(people).pk},
    "research:recording_align": lambda people: {"pk": recording(people).pk},
    "research:recording_media": lambda people: {"pk": recording(people).pk},
    "research:recording_download": lambda people: {"pk": recording(people).pk},
}
