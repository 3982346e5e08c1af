"""Calls to addresses that somebody else chose: to the public only, looked at for every connection.

What a name stands for is looked up once, and the connection goes to the very addresses that were
looked at: a name that changes its mind in between is of no use. Redirects are not followed,
answers are read up to a limit, and nothing of ours is sent along.

Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.rules.addresses import Allowed, IPAddress, is_public

ANSWER_MAX = 64 * 1024  # bytes of an answer that are read
NUMERIC = re.compile(r"(.*\.)?(0[xX][0-9a-fA-F]*|[0-9]+)\.?")  # what some resolvers read as one
ADDRESS = re.compile(r"https?://[^/?#@\s\\]+([/?][^#\s\\]*)?")
PORTS = (80, 443)  # of those below 1024: nothing else there speaks HTTP
UNPRIVILEGED = 1024
LOOKS_UP_WITHIN = 5.0  # seconds


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
        resolver: looks names up; the system's, when none is given.
    """

    def __init__(
        self, allowed: Sequence[str] = (), resolver: AbstractResolver | None = None
    ) -> None:
        self._allowed = Allowed(allowed)
        self._checked = _Checked(self._allowed, resolver)
        self._session: aiohttp.ClientSession | None = None

    def fault_of(self, url: str) -> str | None:
        """Why this address will never be called, as far as it shows by itself; or None."""
        return _fault_of(url, self._allowed)

    async def fault_at(self, url: str) -> str | None:
        """The same, with its host looked up now; it is looked up again for every call."""
        fault = self.fault_of(url)
        host = URL(url).host if fault is None else None
        if host is None or _literal(host) is not None:
            return fault
        try:
            async with asyncio.timeout(LOOKS_UP_WITHIN):
                await self._checked.resolve(host, 443, socket.AF_UNSPEC)
        except RefusedAddressError as problem:
            return str(problem)
        except (OSError, TimeoutError, UnicodeError):
            return "names a host that nobody knows"
        return None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, within: float) -> (
        Said | Lost
    ):  # fmt: skip
        """What the address answers within so many seconds."""
        return await self._call("POST", url, headers, body, within, ANSWER_MAX)

    async def get(self, url: str, within: float, most: int = ANSWER_MAX) -> Said | Lost:
        """What lies at the address, as far as so many bytes go."""
        return await self._call("GET", url, {}, None, within, most)

    async def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        within: float,
        most: int,
    ) -> Said | Lost:
        if fault := self.fault_of(url):
            return Lost(f"the address {fault}")
        timeout = aiohttp.ClientTimeout(total=within)
        sent = {**headers, "Accept-Encoding": "identity", "User-Agent": "signoff"}
        try:
            async with self._open().request(
                method, URL(url), data=body, headers=sent, timeout=timeout, allow_redirects=False
            ) as answer:
                return Said(answer.status, answer.headers, await _beginning(answer, most))
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
                resolver=self._checked, use_dns_cache=False, force_close=True
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return self._session


class RefusedAddressError(OSError):
    """A name stands for an address that is not public."""


class _Checked(AbstractResolver):
    """Looks names up, and gives back addresses only when every one of them may be called."""

    def __init__(self, allowed: Allowed, resolver: AbstractResolver | None) -> None:
        self._allowed = allowed
        self._given = resolver

    @cached_property
    def _resolver(self) -> AbstractResolver:
        return self._given or ThreadedResolver()  # which wants a running loop

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
                raise RefusedAddressError("names a host whose address is not public")
        return found

    async def close(self) -> None:
        """Nothing is open."""
        await self._resolver.close()


def _fault_of(url: str, allowed: Allowed) -> str | None:
    try:
        parts = URL(url)
        host = parts.host or ""
    except ValueError:
        return "is not a web address"
    if not url.isascii() or not ADDRESS.fullmatch(url) or not host or parts.user or parts.fragment:
        return "must be https://host/path, without a name, a password or a #"
    literal = _literal(host)
    is_exempt = allowed.names(host) or (
        literal is not None and allowed.takes(host, literal) and not is_public(literal)
    )
    if parts.scheme != "https" and not is_exempt:
        return "must start with https://"
    if literal is not None and not allowed.takes(host, literal):
        return "is not a public one"
    if literal is None and NUMERIC.fullmatch(host):
        return "spells a number as a host"
    if not is_exempt and not _is_usual(parts.port):
        return f"has the port {parts.port}, where no receiver listens"
    return None


def _is_usual(port: int | None) -> bool:
    return port is not None and (port in PORTS or port >= UNPRIVILEGED)


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)  # with its zone: a public address needs none
    except ValueError:
        return None


async def _beginning(answer: aiohttp.ClientResponse, most: int) -> bytes:
    kept = b""
    while len(kept) < most and (chunk := await answer.content.read(most - len(kept))):
        kept += chunk
    return kept


def _why(problem: Exception) -> str:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, RefusedAddressError):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return f"no connection ({type(problem).__name__})"
