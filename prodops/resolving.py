"""Asking what addresses a name has, and not for longer than one is willing to wait.

The resolver itself knows no time-out that a caller could set: a name server that says nothing would hold a
worker for as long as it is configured to, half a minute and more.
"""

import socket
import threading

SECONDS = 4.0


class Silent(OSError):
    """No answer within the time."""


def addresses_of(host: str, port: int, *, seconds: float = SECONDS) -> list[str]:
    """The IP addresses of a host, in the resolver's order.

    Raises `Silent` after `seconds`, OSError for a name that has none, UnicodeError for what is no name.
    """
    found: list[str] = []
    fault: list[Exception] = []

    def look() -> None:
        try:
            found.extend(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            fault.append(error)

    # A thread of its own: the resolver cannot be called off, only left behind, and it gives up by itself.
    asked = threading.Thread(target=look, daemon=True, name="resolving")
    asked.start()
    asked.join(max(seconds, 0.0))
    if asked.is_alive():
        raise Silent(f"Nobody said within {seconds:.0f} seconds where {host} is.")
    if fault:
        raise fault[0]
    return found
