"""A year of daily values of one KPI: level, trend, weekday, noise, and what happened in that year."""

import datetime as dt

import numpy as np

YEAR = 365
LASTING = ("launch", "shift")  # with a length of 0 days they hold from their day on


def daily(spec, *, today, seed):
    """[(day, value)] from a year ago to yesterday; days without data are left out.

    See the head of kpis.toml for how `spec` is meant. The same seed gives the same values.
    """
    dice = np.random.default_rng(seed)
    values: list[tuple[dt.date, float]] = []
    for days_ago in range(YEAR, 0, -1):
        day = today - dt.timedelta(days=days_ago)
        shaken = 1 + spec["noise"] * dice.standard_normal()
        events = [event for event in spec.get("events", []) if _holds(event, days_ago)]
        if any(event["kind"] == "missing" for event in events):
            continue
        if values and any(event["kind"] == "flat" for event in events):
            values.append((day, values[-1][1]))
            continue
        level = spec["base"] * (1 + spec["trend_per_year"] * (YEAR - days_ago) / YEAR)
        value = level * spec["weekday"][day.weekday()] * shaken
        for event in events:
            value *= event["effect"]
        values.append((day, rounded(value, spec["unit"])))
    return values


def rounded(value, unit):
    """As exact as a report would have it."""
    return float(round(value)) if unit == "eur" or value >= 1000 else round(float(value), 2)


def _holds(event, days_ago):
    since = event["days_ago"] - days_ago
    if event["kind"] in LASTING and event["length_days"] == 0:
        return since >= 0
    return 0 <= since < event["length_days"]
