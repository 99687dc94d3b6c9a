"""Which addresses may be asked: public unicast ones only, resolved once, all of them checked.

A name is resolved here and nowhere else; the transport connects to the numbers that were checked (`transport`), so a
name that answers differently the second time (DNS rebinding) gains nothing, and so do decimal, octal or hexadecimal
forms of an address: what counts is the number at the end.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence

from muster.base.errors import RemoteError

Resolver = Callable[[str, int], Sequence[str]]
"""Addresses of a host and port, as text; raises OSError where there are none."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges that Python's is_global lets through (3.11) although they are no public hosts. IANA special-purpose registries
# (IPv4, IPv6), as of 2025; the last is the address of a cloud provider's host agent, public in form only.
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "3fff::/20", "5f00::/16", "fec0::/10", "168.63.129.16/32",
    )
)  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def refusal(address: str) -> str:
    """Return why an address may not be asked ("loopback"), empty if it may.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as itself.
    """
    try:
        parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return "no address"
    inner = _inner(parsed)
    if inner is not None:
        return refusal(str(inner))
    kinds = (
        (parsed.is_unspecified, "unspecified"),
        (parsed.is_loopback, "loopback"),
        (parsed.is_link_local, "link-local"),
        (parsed.is_multicast, "multicast"),
        (parsed.is_private, "private or reserved"),
        (parsed.is_reserved, "reserved"),
        (any(parsed in network for network in _CLOSED if network.version == parsed.version), "reserved"),
        (not parsed.is_global, "not public"),
    )
    return next((why for is_so, why in kinds if is_so), "")


def _inner(address: _Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses that the operating system gives for a host, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(
    host: str, port: int, *, resolver: Resolver, allow_private: bool, timeout_s: float
) -> tuple[str, ...]:
    """Return the addresses of a host, all of which may be asked.

    One address that may not be asked refuses the whole host: a name that mixes public and private addresses is an
    attack or a mistake.

    Raises
    ------
    RemoteError
        The name does not resolve in time, or to an address that may not be asked.
    """
    addresses = _resolved(host, port, resolver, timeout_s)
    if not addresses:
        raise RemoteError(f"{host}: the name has no address", next_step="Check the URL")
    if not allow_private:
        for address in addresses:
            why = refusal(address)
            if why:
                raise RemoteError(
                    f"{host}: address {address} is {why}", rule="only public addresses are asked",
                    next_step="Drop the URL",
                )  # fmt: skip
    return tuple(addresses)


def _resolved(host: str, port: int, resolver: Resolver, timeout_s: float) -> Sequence[str]:
    """The resolver's answer; it runs in a thread of its own because getaddrinfo cannot be bounded in time."""
    answer: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(max(0.0, timeout_s))
    if not answer:
        raise RemoteError(f"{host}: the name did not resolve in {timeout_s:.0f} s", next_step="Try again later")
    found = answer[0]
    if isinstance(found, Exception):
        reason = getattr(found, "strerror", None) or "no valid name"
        raise RemoteError(f"{host}: {reason.lower()}", next_step="Check the URL")
    return found
