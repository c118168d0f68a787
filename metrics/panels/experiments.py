"""What experiments show elsewhere: in the side bar, on insights, KPIs and areas, on the home page."""

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from metrics.models import (
    Experiment,
    ExperimentDecision,
    ExperimentDoubt,
    ExperimentKpi,
    ExperimentState,
    LearningInsight,
)
from prodops import citations, comboboxes, nav, panels, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.citations import Citation
from prodops.memory import remembered
from prodops.panels import Panel

SHOWN = 8
LIVE = (ExperimentState.DRAFT, ExperimentState.READY, ExperimentState.RUNNING, ExperimentState.STOPPED)


def my_experiments(user):
    """What the side bar counts: experiments of the person that ask for the next step."""
    asked = ExperimentDoubt.objects.waiting_for(user).values("experiment")
    steps = (ExperimentState.STOPPED, ExperimentState.DECIDED)
    return Experiment.objects.filter(Q(owner=user, state__in=steps) | Q(pk__in=asked))


nav.register(
    "metrics",
    nav.Item(
        "Experiments",
        "metrics:experiment_list",
        Can.EXPERIMENT_READ,
        waiting=my_experiments,
        key="x",
        under=("../learnings/",),
    ),
)
nav.action(
    nav.Action("Plan an experiment", "metrics:experiment_new", Can.EXPERIMENT_EDIT),
    nav.Action("Write a learning", "metrics:learning_write", Can.EXPERIMENT_EDIT),
    nav.Action("Reckon a sample size", "metrics:experiment_calculator", Can.EXPERIMENT_READ),
)
subjects.register("metrics.experiment", Can.EXPERIMENT_READ)
subjects.register("metrics.learning", Can.EXPERIMENT_READ)
for verb, sentence in {
    "experiment.created": "wrote this idea down",
    "experiment.edited": "changed {said}",
    "experiment.plan_changed": "changed the plan while it ran: {said} (“{reason}”)",
    "experiment.checked": "ticked “{said}”",
    "experiment.unchecked": "unticked “{said}”",
    "experiment.ready": "said that the plan is complete",
    "experiment.redrafted": "made it a draft again",
    "experiment.started": "started it; the plan is frozen with the hash {hash}",
    "experiment.stopped": "stopped it: {reason}. {note}",
    "experiment.extended": "extended it to {until}: {reason}",
    "experiment.dropped": "dropped it: {reason}",
    "experiment.decided": "decided: {ruling}. {why}",
    "experiment.decision_proposed": "decided against the rule, for a second reviewer: {ruling}. {why}",
    "experiment.decision_agreed": "agreed as second reviewer: {ruling}. {note}",
    "experiment.decision_refused": "sent the decision back: {ruling}. {note}",
    "experiment.closed": "closed it with what was learned",
    "experiment.taken_further": "planned a {what}: {key}",
    "experiment.doubted": "asked again: {kpi}, {why}",
    "experiment.doubt_answered": "answered: {outcome}. {reason}",
    "experiment.picture_added": "added a screenshot of {variant}",
    "experiment.picture_removed": "removed a screenshot of {variant}",
    "experiment_template.saved": "saved this template",
    "experiment_template.retired": "retired this template",
    "learning.written": "wrote this learning",
    "learning.edited": "edited this learning",
    "learning.evidence_added": "added what speaks {stance} it: {what}",
    "learning.evidence_removed": "took a piece of evidence away",
    "learning.withdrawn": "withdrew it: {reason}",
    "learning.restored": "held it again",
}.items():
    words.register(verb, sentence)

comboboxes.offer(
    "experiment",
    can=Can.EXPERIMENT_READ,
    things=lambda user: Experiment.objects.visible_to(user).order_by("title", "pk"),
    fields=("title", "key"),
    key="key",
    none="No experiment is called that.",
    about=lambda experiment, user: (experiment.get_state_display(), {}),
)


def _panel(request, key, title, template, **context):
    html = render_to_string(template, context, request, using="jinja2")
    return Panel(key, title, mark_safe(html))  # noqa: S308  (our template, escaped there)


def of_insight(request, insight):
    """Insight: the experiments whose hypothesis rests on it, and the learnings it bears on."""
    if not allowed(request.user, Can.EXPERIMENT_READ):
        return None
    tests = Experiment.objects.visible_to(request.user).filter(insights__insight=insight).for_list()
    rows = list(tests.order_by("-updated_at", "-pk")[:SHOWN])
    links = LearningInsight.objects.filter(insight=insight, learning__withdrawn_at=None)
    bears = list(links.select_related("learning").order_by("-at", "-pk")[:SHOWN])
    may_plan = allowed(request.user, Can.EXPERIMENT_EDIT)
    if not rows and not bears and not may_plan:
        return None
    context = {"rows": rows, "links": bears, "insight": insight, "may_plan": may_plan}
    return _panel(request, "experiments", "Experiments", "metrics/_experiments_panel.html", **context)


def mine(request, subject):
    """Home: the person's experiments that ask for a step, and decisions that need a second reviewer."""
    if not allowed(request.user, Can.EXPERIMENT_EDIT):
        return None
    return remembered(f"my-experiments:{request.user.pk}", lambda: _mine(request))


def _mine(request):
    rows = list(my_experiments(request.user).for_list().order_by("updated_at", "pk")[:SHOWN])
    waiting = ExperimentDecision.objects.waiting_for(request.user)
    reviews = list(waiting.filter(experiment__team__in=request.user.team_ids).for_list()[:SHOWN])
    if not rows and not reviews:
        return None
    context = {"rows": rows, "reviews": reviews}
    return _panel(request, "my-experiments", "Your experiments", "metrics/_my_experiments.html", **context)


panels.register("research.insight", "metrics.experiments", of_insight, order=45)
panels.register("home", "metrics.experiments", mine, order=27)


def _citing(ids, user):
    """The experiments that look at these KPIs, each pinning a version once it has started."""
    seen = Experiment.objects.visible_to(user).exclude(state=ExperimentState.DROPPED)
    found = ExperimentKpi.objects.filter(kpi__in=ids, experiment__in=seen)
    for one in found.select_related("experiment__owner", "experiment__team"):
        test = one.experiment
        yield Citation(
            one.kpi_id,
            test.title,
            test.get_absolute_url(),
            one.version_id,
            test.owner,
            test.team,
            f"{one.get_role_display()}, {test.get_state_display().lower()}",
            test.state in LIVE,
        )


citations.register("metrics.kpi", kind="Experiment", plural="Experiments", find=_citing, order=30)


def _learned(at):
    over = Experiment.objects.filter(state__in=("stopped", "decided", "closed"))
    return over.filter(state=ExperimentState.CLOSED).count(), over.count()


scorecard.register(
    scorecard.Measure(
        "metrics.experiments",
        "Experiments closed",
        "Experiments that have ended and were closed with a decision and a learning.",
        _learned,
    )
)
