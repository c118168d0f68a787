"""More of the same for load tests: each study again and again, with other people on other days."""

import datetime as dt
from itertools import count

from research.models import Participant, Session, Study, StudyStatus, kind_of

from . import corpus, indexing, transcripts
from .rows import analyse
from .story import tagger

FIRST = (
    *("Ada", "Bo", "Carla", "Deniz", "Elin", "Farid", "Greta", "Hugo", "Ilse", "Jamal", "Katya", "Leon"),
    *("Mina", "Nils", "Olga", "Pavel", "Quentin", "Rosa", "Stefan", "Tilda", "Ugo", "Vera", "Wim", "Yara"),
)
LAST = (
    *("Abbott", "Brandt", "Castro", "Duarte", "Ekholm", "Fischer", "Gallo", "Horvat", "Ivanova", "Jansen"),
    *("Keller", "Lund", "Moretti", "Novak", "Osman", "Petit", "Rossi", "Sato", "Thorne", "Vogel", "Weiss"),
)
DAYS = 396  # of history
TOLD = 100  # waves between two words of progress


def build(world):
    """`world.scale` - 1 further waves of every study and session."""
    if world.scale > 1:
        with indexing.built_afterwards():
            _waves(world)


def _waves(world):
    texts, dice = corpus.studies(), world.dice("research.many")
    accounts, serial = list(world.accounts.values()), count(1)
    for wave in range(2, world.scale + 1):
        for text in texts:
            _wave(world, text, wave, dice, accounts, serial)
        if wave & (wave - 1) == 0:
            analyse()  # what the database planned for empty tables is slow for full ones
        if wave % TOLD == 0:
            world.say(f"  research: wave {wave} of {world.scale}")


def _wave(world, text, wave, dice, accounts, serial):
    first = world.studies[text.head["key"]]
    days_ago = dice.randrange(10, DAYS)
    by = tagger(world, first)
    began = world.day(days_ago + 5)
    study = Study.objects.create(
        slug=f"{first.slug}-{wave}",
        title=f"{first.title}, wave {wave}",
        question=first.question,
        method=first.method,
        area=first.area,
        team=first.team,
        lead=first.lead,
        status=StudyStatus.CLOSED,
        started_on=began,
        ended_on=world.day(days_ago - 5),
        summary=first.summary,
        created_by=by,
        created_at=world.moment(days_ago + 6, 9),
    )
    people = Participant.objects.bulk_create(
        Participant(
            name=f"{dice.choice(FIRST)} {dice.choice(LAST)} {next(serial)}",
            role=session.head["role"],
            account=dice.choice(accounts),
        )
        for session in text.sessions
    )
    sessions = Session.objects.bulk_create(
        Session(
            study=study,
            title=f"{session.head['title']} ({wave})",
            kind=kind_of(study.method),
            held_on=began + dt.timedelta(days=dice.randrange(10)),
            participant=person,
            moderator=by,
            duration_ms=session.cues[-1].end_ms,
            created_by=by,
            created_at=world.moment(days_ago, 17),
        )
        for session, person in zip(text.sessions, people, strict=True)
    )
    transcripts.write(sessions, text.sessions, world.tags, by=by)
