"""Asking what addresses a name has, and not for longer than one is willing to wait; and which are public.

The resolver itself knows no time-out that a caller could set: a name server that says nothing would hold a
worker for as long as it is configured to, half a minute and more.
"""

import ipaddress
import socket
import threading

SECONDS = 4.0
# Addresses that carry an IPv4 address to wherever a gateway of the network sends it
_CARRIERS = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96")
)


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


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet's: not private, loopback, link-local, metadata,
    shared, reserved or multicast, nor one that carries such an address within it."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local or any(ip in net for net in _CARRIERS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
