"""The alignment tree: who serves whom, drawn once each, folded, narrowed, and small where there are many."""

import datetime as dt

from django.urls import reverse

from process.models import Alignment, Grade, Retrospective
from process.queries import pages
from process.queries import tree as reads
from tests.factories.process import KeyResultFactory, ObjectiveFactory, OkrCycleFactory
from tests.factories.prodops import TeamFactory


def _link(child, parent, by, at, **fields):
    return Alignment.objects.create(child=child, parent=parent, by=by, at=at, **fields)


def test_each_stands_once_with_lines_to_all_it_serves(objective, key_result, member, now, as_):
    year = OkrCycleFactory(year=objective.cycle.year, number=None)
    top = ObjectiveFactory(cycle=year, level="company", title="The year")
    other = ObjectiveFactory(cycle=objective.cycle, level="company", title="The quarter")
    _link(objective, top, member, now)
    _link(objective, other, member, now, kind="contributes")
    tree = reads.tree(objective.cycle, at=now)
    assert sorted(tree.nodes) == sorted([objective.pk, top.pk, other.pk])
    assert {(line.parent, line.child) for line in tree.drawing.lines} == {
        (top.pk, objective.pk),
        (other.pk, objective.pk),
    }
    assert tree.kinds == {(top.pk, objective.pk): "supports", (other.pk, objective.pk): "contributes"}
    assert (tree.objectives, tree.aligned, tree.loose) == (2, 1, [])
    url = reverse("process:alignment_tree", args=[objective.cycle.slug])
    page = as_(member).get(url).content.decode()
    assert '<svg class="tree"' in page
    assert "The year" in page
    folded = as_(member).get(f"{url}?folded={top.pk}-{other.pk}").content.decode()
    assert "+1" in folded
    assert f'data-node="{objective.pk}"' not in folded
    assert b"contributes value" in as_(member).get(f"{url}?format=csv").getvalue()
    assert as_(member).get(f"{url}?of=99999999").status_code == 404
    assert as_(member).get(f"{url}?of={top.pk}&team=x&level=y&folded=--a").status_code == 200


def test_a_team_is_shown_with_what_it_serves_and_a_level_alone(objective, member, now):
    top = ObjectiveFactory(cycle=objective.cycle, level="company")
    ObjectiveFactory(cycle=objective.cycle)
    _link(objective, top, member, now)
    assert set(reads.tree(objective.cycle, at=now, team=objective.team_id).nodes) == {objective.pk, top.pk}
    assert set(reads.tree(objective.cycle, at=now, level="company").nodes) == {top.pk}


def test_many_are_drawn_as_few_boxes(objective, member, now, django_assert_max_num_queries):
    top = ObjectiveFactory(cycle=objective.cycle, level="company")
    for team in TeamFactory.create_batch(3):
        ours = ObjectiveFactory.create_batch(
            reads.FULL // 3 + 1, cycle=objective.cycle, team=team, owner=member
        )
        KeyResultFactory(objective=ours[0], current=50.0)
        Alignment.objects.bulk_create(Alignment(child=one, parent=top, by=member, at=now) for one in ours)
    with django_assert_max_num_queries(8):
        tree = reads.tree(objective.cycle, at=now)
    assert (tree.summarised, len(tree.nodes)) == (True, 2)
    assert tree.nodes[-top.pk].title == "3 teams"
    assert tree.nodes[-top.pk].percent == 50
    assert tree.loose[0].pk == objective.pk
    rows = [ours[0].key_results.get(), KeyResultFactory(objective=ours[1])]
    for row, value in zip(rows, (0.9, 0.4), strict=True):
        Grade.objects.create(key_result=row, value=value, on_time=True, by=member, at=now)
    type(objective.cycle).objects.filter(pk=objective.cycle_id).update(state="grading")
    box = reads.tree(objective.cycle, at=now).nodes[-top.pk]
    assert (box.grade, box.band) == (0.65, "yellow")
    assert box.about.endswith("2 graded")


def test_the_company_sees_what_teams_do_for_it_beside_the_year(objective, key_result, member, now, as_):
    year = OkrCycleFactory(year=objective.cycle.year, number=None)
    yearly = ObjectiveFactory(cycle=year, level="company", title="The year")
    top = ObjectiveFactory(cycle=objective.cycle, level="company", title="The quarter")
    type(key_result).objects.filter(pk=key_result.pk).update(current=20.0)
    _link(objective, top, member, now)
    _link(top, yearly, member, now)
    page = as_(member).get(reverse("process:company_okrs", args=[objective.cycle.slug])).content.decode()
    columns = page.partition("okr-columns")[2]
    assert columns.index("The year") < columns.index("The quarter") < columns.index("Imports that work")
    assert columns.count("Served by 1 team with 1 objective") == 2
    last = dt.datetime.combine(objective.cycle.period.last_day, dt.time(12), dt.UTC)
    risks = pages.company_page(objective.cycle, at=last).risks
    assert [(one.standing.objective, why) for one, why in risks] == [
        (top, "1 of 1 that serve it are at risk")
    ]


def test_grades_stand_in_the_tree_and_on_the_team_s_page_once_it_is_graded(
    objective, key_result, member, now, as_
):
    Grade.objects.create(key_result=key_result, value=0.45, on_time=True, by=member, at=now)
    cycle, client = objective.cycle, as_(member)
    tree = reverse("process:alignment_tree", args=[cycle.slug])
    team = reverse("process:team_okrs", args=[cycle.slug, objective.team.slug])
    assert reads.tree(cycle, at=now).nodes[objective.pk].grade is None
    type(cycle).objects.filter(pk=cycle.pk).update(state="grading")
    assert "grade 0.45 yellow" in client.get(tree).content.decode()
    assert "0.45 yellow" in client.get(team).content.decode()


def test_a_team_sees_its_cycle_what_is_due_and_its_cycles_before(objective, key_result, member, now, as_):
    before = OkrCycleFactory(year=objective.cycle.year - 1, number=1)
    past = ObjectiveFactory(cycle=before, team=objective.team, owner=member, title="Long ago")
    Retrospective.objects.create(objective=past, learned="Ask **first**", by=member, at=now)
    url = reverse("process:team_okrs", args=[objective.cycle.slug, objective.team.slug])
    page = as_(member).get(url).content.decode()
    for words in (
        "Imports that work",
        key_result.title,
        "Check-ins due",
        "Ask <strong>first</strong>",
        str(before),
    ):
        assert words in page
    assert as_(member).get(url.replace(objective.team.slug, "nobody")).status_code == 404
