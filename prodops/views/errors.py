"""What a person sees when a request could not be answered."""

import sys

import psycopg
from django.db import InterfaceError, OperationalError
from django.shortcuts import render
from psycopg_pool import PoolTimeout

RETRY_AFTER = 10  # seconds


def server_error(request):
    """Django's handler500: a database that is away is 503, which is worth trying again; the rest is 500."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return render(None, "500.html", status=500, using="jinja2")
    response = render(None, "503.html", status=503, using="jinja2")
    response["Retry-After"] = str(RETRY_AFTER)
    response.lost_connection = _was_cut_off(error)  # type: ignore[attr-defined]
    return response


def _was_cut_off(error):
    """True where the connection broke under the query: a new one may well answer."""
    cause = error.__cause__
    if isinstance(cause, PoolTimeout):
        return False  # that was waited for already
    state = getattr(cause, "sqlstate", None)
    return isinstance(cause, psycopg.Error) and (state is None or state.startswith(("08", "57P")))
