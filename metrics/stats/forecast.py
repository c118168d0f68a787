"""What the baseline hands to the channels: one slot, forecast and judged."""

from dataclasses import dataclass

from metrics.stats.batches import Bools, Floats


@dataclass
class Forecast:
    """What the baseline made of one slot. Arrays have shape (series,) unless said otherwise."""

    season: Floats
    regressors: Floats
    """Shape (series, 4)."""
    new_level: Floats
    """Expected value if the last accepted level still holds."""
    expected: Floats
    """Expected value under whichever level fits better."""
    scale: Floats
    score: Floats
    """(value - expected) / scale; 0 where nothing was observed."""
    new_level_score: Floats
    returned: Bools
    """The value fits the level before the last shift better."""
    observed: Bools
    event: Bools
