"""Values and changes in words, with the unit a reader expects."""

SUFFIXES = {"percent": "\u00a0%", "hours": "\u00a0h", "minutes": "\u00a0min"}
MINUS = "\u2212"


def in_words(value: float | None, unit: str, currency: str = "") -> str:
    """ "61.4 %", "1,520,300 EUR", "4.6 h", "18,240"; an em dash for None. Three sensible digits, or all."""
    if value is None:
        return "—"
    suffix = f"\u00a0{currency}" if unit == "money" and currency else SUFFIXES.get(unit, "")
    return _signed(f"{value:,.{digits(value, unit)}f}") + suffix


def change_in_words(before: float | None, after: float | None, unit: str) -> str:
    """ "-7.9 pp" between percentages, "+2.1 %" otherwise; an em dash where there is nothing to compare."""
    if before is None or after is None:
        return "—"
    if unit == "percent":
        return _plus(f"{after - before:+.1f}", "pp")
    if before == 0:
        return "—" if after else _plus("0.0", "%")
    return _plus(f"{(after - before) / abs(before) * 100:+,.1f}", "%")


def judged(before: float | None, after: float | None, direction: str) -> str:
    """ "better", "worse", or "" where nothing changed or neither way is better in itself."""
    if before is None or after is None or before == after or direction not in ("up", "down"):
        return ""
    return "better" if (after > before) == (direction == "up") else "worse"


def digits(value: float, unit: str) -> int:
    """How many decimals a value of this unit is worth."""
    size = abs(value)
    if unit == "percent":
        return 1
    if unit in ("count", "money"):
        return 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    return 0 if size >= 1000 else 1 if size >= 10 else 2


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _plus(text: str, unit: str) -> str:
    zero = not any(digit in text for digit in "123456789")
    return _signed(text.lstrip("+-") if zero else text) + f"\u00a0{unit}"
