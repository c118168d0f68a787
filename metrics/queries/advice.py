"""What the newest read-out of an experiment recommends, and the effect it stands on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics.models import Advice as Recommended
from metrics.models import ExperimentSnapshot


@dataclass(frozen=True, slots=True)
class Advice:
    """`ruling` is one of `metrics.models.Advice`, "" without results; `variant` the key of what would ship.

    `effects` are {variant's key: (relative lift, its standard error)} of the primary KPI.
    """

    ruling: str = ""
    words: str = ""
    variant: str = ""
    snapshot: ExperimentSnapshot | None = None
    effects: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)

    @property
    def label(self):
        return Recommended(self.ruling).label if self.ruling else ""

    def lift_of(self, variant):
        return self._effect(variant)[0]

    def error_of(self, variant):
        return self._effect(variant)[1]

    def _effect(self, variant):
        """Of the variant that ships, else of the one that the rule looked at."""
        key = variant.key if variant else self.variant or next(iter(self.effects), "")
        return self.effects.get(key, (None, None))


def newest_snapshot(experiment):
    """The results that came in last, or None."""
    return ExperimentSnapshot.objects.filter(experiment=experiment).order_by("-at", "-pk").first()


def advice_on(experiment):
    """What the rule says of an experiment now, in one query."""
    return advice_of(newest_snapshot(experiment))


def advice_of(snapshot):
    """The same of one snapshot; nothing of none."""
    if snapshot is None:
        return Advice()
    said: Any = snapshot.readout.get("recommendation") or {}
    ruling = said.get("action") or ""
    return Advice(
        ruling=ruling if ruling in Recommended.values else Recommended.REVIEW,
        words=" ".join(map(str, said.get("reasons", ()))),
        variant=str(said.get("variant") or ""),
        snapshot=snapshot,
        effects=_effects(snapshot.readout),
    )


def _effects(readout):
    primary = next((one for one in readout.get("kpis", ()) if one.get("role") == "primary"), None)
    found = {}
    for one in (primary or {}).get("variants", ()):
        relative = one.get("relative") or {}
        lift, error = _number(relative.get("effect")), _number(relative.get("error"))
        found[str(one.get("key") or "")] = (lift, error)
    return found


def _number(value):
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None
