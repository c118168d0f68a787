"""Other databases: one query at a time, read-only, within its time and its number of rows.

Where a URL leads is looked at before anything is sent there: hosts of settings.DATA_SOURCE_HOSTS whatever
their address, any other only if all its addresses are public. The connection goes to the very address that
was looked at, so a name that changes its mind between the two leads nowhere.
"""

import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy
from django.conf import settings
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from metrics.formats.hosts import covers, is_public
from prodops import resolving

CONNECT_SECONDS = 5
LONGER = 5  # seconds after its time-out that a database may take to say so
# What a URL may ask beside where: nothing that reads a file or runs a program here.
OPTIONS = {"sslmode", "channel_binding", "application_name", "target_session_attrs"}
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
DRIVERS |= dict.fromkeys(DRIVERS.values(), "postgresql+psycopg")
PORT = 5432


class SourceError(Exception):
    """The database cannot be asked, or has not answered as it should. The message is for people."""


class NotAllowed(SourceError):
    """This URL is none that is connected to from here."""


class Unavailable(SourceError):
    """Nothing answers there, or not in time: later it may."""


class Refused(SourceError):
    """The database said no: the sign-in, the query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The names of the columns, and the rows as tuples."""

    columns: tuple[str, ...]
    rows: list[tuple]


def read_url(text):
    """The URL as it is connected to; raises `NotAllowed` for one that is not understood or not safe."""
    try:
        url = sqlalchemy.make_url(text.strip())
    except (ArgumentError, ValueError) as error:
        raise NotAllowed("Write it as postgresql://user:password@host:5432/database.") from error
    if url.drivername not in DRIVERS:
        raise NotAllowed(
            f"“{url.drivername[:40]}” is not asked from here; PostgreSQL is, and what speaks as it does, such"
            " as Redshift, CockroachDB or Timescale. Of any other database send the values by the API, or"
            " import them as a file."
        )
    if not url.host or not url.database or not url.username or not url.password:
        raise NotAllowed("User, password, host and database have to stand in it.")
    if any(char in url.host for char in "/,@\\% ") or url.host.startswith("."):
        raise NotAllowed("One host by its name, please, and no socket.")
    if strange := sorted(set(url.query) - OPTIONS):
        raise NotAllowed(f"“{strange[0][:40]}” may not stand in the URL; {', '.join(sorted(OPTIONS))} may.")
    if any(not isinstance(value, str) for value in url.query.values()):
        raise NotAllowed("An option stands twice in the URL.")
    return url.set(drivername=DRIVERS[url.drivername])


def shown(url: URL):
    """The URL without its password, for people."""
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def address_of(url: URL):
    """The address to connect to; raises `NotAllowed` where the host leads inside the network unlisted."""
    host, port = url.host or "", url.port or PORT
    try:
        addresses = resolving.addresses_of(host, port)
    except resolving.Silent as error:
        raise Unavailable(f"No name server says in time where {host} is.") from error
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"There is no host called {host}.") from error
    if not _is_listed(host, port) and not all(map(is_public, addresses)):
        raise NotAllowed(
            f"{host} leads to an address inside the network. "
            "Whoever runs Prodops can list it in DATA_SOURCE_HOSTS."
        )
    return min(addresses, key=lambda one: ":" in one)


def _is_listed(host, port):
    entries = settings.DATA_SOURCE_HOSTS
    return host in entries or f"{host}:{port}" in entries or covers(entries, host, port)


def ask(text, sql, *, seconds, most_rows, zone):
    """What a proved SELECT answers; raises one of the `SourceError`s."""
    url = read_url(text)
    engine = sqlalchemy.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "hostaddr": address_of(url),
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": (seconds + LONGER) * 1000,
            "passfile": os.devnull,  # no password of ours goes where a URL leads
            "gssencmode": "disable",
        },
    )
    try:
        with engine.connect() as connection:
            return _asked(connection, sql, seconds, most_rows, zone)
    except DBAPIError as error:
        raise _explained(error, seconds) from error
    except (SQLAlchemyError, UnicodeError, ValueError) as error:
        raise Refused(f"The database answered something that cannot be read: {str(error)[:200]}") from error
    finally:
        engine.dispose()


def _asked(connection, sql, seconds, most_rows, zone):
    raw = connection.connection.dbapi_connection
    # Its own time-out is the database's to keep; one that does not is cut off.
    over = threading.Timer(seconds + LONGER, _cut, [raw.fileno()])
    over.daemon = True
    over.start()
    try:
        connection = connection.execution_options(no_parameters=True)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds) * 1000}")
        connection.exec_driver_sql(f"SET LOCAL TIME ZONE '{zone}'")
        # A cursor on the database's side: no more rows come over than are fetched.
        result = connection.execution_options(stream_results=True, max_row_buffer=1000).exec_driver_sql(sql)
        rows = [tuple(row) for row in result.fetchmany(most_rows + 1)]
        if len(rows) > most_rows:
            raise Refused(f"It answers more than {most_rows:,} rows. Ask for less, by :since for instance.")
        return Answer(tuple(result.keys()), rows)
    finally:
        over.cancel()


def _cut(number):
    with suppress(OSError):
        found = socket.socket(fileno=os.dup(number))
        found.shutdown(socket.SHUT_RDWR)
        found.close()


def _explained(error, seconds):
    """The error in words, without the query and without anything of the sign-in."""
    cause = error.orig
    state = getattr(cause, "sqlstate", None) or ""
    diag = getattr(cause, "diag", None)
    words = (getattr(diag, "message_primary", None) or str(cause).split("\n")[0] or "no reason given")[:300]
    if state == "57014":
        return Unavailable(f"It took longer than {seconds} seconds.")
    if state.startswith("28"):
        return Refused("The database does not let this user in with this password.")
    if state == "25006":
        return Refused("The query would change something, and only reading is allowed.")
    if state.startswith(("08", "53", "57")) or not state:
        return Unavailable(f"The database cannot be reached or went away: {words}")
    return Refused(f"The database says: {words}")
