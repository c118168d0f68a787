"""An import is taken back as long as nobody has built on it, and never with what others added."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from prodops import jobs
from prodops.models import Attachment, Comment
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    ImportStage,
    Insight,
    InsightEvidence,
    InsightReview,
    MaterialImport,
    Part,
    Participant,
    RetentionRule,
    SecondTagging,
    Session,
    Speaker,
    Study,
    StudyReader,
    Survey,
    SurveyImport,
    Tag,
    UsabilityTask,
)
from research.services import cues, exchange, insights, studies
from research.services.exchange import running
from tests.factories.research import (
    HighlightFactory,
    InsightFactory,
    RecordingFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.research import exchange_files as files
from tests.research.test_exchange_study import exported, files_of
from tests.research.test_import_project import bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken_from(ops, team, now):
    """The ZIP of a study that is not here any more: a session with notes, a tagged highlight, an insight."""
    study = StudyFactory(team=team, lead=ops, title="Imports")
    session = SessionFactory(study=study, moderator=ops)
    Part.objects.create(
        session=session, kind="notes", title="Notes", position=1, created_by=ops, created_at=now
    )
    highlight = HighlightFactory(session=session, tagged=[TagFactory(name="Errors", study=study)])
    InsightFactory(team=team, owner=ops, evidence=[highlight], published=True, title="They give up")
    data = exported(study, ops)
    Insight.objects.all().delete()
    HighlightTag.objects.all().delete()
    study.delete()
    Participant.objects.all().delete()
    return data


def take(data, by, team, now):
    return bring(data, None, by, now, name="study.zip", team=team.pk, scope="file")


def additions(ops, member, now):
    """Whatever people do with an imported study, and the words in which an undo tells of it."""
    study, session, highlight = Study.objects.get(), Session.objects.get(), Highlight.objects.get()
    insight, tag = Insight.objects.get(), Tag.objects.get()
    here = {"created_by": member, "created_at": now}
    about = {"subject_type": "research.study", "subject_id": study.pk}
    file = {"size": 1, "sha256": "0", "content_type": "text/plain", "by": member, "at": now}
    cue = highlight.start_cue
    survey = {"study": study, "by": member, "at": now, "file_name": "nps.csv"}
    return {
        "1 session was added": lambda: SessionFactory(study=study),
        "1 text was added": lambda: Part.objects.create(
            session=session, kind="notes", title="More", position=2, **here
        ),
        "1 highlight was added": lambda: HighlightFactory(session=session, start_cue=cue, end_offset=3),
        "1 recording was added": lambda: RecordingFactory(session=session),
        "1 survey import was added": lambda: SurveyImport.objects.create(**survey),
        "1 task was added": lambda: UsabilityTask.objects.create(study=study, position=1, title="Order"),
        "1 tag was added": lambda: TagFactory(study=study),
        "1 tag was put on": lambda: HighlightTag.objects.create(
            highlight=highlight, tag=TagFactory(), **here
        ),
        "1 second tagging was added": lambda: SecondTagging.objects.create(
            tagging=HighlightTag.objects.get(), by=member, at=now
        ),
        "1 comment was written": lambda: Comment.objects.create(author=member, body="Hm", at=now, **about),
        "1 file was attached": lambda: Attachment.objects.create(file="x", name="x", **file, **about),
        "1 person was let in": lambda: StudyReader.objects.create(
            study=study, user=member, added_by=ops, added_at=now
        ),
        "1 retention rule was added": lambda: RetentionRule.objects.create(
            study=study, changed_by=ops, changed_at=now
        ),
        "1 piece of evidence was added": lambda: InsightEvidence.objects.create(
            insight=insight, highlight=HighlightFactory(), position=1
        ),
        "1 insight cites it": lambda: InsightFactory(evidence=[highlight]),
        "1 review was asked for": lambda: InsightReview.objects.create(insight=insight, reviewer=member),
        "1 insight was changed": lambda: insights.edit(
            insight, version=insight.version, by=member, at=now, body="Rewritten"
        ),
        "1 session was changed": lambda: cues.rewrite(
            session, {cue.pk: cue.text + " Yes."}, by=member, at=now
        ),
        "1 study was changed": lambda: studies.edit(
            study, version=study.version, by=member, at=now, title="Ours"
        ),
        "1 other file was imported into it": lambda: MaterialImport.objects.create(
            study=study, kind="study", stage="done", size=1, by=member, at=now, made={"tag": [tag.pk]}
        ),
    }


def test_undo_refuses_while_anything_is_built_on_what_was_imported(taken_from, ops, member, team, now):
    load = take(taken_from, ops, team, now)
    for words, add in additions(ops, member, now).items():
        with transaction.atomic():
            add()
            with pytest.raises(exchange.Overtaken, match=words):
                exchange.undo(load, by=member, at=now)
            assert Study.objects.exists()
            assert Insight.objects.exists()
            transaction.set_rollback(True)
    exchange.undo(load, by=ops, at=now)
    left = [model for model in (Study, Session, Cue, Highlight, Tag, Insight) if model.objects.exists()]
    assert left == []
    assert MaterialImport.objects.get().stage == ImportStage.UNDONE


def test_undo_ends_after_thirty_days(as_, taken_from, ops, team, now):
    load = take(taken_from, ops, team, now)
    page = f"/research/imports/{load.pk}/"
    assert b"Undo the import" in as_(ops).get(page).content
    MaterialImport.objects.update(done_at=now - timedelta(days=31))
    load.refresh_from_db()
    with pytest.raises(exchange.Overtaken, match="more than 30 days ago"):
        exchange.undo(load, by=ops, at=now)
    assert b"Undo the import" not in as_(ops).get(page).content
    assert Study.objects.exists()


def test_an_import_that_fails_leaves_what_was_built_on_it_meanwhile(monkeypatch, taken_from, ops, team, now):
    def meanwhile(taking):
        SessionFactory(study=taking.study, title="Ours")
        raise RuntimeError

    monkeypatch.setattr(running.writings, "take_claims", meanwhile)
    monkeypatch.setattr(jobs, "enqueue", lambda *args, **kwargs: None)
    load = exchange.stage(SimpleUploadedFile("s.zip", taken_from), study=None, by=ops, at=now)
    job = exchange.start(load, choices={"team": team.pk, "scope": "file"}, by=ops, at=now)
    progress = jobs.Progress(job.pk)
    with pytest.raises(RuntimeError):
        exchange.work(progress.claim(), progress, at=now)
    assert Session.objects.filter(title="Ours").exists()
    load.refresh_from_db()
    assert (load.stage, Highlight.objects.count()) == (ImportStage.STAGED, 1)


def test_a_participant_whom_others_name_by_now_stays_theirs(ops, team, now):
    study = StudyFactory(team=team, lead=ops)
    load = bring(files.nvivo(), study, ops, now)
    dana = Participant.objects.get(name="Dana Whitlock")
    voice = Speaker.objects.create(
        session=SessionFactory(), label="Dana", role="participant", participant=dana
    )
    exchange.undo(load, by=ops, at=now)
    voice.refresh_from_db()
    assert voice.participant == dana


def test_a_second_discard_leaves_the_file_of_an_import_that_began(
    as_, django_capture_on_commit_callbacks, monkeypatch, taken_from, ops, team, now
):
    monkeypatch.setattr(jobs, "enqueue", lambda *args, **kwargs: None)
    load = exchange.stage(SimpleUploadedFile("s.zip", taken_from), study=None, by=ops, at=now)
    exchange.start(load, choices={"team": team.pk}, by=ops, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        response = as_(ops).post(f"/research/imports/{load.pk}/discard/", follow=True)
    assert b"is being imported" in response.content
    load.refresh_from_db()
    assert load.file
    assert load.file.storage.exists(load.file.name)


def without_evidence(data):
    found = files_of(data)
    found["evidence.csv"] = found["evidence.csv"].splitlines(keepends=True)[0]
    return found


def zipped(found):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_file_cannot_publish_without_evidence_or_in_another_name(taken_from, ops, member, team, now):
    team.memberships.get_or_create(user=ops)
    load = take(zipped(without_evidence(taken_from)), member, team, now)
    insight = Insight.objects.get()
    assert (insight.status, insight.published_by) == ("draft", None)
    assert ["Published insights without evidence, which come as drafts", 1] in load.outline["losses"]
    exchange.undo(load, by=member, at=now)
    load = take(taken_from, member, team, now)
    insight = Insight.objects.get()
    assert (insight.status, insight.published_by) == ("published", member)
    exchange.undo(load, by=member, at=now)
    take(taken_from, ops, team, now)
    assert Insight.objects.get().published_by == ops


def test_what_an_export_leaves_out_is_said_on_the_way_out_and_in(as_, ops, member, team, now):
    study = StudyFactory(team=team, lead=ops, properties={"budget": 5})
    highlight = HighlightFactory(session__study=study)
    task = UsabilityTask.objects.create(study=study, position=1, title="Order")
    Survey.objects.create(session=highlight.session)
    RecordingFactory(session=highlight.session)
    StudyReader.objects.create(study=study, user=member, added_by=ops, added_at=now)
    TagFactory(study=study, state="retired")
    insight = InsightFactory(team=team, owner=ops, evidence=[highlight])
    InsightEvidence.objects.create(insight=insight, task=task, position=1)
    page = as_(ops).get(f"/research/studies/{study.slug}/export/").content.decode()
    data = exported(study, ops)
    load = exchange.stage(SimpleUploadedFile("s.zip", data), study=None, by=ops, at=now)
    losses = dict(load.outline["losses"])
    assert losses == {"Recordings": 1}
    for stage in ("staged", "done"):
        MaterialImport.objects.update(stage=stage)
        shown = as_(ops).get(f"/research/imports/{load.pk}/").content.decode()
        assert all(what in shown for what in losses)
    assert all(what in page for what in losses)
    besides = page.partition("REFI-QDA project leaves out besides")[2]
    assert all(what in besides for what in ("Surveys", "Usability tasks", "People named as readers"))
