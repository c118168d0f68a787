"""Days on which numbers are known to be otherwise: public holidays of a country."""

import datetime as dt
from functools import cache

import holidays


def public_holidays(country: str, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """{day: name} from `first` to `last`; none for a country that is not known."""
    found: dict[dt.date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= {day: name for day, name in _of_year(country, year).items() if first <= day <= last}
    return found


@cache
def _of_year(country: str, year: int) -> dict[dt.date, str]:
    try:
        return dict(holidays.country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        return {}
