"""Which network addresses foreign links may lead to: an explicit table, asked about the address really connected.

`ipaddress.is_private` is no substitute: it lets NAT64, 6to4 and site-local addresses pass and changes between
Python versions. The rows follow the special-purpose registries of IANA (RFC 6890 and its updates).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

VENUE: Final = {
    "127.0.0.0/8": "this machine itself",
    "::1/128": "this machine itself",
    "10.0.0.0/8": "a private network",
    "172.16.0.0/12": "a private network",
    "192.168.0.0/16": "a private network",
    "fc00::/7": "a private network",
}
"""What `allow_private` opens: loopback, RFC 1918 and unique local addresses, where a venue's own server stands.

Link-local and shared (100.64.0.0/10) addresses stay shut even then: cloud machines keep their keys there.
"""

NEVER: Final = {
    "0.0.0.0/8": "no address at all",
    "100.64.0.0/10": "a provider's shared network",
    "168.63.129.16/32": "a cloud machine's own service",
    "169.254.0.0/16": "a link-local address",
    "192.0.0.0/24": "an address kept for protocols",
    "192.0.2.0/24": "an address for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "198.18.0.0/15": "an address for benchmarks",
    "198.51.100.0/24": "an address for documentation",
    "203.0.113.0/24": "an address for documentation",
    "224.0.0.0/4": "a multicast address",
    "240.0.0.0/4": "a reserved address",
    "::/96": "an IPv4 address in disguise",
    "::ffff:0:0:0/96": "an IPv4 address in disguise",
    "64:ff9b:1::/48": "a local address translator",
    "100::/64": "an address that discards",
    "2001::/23": "a tunnel or protocol address",
    "2001:db8::/32": "an address for documentation",
    "2002::/16": "a 6to4 tunnel",
    "3fff::/20": "an address for documentation",
    "fd00:ec2::/32": "a cloud machine's own service",
    "fe80::/10": "a link-local address",
    "fec0::/10": "a site-local address",
    "ff00::/8": "a multicast address",
}
"""What stays shut always."""

_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_GLOBAL_V6: Final = IPv6Network("2000::/3")


def _table(rows: dict[str, str]) -> tuple[tuple[IPv4Network | IPv6Network, str], ...]:
    return tuple((ip_network(network), words) for network, words in rows.items())


_VENUE: Final = _table(VENUE)
_NEVER: Final = _table(NEVER)


def objection(address: str, *, allow_private: bool) -> str:
    """Say what speaks against connecting to a numeric address, "" where nothing does.

    An IPv4 address inside an IPv6 one counts as itself. Behind NAT64 (`64:ff9b::/96`, how IPv6-only venues
    reach IPv4) only public ones are good, whatever `allow_private` says: RFC 6052, section 3.1.
    """
    try:
        number = ip_address(address.partition("%")[0])
    except ValueError:
        return "not a numeric address"
    if isinstance(number, IPv6Address):
        if number in _MAPPED:
            number = _inner(number)
        elif number in _NAT64:
            number, allow_private = _inner(number), False
    return _objection(number, allow_private=allow_private)


def _inner(number: IPv6Address) -> IPv4Address:
    return IPv4Address(int(number) & 0xFFFFFFFF)


def _objection(number: IPv4Address | IPv6Address, *, allow_private: bool) -> str:
    never = _row(_NEVER, number)
    venue = _row(_VENUE, number)
    if venue and (never == "" or number == IPv6Address("::1")):
        return "" if allow_private else venue
    if never:
        return never
    if isinstance(number, IPv6Address) and number not in _GLOBAL_V6:
        return "not a public address"
    return ""


def _row(table: tuple[tuple[IPv4Network | IPv6Network, str], ...], number: IPv4Address | IPv6Address) -> str:
    return next((words for network, words in table if number.version == network.version and number in network), "")
