"""What an experiment and its parts choose from."""

from django.db import models


class ExperimentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    READY = "ready", "Ready"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"
    DROPPED = "dropped", "Dropped"


# From which states an experiment may come into each. Running again after a stop is an extension of the plan;
# a decision that no longer stands leads back to stopped.
EXPERIMENT_MOVES = {
    ExperimentState.DRAFT: (ExperimentState.READY, ExperimentState.DROPPED),
    ExperimentState.READY: (ExperimentState.DRAFT,),
    ExperimentState.RUNNING: (ExperimentState.READY, ExperimentState.STOPPED),
    ExperimentState.STOPPED: (ExperimentState.RUNNING, ExperimentState.DECIDED, ExperimentState.CLOSED),
    ExperimentState.DECIDED: (ExperimentState.STOPPED,),
    ExperimentState.CLOSED: (ExperimentState.DECIDED,),
    ExperimentState.DROPPED: (ExperimentState.DRAFT, ExperimentState.READY),
}
BEFORE_START = (ExperimentState.DRAFT, ExperimentState.READY)
STARTED = (
    ExperimentState.RUNNING,
    ExperimentState.STOPPED,
    ExperimentState.DECIDED,
    ExperimentState.CLOSED,
)
RULED = (ExperimentState.DECIDED, ExperimentState.CLOSED)


class Method(models.TextChoices):
    FIXED = "fixed", "Fixed horizon"
    SEQUENTIAL = "sequential", "Sequential"
    BAYESIAN = "bayesian", "Bayesian"


class Correction(models.TextChoices):
    HOLM = "holm", "Holm"
    BH = "bh", "Benjamini–Hochberg"
    NONE = "none", "None"


class AssignedBy(models.TextChoices):
    """What is assigned to a variant, and so what n counts."""

    PERSON = "person", "Person"
    ACCOUNT = "account", "Account"
    DEVICE = "device", "Device"
    SESSION = "session", "Session"


class KpiRole(models.TextChoices):
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    GUARDRAIL = "guardrail", "Guardrail"


class MeasuredAs(models.TextChoices):
    """What the KPI is within the experiment, and so which test fits it."""

    PROPORTION = "proportion", "Proportion: yes or no of each unit"
    MEAN = "mean", "Mean: a number of each unit"
    RATIO = "ratio", "Ratio: two sums over the units"
    QUANTILE = "quantile", "Quantile: needs the raw values"


class Wanted(models.TextChoices):
    UP = "up", "Increase"
    DOWN = "down", "Decrease"


class StopReason(models.TextChoices):
    PLANNED = "planned", "Reached its planned end"
    HARM = "harm", "A guardrail was harmed"
    SRM = "srm", "Groups not split as planned"
    BROKEN = "broken", "Something was broken"
    EARLY = "early", "Clear before the planned end"
    PRIORITY = "priority", "No longer worth running"


class ExperimentRuling(models.TextChoices):
    """What is done after an experiment."""

    SHIP = "ship", "Ship"
    ROLL_BACK = "roll_back", "Roll back"
    KEEP_RUNNING = "keep_running", "Keep running"


class Advice(models.TextChoices):
    """What the rule recommends: a ruling, or that a person has to look because it cannot."""

    SHIP = "ship", "Ship"
    ROLL_BACK = "roll_back", "Roll back"
    KEEP_RUNNING = "keep_running", "Keep running"
    REVIEW = "review", "Review"


class RulingState(models.TextChoices):
    WAITING = "waiting", "Waiting for a second reviewer"
    STANDS = "stands", "Stands"
    REFUSED = "refused", "Sent back"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Lineage(models.TextChoices):
    RERUN = "rerun", "Rerun"
    FOLLOW_UP = "follow_up", "Follow-up"


class Stance(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    CONTRADICTS = "contradicts", "Contradicts"


class Doubt(models.TextChoices):
    """Why the question of an experiment is open again."""

    METRIC = "metric", "The KPI is counted differently now"
    INCIDENT = "incident", "An incident in its window"
    HOLD = "hold", "Its data are held back"


class DoubtOutcome(models.TextChoices):
    STANDS = "stands", "The decision stands"
    DECIDE_AGAIN = "decide_again", "Decide again"
