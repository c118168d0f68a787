"""When something that happens every hour, day or week happens next, by the company's clock."""

import datetime as dt

HOURLY, DAILY, WEEKLY = "hourly", "daily", "weekly"
TRY_AGAIN = (dt.timedelta(minutes=10), dt.timedelta(minutes=30), dt.timedelta(hours=2))


def next_time(
    after: dt.datetime, frequency: str, hour: int, week_starts_on: int, zone: dt.tzinfo
) -> dt.datetime:
    """The first moment after `after` (both aware): the full hour, or `hour` of a day, or of the week's first.

    An hour that the clocks skip is the one after it; one that they show twice is the first of the two.
    """
    if frequency == HOURLY:
        return after.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    day = after.astimezone(zone).date()
    for _ in range(15):
        if frequency == DAILY or day.isoweekday() == week_starts_on:
            moment = dt.datetime.combine(day, dt.time(hour), tzinfo=zone).astimezone(dt.UTC)
            if moment > after:
                return moment
        day += dt.timedelta(days=1)
    raise ValueError(f"No day of the week is the {week_starts_on}th.")


def again(at: dt.datetime, failures: int, usual: dt.datetime) -> dt.datetime:
    """After so many failures in a row: soon, then later, then at its usual time."""
    return min(at + TRY_AGAIN[failures - 1], usual) if failures <= len(TRY_AGAIN) else usual
