"""How grave something unusual is: how sure the checks are, times how much of the number it concerns."""

LOW, MEDIUM, HIGH = 1, 2, 3
MEDIUM_FROM, HIGH_FROM = 0.15, 0.6
"""Of score × relative impact. At the threshold (score 1) a change by 15 % is medium, by 60 % high."""
WIDEST_IMPACT = 2.0
"""A number that tripled is no graver than one that did so twice over."""
LASTING = {"level_shift", "trend_change"}
LASTING_WEIGHT = 1.5
"""What stays concerns every later period too."""
LATE_HIGH_FROM = 3.0
"""Of how late a value is over how late is badly late; from 1 on it is medium."""
WITHOUT_VALUE = {
    "missing": MEDIUM,
    "flat_line": MEDIUM,
    "variance_change": LOW,
    "volume": MEDIUM,
    "nulls": LOW,
    "range": MEDIUM,
    "copied": MEDIUM,
    "restated": LOW,
    "parts": MEDIUM,
}


def severity(kind: str, score: float, value: float | None, expected: float | None) -> int:
    """LOW, MEDIUM or HIGH. `score` is over its threshold: 1 is just unusual enough."""
    if kind == "late":
        return HIGH if score >= LATE_HIGH_FROM else MEDIUM if score >= 1 else LOW
    if kind in WITHOUT_VALUE:
        return WITHOUT_VALUE[kind]
    if value is None or expected is None:
        return MEDIUM if score >= 2 else LOW
    weight = max(score, 1.0) * impact(value, expected) * (LASTING_WEIGHT if kind in LASTING else 1.0)
    if weight >= HIGH_FROM:
        return HIGH
    return MEDIUM if weight >= MEDIUM_FROM else LOW


def impact(value: float, expected: float) -> float:
    """The share of the number that changed: .25 for 45 where 60 was expected; at most WIDEST_IMPACT."""
    size = max(abs(expected), 1e-12)
    return min(abs(value - expected) / size, WIDEST_IMPACT)
