"""Which day it is where the company is."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def company_zone():
    """The time zone the company counts its days in."""
    return ZoneInfo(settings.TIME_ZONE)


def company_day(at):
    """The calendar day at `at` where the company is.

    What everybody shares (weeks, quarters, files for elsewhere) goes by it, whatever zone a reader is in.
    """
    return timezone.localdate(at, company_zone())
