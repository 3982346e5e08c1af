"""Which addresses of the network anybody may have: the only ones that strangers may name to us.

Sources: the IANA special-purpose address registries of IPv4 and IPv6, as of 2025; OWASP Server-Side
Request Forgery Prevention Cheat Sheet. Python's own `is_global` differs from version to version.
"""

import ipaddress
from collections.abc import Sequence

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_SPECIAL = tuple(
    ipaddress.ip_network(stated)
    for stated in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own; some clouds keep their metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform, which looks public and is not
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "2001::/23",  # Teredo among others
        "2001:db8::/32",
        "2002::/16",  # 6to4: wraps an IPv4 address
        "3fff::/20",
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")  # all that is handed out so far
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
_NEVER = tuple(  # whatever an operator allows by name: nobody means these
    ipaddress.ip_network(stated)
    for stated in ("0.0.0.0/32", "169.254.0.0/16", "224.0.0.0/4", "::/128", "fe80::/10", "ff00::/8")
)


def is_public(address: IPAddress) -> bool:
    """Whether anybody on the Internet could have this address; wrapped ones are unwrapped."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = unwrapped(address)
        if inner is not address:
            return is_public(inner)
        if address.scope_id or address not in _PUBLIC_6:
            return False
    return not _is_in(address, _SPECIAL)


def unwrapped(address: IPAddress) -> IPAddress:
    """The IPv4 address within an IPv6 one that a host or a gateway would unwrap; else itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


class Allowed:
    """What an operator lets us call besides the public: hosts by name, and networks."""

    def __init__(self, stated: Sequence[str] = ()) -> None:
        self._networks = [network for each in stated if (network := _network(each))]
        self._names = {each.lower().rstrip(".") for each in stated if not _network(each)}

    def names(self, host: str) -> bool:
        """Whether this host is allowed by its name."""
        return host.lower().rstrip(".") in self._names

    def takes(self, host: str, address: IPAddress) -> bool:
        """Whether a connection to this address of this host may be opened."""
        if _is_in(unwrapped(address), self._networks) or is_public(address):
            return True
        return self.names(host) and not _is_in(unwrapped(address), _NEVER)


def _is_in(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    return any(address.version == one.version and address in one for one in networks)


def _network(stated: str) -> IPNetwork | None:
    try:
        return ipaddress.ip_network(stated)
    except ValueError:
        return None
