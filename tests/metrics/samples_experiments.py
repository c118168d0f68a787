"""What the addresses of experiments and learnings are tried with."""

from django.core.files.base import ContentFile
from django.utils import timezone

from metrics.models import (
    ChecklistItem,
    Doubt,
    ExperimentDoubt,
    ExperimentState,
    ExperimentTemplate,
    LearningExperiment,
    RulingState,
    Stance,
    VariantPicture,
)
from prodops.models import Role
from tests.factories.experiments import ExperimentDecisionFactory, ExperimentFactory, LearningFactory
from tests.factories.metrics import HoldFactory

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


def _mine(people, state=None):
    member = people[Role.MEMBER]
    return ExperimentFactory(team=member.teams.get(), owner=member, in_state=state)


def _in(state):
    return lambda people: {"key": _mine(people, state).key}


def _again(people):
    return {"key": _mine(people, ExperimentState.STOPPED).key, "lineage": "rerun"}


def _check(people):
    made = ChecklistItem.objects.create(experiment=_mine(people), position=0, text="Tried on a phone")
    return {"pk": made.pk}


def _variant(people):
    return {"pk": _mine(people).variants.first().pk}


def _picture(people):
    made = VariantPicture.objects.create(
        variant=_mine(people).variants.first(),
        file=ContentFile(PIXEL, name="shot.png"),
        name="shot.png",
        content_type="image/png",
        by=people[Role.MEMBER],
        at=timezone.now(),
    )
    return {"pk": made.pk}


def _ruling(people):
    experiment = _mine(people, ExperimentState.STOPPED)
    made = ExperimentDecisionFactory(
        experiment=experiment, state=RulingState.WAITING, against=True, by=people[Role.ADMIN]
    )
    return {"pk": made.pk}


def _doubt(people):
    experiment = _mine(people, ExperimentState.DECIDED)
    ExperimentDecisionFactory(experiment=experiment)
    hold = HoldFactory(kpi=experiment.kpis.get().kpi)
    made = ExperimentDoubt.objects.create(
        experiment=experiment, kind=Doubt.HOLD, kpi=hold.kpi, hold=hold, opened_at=timezone.now()
    )
    return {"pk": made.pk}


def _template(people):
    by = people[Role.PRODUCT_OPS]
    name = f"Onboarding {ExperimentTemplate.objects.count()}"
    return {"pk": ExperimentTemplate.objects.create(name=name, by=by, at=timezone.now()).pk}


def _learning(people):
    member = people[Role.MEMBER]
    return {"pk": LearningFactory(team=member.teams.get(), by=member).pk}


def _link(people):
    member, learning = people[Role.MEMBER], _learning(people)["pk"]
    made = LearningExperiment.objects.create(
        learning_id=learning,
        experiment=_mine(people, ExperimentState.STOPPED),
        stance=Stance.SUPPORTS,
        by=member,
        at=timezone.now(),
    )
    return {"pk": learning, "kind": "experiment", "link": made.pk}


def _experiments(people, n):
    for number in range(n):
        state = (ExperimentState.RUNNING, ExperimentState.DECIDED)[number % 2]
        made = ExperimentFactory(in_state=state)
        if state == ExperimentState.DECIDED:
            ExperimentDecisionFactory(experiment=made, lift=0.04, error=0.01)


def _learnings(people, n):
    for learning in LearningFactory.create_batch(n):
        LearningExperiment.objects.create(
            learning=learning,
            experiment=ExperimentFactory(),
            stance=Stance.CONTRADICTS,
            by=learning.by,
            at=learning.at,
        )


def _templates(people, n):
    for _ in range(n):
        _template(people)


DRAFT, READY, RUNNING = ExperimentState.DRAFT, ExperimentState.READY, ExperimentState.RUNNING
SAMPLES = {
    **dict.fromkeys(
        (
            *("metrics:experiment_detail", "metrics:experiment_edit", "metrics:experiment_design"),
            *("metrics:experiment_ready", "metrics:experiment_drop"),
        ),
        _in(DRAFT),
    ),
    **dict.fromkeys(("metrics:experiment_redraft", "metrics:experiment_start"), _in(READY)),
    **dict.fromkeys(("metrics:experiment_stop", "metrics:experiment_extend"), _in(RUNNING)),
    "metrics:experiment_decide": _in(ExperimentState.STOPPED),
    "metrics:experiment_close": _in(ExperimentState.DECIDED),
    "metrics:experiment_again": _again,
    "metrics:experiment_check": _check,
    "metrics:experiment_picture_add": _variant,
    "metrics:experiment_picture": _picture,
    "metrics:experiment_picture_remove": _picture,
    "metrics:ruling_review": _ruling,
    "metrics:experiment_doubt": _doubt,
    "metrics:experiment_template_edit": _template,
    "metrics:experiment_template_retire": _template,
    **dict.fromkeys(
        (
            *("metrics:learning_detail", "metrics:learning_edit", "metrics:learning_cite"),
            *("metrics:learning_withdraw", "metrics:learning_restore"),
        ),
        _learning,
    ),
    "metrics:learning_uncite": _link,
}
LISTS = {
    "metrics:experiment_list": _experiments,
    "metrics:experiment_calendar": _experiments,
    "metrics:experiment_programme": _experiments,
    "metrics:experiment_templates": _templates,
    "metrics:learning_list": _learnings,
}
