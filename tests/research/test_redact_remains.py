"""What redaction must reach beside the turns: waiting files, lost highlights, speakers' names."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from prodops import search
from prodops.models import Event, Favourite, JobState
from research import tasks
from research.formats import studyzip
from research.models import Cue, MaterialImport, Speaker, SurveyImport
from research.queries import exchange as material
from research.services import exchange, highlights, placing, redactions, survey_imports
from research.synthesis.redacting import Scrubber, relabelled
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory
from tests.research.test_redact_session import everywhere, files_holding

pytestmark = pytest.mark.django_db
CSV = b'Respondent ID,Comment\n1,"The ""Zebediah list"" is wrong, Zebediah said"\n2,other\n'


@pytest.fixture
def study(team, ops):
    return StudyFactory(team=team, lead=ops)


def turn(study, text, **fields):
    session = SessionFactory(study=study, participant=None)
    cue = CueFactory(session=session, text=text, **fields)
    search.index(session)
    search.index(cue)
    return cue


def redact(study, words, ops, now, session=None):
    redactions.decide_words(study, words, session=session, by=ops, at=now)
    return redactions.confirm(study, session=session, by=ops, at=now)


def staged(study, ops, now):
    data = b"".join(studyzip.stream(material.study_material(study, ops)))
    load = exchange.stage(SimpleUploadedFile("study.zip", data), study=None, by=ops, at=now)
    return load, survey_imports.stage(study, data=CSV, file_name="a.csv", by=ops, at=now)


def test_files_that_wait_to_be_imported_go(study, ops, now, django_capture_on_commit_callbacks):
    cue = turn(study, "Ask for Zebediah please, he is in.")
    HighlightFactory(session=cue.session, start_cue=cue, start_offset=0, end_offset=16)
    load, _ = staged(study, ops, now)
    path = load.file.path
    with django_capture_on_commit_callbacks(execute=True):
        redact(study, "Zebediah", ops, now)
    assert everywhere("zebediah") == []
    assert files_holding("Zebediah") == []
    assert not load.file.storage.exists(path)
    assert not MaterialImport.objects.exists()
    assert not SurveyImport.objects.exists()


def test_nothing_is_removed_while_an_import_is_at_work(as_, study, ops, now):
    cue = turn(study, "Ask for Zebediah please.")
    load, _ = staged(study, ops, now)
    job = exchange.start(load, choices={}, by=ops, at=now)
    with pytest.raises(redactions.Refused):
        redact(study, "Zebediah", ops, now)
    redactions.decide_words(study, "Zebediah", by=ops, at=now)
    confirm = reverse("research:redaction_confirm", args=[study.slug])
    assert "A file is being imported" in as_(ops).post(confirm, follow=True).text
    cue.refresh_from_db()
    assert "Zebediah" in cue.text
    type(job).objects.update(state=JobState.FAILED)
    assert redactions.confirm(study, by=ops, at=now).number == 1


def test_files_nobody_went_on_with_are_forgotten(study, ops, member, django_capture_on_commit_callbacks):
    turn(study, "Ask for Zebediah please.")
    week = dt.timedelta(days=7, minutes=1)
    old, _ = staged(study, ops, timezone.now() - week)
    fresh = exchange.stage(
        SimpleUploadedFile("study.zip", old.file.read()), study=None, by=member, at=timezone.now()
    ).pk
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_imports()
    assert [load.pk for load in MaterialImport.objects.all()] == [fresh]
    assert not old.file.storage.exists(old.file.name)
    assert not SurveyImport.objects.exists()


def test_a_lost_highlight_keeps_no_part_of_a_name(study, ops, now):
    cue = turn(study, "Ask for Zebediah Qwertzson please, he is in.")
    place = {"session": cue.session, "start_cue": cue, "start_offset": 0, "end_offset": 0}
    lost = HighlightFactory(
        **place, quote="Ask for Zebediah", orphaned_at=now, prefix="Qwertzson said", suffix="Qwertz"
    )
    within = HighlightFactory(**place, quote="diah Qwertzson please", orphaned_at=now)
    gone = HighlightFactory(**place, quote="Zebediah, or his", orphaned_at=now, suffix="Zebediah Qw")
    Favourite.objects.create(
        user=ops, subject_type="research.highlight", subject_id=lost.pk, title=str(lost), url="/", at=now
    )
    highlights.delete(gone, by=ops, at=now)
    redact(study, "Zebediah Qwertzson", ops, now)
    assert everywhere("zebediah") == []
    assert everywhere("qwertz") == []
    lost.refresh_from_db()
    within.refresh_from_db()
    assert lost.quote == "Ask for [words removed]"
    assert within.quote == "[words removed] please"
    [event] = Event.objects.filter(verb="highlight.deleted")
    assert event.data["quote"] == "[words removed], or his"


def test_what_was_moved_keeps_no_part_of_a_name(study, ops, now):
    cue = turn(study, "Ask for Zebediah Qwertzson please, he is in.")
    end = cue.text.index(" Qwert")
    quote = HighlightFactory(
        session=cue.session, start_cue=cue, start_offset=0, end_offset=end, tagged=[TagFactory()]
    )
    placing.move(
        quote,
        **{"start_cue": cue.pk, "start": end - 4, "end_cue": cue.pk, "end": len(cue.text)},
        quote=cue.text[end - 4 :],
        by=ops,
        at=now,
    )
    redact(study, "Zebediah Qwertzson", ops, now)
    assert everywhere("zebediah") == []
    assert everywhere("qwertz") == []
    quote.refresh_from_db()
    assert quote.quote == "[words removed] please, he is in."


def test_a_speaker_is_not_called_by_a_removed_name(as_, study, ops, now, django_capture_on_commit_callbacks):
    cue = turn(study, "I am Zebediah, hello.", speaker="Zebediah")
    session = cue.session
    session.source.save("a.vtt", SimpleUploadedFile("a.vtt", b"WEBVTT\n\n<v Zebediah>I am Zebediah, hello."))
    other = CueFactory(session=session, position=7, speaker="Jo", text="Good to see you here today.")
    quote = HighlightFactory(session=session, start_cue=other, start_offset=0, end_offset=4)
    silent = turn(study, "Nobody is named here at all.", speaker="Zebediah")
    mine = HighlightFactory(session=silent.session, start_cue=silent, start_offset=0, end_offset=6)
    speaker = Speaker.objects.create(session=session, label="Zebediah", role="participant", guessed=False)
    for thing in (quote, mine):
        search.index(thing)
    with django_capture_on_commit_callbacks(execute=True):
        done = redact(study, "Zebediah", ops, now)
    assert everywhere("zebediah") == []
    assert files_holding("Zebediah") == []
    assert done.counts == {"words": 1, "label": 2}
    speaker.refresh_from_db()
    assert (speaker.label, speaker.role) == ("[name removed]", "participant")
    assert set(Cue.objects.values_list("speaker", flat=True)) == {"[name removed]", "Jo"}
    page = as_(ops).get(reverse("research:redaction_done", args=[study.slug, done.pk])).text
    assert "Names of speakers: 2" in page


def test_labels_stay_apart_and_others_as_they_are():
    scrub = Scrubber([("Dana", "[name removed]"), ("Leeds", "[words removed]")])
    assert relabelled(["DANA", "Dana Whitlock", "Danaë", "Agent in Leeds", "Moderator"], scrub) == {
        "DANA": "[name removed]",
        "Dana Whitlock": "[name removed] 2",
        "Agent in Leeds": "Agent in [words removed]",
    }
