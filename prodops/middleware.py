"""What happens around every request: probes, a database that comes back, the person's time zone."""

import zoneinfo

from django.conf import settings
from django.db import close_old_connections
from django.shortcuts import render
from django.utils import timezone

from prodops.views import health

PROBES = {"/healthz": health.healthz, "/readyz": health.readyz}
SAFE = ("GET", "HEAD")


def probe_middleware(get_response):
    """Probes come first: they ask by the container's address, and with no session to load."""

    def middleware(request):
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else get_response(request)

    return middleware


def ride_out_middleware(get_response):
    """A page whose database connection was cut under it is asked for once more, on a new connection.

    Only a page: a POST may have done its work before the connection broke, so its sender decides.
    """

    def middleware(request):
        response = get_response(request)
        if getattr(response, "lost_connection", False) and request.method in SAFE:
            close_old_connections()
            response = get_response(request)
        return response

    return middleware


def size_middleware(get_response):
    """Refuses a body that is too large before anything of it is read: forms are parsed after this.

    What is announced is what counts, as Django reads no further, and nothing where nothing is announced.
    """

    def middleware(request):
        size = request.META.get("CONTENT_LENGTH") or ""
        size = int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else 0
        own = request.path_info.startswith((settings.API_PATH, settings.HOOK_PATH, settings.MAIL_PATH))
        if size > settings.ANONYMOUS_MAX_BYTES and not own:  # only then is it worth a query who asks
            known = request.user.is_authenticated
            most = settings.REQUEST_MAX_BYTES if known else settings.ANONYMOUS_MAX_BYTES
            if size > most:
                context = {"most": most, "known": known}
                return render(None, "413.html", context, status=413, using="jinja2")
        return get_response(request)

    return middleware


def person_middleware(get_response):
    def middleware(request):
        user = request.user
        if user.is_authenticated:
            try:
                timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            except (zoneinfo.ZoneInfoNotFoundError, ValueError):
                timezone.deactivate()
        else:
            timezone.deactivate()
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return middleware
