"""Calls to addresses that somebody else chose: to the public only, looked at for every connection.

What a name stands for is looked up once, and the connection goes to the very addresses that were
looked at: a name that changes its mind in between is of no use. Redirects are not followed,
answers are read up to a limit, and nothing of ours is sent along.

Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet.
"""

import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

ANSWER_MAX = 64 * 1024  # bytes of an answer that are read
ADDRESS = re.compile(r"https?://[^/?#@\s\\]+([/?][^#\s\\]*)?")
EMBEDDING = ipaddress.ip_network("64:ff9b::/96")  # NAT64: an IPv4 address in its last 32 bits

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Said:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def retry_after(self, now: datetime) -> float:
        """Seconds for which it asks to be left alone; 0 when it does not, or not clearly."""
        stated = self.headers.get("Retry-After", "").strip()
        if stated.isascii() and stated.isdecimal():
            return float(stated[:9])
        try:
            return max(0.0, (parsedate_to_datetime(stated) - now).total_seconds())
        except (TypeError, ValueError):
            return 0.0


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing came back, or nothing was sent."""

    why: str  # for an operator; never a word of what the other side said


class Outside:
    """The way out. Lives in one event loop.

    Args:
        allowed: hosts and networks that are not public, and may be called all the same, without
            TLS too: an operator's own (SIGNOFF_WEBHOOK_ALLOW).
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = Allowed(allowed)
        self._session: aiohttp.ClientSession | None = None

    def fault_of(self, url: str) -> str | None:
        """Why this address will never be called, as far as it shows by itself; or None."""
        return _fault_of(url, self._allowed)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, within: float) -> (
        Said | Lost
    ):  # fmt: skip
        """What the address answers within so many seconds."""
        if fault := self.fault_of(url):
            return Lost(f"the address {fault}")
        timeout = aiohttp.ClientTimeout(total=within)
        sent = {**headers, "Accept-Encoding": "identity", "User-Agent": "signoff"}
        try:
            async with self._open().post(
                URL(url), data=body, headers=sent, timeout=timeout, allow_redirects=False
            ) as answer:
                return Said(answer.status, answer.headers, await _beginning(answer))
        except TimeoutError:
            return Lost(f"no answer within {within:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            return Lost(_why(problem))

    async def close(self) -> None:
        """Lets every connection go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_Checked(self._allowed), use_dns_cache=False, force_close=True
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return self._session


class Allowed:
    """What an operator lets us call besides the public."""

    def __init__(self, stated: Sequence[str]) -> None:
        self._networks = [network for each in stated if (network := _network(each))]
        self._names = {each.lower().rstrip(".") for each in stated if not _network(each)}

    def names(self, host: str) -> bool:
        """Whether this host is allowed by its name."""
        return host.lower().rstrip(".") in self._names

    def takes(self, host: str, address: IPAddress) -> bool:
        """Whether a connection to this address of this host may be opened."""
        is_listed = any(
            address.version == network.version and address in network for network in self._networks
        )
        return is_listed or self.names(host) or is_public(address)


class RefusedAddressError(OSError):
    """A name stands for an address that is not public."""


class _Checked(AbstractResolver):
    """Looks names up, and gives back addresses only when every one of them may be called."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses.

        Raises:
            RefusedAddressError: one of them is none of ours to call.
        """
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if not self._allowed.takes(host, ipaddress.ip_address(each["host"].partition("%")[0])):
                raise RefusedAddressError("the host stands for an address that is not public")
        return found

    async def close(self) -> None:
        """Nothing is open."""
        await self._resolver.close()


def is_public(address: IPAddress) -> bool:
    """Whether anybody on the Internet could have this address, embedded ones looked at too."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None or (address.ipv4_mapped is None and not address.is_global):
            return False
        if address in EMBEDDING:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not is_special


def _fault_of(url: str, allowed: Allowed) -> str | None:
    try:
        parts = URL(url)
        host = parts.host or ""
    except ValueError:
        return "is not a web address"
    if not ADDRESS.fullmatch(url) or not host or parts.user or parts.fragment:
        return "must be https://host/path, without a name, a password or a #"
    literal = _literal(host)
    is_exempt = allowed.names(host) or (
        literal is not None and allowed.takes(host, literal) and not is_public(literal)
    )
    if parts.scheme != "https" and not is_exempt:
        return "must start with https://"
    if literal is not None and not allowed.takes(host, literal):
        return "is not a public one"
    return None


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _network(stated: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(stated)
    except ValueError:
        return None


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    kept = b""
    while len(kept) < ANSWER_MAX and (chunk := await answer.content.read(ANSWER_MAX - len(kept))):
        kept += chunk
    return kept


def _why(problem: Exception) -> str:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return f"no connection ({type(problem).__name__})"
