"""What of research is measured beyond its pages: a long transcript, and jobs beside their floor.

A job's floor is the same rows written by plain SQL, in the same run on the same machine.
"""

import datetime as dt
import time

from django.db import connection, transaction
from django.utils import timezone

from prodops import search
from prodops.models import Role, User
from research.models import Cue, Highlight, HighlightTag, Session, Study, Tag
from research.services import participants, sessions, tags, taxonomy

TURNS, MARKED = 2_000, 300  # of the long transcript
TAGGED = 10_000  # highlights of the tag that is merged away
WORDS = "I gave up after the second error and called our account manager about the import of last week"


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
    return [_import(), _merge()]


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
