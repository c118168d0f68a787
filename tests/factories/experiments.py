import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import (
    AssignedBy,
    Experiment,
    ExperimentDecision,
    ExperimentRuling,
    ExperimentState,
    KpiRole,
    Learning,
    Method,
    RulingState,
    StopReason,
)
from metrics.queries.experiments import hash_of, plan_of
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import TeamFactory, UserFactory

START, STOP = dt.date(2026, 11, 2), dt.date(2026, 11, 16)


class ExperimentFactory(DjangoModelFactory):
    """A draft with control, treatment and a primary KPI (`primary=`); `in_state=` puts it further."""

    class Meta:
        model = Experiment
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"experiment-{n}")
    title = factory.Sequence(lambda n: f"Experiment {n}")
    because = "New accounts give up on the first error."
    change = "showing the error beside its row"
    size = 0.05
    know_when = "More first imports go through after two weeks."
    owner = factory.SubFactory(UserFactory)
    team = factory.SubFactory(TeamFactory)
    surfaces = ["importer"]
    unit = AssignedBy.ACCOUNT
    method = Method.FIXED
    mde = 0.05
    planned_from, planned_to = START, STOP
    created_by = factory.SelfAttribute("owner")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.SelfAttribute("created_at")

    @factory.post_generation
    def primary(self, create, extracted, **kwargs):
        self.variants.create(key="control", name="Control", is_control=True, ratio=50)
        self.variants.create(key="beside", name="Error beside the row", ratio=50, position=1)
        self.kpis.create(kpi=extracted or KpiFactory(approved=True), role=KpiRole.PRIMARY)

    @factory.post_generation
    def in_state(self, create, extracted, **kwargs):
        """Put it where it shall stand, as the services would have left it."""
        if not extracted:
            return
        if extracted not in (ExperimentState.DRAFT, ExperimentState.READY, ExperimentState.DROPPED):
            moment = dt.datetime.combine(START, dt.time(9), tzinfo=dt.UTC)
            self.started_by, self.started_at, self.started_on = self.owner, moment, START
            self.plan = plan_of(self)
            self.plan_hash = hash_of(self.plan)
            for one in self.kpis.select_related("kpi"):
                one.version_id = one.kpi.count_version_id
                one.save()
            if extracted != ExperimentState.RUNNING:
                ended = moment + dt.timedelta(days=14)
                self.stopped_by, self.stopped_at, self.stopped_on = self.owner, ended, STOP
                self.stop_reason = StopReason.PLANNED
            if extracted == ExperimentState.CLOSED:
                self.closed_by, self.closed_at = self.owner, ended + dt.timedelta(days=1)
        self.state = extracted
        self.save()


class ExperimentDecisionFactory(DjangoModelFactory):
    """Rolled back, as recommended; it stands."""

    class Meta:
        model = ExperimentDecision

    experiment = factory.SubFactory(ExperimentFactory, in_state=ExperimentState.DECIDED)
    ruling = ExperimentRuling.ROLL_BACK
    rationale = "No gain, and one more step to maintain."
    advice = "roll_back"
    state = RulingState.STANDS
    by = factory.SelfAttribute("experiment.owner")
    at = factory.LazyFunction(timezone.now)


class LearningFactory(DjangoModelFactory):
    class Meta:
        model = Learning

    title = factory.Sequence(lambda n: f"People mend what they can see, {n}")
    team = factory.SubFactory(TeamFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    updated_at = factory.SelfAttribute("at")
