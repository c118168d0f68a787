"""A survey's export goes in, comes again longer, and is undone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from prodops.models import Event, Job, Role, SearchEntry
from research import queries
from research.models import Cue, Highlight, Session, Study, Survey, SurveyAnswer, SurveyImport
from research.queries import results
from research.services import cues, highlights, survey_answers, survey_imports
from research.services.survey_imports import NotUndone
from research.tasks import import_survey
from tests.factories.research import ParticipantFactory
from tests.research.samples_surveys import ANSWERS, staged, survey

pytestmark = pytest.mark.django_db
LONGER = (
    ANSWERS.replace(b"Gold\n2,", b"Gold\n2,").replace(
        b"It asks me the same thing twice.", b"It asks me the same thing thrice."
    )
    + b"4,2026-11-04,0,Fax,Everything is missing.,Silver\n"
)


@pytest.fixture
def by(people):
    return people[Role.PRODUCT_OPS]


def again(people, one, data, at=None):
    load = survey_imports.stage(
        one.session.study, data=data, file_name="b.csv", by=people[Role.PRODUCT_OPS], at=timezone.now()
    )
    counts = survey_imports.confirm(load, by=people[Role.PRODUCT_OPS], at=at or timezone.now())
    load.refresh_from_db()
    return load, counts


def state(one):
    """All that a survey says, to compare before and after."""
    rows = SurveyAnswer.objects.filter(response__survey=one).order_by(
        "response__number", "question__position"
    )
    words = Cue.objects.filter(session=one.session).order_by("position")
    return (
        list(rows.values_list("response__key", "question__header", "number", "choices", "cue__text")),
        list(one.responses.order_by("number").values_list("key", "digest", "submitted_on", "segment")),
        list(words.values_list("part__title", "text", "speaker")),
        list(one.questions.values_list("header", "kind", "labels")),
        Survey.objects.values_list("columns", "fingerprint").get(pk=one.pk),
    )


def test_a_file_becomes_a_session_with_answers_that_are_found(people):
    one = survey(people)
    assert one.session.kind == "survey"
    assert str(one.session.held_on) == "2026-11-03"
    assert [question.kind for question in one.questions.all()] == ["nps", "multi", "open"]
    words = Cue.objects.get(text__startswith="A map")
    assert (words.speaker, words.part.kind, words.answer.response.segment) == (
        "Respondent 1",
        "answers",
        "Gold",
    )
    assert SearchEntry.objects.filter(kind="cue", object_id=words.pk).exists()
    assert Event.objects.get(verb="survey.imported").data["new"] == 3


def test_the_same_file_again_changes_nothing(people):
    one = survey(people)
    before = state(one)
    load, counts = again(people, one, ANSWERS)
    assert load.survey == one  # by its columns
    assert counts == (0, 0, 3)
    assert state(one) == before


def test_a_longer_export_adds_and_corrects_and_undo_brings_back_what_was(people, by):
    one = survey(people)
    tagged = Cue.objects.get(text__startswith="It asks")
    mark = highlights.mark(
        one.session,
        start_cue=tagged.pk,
        start=0,
        end_cue=tagged.pk,
        end=11,
        quote=tagged.text[:11],
        by=by,
        at=timezone.now(),
    )
    before = state(one)
    load, counts = again(people, one, LONGER)
    assert counts == (1, 1, 2)
    tagged.refresh_from_db()
    assert tagged.text == "It asks me the same thing thrice."
    assert Highlight.objects.anchored().get() == mark
    assert [cue.text[:4] for cue in one.session.cues.order_by("position")] == ["A ma", "It a", "Ever"]
    survey_imports.undo(load, by=by, at=timezone.now())
    assert state(one) == before


COLUMNS = b"Respondent ID,Would you recommend us?,Why?\n"
THREE = (b"1,9,First words here.\n", b"2,9,Middle words here.\n", b"3,9,Last words here.\n")


def marked_over_three(people, by):
    """A survey of three answers, and a highlight from the first into the last of them."""
    load = staged(people, COLUMNS + b"".join(THREE))
    survey_imports.confirm(load, by=by, at=timezone.now())
    load.refresh_from_db()
    first, middle, last = load.survey.session.cues.order_by("position")
    ends = {"start_cue": first.pk, "start": 6, "end_cue": last.pk, "end": 4}
    quote = "words here.\nMiddle words here.\nLast"
    mark = highlights.mark(load.survey.session, **ends, quote=quote, by=by, at=timezone.now())
    return load.survey, middle, mark


def test_a_highlight_follows_an_answer_in_its_middle(people, by):
    one, middle, mark = marked_over_three(people, by)
    before, quote = state(one), mark.quote
    load, counts = again(people, one, COLUMNS + THREE[0] + b"2,9,Middle words there.\n" + THREE[2])
    middle.refresh_from_db()
    assert (counts, middle.text) == ((0, 1, 2), "Middle words there.")
    mark.refresh_from_db()
    assert "Middle words there." in mark.quote
    assert (mark.orphaned_at, mark.quote_was) == (None, quote)  # in review
    mark.save()  # verbatim
    survey_imports.undo(load, by=by, at=timezone.now())
    mark.refresh_from_db()
    assert (mark.quote, mark.reworded_at) == (quote, None)
    assert state(one) == before


def test_an_answer_in_the_middle_of_a_highlight_stays_where_the_file_has_it_no_more(people, by):
    one, middle, mark = marked_over_three(people, by)
    _, counts = again(people, one, COLUMNS + THREE[0] + b"2,8,\n" + THREE[2])
    assert counts == (0, 1, 2)
    mark.refresh_from_db()
    mark.save()  # verbatim
    assert one.session.cues.filter(pk=middle.pk).exists()


def test_what_a_highlight_reaches_over_is_not_taken_out(people, by):
    load = staged(people, COLUMNS + THREE[0] + b"3,9,\n")
    survey_imports.confirm(load, by=by, at=timezone.now())
    load.refresh_from_db()
    one = load.survey
    later, _ = again(people, one, COLUMNS + THREE[0] + THREE[1] + THREE[2])
    first, middle, last = one.session.cues.order_by("position")
    assert middle.text.startswith("Middle")
    ends = {"start_cue": first.pk, "start": 0, "end_cue": last.pk, "end": 4}
    quote = "First words here.\nMiddle words here.\nLast"
    highlights.mark(one.session, **ends, quote=quote, by=by, at=timezone.now())
    assert survey_answers.tagged(one, [middle.answer.response.key]) == 1
    with pytest.raises(NotUndone, match="1 highlight stands"):
        survey_imports.undo(later, by=by, at=timezone.now())


def test_columns_saved_after_another_tab_imported_them(people, client, by, monkeypatch):
    load = staged(people)
    kinds = {f"kind_{index}": row["kind"] for index, row in enumerate(load.columns)}
    client.force_login(by)
    settle = survey_imports.settle

    def late(load, **said):
        survey_imports.confirm(load, by=by, at=timezone.now())
        settle(load, **said)

    monkeypatch.setattr(survey_imports, "settle", late)
    sent = client.post(
        reverse("research:survey_columns", args=[load.pk]),
        {"title": "Autumn", "survey": "", **kinds, "between_3": ";"},
        follow=True,
    )
    assert "imported already" in sent.text


def test_a_new_question_comes_with_a_later_file_and_goes_with_its_undo(people, by):
    one = survey(people)
    before = state(one)
    wider = ANSWERS.replace(b"Plan\n", b"Plan,How easy is it?\n").replace(b"Gold\n", b"Gold,Easy\n")
    load = survey_imports.stage(
        one.session.study, data=wider, file_name="c.csv", survey=one, by=by, at=timezone.now()
    )
    assert [row["reason"].startswith("As in") for row in load.columns] == [True] * 6 + [False]
    survey_imports.confirm(load, by=by, at=timezone.now())
    load.refresh_from_db()
    assert one.questions.count() == 4
    survey_imports.undo(load, by=by, at=timezone.now())
    one.refresh_from_db()
    assert state(one) == before


def test_undoing_the_first_import_takes_the_session_away(people, by):
    one = survey(people)
    survey_imports.undo(one.imports.get(), by=by, at=timezone.now())
    assert not Session.objects.filter(pk=one.session_id).exists()
    assert SurveyImport.objects.get().state == "undone"
    assert not SearchEntry.objects.filter(kind="cue").exists()


def test_what_cannot_be_undone_says_why(people, by):
    one = survey(people)
    first, at = one.imports.get(), timezone.now()
    with pytest.raises(NotUndone, match="30 days"):
        survey_imports.undo(first, by=by, at=at + 2 * survey_imports.UNDONE_WITHIN)
    again(people, one, LONGER)
    with pytest.raises(NotUndone, match="Later files"):
        survey_imports.undo(first, by=by, at=at)
    load = one.imports.order_by("-pk").first()
    cue = Cue.objects.get(text__startswith="Everything")
    words = {"start_cue": cue.pk, "start": 0, "end_cue": cue.pk, "end": 10, "quote": "Everything"}
    highlights.mark(one.session, **words, by=by, at=at)
    with pytest.raises(NotUndone, match="1 highlight stands"):
        survey_imports.undo(load, by=by, at=at)


def test_an_address_is_kept_as_a_fingerprint_and_links_the_participant(people, by):
    dana = ParticipantFactory(email="Dana@Example.com")
    load = staged(
        people, b"E-mail,Why?\ndana@example.com,Because it is slow on the road.\nx@example.com,So.\n"
    )
    survey_imports.confirm(load, by=by, at=timezone.now())
    response = SurveyAnswer.objects.get(cue__text__startswith="Because").response
    assert response.participant == dana
    assert "@" not in response.key


def test_a_large_file_is_a_job(people, by, monkeypatch):
    monkeypatch.setattr(survey_imports, "LARGE", 50)
    rows = "".join(f"{number},{number % 11},Words of {number}.\n" for number in range(1, 61))
    load = staged(people, f"id,Would you recommend us?,Why?\n{rows}".encode())
    job = survey_imports.confirm(load, by=by, at=timezone.now())
    assert isinstance(job, Job)
    import_survey(job_id=job.pk)
    job.refresh_from_db()
    load.refresh_from_db()
    assert (job.state, load.state, load.new) == ("done", "done", 60)


def test_the_wizard_by_hand(people, client, by):
    client.force_login(by)
    study = staged(people).study
    upload = reverse("research:survey_upload", args=[study.slug])
    bad = client.post(upload, {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nxxxx")})
    assert bad.status_code == 422
    assert "PNG picture" in bad.text
    data = ANSWERS.replace(b"2,2026-11-02,3,", b"2,2026-11-02,eleventy,")
    found = client.post(upload, {"file": SimpleUploadedFile("answers.csv", data)}, follow=True)
    assert "eleventy" in found.text
    load = SurveyImport.objects.get()
    kinds = {f"kind_{index}": row["kind"] for index, row in enumerate(load.columns)}
    said = {"title": "Autumn", "survey": "", **kinds, "kind_2": "nps", "kind_3": "open", "between_3": ";"}
    page = client.post(
        reverse("research:survey_columns", args=[load.pk]), said, headers={"HX-Request": "true"}
    )
    assert page.status_code == 200
    load.refresh_from_db()
    assert (load.title, load.columns[3]["kind"]) == ("Autumn", "open")
    assert b"eleventy" in b"".join(
        client.get(reverse("research:survey_faults", args=[load.pk])).streaming_content
    )
    done = client.post(reverse("research:survey_confirm", args=[load.pk]), follow=True)
    assert "Autumn" in done.text
    assert "3 new" in done.text
    again = client.post(reverse("research:survey_confirm", args=[load.pk]), follow=True)
    assert "imported already" in again.text


def test_results_say_what_was_answered(people, client, by):
    one = survey(people)
    nps, parts, missing = results.question_results(one.pk)
    assert nps.sentence.startswith("NPS 33 (")
    assert [(bar.label, bar.number) for bar in parts.bars] == [("Routes", 3), ("Billing", 2)]
    assert [row.segment for row in nps.segments] == ["Gold", "Silver"]
    assert (missing.n, missing.skipped) == (2, 1)
    result = queries.survey_result(nps.question)
    assert result.sentence.endswith("Would you recommend us?")
    assert result.url.endswith(f"#q{nps.question.pk}")
    client.force_login(by)
    page = client.get(one.get_absolute_url())
    assert "95 % interval" in page.text
    answers = client.get(reverse("research:survey_answers", args=[missing.question.pk]), {"segment": "Gold"})
    assert "A map that says why" in answers.text
    assert "It asks me" not in answers.text
    table = b"".join(client.get(reverse("research:survey_csv", args=[one.pk])).streaming_content).decode()
    assert "Respondent 1,2026-11-01,Gold,9,Routes; Billing,A map that says why a route was changed." in table


def test_a_study_kept_to_its_team_hides_its_surveys(people, client):
    one = survey(people)
    Study.objects.update(visibility="named", lead=people[Role.ADMIN])
    client.force_login(people[Role.MEMBER])
    assert client.get(one.get_absolute_url()).status_code == 404


def test_an_answer_is_corrected_but_stays_one_answer(people, by):
    one = survey(people)
    cue, at = Cue.objects.get(text__startswith="A map"), timezone.now()
    cues.rewrite(one.session, {cue.pk: "A map that says why."}, by=by, at=at)
    assert SurveyAnswer.objects.get(cue=cue).cue.text == "A map that says why."
    with pytest.raises(cues.Refused, match="one respondent"):
        cues.merge(one.session, cue.pk, by=by, at=at)
    with pytest.raises(cues.Refused, match="one respondent"):
        cues.split(one.session, cue.pk, 5, by=by, at=at)
    with pytest.raises(cues.Refused, match="one respondent"):
        cues.rewrite_part(cue.part, ["Other words."], version=1, by=by, at=at)
