"""What a click costs, beside its floors, in one run on this machine.

Click -> durable -> acknowledged over Socket Mode, with the real slack-bolt in a process of its own:
Signoff, and beside it the same client with a listener that only acknowledges (the no-op floor), and
one raw SQLite commit of the rows that a click writes. Answers to people (the card shown anew, the
receipt) follow the acknowledgement; they are counted, and have their own line.
Run: python -m bench.clicks
"""

import asyncio
import json
import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import aiohttp
import click
import uvloop
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.buttons import vote_id
from bot.content import SUBMISSION
from bot.flows.opening import Producer, open_item
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.app import House, read_clock
from handlers.slack.door import run_slack
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Memory

ROUNDS = 5  # each contender in turn, so that a noisy minute hits all alike
CLICKS = {1: 100, 32: 900}  # of one round, by clicks in flight
VOTERS = 2  # one vote each on every item; the second settles it
ITEMS = (sum(CLICKS.values()) * ROUNDS + 600) // VOTERS + 1
PAUSE = 0.004  # seconds between raw commits, about what lies between the clicks of one person

Json = dict[str, Any]


class Workspace:
    """Slack, as far as a click needs it: one socket to each bot, and answers that cost little."""

    def __init__(self) -> None:
        self.sockets: dict[str, asyncio.Future[web.WebSocketResponse]] = {}
        self.answers = 0
        self.address = ""
        self._acks: dict[str, asyncio.Future[float]] = {}
        self._sent = 0

    def routes(self) -> list[web.RouteDef]:
        """What the bots call."""
        return [
            web.route("*", "/{bot}/api/{method}", self.call),
            web.get("/{bot}/socket", self.socket),
            web.post("/answer", self.answer),
        ]

    async def call(self, request: web.Request) -> web.Response:
        """Any method of the Web API."""
        bot, method = request.match_info["bot"], request.match_info["method"]
        asked = await request.post()
        answers: dict[str, Json] = {
            "apps.connections.open": {"url": f"{self.address.replace('http', 'ws')}/{bot}/socket"},
            "auth.test": {"team_id": "T1", "user_id": "UBOT", "bot_id": "B1"},
            "users.info": {"user": {"id": asked.get("user", ""), "team_id": "T1"}},
        }
        said = answers.get(method, {"channel": "C1", "ts": "1.000001"})
        return web.json_response({"ok": True, **said})

    async def answer(self, request: web.Request) -> web.Response:
        """A response_url."""
        await request.read()
        self.answers += 1
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """One bot's socket: acknowledgements come in."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.socket_of(request.match_info["bot"]).set_result(socket)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                said = json.loads(message.data)
                if waiting := self._acks.pop(said.get("envelope_id", ""), None):
                    waiting.set_result(perf_counter())
        return socket

    async def answered(self, bot: str) -> None:
        """Returns when the last click's two answers have come, from a bot that gives any."""
        awaited = self.answers + 2
        give_up_at = perf_counter() + (0.1 if bot == "signoff" else 0.001)
        while self.answers < awaited and perf_counter() < give_up_at:  # noqa: ASYNC110  polled
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.002)

    def socket_of(self, bot: str) -> asyncio.Future[web.WebSocketResponse]:
        """The bot's socket, once it is there."""
        if bot not in self.sockets:
            self.sockets[bot] = asyncio.get_running_loop().create_future()
        return self.sockets[bot]

    async def press(self, bot: str, user: str, action_id: str, ts: str) -> float:
        """Seconds from a click to its acknowledgement."""
        self._sent += 1
        envelope_id = f"e{self._sent}"
        payload = {
            "type": "block_actions",
            "team": {"id": "T1", "domain": "bench"},
            "user": {"id": user, "name": user, "team_id": "T1"},
            "api_app_id": "A1",
            "token": "t",
            "trigger_id": f"{self._sent}.1.abcdef",
            "response_url": f"{self.address}/answer",
            "container": {"type": "message", "message_ts": ts, "channel_id": "C1"},
            "channel": {"id": "C1", "name": "approvals"},
            "message": {"type": "message", "ts": ts, "text": "x", "bot_id": "B1"},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "r1.5",
                         "text": {"type": "plain_text", "text": "spam"}, "action_ts": "1.2"}],
        }  # fmt: skip
        envelope = {
            "type": "interactive",
            "envelope_id": envelope_id,
            "accepts_response_payload": True,
            "payload": payload,
        }
        waiting = self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        socket = await self.socket_of(bot)
        sent_at = perf_counter()
        await socket.send_str(json.dumps(envelope))
        async with asyncio.timeout(10):
            return float(await waiting - sent_at)


class Contender:
    """A bot in a process of its own."""

    def __init__(self, name: str, workspace: Workspace, pid: int, ids: list[str]) -> None:
        self.name = name
        self.rates: dict[int, list[float]] = {}
        self.delays: dict[int, list[float]] = {}
        self.cpu: dict[int, list[float]] = {}
        self.answered: list[float] = []  # seconds from the last acknowledgement to the last answer
        self._workspace = workspace
        self._pid = pid
        self._clicks = self._all_clicks(ids)

    async def measure(self, in_flight: int, count: int) -> None:
        """One round: so many people, each clicking again as soon as they are acknowledged."""
        delays: list[float] = []
        todo = iter(range(count))
        spent, started = self._cpu_seconds(), perf_counter()

        async def person() -> None:
            for _ in todo:
                delay = await self._workspace.press(self.name, *next(self._clicks))
                delays.append(delay)
                if in_flight == 1:  # one person alone clicks again once they are answered
                    await self._workspace.answered(self.name)

        await asyncio.gather(*(person() for _ in range(in_flight)))
        took = perf_counter() - started
        self.rates.setdefault(in_flight, []).append(count / took)
        self.delays.setdefault(in_flight, []).extend(delays)
        self.cpu.setdefault(in_flight, []).append((self._cpu_seconds() - spent) / count)
        self.answered.append(await self._rest())

    async def _rest(self) -> float:
        """Waits until no more answers come; how long the last one took."""
        started = answered_at = perf_counter()
        seen = -1
        while perf_counter() - answered_at < 0.3:
            if seen != self._workspace.answers:
                seen, answered_at = self._workspace.answers, perf_counter()
            await asyncio.sleep(0.01)
        return answered_at - started

    def _all_clicks(self, ids: list[str]) -> Iterator[tuple[str, str, str]]:
        for voter in range(VOTERS):
            for number, item_id in enumerate(ids, 1):
                yield f"U{voter}", vote_id(item_id, "spam", ("spam", "ham")), f"1.{number:06}"

    def _cpu_seconds(self) -> float:
        """What the bot's process has used so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self._pid}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def a_house(url: str, api_url: str) -> House:
    """One queue, two reviewers."""
    policy = Policy(
        due_in=timedelta(hours=5),
        cost_per_review_usd=Decimal("0.50"),
        reviewers=tuple(f"p{n}" for n in range(VOTERS)),
        votes_needed=VOTERS,
        cards_at_most=1_000,
    )
    queue = Queue(name="moderation", title="Labels", kinds=("label",), policy=policy, slack="C1")
    people = {f"p{n}": Person(id=f"p{n}", name=f"P{n}", slack=f"U{n}") for n in range(VOTERS)}
    env = {
        "SIGNOFF_DATABASE_URL": url,
        "SIGNOFF_SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_APP_TOKEN": "xapp-bench",
    }
    rulebook = Rulebook(queues={queue.name: queue}, people=people)
    return House(Settings.read(env), rulebook, Memory(open_engine(url)))


def fill(path: Path) -> list[str]:
    """A database with open items, each posted as a card; the items' ids."""
    url = f"sqlite:///{path}"
    migrate(url)
    house = a_house(url, "http://127.0.0.1/")
    ids = []
    for number in range(ITEMS):
        content = SUBMISSION.validate_python(
            {"queue": "moderation", "kind": "label", "key": f"k{number}",
             "choices": ["spam", "ham"], "body": "You won! Call now"}
        )  # fmt: skip
        opened = house.do_now(open_item, house.rulebook, Producer("b"), content, read_clock())
        ids.append(opened.item.id)
    house.close()
    with sqlite3.connect(path) as database:
        database.execute(
            "UPDATE placed_card SET shown = wanted, message_ref = printf('1.%06d', id)"
        )
    return ids


class RawCommits:
    """The floor of the disk: one durable commit of what a click writes, and nothing around it.

    They are spread over the rounds and paced like the clicks of one person, since a disk that has
    just been idle, or that others keep busy, takes many times longer than one in a tight loop.
    """

    def __init__(self, path: Path) -> None:
        self.took: list[float] = []  # seconds
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._ids = [row[0] for row in self._database.execute("SELECT id FROM item")]
        self._line = self._database.execute("SELECT * FROM ledger LIMIT 1").fetchone()
        self._seq = self._database.execute("SELECT max(seq) FROM ledger").fetchone()[0]

    async def measure(self, count: int) -> None:
        """One round: vote, item, card and history, each time in one commit."""
        for _ in range(count):
            self._seq += 1
            started = perf_counter()
            self._commit(self._ids[self._seq % len(self._ids)])
            self.took.append(perf_counter() - started)
            await asyncio.sleep(PAUSE)

    def _commit(self, item_id: str) -> None:
        run = self._database.execute
        run("BEGIN IMMEDIATE")
        run(
            "INSERT INTO vote (item_id, person_id, choice, reason, as_senior, cast_at, source) "
            "VALUES (?, ?, 'spam', NULL, 0, 1, 'slack')",
            (item_id, f"raw{self._seq}"),
        )
        run("UPDATE item SET revision = revision + 1 WHERE id = ?", (item_id,))
        marks = ",".join("?" * len(self._line))
        run(
            f"INSERT INTO ledger VALUES ({marks})",  # noqa: S608  question marks only
            (self._seq, *self._line[1:]),
        )
        run("UPDATE placed_card SET wanted = wanted + 1 WHERE item_id = ?", (item_id,))
        run("COMMIT")


@asynccontextmanager
async def contender(
    name: str, workspace: Workspace, folder: str, ids: list[str]
) -> AsyncIterator[Contender]:
    """The bot, started and at the end stopped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.clicks", name, folder, f"{workspace.address}/{name}/api/",
        stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(20):
            await workspace.socket_of(name)
        yield Contender(name, workspace, process.pid, ids)
        await process.communicate(b"\n")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_bot(name: str, folder: str, api_url: str) -> None:
    """Serves one contender until its input ends."""
    asked = asyncio.get_running_loop().run_in_executor
    if name == "signoff":
        house = a_house(f"sqlite:///{Path(folder) / 'clicks.db'}", api_url)
        async with run_slack(house):
            await asked(None, sys.stdin.readline)
        house.close()
        return
    app = AsyncApp(
        client=AsyncWebClient("xoxb-bench", base_url=api_url), process_before_response=True
    )

    @app.action(re.compile(""))
    async def noop(ack: Any) -> None:
        await ack()

    handler = AsyncSocketModeHandler(app, "xapp-bench")
    handler.client.proxy = None
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types there
    await asked(None, sys.stdin.readline)
    await handler.close_async()  # type: ignore[no-untyped-call]  # as above


async def compare(folder: str) -> None:
    """Measures both in turn, and prints the table."""
    workspace = Workspace()
    web_app = web.Application()
    web_app.add_routes(workspace.routes())
    runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    workspace.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ids = fill(Path(folder) / "clicks.db")
    commits = raw_commits_of_a_copy(folder)
    async with (
        contender("signoff", workspace, folder, ids) as ours,
        contender("no-op", workspace, folder, ids) as noop,
    ):
        for one in (ours, noop):
            await one.measure(8, 200)
            one.delays.clear()
            one.answered.clear()
        for _ in range(ROUNDS):
            for in_flight, count in CLICKS.items():
                for one in (ours, noop):
                    await one.measure(in_flight, count)
            await commits.measure(CLICKS[1])
    await runner.cleanup()
    check_that_all_counted(Path(folder) / "clicks.db")
    _print_table(ours, noop, commits.took)


def raw_commits_of_a_copy(folder: str) -> RawCommits:
    """The floor of the disk, on a database of the same size."""
    copy = Path(folder) / "copy.db"
    source = sqlite3.connect(Path(folder) / "clicks.db")
    target = sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return RawCommits(copy)


def check_that_all_counted(path: Path) -> None:
    """Fails when a click was acknowledged and is not in the database."""
    with sqlite3.connect(path) as database:
        (count,) = database.execute("SELECT count(*) FROM vote").fetchone()
    sent = 200 + ROUNDS * sum(CLICKS.values())
    if count != sent:
        raise RuntimeError(f"{sent} clicks were acknowledged, {count} votes are there")


def _print_table(ours: Contender, noop: Contender, commits: list[float]) -> None:
    commit = median(commits) * 1000
    click.echo("click -> ack         in flight   per second   p50 ms   p99 ms   CPU ms")
    for in_flight in CLICKS:
        for one in (ours, noop):
            delays = one.delays[in_flight]
            click.echo(
                f"{one.name:<20} {in_flight:>9}   {median(one.rates[in_flight]):>10,.0f}"
                f"   {median(delays) * 1000:>6.2f}   {quantiles(delays, n=100)[98] * 1000:>6.2f}"
                f"   {median(one.cpu[in_flight]) * 1000:>6.2f}"
            )
    click.echo(f"one raw commit of the same rows: p50 {commit:.2f} ms")
    p50, floor = median(ours.delays[1]) * 1000, median(noop.delays[1]) * 1000
    click.echo(f"G1  p50 / (no-op + one commit)      {p50 / (floor + commit):.2f}   aim 1.5")
    pairs = zip(ours.rates[32], noop.rates[32], strict=True)
    click.echo(
        f"G3  rate at 32 / no-op's rate       {median(a / b for a, b in pairs):.2f}   aim 0.6"
    )
    cpu = median(ours.cpu[32]) / median(noop.cpu[32])
    click.echo(f"G4  CPU per click / no-op's         {cpu:.2f}   aim 2, answers included as sent")
    click.echo(f"answers after the last ack, worst round: {max(ours.answered):.2f} s")


def main() -> None:
    """Compares; or, called by itself with three words, serves one contender."""
    if len(sys.argv) == 4:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_bot(*sys.argv[1:]))
        return
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        runner.run(compare(folder))


if __name__ == "__main__":
    main()
