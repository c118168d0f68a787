"""Many rows at once: ids taken from the sequence, rows sent by COPY."""

from django.db import connection


def take_ids(model, number):
    """`number` fresh ids of `model`, which nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [row[0] for row in cursor.fetchall()]


def copy(model, columns, rows):
    """Write `rows` (tuples in the order of `columns`) by COPY."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as sink,
    ):
        for row in rows:
            sink.write_row(row)


def analyse():
    """Let the database look at the tables it fills: plans made for empty ones are thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE research_study, research_session, research_cue, research_highlight, research_tag,"
            " research_highlighttag, prodops_searchentry"
        )
