"""A study leaves as Markdown and CSV and comes back the same, in its own workspace and in an empty one."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from prodops.models import Comment, CustomerAccount, Role
from research.formats import studyzip, turns
from research.formats.bundle import Bundle, Mark, Meeting, Memo, StudyHead, Tagging, Theme
from research.formats.packages import Package
from research.formats.studyzip_reading import read
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    Insight,
    InsightEvidence,
    Part,
    Participant,
    SecondTagging,
    Session,
    Speaker,
    Study,
    StudyReader,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SusAnswers,
    Tag,
    TagGroup,
    TaskResult,
    UsabilityTask,
)
from research.queries import exchange as material
from research.services import exchange
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.prodops.samples_fields import field
from tests.research.test_import_project import bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(people, ops, team, now):
    """One of everything that a study can hold."""
    study = StudyFactory(
        team=team, lead=ops, title="=Why, “imports” fail?", question="a\nb", summary="# Found\n\n---\n\n- x\n"
    )
    parent = TagFactory(name="Barriers", guideline="- what stops people\n\nnot: prices")
    tag = TagFactory(name="Errors", group=parent.group, parent=parent, study=study, colour="red")
    session = SessionFactory(
        study=study, moderator=ops, participant__account=CustomerAccountFactory(segment="small")
    )
    highlight = HighlightFactory(session=session, tagged=[parent, tag])
    part = Part.objects.create(
        session=session, kind="notes", title="My notes", position=1, created_by=ops, created_at=now
    )
    CueFactory(
        session=session, part=part, speaker="", start_ms=None, end_ms=None, text="=1+1\nsecond line 😀"
    )
    SecondTagging.objects.create(
        tagging=highlight.taggings.get(tag=tag), by=people[Role.MEMBER], at=now + dt.timedelta(days=1)
    )
    mishaps = TagFactory(name="Mishaps", group=parent.group, study=study, state="merged", merged_into=tag)
    TagFactory(name="Mishap", group=parent.group, study=study, state="merged", merged_into=mishaps)
    TagFactory(name="Given up", group=parent.group, study=study, state="retired")
    HighlightFactory(
        session=session, start_cue=highlight.start_cue, start_offset=7, end_offset=11, quote="up a",
        orphaned_at=now, prefix="I gave ", suffix="fter",
    )  # fmt: skip
    InsightFactory(team=team, owner=ops, evidence=[highlight], published=True, body="Line\n\n+ more")
    better = InsightFactory(
        team=team, owner=ops, evidence=[highlight], title="A better one", status="in_review"
    )
    over = {"published": True, "ended_at": now, "ended_by": ops, "evidence": [highlight], "confidence": "low"}
    InsightFactory(team=team, owner=ops, title="=Old", status="superseded", superseded_by=better, **over)
    InsightFactory(team=team, owner=ops, title="Wrong", status="retracted", retraction="One voice.", **over)
    for thing in (study, session, highlight, tag):
        Comment.objects.create(
            subject_type=thing._meta.label_lower,
            subject_id=thing.pk,
            author=ops,
            body="'=Why?\n\nReally",
            at=now,
        )
    SessionFactory(study=study, participant=None, moderator=None, title="Nothing said yet")
    _measure(study, session, people[Role.MEMBER], ops, now)
    return study


def _measure(study, session, reader, ops, now):
    """A survey with an answer of each kind, a usability test, a reader, and what stands on both."""
    StudyReader.objects.create(study=study, user=reader, added_by=ops, added_at=now)
    asked = SessionFactory(study=study, participant=None, title="Autumn", kind="survey")
    words = Part.objects.create(
        session=asked, kind="answers", title="Why?", position=1, created_by=ops, created_at=now
    )
    said = CueFactory(session=asked, part=words, speaker="Respondent 1", start_ms=None, end_ms=None)
    survey = Survey.objects.create(
        session=asked, columns=[{"header": "=Why?", "kind": "open"}], fingerprint="f"
    )
    questions = [
        SurveyQuestion.objects.create(
            survey=survey, header=header, text=header, kind=kind, position=n, **more
        )
        for n, (header, kind, more) in enumerate(
            [
                ("=Why?", "open", {"part": words}),
                ("Recommend?", "nps", {"labels": ["0", "10"]}),
                ("Parts", "multi", {}),
            ]
        )
    ]
    response = SurveyResponse.objects.create(
        survey=survey, key="r1", number=1, digest="d", submitted_on=now.date(), segment="Gold",
        participant=session.participant,
    )  # fmt: skip
    for question, answer in zip(
        questions, [{"cue": said}, {"number": 9}, {"choices": ["a,b", "c"]}], strict=True
    ):
        SurveyAnswer.objects.create(response=response, question=question, **answer)
    task = UsabilityTask.objects.create(study=study, position=1, title="Import a file", criterion="It is in")
    TaskResult.objects.create(task=task, session=session, outcome="partial", seconds=83.5, seq=6)
    SusAnswers.objects.create(session=session, items=[1, 2, 3, 4, 5, None, 1, 2, 3, 4])
    insight = InsightFactory(team=study.team, owner=ops, title="Few recommend it", evidence=[])
    for position, what in enumerate([{"question": questions[1]}, {"task": task}]):
        InsightEvidence.objects.create(insight=insight, position=position, kind="supports", **what)


def _delete(study):
    for tag in Tag.objects.filter(state="merged").order_by("-pk"):  # they hold what they became
        tag.delete()
    study.delete()


def exported(study, user):
    return b"".join(studyzip.stream(material.study_material(study, user, contacts=True)))


def files_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_study_imports_into_its_own_workspace_without_a_difference(study, ops, now):
    load = exchange.stage(SimpleUploadedFile("s.zip", exported(study, ops)), study=None, by=ops, at=now)
    assert load.study == study
    assert (load.outline["nothing"], load.outline["differences"], load.outline["losses"]) == (True, [], [])


def test_a_study_imports_into_an_empty_workspace_and_exports_the_same_bytes(study, ops, team, now):
    before = exported(study, ops)
    Comment.objects.all().delete()
    Insight.objects.filter(status="superseded").delete()
    Insight.objects.all().delete()
    HighlightTag.objects.all().delete()
    _delete(study)
    Tag.objects.order_by("-pk").delete()
    for model in (TagGroup, Participant, CustomerAccount):
        model.objects.all().delete()
    assert not Cue.objects.exists()
    load = bring(before, None, ops, now, name="study.zip", team=team.pk, scope="file")
    again = Study.objects.get()
    assert files_of(exported(again, ops)) == files_of(before)
    assert exported(again, ops) == before
    exchange.undo(load, by=ops, at=now)
    left = [
        model
        for model in (Study, Session, Highlight, Tag, Comment, Participant, Insight, TagGroup)
        if model.objects.exists()
    ]
    assert left == []


def test_what_was_added_to_the_file_by_hand_is_taken_and_nothing_is_overwritten(study, ops, now):
    files = files_of(exported(study, ops))
    rows = list(csv.reader(io.StringIO(files["tags.csv"].decode("utf-8-sig"))))
    rows.append(["", "Surprises", "Feelings", "", "", "", "", "teal", "", "When they laugh"])
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    files["tags.csv"] = out.getvalue().encode()
    files["study.md"] = files["study.md"].replace(b'"=Why, ', b'"Why, ')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"my study/{name}", data)
    load = bring(buffer.getvalue(), None, ops, now, name="study.zip")
    assert load.outline["counts"]["tags"] == 1
    assert any("is called" in text for text in load.outline["differences"])
    surprise = Tag.objects.get(name="Surprises")
    assert (surprise.group.name, surprise.guideline) == ("Feelings", "When they laugh")
    study.refresh_from_db()
    assert study.title.startswith("=Why")


def test_contact_details_leave_with_those_only_who_may_see_them(as_, study, ops, member):
    Participant.objects.update(email="dana@example.com")
    for user, there in ((ops, True), (member, False)):
        data = b"".join(as_(user).get(f"/research/studies/{study.slug}/zip/").streaming_content)
        assert (b"dana@example.com" in files_of(data)["participants.csv"]) is there


def test_any_words_come_back_as_they_were():
    """Without the database: guards against formulas, line ends, quotes and separators in every field."""
    words = [
        "=1+1",
        "'=x",
        "''-",
        'a;b,c"d"',
        "line\nline",
        " ---\n",
        "\u2029é😀",
        "@x",
        "\tx",
        "-",
        "'plain'",
    ]
    said = [turns.Turn(text, "Dana", None, None) for text in words]
    marks = [
        Mark(f"{n:08}-0000-4000-8000-000000000000", n, 0, n, len(text), text, (Tagging("t"),))
        for n, text in enumerate(words)
    ]
    bundle = Bundle(
        name="x",
        study=StudyHead("11111111-0000-4000-8000-000000000000", "Ti: tle", {"summary": "---\n\nx", "n": [1]}),
        themes=[
            Theme(f"{n:08}-0000-4000-8000-00000000000a", f"{n} é", guideline=text)
            for n, text in enumerate(words)
        ],
        memos=[
            Memo(f"{n:08}-0000-4000-8000-00000000000b", "study", "", text) for n, text in enumerate(words)
        ],
        sessions=lambda: [Meeting("22222222-0000-4000-8000-000000000000", "One", said, marks)],
    )
    data = b"".join(studyzip.stream(bundle))
    found = read(Package(io.BytesIO(data)))
    (meeting,) = found.sessions()
    assert [turn.text for turn in meeting.turns] == words
    assert [mark.quote for mark in meeting.marks] == words
    assert [theme.guideline for theme in found.themes] == words
    assert [memo.body for memo in found.memos] == words
    assert found.study == bundle.study
    manifest = json.loads(files_of(data)["manifest.json"])
    assert manifest["files"].keys() == files_of(data).keys() - {"manifest.json"}


def test_values_of_typed_fields_come_in_as_their_forms_take_them(people, study, ops, team, now):
    made = {
        kind: field(people, kind, name=f"A {kind}") for kind in ("number", "url", "multiselect", "person")
    }
    field(people, "select", "research.session", "Country")
    Study.objects.filter(pk=study.pk).update(
        properties={
            "a_number": "many",
            "a_url": "javascript:alert(1)",
            "a_multiselect": ["spring", "winter"],
            "a_person": ops.pk,
            "other": "x",
        }
    )
    Session.objects.filter(study=study).update(properties={"country": "Atlantis"})
    study.refresh_from_db()
    data = exported(study, ops)
    Comment.objects.all().delete()
    Insight.objects.filter(status="superseded").delete()
    Insight.objects.all().delete()
    HighlightTag.objects.all().delete()
    _delete(study)
    load = exchange.stage(SimpleUploadedFile("s.zip", data), study=None, by=ops, at=now)
    assert dict(load.outline["losses"]) == {
        "Values of “A number” that do not fit the field (number)": 1,
        "Values of “A url” that do not fit the field (link)": 1,
        "Values of “A multiselect” that do not fit the field (several of a list)": 1,
        "Values of “other”, a field that a study does not have here": 1,
        "Values of “Country” that do not fit the field (one of a list)": 3,
    }
    bring(data, None, ops, now, name="study.zip", team=team.pk, scope="file")
    again = Study.objects.get()
    assert again.properties == {made["multiselect"].key: ["spring"], made["person"].key: ops.pk}
    assert {session.properties.get("country") for session in again.sessions.all()} == {None}


def test_an_address_that_is_none_and_a_speaker_named_twice_are_left_out_and_said(study, ops, team, now):
    Participant.objects.update(email="dana@example.com")
    session = Session.objects.exclude(participant=None).get()
    Speaker.objects.create(session=session, label="Dana", role="participant")
    files = files_of(exported(study, ops))
    long = f"{'x' * 300}@example.com"
    files["participants.csv"] = files["participants.csv"].replace(b"dana@example.com", long.encode())
    name = next(one for one in files if one.startswith("sessions/") and b"Dana" in files[one])
    twice = files[name].replace(
        b'speakers: [["Dana"', b'speakers: [["Dana", "observer", "", "", true], ["Dana"'
    )
    assert twice != files[name]
    files[name] = twice.replace(str(session.guid).encode(), b"00000000-0000-4000-8000-000000000001")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, data in files.items():
            archive.writestr(part, data)
    Participant.objects.update(guid="00000000-0000-4000-8000-000000000002", name="Somebody else")
    load = bring(buffer.getvalue(), None, ops, now, name="study.zip")
    assert dict(load.outline["losses"]) == {
        "E-mail addresses that are none": 1,
        "Speakers that a session names twice": 1,
    }
    again = Session.objects.get(guid="00000000-0000-4000-8000-000000000001")
    assert again.speakers.get(label="Dana").role == "observer"
    assert Participant.objects.exclude(name="Somebody else").get().email == ""
