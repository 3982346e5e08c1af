"""What the client costs a program, each figure beside its floor, in one run on this machine.

A program asks, one scripted person approves as soon as the card is there, and the program knows:
create and decide, through the whole server (in a process of its own) and its database. The floor is
the same two requests over a bare httpx client, and one httpx request that finds nothing.
Run: python -m bench.client
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median, quantiles
from time import perf_counter
from uuid import uuid4

import click
import httpx
from signoff import Action, Signoff, requires_approval
from signoff.testing import approve_all, server

from handlers.app import read_clock

ROUNDS = 5  # each contender in turn, so that a noisy minute hits all alike
SECONDS = 2.0  # of one round
CLIENTS = (1, 32)
QUEUE = "agent-actions"
PEER = 25.0  # round trips a second of the nearest peer, measured on this machine: 20 to 30
ARGS = {"paths": ["a.log", "b.log"]}

Work = Callable[[], Awaitable[object]]


class Contender:
    """One way to ask, and what it took."""

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.work = work
        self.rates: dict[int, list[float]] = {}
        self.delays: dict[int, list[float]] = {}

    async def measure(self, clients: int, seconds: float) -> None:
        """One round: so many at once, each again as soon as it knows."""
        delays: list[float] = []
        started = perf_counter()

        async def client() -> None:
            while (began := perf_counter()) < started + seconds:
                await self.work()
                delays.append(perf_counter() - began)

        await asyncio.gather(*(client() for _ in range(clients)))
        self.rates.setdefault(clients, []).append(len(delays) / (perf_counter() - started))
        self.delays.setdefault(clients, []).extend(delays)


def serve() -> None:
    """The server, with one person who approves everything, until its input ends."""
    with server(QUEUE, reviewer=approve_all, people=["ann"]) as box:
        sys.stdout.write(f"{box.url} {box.api_key}\n")
        sys.stdout.flush()
        sys.stdin.readline()


@asynccontextmanager
async def served() -> AsyncIterator[tuple[str, str]]:
    """The address and a key of a server in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.client", "serve",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout  # noqa: S101  it was opened with a pipe
    try:
        url, key = (await process.stdout.readline()).decode().split()
        yield url, key
        await process.communicate(b"\n")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def contenders(signoff: Signoff, bare: httpx.AsyncClient) -> list[Contender]:
    """Everything that is compared."""

    @requires_approval(queue=QUEUE, client=signoff)
    async def delete(paths: list[str]) -> None: ...

    async def ask() -> None:
        decision = await signoff.ask(QUEUE, action=Action("delete", ARGS))
        delays.append((read_clock() - decision.decided_at).total_seconds())

    async def guarded() -> None:
        await delete(ARGS["paths"])

    async def by_hand() -> None:
        body = {"queue": QUEUE, "kind": "approval", "key": uuid4().hex,
                "action": {"name": "delete", "args": ARGS}}  # fmt: skip
        item = (await bare.post("/v1/items", json=body)).json()
        (await bare.get(f"/v1/items/{item['id']}?wait=25")).raise_for_status()

    async def nothing() -> None:
        (await bare.get("/v1/items/ABCDEFGH")).json()

    delays: list[float] = []
    found = [
        Contender("ask: create + decide", ask),
        Contender("guarded call: and redeem, run, report", guarded),
        Contender("floor: the two requests, bare httpx", by_hand),
        Contender("floor: one request that finds nothing", nothing),
    ]
    found[0].delays[0] = delays
    return found


async def compare() -> None:
    """Measures everything in turn, and prints the table."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    async with served() as (url, key), Signoff(url, key) as signoff:
        known = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(
            base_url=url, headers=known, limits=limits, timeout=60
        ) as bare:
            everybody = contenders(signoff, bare)
            for one in everybody:
                await one.measure(4, 0.5)
            for _ in range(ROUNDS):
                for clients in CLIENTS:
                    for one in everybody:
                        await one.measure(clients, SECONDS)
    _print_table(everybody)


def _print_table(everybody: list[Contender]) -> None:
    by_hand = everybody[2]
    click.echo(f"{'round trip':<40} at once   per second   p50 ms   ratio to floor")
    for clients in CLIENTS:
        for one in everybody:
            pairs = zip(one.rates[clients], by_hand.rates[clients], strict=True)
            click.echo(
                f"{one.name:<40} {clients:>7}   {median(one.rates[clients]):>10,.0f}"
                f"   {median(one.delays[clients]) * 1000:>6.2f}"
                f"   {median(ours / theirs for ours, theirs in pairs):>14.2f}"
            )
    wakes = [delay * 1000 for delay in everybody[0].delays[0]]
    p95 = quantiles(wakes, n=20)[18]
    click.echo(
        f"outcome (its commit included) -> the program knows: p50 {median(wakes):.1f} ms, "
        f"p95 {p95:.1f} ms (n={len(wakes):,})   aim 100"
    )
    ratio = median(everybody[0].rates[1]) / PEER
    click.echo(
        f"create + decide, one at a time / the peer's {PEER:.0f} a second: {ratio:.1f}   aim 10"
    )


def main() -> None:
    """Compares; or, called by itself with a word, serves."""
    if sys.argv[1:] == ["serve"]:
        serve()
        return
    asyncio.run(compare())


if __name__ == "__main__":
    main()
