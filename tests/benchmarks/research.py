"""What of research is measured beyond its pages: a long transcript, and jobs beside their floor.

A job's floor is the same rows written by plain SQL, in the same run on the same machine.
"""

import datetime as dt
import random
import time

from django.db import connection, transaction
from django.utils import timezone

from prodops import jobs as prodops_jobs
from prodops import search
from prodops.models import Role, User
from prodops.quarters import Quarter
from research.models import Cue, Highlight, HighlightTag, Participant, Session, Study, Tag
from research.services import participants, sessions, tags, taxonomy
from research.services import reports as services

TURNS, MARKED = 2_000, 300  # of the long transcript
TAGGED = 10_000  # highlights of the tag that is merged away
HELD, MARKS, THEMES, PEOPLE = (
    1_000,
    20,
    40,
    600,
)  # of a quarter: sessions, highlights of each, tags, participants
WORDS = "I gave up after the second error and called our account manager about the import of last week"
QUARTER = Quarter(2031, 2)  # in which the demo company has nothing
SPOKEN = [
    "import",
    "export",
    "invoice",
    "driver",
    "route",
    "planner",
    "morning",
    "sheet",
    "error",
    "file",
    "header",
    "column",
    "truck",
    "depot",
    "customer",
    "friday",
    "window",
    "signature",
    "photo",
    "tablet",
    "password",
    "manager",
    "bridge",
    "trailer",
    "weight",
    "border",
    "ferry",
    "pallet",
    "claim",
    "refund",
    "contract",
    "renewal",
    "bonus",
    "overtime",
    "roster",
    "dispatcher",
    "fuel",
    "toll",
    "warehouse",
    "scanner",
    "label",
    "printer",
]


def long_session():
    """A session of `TURNS` turns with `MARKED` highlights, made where it is missing."""
    study = Study.objects.order_by("pk").first()
    known = Session.objects.filter(study=study, title="Bench: two hours").first()
    if known:
        return known
    by = study.lead
    session = Session.objects.create(
        study=study,
        title="Bench: two hours",
        held_on=dt.date(2026, 6, 1),
        created_by=by,
        created_at=timezone.now(),
        duration_ms=TURNS * 3_600,
    )
    cues = Cue.objects.bulk_create(
        Cue(
            session=session,
            position=n,
            start_ms=n * 3_600,
            end_ms=n * 3_600 + 3_500,
            speaker=("Dana Whitlock", "Ines Moreau")[n % 2],
            text=f"{WORDS}, turn {n}.",
        )
        for n in range(TURNS)
    )
    step = TURNS // MARKED
    tag = Tag.objects.order_by("pk").first()
    marks = Highlight.objects.bulk_create(_mark(session, cues[n * step], by) for n in range(MARKED))
    HighlightTag.objects.bulk_create(
        HighlightTag(highlight=one, tag=tag, created_by=by, created_at=session.created_at) for one in marks
    )
    search.index(session)
    search.index_many(cues)
    return session


def _mark(session, cue, by, start=2, end=32):
    return Highlight(
        session=session,
        start_cue=cue,
        start_offset=start,
        end_cue=cue,
        end_offset=end,
        quote=cue.text[start:end],
        created_by=by,
        created_at=session.created_at,
    )


def transcript():
    """A file of two hours: a turn each four seconds."""
    lines = ["WEBVTT", ""]
    for n in range(1_800):
        began, ended = dt.timedelta(seconds=4 * n), dt.timedelta(seconds=4 * n + 3)
        lines += [f"{_clock(began)} --> {_clock(ended)}", f"<v Dana>{WORDS}, turn {n}.", ""]
    return "\n".join(lines).encode()


def _clock(at):
    hours, rest = divmod(int(at.total_seconds()), 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}.000"


def jobs():
    """[(what, seconds, seconds of its floor, seconds it may take)]; everything is rolled back."""
    return [_import(), _merge(), _report()]


def _import():
    study = Study.objects.order_by("pk").first()
    data = transcript()
    with transaction.atomic():
        began = time.perf_counter()
        session, _ = sessions.add(
            study,
            title="Bench: import",
            held_on=dt.date(2026, 6, 1),
            person=participants.Person("", None, ""),
            moderator=None,
            data=data,
            filename="bench.vtt",
            by=study.lead,
            at=timezone.now(),
        )
        took = time.perf_counter() - began
        floor = copied("research_cue", f"session_id = {session.pk}") + copied(
            "prodops_searchentry",
            f"kind = 'cue' AND object_id IN (SELECT id FROM research_cue WHERE session_id = {session.pk})",
        )
        transaction.set_rollback(True)
    session.source.storage.delete(session.source.name)
    return "import of a 2-hour transcript", took, floor, 1.0


def copied(table, which):
    """Seconds in which plain SQL writes the rows of `table` that `which` describes once more."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE copied (LIKE {table} INCLUDING ALL) ON COMMIT DROP")
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        columns = cursor.fetchone()[0]
        began = time.perf_counter()
        cursor.execute(
            f"INSERT INTO copied ({columns}) OVERRIDING SYSTEM VALUE"
            f" SELECT {columns} FROM {table} WHERE {which}"
        )
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE copied")
    return took


def _merge():
    ops = User.objects.filter(role=Role.PRODUCT_OPS).order_by("pk").first()
    with transaction.atomic():
        at = timezone.now()
        old, new = (tags.create(f"Bench {n}", by=ops, at=at) for n in ("old", "new"))
        marked = Highlight.objects.order_by("pk").values_list("pk", flat=True)[:TAGGED]
        HighlightTag.objects.bulk_create(
            HighlightTag(highlight_id=pk, tag=old, created_by=ops, created_at=at) for pk in marked
        )
        count = len(marked)
        began = time.perf_counter()
        taxonomy.merge([old], new, by=ops, at=at)
        took = time.perf_counter() - began
        floor = _raw_merge(new, old)
        transaction.set_rollback(True)
    return f"merge of a tag with {count:,} highlights", took, floor, 2.0


def _raw_merge(old, new):
    """Seconds of the two updates that a merge cannot do without."""
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("UPDATE research_highlighttag SET tag_id = %s WHERE tag_id = %s", [new.pk, old.pk])
        return time.perf_counter() - began


def _report():
    """The whole build of a quarter's report by its worker: counting, quotes, themes, sections."""
    ops = User.objects.filter(role=Role.PRODUCT_OPS).order_by("pk").first()
    with transaction.atomic():
        _quarter(ops)
        asked = services.build(QUARTER, by=ops, at=timezone.now())
        began = time.perf_counter()
        progress = prodops_jobs.Progress(asked.job_id)
        services.work(progress.claim(), progress, at=timezone.now())
        took = time.perf_counter() - began
        counted = asked.sections.get(key="summary").data["numbers"]
        floor = _raw_counts()
        transaction.set_rollback(True)
    sizes = ", ".join(f"{one['now']:,} {one['label'].lower()}" for one in counted[:1] + counted[-2:-1])
    return f"insight report of {sizes}", took, floor, 20.0


def _quarter(by):
    """A quarter that nothing else is in: everybody speaks 40 sentences, half of them marked."""
    dice, at = random.Random(7), timezone.now()
    studies = list(Study.objects.order_by("pk")[:8])
    people = Participant.objects.bulk_create(
        Participant(name=f"Bench {n}", own_segment=("small", "mid", "enterprise")[n % 3], added_on=at.date())
        for n in range(PEOPLE)
    )
    themes = [tags.create(f"Bench theme {n}", by=by, at=at) for n in range(THEMES)]
    held = Session.objects.bulk_create(
        Session(
            study=studies[n % len(studies)],
            title=f"Bench {n}",
            held_on=QUARTER.first_day + dt.timedelta(days=n % 90),
            participant=people[n % PEOPLE],
            created_by=by,
            created_at=at,
        )
        for n in range(HELD)
    )
    cues = Cue.objects.bulk_create(
        Cue(session=session, position=n, speaker=session.participant.name, text=_speech(dice))
        for session in held
        for n in range(2 * MARKS)
    )
    marks = Highlight.objects.bulk_create(_mark(cue.session, cue, by) for cue in cues if cue.position % 2)
    HighlightTag.objects.bulk_create(
        HighlightTag(highlight=one, tag=dice.choice(themes), created_by=by, created_at=at) for one in marks
    )


def _speech(dice):
    return (
        f"{' '.join(dice.sample(SPOKEN, 9)).capitalize()}. {' '.join(dice.sample(SPOKEN, 7)).capitalize()}."
    )


def _raw_counts():
    """Seconds of one statement that counts the people of each tag, in all and of each segment."""
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            "SELECT t.tag_id, p.own_segment, count(DISTINCT s.participant_id)"
            " FROM research_highlighttag t JOIN research_highlight h ON h.id = t.highlight_id"
            " JOIN research_session s ON s.id = h.session_id"
            " JOIN research_participant p ON p.id = s.participant_id"
            " WHERE s.held_on BETWEEN %s AND %s"
            " GROUP BY GROUPING SETS ((t.tag_id), (t.tag_id, p.own_segment))",
            [QUARTER.first_day, QUARTER.last_day],
        )
        cursor.fetchall()
        return time.perf_counter() - began
