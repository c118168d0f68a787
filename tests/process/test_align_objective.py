"""What serves what: several parents, across year and quarter, never in a circle."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from process.models import Alignment, AlignmentKind, CycleState, OkrCycle
from process.services import alignments
from prodops.models import Event
from tests.factories.process import KeyResultFactory, ObjectiveFactory, OkrCycleFactory
from tests.factories.prodops import UserFactory


def test_an_objective_serves_objectives_and_key_results_and_both_pages_say_so(
    objective, member, ops, now, as_
):
    above = ObjectiveFactory(cycle=objective.cycle, title="A company people trust", level="company")
    row = KeyResultFactory(objective=above, title="Trust from 40 to 60")
    client = as_(member)
    url = reverse("process:align", args=[objective.pk])
    client.post(url, {"parent": above.pk, "kind": "contributes"})
    client.post(url, {"key_result_text": "trust from 40 TO 60"})
    assert list(Alignment.objects.order_by("pk").values_list("parent", "key_result", "kind")) == [
        (above.pk, None, "contributes"),
        (above.pk, row.pk, "supports"),
    ]
    assert Event.objects.filter(verb="objective.aligned", subject_id=objective.pk).count() == 2
    page = client.get(objective.get_absolute_url()).content.decode()
    assert "A company people trust" in page
    assert "Trust from 40 to 60" in page
    other = as_(ops).get(above.get_absolute_url()).content.decode()
    assert "Served by" in other
    assert "Imports that work" in other


def test_what_is_taken_away_is_put_back_by_undo(objective, member, now, as_):
    above = ObjectiveFactory(cycle=objective.cycle)
    link = alignments.align(objective, above, kind=AlignmentKind.CONTRIBUTES, by=member, at=now)
    client = as_(member)
    gone = client.post(reverse("process:unalign", args=[link.pk]))
    assert not Alignment.objects.exists()
    page = client.get(gone.url.partition("#")[0]).content.decode()
    assert "Undo" in page
    client.post(reverse("process:align", args=[objective.pk]), {"parent": above.pk, "kind": "contributes"})
    assert Alignment.objects.get().kind == "contributes"
    assert client.get(f"{objective.get_absolute_url()}?removed=supports-x-y").status_code == 200


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Say which objective"),
        ({"parent": "zzz"}, "nothing called"),
        ({"parent": "9" * 30}, "nothing called"),
    ],
)
def test_what_cannot_be_understood_is_said(objective, member, as_, said, words):
    client = as_(member)
    answer = client.post(reverse("process:align", args=[objective.pk]), said, follow=True)
    assert words in answer.content.decode()
    assert not Alignment.objects.exists()


def test_the_year_is_served_by_its_quarters_and_not_the_other_way_round(objective, member, ops, now):
    year = OkrCycleFactory(year=objective.cycle.year, number=None)
    yearly = ObjectiveFactory(cycle=year)
    alignments.align(objective, yearly, by=member, at=now)
    with pytest.raises(alignments.Refused, match="its own cycle or of the year"):
        alignments.align(yearly, ObjectiveFactory(cycle=objective.cycle), by=ops, at=now)
    other = ObjectiveFactory(cycle=OkrCycleFactory(year=objective.cycle.year + 1, number=None))
    with pytest.raises(alignments.Refused):
        alignments.align(objective, other, by=member, at=now)


def test_what_is_closed_stands(objective, member, now):
    above = ObjectiveFactory(cycle=objective.cycle)
    link = alignments.align(objective, above, by=member, at=now)
    OkrCycle.objects.filter(pk=objective.cycle_id).update(
        state=CycleState.CLOSED, closed_at=now, closed_by=member
    )
    fresh = Alignment.objects.for_list().get(pk=link.pk)
    with pytest.raises(alignments.Refused, match="closed"):
        alignments.unalign(fresh, by=member, at=now)
    with pytest.raises(alignments.Refused, match="closed"):
        alignments.align(above, ObjectiveFactory(cycle=objective.cycle), by=member, at=now)


def test_a_circle_is_refused_with_the_way(objective, member, now):
    middle = ObjectiveFactory(cycle=objective.cycle, title="Middle")
    top = ObjectiveFactory(cycle=objective.cycle, title="Top")
    row = KeyResultFactory(objective=objective)
    alignments.align(objective, middle, by=member, at=now)
    alignments.align(middle, top, by=member, at=now)
    with pytest.raises(
        alignments.Circle, match="“Imports that work” → “Middle” → “Top” → “Imports that work”"
    ):
        alignments.align(top, objective, key_result=row, by=member, at=now)
    with pytest.raises(alignments.Circle):
        alignments.align(top, top, by=member, at=now)
    with pytest.raises(IntegrityError, match="alignment_no_circle"), transaction.atomic():
        Alignment.objects.create(child=top, parent=objective, by=member, at=now)


def test_outsiders_cannot_align_or_take_away(objective, member, submitter, now, as_):
    above = ObjectiveFactory(cycle=objective.cycle)
    link = alignments.align(objective, above, by=member, at=now)
    for person, status in ((UserFactory(), 404), (submitter, 403)):
        client = as_(person)
        assert client.post(reverse("process:unalign", args=[link.pk])).status_code == status
        answer = client.post(reverse("process:align", args=[objective.pk]), {"parent": above.pk})
        assert answer.status_code == status


@pytest.mark.django_db(transaction=True)
def test_two_who_close_a_circle_at_once_do_not_both_win(now):
    one = ObjectiveFactory()
    other = ObjectiveFactory(cycle=one.cycle)
    by, barrier, refused = UserFactory(), threading.Barrier(2), []

    def go(child, parent):
        barrier.wait(5)
        try:
            alignments.align(child, parent, by=by, at=now)
        except alignments.Circle as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (Alignment.objects.count(), len(refused)) == (1, 1)


def _circle_in(edges):
    above = {}
    for child, parent in edges:
        above.setdefault(child, set()).add(parent)
    reached = {key: set(above.get(key, ())) for key in above}
    for _ in reached:
        for key in reached:
            reached[key] |= {further for near in reached[key] for further in above.get(near, ())}
    return any(key in parents for key, parents in reached.items())


class Model(TestCase):
    """Whatever is aligned in whatever order, the same edges stand as in a model that looks at them all."""

    @classmethod
    def setUpTestData(cls):
        first = ObjectiveFactory()
        cls.ours = [first, *ObjectiveFactory.create_batch(5, cycle=first.cycle, team=first.team)]

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14))
    def test_edges(self, wanted):
        from django.utils import timezone

        now, by, kept = timezone.now(), self.ours[0].owner, []
        for child, parent in wanted:
            would = [*kept, (child, parent)]
            try:
                alignments.align(self.ours[child], self.ours[parent], by=by, at=now)
                assert not _circle_in(would)
                kept = list(dict.fromkeys(would))
            except alignments.Circle:
                assert _circle_in(would)
        places = {one.pk: place for place, one in enumerate(self.ours)}
        stand = {(places[c], places[p]) for c, p in Alignment.objects.values_list("child", "parent")}
        assert stand == set(kept)
