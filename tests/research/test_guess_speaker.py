import pytest

from research.models import Speaker
from research.services import speakers
from research.synthesis.voices import People, guess
from tests.factories.research import SessionFactory

DANA = People(participant="Dana Whitlock", moderator="Maya Lindqvist")


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        (["Maya Lindqvist", "Dana Whitlock"], ["moderator", "participant"]),
        (["Whitlock, Dana (External)", "maya"], ["participant", "moderator"]),
        (["Speaker 1", "Maya"], ["participant", "moderator"]),
        (["Speaker 1", "Dana"], ["moderator", "participant"]),
        (["Speaker 1", "Speaker 2"], ["other", "other"]),
        (
            ["Interviewer", "P7", "Note taker", "Observer 2"],
            ["moderator", "participant", "other", "observer"],
        ),
        (["Dana", "Maya", "Tom"], ["participant", "moderator", "other"]),
    ],
)
def test_a_label_is_who_its_words_name(labels, roles):
    assert list(guess(labels, DANA).values()) == roles


def test_a_label_that_fits_both_is_nobody():
    assert guess(["Sam"], People("Sam Reed", "Sam Ito")) == {"Sam": "other"}


@pytest.mark.django_db
def test_what_people_said_of_a_label_is_not_guessed_again(now):
    session = SessionFactory(participant__name="Dana Whitlock")
    speakers.meet(session, {"Dana", "Room"})
    speakers.map_all(session, {"Room": ("observer", None, None)}, by=session.created_by, at=now)
    speakers.meet(session, {"Dana", "Room", "Tom"})
    rows = Speaker.objects.filter(session=session).order_by("label")
    assert [(row.label, row.role, row.guessed) for row in rows] == [
        ("Dana", "participant", True),
        ("Room", "observer", False),
        ("Tom", "other", True),
    ]
    assert rows[0].participant == session.participant
