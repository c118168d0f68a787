"""The words of the search index: what is not among them is taken for a typo."""

from django.db import connection, transaction


@transaction.atomic
def refresh():
    """Count again in how many entries each word stands. Readers see the old words until the new are there."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM prodops_searchlexeme")
        cursor.execute(
            "INSERT INTO prodops_searchlexeme (lexeme, entries)"
            " SELECT word, ndoc FROM ts_stat('SELECT document FROM prodops_searchentry')"
            " WHERE length(word) BETWEEN 2 AND 60"
        )
