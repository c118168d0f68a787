"""What is deleted, removed or restricted leaves the index in the same transaction: nothing here commits."""

import pytest
from django.db import connection

from prodops import queries as finding
from prodops import search
from prodops.models import SearchEntry
from research.models import Choice
from research.queries import redactions as reading
from research.services import highlights, participants, redactions, sessions, sharing
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory

pytestmark = pytest.mark.django_db
WORD = "qwertzina@northwind.example"


@pytest.fixture
def outsider(db):
    return UserFactory(editor_of=TeamFactory())


@pytest.fixture
def quote(team):
    session = SessionFactory(study=StudyFactory(team=team), title="A call")
    cue = CueFactory(session=session, position=0, text=f"My address is {WORD}, for the list.")
    quote = HighlightFactory(session=session, start_cue=cue, end_offset=len(cue.text))
    for thing in (session.study, session, cue, quote):
        search.index(thing)
    return quote


def found(user):
    return {hit.entry.kind for hit in finding.search(WORD, user=user).hits()}


def delete_highlight(quote, by, now):
    highlights.delete(quote, by=by, at=now)
    return {"cue"}


def delete_session(quote, by, now):
    sessions.delete(quote.session, by=by, at=now)
    assert not SearchEntry.objects.filter(kind__in=["session", "cue", "highlight"]).exists()
    return set()


def restrict(quote, by, now):
    sharing.share(quote.session.study, visibility="team", readers=[], by=by, at=now)
    return set()


def redact(quote, by, now):
    study = quote.session.study
    redactions.decide(study, reading.scan(study), Choice.REMOVE, by=by, at=now)
    redactions.confirm(study, by=by, at=now)
    return set()


@pytest.mark.parametrize("verb", [delete_highlight, delete_session, restrict, redact])
def test_it_leaves_at_once(verb, quote, member, outsider, now):
    assert found(outsider) == {"cue", "highlight"}
    left = verb(quote, member, now)
    assert connection.in_atomic_block
    assert found(outsider) == left


def test_opened_again_it_is_found_again(quote, member, outsider, now):
    study = sharing.share(quote.session.study, visibility="team", readers=[], by=member, at=now)
    assert found(member) == {"cue", "highlight"}
    sharing.share(study, visibility="workspace", readers=[], by=member, at=now)
    assert found(outsider) == {"cue", "highlight"}


def test_what_is_written_into_a_restricted_study_is_restricted_from_the_start(team, member, outsider, now):
    study = StudyFactory(team=team, visibility="team")
    session, _ = sessions.add(
        study,
        title="A call",
        held_on=now.date(),
        person=participants.Person("Dana"),
        moderator=None,
        data=f"Dana: Write to {WORD}.".encode(),
        filename="a.txt",
        by=member,
        at=now,
    )
    cue = session.cues.get()
    highlights.mark(
        session,
        start_cue=cue.pk,
        start=0,
        end_cue=cue.pk,
        end=len(cue.text),
        quote=cue.text,
        by=member,
        at=now,
    )
    assert found(member) == {"cue", "highlight"}
    assert found(outsider) == set()
