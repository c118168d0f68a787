import hashlib

import numpy as np
import pytest

from prodops import meaning as model
from prodops.access import Can
from prodops.models import SearchEntry
from prodops.services import embedding
from prodops.tasks import embed
from tests.prodops.test_search import entry

QUOTES = [
    "The invoice came three weeks late again and nobody told us why.",
    "I drag each load onto a truck by hand every single morning.",
    "My driver sleeps in the cab when the dock is not free.",
]


def test_near_in_meaning_is_near_as_a_vector(meaning, db):
    rows = [entry(quote, kind="highlight") for quote in QUOTES]
    short = entry("Session", "Yes, exactly.", kind="cue")
    name = entry("Maya Lindqvist", kind="person")
    again = entry(QUOTES[0], kind="highlight")
    embed()
    embed()  # a second delivery finds nothing to do
    assert embedding.left() == 0
    for row in (*rows, short, name, again):
        row.refresh_from_db()
    assert short.embedding is None
    assert name.embedding is None
    vectors = np.array([row.embedding for row in rows])
    asked = np.array(model.of_query("billing delays"))
    assert (vectors @ asked).argmax() == 0
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert again.embedding == rows[0].embedding

    SearchEntry.objects.filter(pk=rows[0].pk).update(title="Drivers sleep in the cab at the dock.")
    assert embedding.left() == 1  # the vector of other words counts as missing
    embed()
    rows[0].refresh_from_db()
    assert np.array(rows[0].embedding) @ np.array(rows[2].embedding) > 0.6


def test_without_a_model_everything_waits_and_nothing_fails(db, member):
    row = entry("Invoices arrive late")
    embed()
    row.refresh_from_db()
    assert (row.embedding, row.embedded_key) == (None, None)
    assert model.embed(["late"]) is None
    assert model.of_query("late") is None


def test_a_model_that_is_not_the_one_measured_is_refused(meaning, monkeypatch):
    monkeypatch.setattr(model, "_model", None)
    monkeypatch.setattr(model, "_broken", False)
    monkeypatch.setattr(model, "TOKENIZER_SHA256", hashlib.sha256(b"another").hexdigest())
    assert model.embed(["late"]) is None
    assert model.model() is None


def test_indexing_wakes_the_worker_once_a_transaction(db, member, django_capture_on_commit_callbacks):
    from prodops import search

    with django_capture_on_commit_callbacks() as callbacks:
        search.index(member)
        search.index(member)
    assert len(callbacks) == 1
    assert SearchEntry.objects.get(kind="person").capability == Can.PEOPLE_READ


@pytest.mark.parametrize(
    ("parts", "text"),
    [(("Title", "Body"), "Title. Body"), (("", " Body "), "Body"), (("a " * 100,), " ".join("a" * 60))],
)
def test_the_first_sixty_words_count(parts, text):
    assert model.text_of(*parts) == text
