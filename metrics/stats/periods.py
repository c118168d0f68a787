"""The periods of a series: hours, days, weeks and months, each known by the moment it starts.

Days and longer are calendar days that stand at midnight UTC, whatever zone the company is in; hours are
hours in UTC.
"""

import datetime as dt

HOUR, DAY, WEEK, MONTH = "hour", "day", "week", "month"
_STEPS = {HOUR: dt.timedelta(hours=1), DAY: dt.timedelta(days=1), WEEK: dt.timedelta(days=7)}
_BEFORE = {HOUR: dt.timedelta(days=1), DAY: dt.timedelta(days=7), WEEK: dt.timedelta(days=7)}


def start_of(
    moment: dt.datetime, grain: str, week_starts_on: int = 1, zone: dt.tzinfo = dt.UTC
) -> dt.datetime:
    """The start of the period that `moment` (aware) falls in. `week_starts_on`: 1 is Monday, 7 Sunday.

    `zone` is where the days are counted; leave it out for what stands at midnight UTC already.
    """
    if grain == HOUR:
        return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    day = dt.datetime.combine(moment.astimezone(zone).date(), dt.time(), tzinfo=dt.UTC)
    if grain == WEEK:
        return day - dt.timedelta(days=(day.isoweekday() - week_starts_on) % 7)
    return day.replace(day=1) if grain == MONTH else day


def midnight(day: dt.date) -> dt.datetime:
    """The moment that stands for a calendar day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def next_period(period: dt.datetime, grain: str) -> dt.datetime:
    """The start of the period after, which is also when `period` has ended."""
    if grain == MONTH:
        return (period.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return period + _STEPS[grain]


def moment_of(period: dt.datetime, grain: str, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """When `period` really begins: its day's midnight in `zone`."""
    if grain == HOUR:
        return period
    return period.astimezone(dt.UTC).replace(tzinfo=zone).astimezone(dt.UTC)


def compared_with(period: dt.datetime, grain: str) -> dt.datetime:
    """What a value compares with: the same hour a day ago, that weekday a week ago, else the one before."""
    if grain == MONTH:
        return (period - dt.timedelta(days=1)).replace(day=1)
    return period - _BEFORE[grain]


def due_after(period: dt.datetime, grain: str, freshness_hours: int, zone: dt.tzinfo = dt.UTC) -> dt.datetime:
    """When the value of the period after `period` is due: so many hours after that one has ended."""
    ended = next_period(next_period(period, grain), grain)
    return moment_of(ended, grain, zone) + dt.timedelta(hours=freshness_hours)


def in_words(period: dt.datetime, grain: str, zone: dt.tzinfo = dt.UTC) -> str:
    """ "23 Nov 2026", "week of 16 Nov 2026", "Nov 2026", "23 Nov 2026, 14:00" (an hour as `zone` has it)."""
    period = period.astimezone(zone if grain == HOUR else dt.UTC)
    if grain == MONTH:
        return f"{period:%b %Y}"
    day = f"{period.day} {period:%b %Y}"
    if grain == HOUR:
        return f"{day}, {period:%H:%M}"
    return f"week of {day}" if grain == WEEK else day
