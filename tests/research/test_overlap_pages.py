"""Tags side by side: duplicates, the matrix, two coders, computed tags, suggestions."""

import csv
import io
import re

import pytest
from django.urls import reverse

from prodops import search
from prodops.models import Job, Role, SearchEntry
from research.models import (
    Highlight,
    KeptApart,
    QueryTag,
    Speaker,
    SuggestionState,
    Tag,
    TagChange,
    TagSuggestion,
)
from research.queries import coders, overlap, suggested, vocabulary
from research.services import highlights, suggesting, taxonomy
from research.tasks import learn_tags
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(response.content.decode().split())


def downloaded(client, url, **asked):
    answer = client.get(url, asked | {"format": "csv"})
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_tags_that_look_alike_are_shown_until_somebody_keeps_both(as_, people):
    one, other = TagFactory(name="Import failure"), TagFactory(name="Import failures")
    for _ in range(3):
        HighlightFactory(tagged=[one, other])
    TagFactory(name="Price")
    TagFactory(name="Import failure", study=StudyFactory())
    client = as_(people[Role.PRODUCT_OPS])
    url = reverse("research:duplicate_list")
    page = text(client.get(url))
    assert "100 % of the rarer one" in page
    assert "Price" not in page
    assert downloaded(client, url)[1][:4] == ["Import failure", "3", "Import failures", "3"]
    assert f"tag={one.slug}&amp;tag={other.slug}" in page
    pair = {"tag": [one.slug, other.slug]}
    kept = client.post(reverse("research:duplicate_keep"), pair, headers={"HX-Request": "true"})
    assert kept.status_code == 200
    assert f"tag={one.slug}&amp;tag={other.slug}" not in text(client.get(url))
    assert KeptApart.objects.get().by == people[Role.PRODUCT_OPS]
    member = as_(people[Role.MEMBER])
    assert member.post(reverse("research:duplicate_keep"), pair).status_code == 403


def test_tags_of_the_same_meaning_are_likely_duplicates(as_, people):
    tags = [TagFactory(name="Import failure"), TagFactory(name="Rejected upload"), TagFactory(name="Price")]
    search.index(*tags)
    for tag, first in zip(tags, [1.0, 1.0, -1.0], strict=True):
        SearchEntry.objects.filter(kind="tag", object_id=tag.pk).update(embedding=[first, *[0.1] * 383])
    page = text(as_(people[Role.PRODUCT_OPS]).get(reverse("research:duplicate_list")))
    assert f"tag={tags[0].slug}&amp;tag={tags[1].slug}" in page
    assert tags[2].slug not in page


def test_each_cell_of_the_matrix_opens_its_quotes(as_, member):
    one, other = TagFactory(name="One"), TagFactory(name="Other")
    account = CustomerAccountFactory(segment="mid")
    person = ParticipantFactory(account=account)
    session = SessionFactory(participant=person)
    for _ in range(2):
        HighlightFactory(session=session, tagged=[one, other])
    HighlightFactory(tagged=[one])
    client = as_(member)
    url = reverse("research:matrix")
    page = text(client.get(url))
    assert 'aria-label="2: One and Other"' in page
    assert 'aria-label="1: One and Other"' in text(client.get(url, {"count": "people"}))
    by_segment = text(client.get(url, {"by": "segment"}))
    assert "One and Not known" in by_segment
    quotes = reverse("research:matrix_quotes")
    found = text(client.get(quotes, {"tag": one.slug, "by": "tag", "value": other.slug}))
    assert "2 highlights" in found
    assert "2 highlights" in text(client.get(quotes, {"tag": one.slug, "by": "segment", "value": "mid"}))
    assert "1 highlight<" in text(client.get(quotes, {"tag": one.slug, "by": "segment", "value": ""}))
    assert "2 highlights" in text(
        client.get(quotes, {"tag": one.slug, "by": "study", "value": session.study.slug})
    )
    assert client.get(quotes, {"tag": one.slug, "by": "nonsense"}).status_code == 404
    csv = b"".join(client.get(reverse("research:matrix_csv")).streaming_content).decode()
    assert "One,Other,2,1" in csv


def test_what_stands_in_studies_that_one_may_not_see_is_not_counted(as_, people):
    one, other = TagFactory(name="Import failure"), TagFactory(name="Import failures")
    HighlightFactory(tagged=[one, other])
    hidden = SessionFactory(study=StudyFactory(visibility="named"))
    for _ in range(4):
        HighlightFactory(session=hidden, tagged=[one, other])
    member = people[Role.MEMBER]
    (pair,) = overlap.duplicates(member)
    assert (pair.used, pair.unseen) == ((1, 1), True)
    assert "in studies you can't see" in text(as_(member).get(reverse("research:duplicate_list")))
    lead = hidden.study.lead
    (pair,) = overlap.duplicates(lead)
    assert (pair.used, pair.unseen) == ((5, 5), False)
    seen = vocabulary.impact([one], other, user=people[Role.PRODUCT_OPS])
    assert (seen.highlights, seen.both, seen.unseen) == (1, 1, True)
    assert vocabulary.impact([one], other).highlights == 5
    merge = reverse("research:tag_merge")
    page = text(as_(people[Role.PRODUCT_OPS]).get(merge, {"tag": [one.slug, other.slug]}))
    assert "in 1 study and in studies you can't see" in page


@pytest.fixture
def coded(now):
    """Two people on four turns: alike on the first two, apart on the third; the fourth is left alone."""
    session = SessionFactory(study=StudyFactory(title="Onboarding"))
    cues = [CueFactory(session=session) for _ in range(4)]
    tags = [TagFactory(name="Gave up"), TagFactory(name="Asked for help")]
    first, second = UserFactory(name="Ines"), UserFactory(name="Jonas")
    for person, picks in ((first, (0, 1, 0)), (second, (0, 1, 1))):
        for cue, pick in zip(cues, picks, strict=False):
            highlights.mark(
                session,
                start_cue=cue.pk,
                start=0,
                end_cue=cue.pk,
                end=32,
                quote=cue.text[:32],
                tagged=[tags[pick]],
                by=person,
                at=now,
            )
    return session, first, second


def test_two_coders_are_compared_turn_by_turn(as_, member, coded):
    session, first, second = coded
    found = coders.compare(member, session.study, first, second)
    assert (found.units, found.sessions, len(found.apart)) == (3, 1, 1)
    assert round(found.kappa.value, 3) == 0.4
    client = as_(member)
    url = reverse("research:agreement")
    offered = text(client.get(url))
    assert f"?study={session.study.slug}&amp;first={first.pk}&amp;second={second.pk}" in offered
    assert "1 session that both tagged" in offered
    page = text(client.get(url, {"study": session.study.slug}))
    assert "0.40" in page
    assert "Where they differ</h2>" in page.replace(" · 1</h2>", "</h2>")
    everything = text(client.get(url, {"study": session.study.slug, "units": "all"}))
    assert ">4</b>" in everything
    table = downloaded(client, url, study=session.study.slug)
    assert [row[0] for row in table] == ["Tag", *(tag.name for tag, *_ in found.tables)]
    assert all(sum(map(int, row[1:5])) == 3 for row in table[1:])
    same = {"study": session.study.slug, "first": first.pk, "second": first.pk}
    assert "two different people" in text(client.get(url, same))
    assert "One coder only" in text(client.get(url, {"study": StudyFactory().slug}))


def test_what_cannot_be_said_is_said(as_, member, now):
    session = SessionFactory()
    cue, tag = CueFactory(session=session), TagFactory()
    for person in (UserFactory(), UserFactory()):
        given = {"start_cue": cue.pk, "start": 0, "end_cue": cue.pk, "end": 9, "quote": cue.text[:9]}
        highlights.mark(session, **given, tagged=[tag], by=person, at=now)
    page = text(as_(member).get(reverse("research:agreement"), {"study": session.study.slug}))
    assert "Cannot say, because both made the same decision everywhere" in page
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)


def test_a_computed_tag_finds_what_fits_and_is_made_permanent(as_, people):
    one, other = HighlightFactory(), HighlightFactory(end_offset=9)
    client = as_(people[Role.PRODUCT_OPS])
    create = reverse("research:query_tag_create")
    assert client.get(create).url == reverse("research:highlight_list")
    fields = {"name": "Second errors", "colour": "teal", "query": "q=second&page=3&insight="}
    client.post(create, fields)
    tag = QueryTag.objects.get()
    assert tag.query == "q=second"
    assert client.post(create, fields).status_code == 422
    assert "1 highlight<" in text(client.get(tag.get_absolute_url()))
    assert "Computed" in text(client.get(reverse("research:tag_list")))
    keep = reverse("research:query_tag_keep", args=[tag.slug])
    assert "1 highlight</strong>" in text(client.get(keep))
    client.post(keep, {"name": "Second errors"})
    made = Tag.objects.get(name="Second errors")
    assert list(Highlight.objects.filter(tags=made)) == [one]
    client.post(reverse("research:change_undo", args=[TagChange.objects.get().pk]))
    assert not made.taggings.exists()
    stranger = UserFactory(role=Role.MEMBER)
    assert as_(stranger).post(reverse("research:query_tag_delete", args=[tag.slug])).status_code == 404
    as_(people[Role.PRODUCT_OPS]).post(reverse("research:query_tag_delete", args=[tag.slug]))
    assert not QueryTag.objects.exists()
    assert other.pk


def test_a_computed_tag_that_fits_nothing_any_more_finds_nothing_and_says_why(as_, people, now):
    ops = people[Role.PRODUCT_OPS]
    alpha, beta = TagFactory(name="Alpha"), TagFactory(name="Beta")
    one, _ = HighlightFactory(tagged=[alpha]), HighlightFactory(end_offset=9)
    client = as_(ops)
    client.post(
        reverse("research:query_tag_create"),
        {"name": "Computed", "colour": "teal", "query": f"tag={alpha.slug}"},
    )
    computed = QueryTag.objects.get()
    taxonomy.merge([alpha], beta, by=ops, at=now)
    page = text(client.get(computed.get_absolute_url()))
    assert "1 highlight<" in page  # what it became
    assert f"?tag={beta.slug}" in page
    keep = reverse("research:query_tag_keep", args=[computed.slug])
    hidden = StudyFactory(visibility="named")
    for query, why in (
        ("tag=nothing", "Tag: what it asks for is not here any more"),
        (f"study={hidden.slug}", "Study: what it asks for is not here any more, or you may not see it"),
        ("segment=martians", "Segment: what it asks for does not fit any more"),
        ("q=second&colour=red", "not narrowed down by “colour”"),
        ("q=+", "by nothing"),
    ):
        QueryTag.objects.update(query=query)
        page = text(client.get(computed.get_absolute_url()))
        assert why in page
        assert "0 highlights<" in page
        assert client.post(keep, {"name": "Kept"}, follow=True).redirect_chain
        assert not Tag.objects.filter(name="Kept").exists()
        said = {"name": "Other", "colour": "teal", "query": query}
        assert client.post(reverse("research:query_tag_create"), said).status_code in (302, 422)
        assert QueryTag.objects.count() == 1
    edit = reverse("research:query_tag_edit", args=[computed.slug])
    assert client.post(edit, {"name": "Mended", "colour": "teal", "query": "tag=x"}).status_code == 422
    client.post(edit, {"name": "Mended", "colour": "teal", "query": "q=second"})
    assert "1 highlight<" in text(client.get(computed.get_absolute_url()))
    assert one.pk


IMPORTS = ("The import failed again on line 12.", "Every import of routes stops halfway.")
CHAT = ("The weather was fine that day.", "We drove on to the next depot.")


@pytest.fixture
def taught(team):
    """A tag given to what is said of imports, and a new session with more of it."""
    study = StudyFactory(team=team)
    tag, rest = TagFactory(name="Import failure"), TagFactory(name="Other")
    for number in range(4):
        for said, with_tag in ((IMPORTS, tag), (CHAT, rest)):
            for words in said:
                cue = CueFactory(session=SessionFactory(study=study), text=words)
                end = len(cue.text)
                HighlightFactory(
                    session=cue.session, start_cue=cue, end_offset=end - number % 2, tagged=[with_tag]
                )
    session = SessionFactory(study=study, moderator=UserFactory(name="Maya Lind"))
    cue = CueFactory(session=session, text="Well, hello. That import failed for us again. Fine.")
    CueFactory(session=session, speaker="Maya Lind", text="So the import failed again on some line?")
    return tag, cue


def test_what_was_tagged_teaches_suggestions_that_people_decide(
    as_, people, taught, django_capture_on_commit_callbacks
):
    tag, cue = taught
    client = as_(people[Role.MEMBER])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("research:suggestion_learn"))
    assert Job.objects.get().state == "done"
    one = TagSuggestion.objects.exclude(cue__speaker="Maya Lind").get(tag=tag)
    assert not TagSuggestion.objects.filter(cue__speaker="Maya Lind").exists()  # asking is not saying
    assert (one.cue, one.quote) == (cue, "That import failed for us again.")
    assert "import" in one.reasons
    assert not tag.taggings.filter(highlight__start_cue=cue).exists()  # nothing is tagged by itself
    page = text(client.get(reverse("research:suggestion_review", args=[tag.slug])))
    assert "That import failed for us again." in page
    answer = client.post(reverse("research:suggestion_accept", args=[one.pk]), headers={"HX-Request": "true"})
    assert "Highlighted and tagged." in text(answer)
    assert tag.taggings.get(highlight__start_cue=cue).highlight.quote == one.quote
    assert client.post(reverse("research:suggestion_accept", args=[one.pk])).status_code == 302
    right = suggested.right_so_far(tag, people[Role.MEMBER])
    assert (right.accepted, right.rejected, right.share) == (1, 0, 1.0)
    assert "100 %" in text(client.get(reverse("research:suggestion_list")))


def test_what_was_rejected_does_not_come_back_nor_what_has_changed(people, taught, now):
    tag, cue = taught
    by = people[Role.MEMBER]
    Speaker.objects.create(session=cue.session, label=cue.speaker, role="participant")
    learn_tags(job_id=suggesting.ask(by=by, at=now).pk)
    one = TagSuggestion.objects.get(tag=tag, cue=cue)
    suggesting.reject(one, by=by, at=now)
    learn_tags(job_id=suggesting.ask(by=by, at=now).pk)
    assert TagSuggestion.objects.get(tag=tag, cue=cue).state == SuggestionState.REJECTED
    with pytest.raises(suggesting.Decided):
        suggesting.accept(one, by=by, at=now)
    TagSuggestion.objects.update(state=SuggestionState.OPEN, decided_at=None, decided_by=None)
    cue.text = "Something else was said."
    cue.save()
    assert cue not in [one.cue for one in suggested.to_decide(tag, by)]
    with pytest.raises(suggesting.Decided):
        suggesting.accept(TagSuggestion.objects.get(tag=tag, cue=cue), by=by, at=now)
