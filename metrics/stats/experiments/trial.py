"""An experiment as the statistics take it: its plan and what its variants show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from metrics.stats.experiments import balance, sequential
from metrics.stats.experiments.bayes import Prior

FIXED, SEQUENTIAL, BAYESIAN = METHODS = ("fixed", "sequential", "bayesian")
PRIMARY, SECONDARY, GUARDRAIL = ROLES = ("primary", "secondary", "guardrail")
ABSOLUTE, RELATIVE = SCALES = ("absolute", "relative")
CORRECTIONS = ("none", "holm", "bh")
PROPORTION, MEAN, RATIO, QUANTILE = KINDS = ("proportion", "mean", "ratio", "quantile")


@dataclass(frozen=True, slots=True)
class Measure:
    """One KPI of the plan.

    `margin`: the share of the control by which a guardrail may be worse. `effect`: the smallest relative
    effect that the experiment was planned to see. `direction`: which way is better, "up" or "down".
    """

    key: str
    name: str
    role: str = SECONDARY
    kind: str = ""  # told from the numbers where it is empty
    direction: str = "up"
    margin: float | None = None
    effect: float | None = None
    quantile: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one variant shows of one KPI; what was not given is None. Sums are over units.

    `below…`: the denominator of a ratio. `before…`: the same units before the experiment. `products`:
    numerator times denominator; `before_products`: now times before. `values`: raw, one a unit. `n`: units
    where they are others than the variant's.
    """

    n: int | None = None
    count: float | None = None
    total: float | None = None
    squares: float | None = None
    below: float | None = None
    below_squares: float | None = None
    products: float | None = None
    before: float | None = None
    before_squares: float | None = None
    before_products: float | None = None
    values: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """`share`: the part of all units that was configured for it; the shares add up to 1."""

    key: str
    name: str
    n: int
    share: float
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """Trouble with a KPI's data while the experiment ran; `over` once it is known what it was."""

    kpi: str
    title: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """All that a read-out is made of. The first variant is the control.

    `together`: comparisons are corrected over all KPIs rather than within primary and within secondary ones.
    `tightest`: the number of units at which a confidence sequence is tightest. `planned`: units in all that
    the plan asks for. `chance`: the chance to win that a Bayesian test asks for; `loss`: and the expected
    loss, as a share of the control, above which it does not ship. `days`: how long it has run, of the
    `least_days` that it must.
    """

    variants: tuple[Variant, ...]
    measures: tuple[Measure, ...]
    key: str = ""
    name: str = ""
    method: str = FIXED
    scale: str = RELATIVE
    alpha: float = 0.05
    power: float = 0.8
    correction: str = "holm"
    together: bool = False
    tightest: float = sequential.TIGHTEST
    prior: Prior | None = None
    chance: float = 0.95
    loss: float | None = None
    alarm: float = balance.ALARM
    least_off: float = balance.LEAST
    exposed_to_several: int | None = None
    started: dt.date | None = None
    ends: dt.date | None = None
    as_of: dt.date | None = None
    days: int | None = None
    least_days: int = 0
    planned: int | None = None
    incidents: tuple[Incident, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def control(self) -> Variant:
        return self.variants[0]
