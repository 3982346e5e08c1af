"""Pages over real sockets: a receiver that takes what PagerDuty documents, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, TypeVar, cast

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

from bot.content import SUBMISSION
from bot.facts import Item
from bot.flows import oncall, opening, rosters
from bot.flows.opening import Producer
from bot.rules.oncall import OnCall
from config.policies import Step
from config.schedules import Layer, Schedule
from config.settings import Settings
from handlers.app import House
from handlers.clock import tick
from handlers.oncall.door import run_oncall
from storage import notices
from storage.engine import open_engine
from storage.unit import Memory, Unit
from tests.doors.http_house import APPROVAL, NOON, a_rulebook, vote
from tests.patience import PATIENCE

T = TypeVar("T")
APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
KEY = "R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY01"
EVENT = Draft202012Validator(  # source: PagerDuty's reference/events-v2/openapiv3.json
    {
        "type": "object",
        "required": ["routing_key", "event_action"],
        "properties": {
            "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
            "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
            "dedup_key": {"type": "string", "maxLength": 255},
            "client": {"type": "string"},
            "payload": {
                "type": "object",
                "required": ["summary", "source", "severity"],
                "properties": {
                    "summary": {"type": "string", "minLength": 1, "maxLength": 1024},
                    "source": {"type": "string"},
                    "severity": {"enum": ["critical", "error", "warning", "info"]},
                    "component": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"event_action": {"const": "trigger"}}},
                "then": {"required": ["payload"]},
                "else": {"required": ["dedup_key"]},
            }
        ],
    }
)


@dataclass
class Receiver:
    """PagerDuty, a server with a calendar, and a pager that apprise posts to."""

    address: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    queries: list[Any] = field(default_factory=list)
    oncalls: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # instead of a 202
    calendar: str = ""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def enqueue(self, request: web.Request) -> web.Response:
        if self.answers:
            status, headers = self.answers.pop(0)
            self.heard.set()
            return web.json_response({}, status=status, headers=headers)
        event = json.loads(await request.text())
        faults = [fault.message for fault in EVENT.iter_errors(event)]
        self.refused += faults
        if faults:
            return web.json_response({"status": "invalid event", "errors": faults}, status=400)
        self.events.append(event)
        self.heard.set()
        body = {"status": "success", "message": "Event processed", "dedup_key": event["dedup_key"]}
        return web.json_response(body, status=202)

    async def list_oncalls(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Token token=read-only":
            return web.json_response({}, status=401)
        if request.headers.get("Accept") != "application/vnd.pagerduty+json;version=2":
            return web.json_response({}, status=400)
        self.queries.append(request.query)
        start = int(request.query["offset"])
        page = self.oncalls[start : start + 1]
        more = len(self.oncalls) > start + 1
        return web.json_response({"oncalls": page, "limit": 1, "offset": start, "more": more})

    async def show_calendar(self, _request: web.Request) -> web.Response:
        if not self.calendar:
            return web.Response(status=500)
        return web.Response(text=self.calendar, content_type="text/calendar")

    async def note(self, request: web.Request) -> web.Response:
        self.notes.append(json.loads(await request.text()))
        self.heard.set()
        return web.Response(status=200)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Receiver"]:
        app = web.Application()
        app.router.add_post("/v2/enqueue", self.enqueue)
        app.router.add_get("/oncalls", self.list_oncalls)
        app.router.add_get("/team.ics", self.show_calendar)
        app.router.add_post("/note", self.note)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()


@dataclass
class Scene:
    """A house whose pagers are on this machine."""

    house: House
    receiver: Receiver

    async def item(self) -> Item:
        content = SUBMISSION.validate_python(APPROVAL)
        house, agent = self.house, Producer("agent")
        return (await house.do(opening.open_item, house.rulebook, agent, content, NOON)).item

    async def page(self, **whom: str) -> Item:
        item = await self.item()
        house = self.house
        headline = "Delete files: a.log" + "x" * 2_000
        count = await house.do(
            oncall.page, house.rulebook, item, house.now(), headline=headline, **whom
        )
        assert count
        return item

    async def settle(self, item: Item) -> None:
        await vote(self.house, item.id, "reject")
        await self.house.do(oncall.resolve_pages, item.id, self.house.now())

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.receiver.heard.clear()
                try:
                    async with asyncio.timeout(0.1):
                        await self.receiver.heard.wait()
                except TimeoutError:
                    continue

    async def fate(self, key: str) -> str:
        """Why a notice was given up, once it was."""

        def look(unit: Unit) -> str:
            row = notices.find(unit.connection, key)
            return str(row.gone or "") if row else ""

        return await seen(lambda: self.house.see(look))


async def seen(look: Callable[[], Awaitable[T]]) -> T:
    """What a look brings, once it brings something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110  the database tells nobody
            await asyncio.sleep(0.05)
    return found


@asynccontextmanager
async def a_scene(url: str, *, is_running: bool = True, **stated: Any) -> AsyncIterator[Scene]:
    async with Receiver().open() as receiver:
        pager = receiver.address.replace("http://", "json://")
        env = {
            "SIGNOFF_DATABASE_URL": url,
            "PAGERDUTY_EVENTS_URL": receiver.address,
            "PAGERDUTY_API_URL": receiver.address,
            "PAGERDUTY_API_TOKEN": "read-only",
            "PAGERDUTY_ROUTING_KEY": KEY,
            "SIGNOFF_PAGING_URLS": json.dumps({"ann-phone": [f"{pager}/note"], "odd": ["no://x"]}),
            "SIGNOFF_WEBHOOK_ALLOW": "127.0.0.1",
        }
        layer = Layer(
            name="days", people=("ann", "ben"), unit="days", every=1, handoff=time(12),
            starts_on=date(2026, 3, 2),
        )  # fmt: skip
        if calendar := stated.pop("calendar", None):
            stated["calendar"] = f"{receiver.address}{calendar}"
        ops = Schedule(name="ops", title="Ops", zone="UTC", layers=(layer,), **stated)
        named = {"schedules": {"ops": ops}, "pagers": {"ann": ("ann-phone",)}}
        rulebook = a_rulebook().model_copy(update=named)
        house = House(Settings.read(env), rulebook, Memory(open_engine(url)))
        loop = asyncio.get_running_loop()
        begun = loop.time()
        house.now = lambda: NOON + timedelta(seconds=loop.time() - begun)
        scene = Scene(house, receiver)
        door = asyncio.create_task(run_oncall(house, poll_every=0.05)) if is_running else None
        try:
            yield scene
        finally:
            if door is not None:
                door.cancel()
                await asyncio.gather(door, return_exceptions=True)
            house.close()


async def test_pagerduty_is_told_of_an_item_and_of_its_end(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, pagers=("pagerduty",)) as scene:
        item = await scene.page(schedule="ops")
        await scene.until(lambda: scene.receiver.events)
        await scene.settle(item)
        await scene.until(lambda: len(scene.receiver.events) == 2)

        trigger, resolve = scene.receiver.events
        assert scene.receiver.refused == []
        assert (trigger["event_action"], trigger["dedup_key"]) == ("trigger", item.id)
        assert trigger["payload"]["summary"].startswith("Signoff needs an answer: Delete files")
        assert resolve == {
            "routing_key": KEY, "event_action": "resolve", "dedup_key": item.id
        }  # fmt: skip


async def test_an_escalation_triggers_an_event_and_its_end_resolves_it(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, pagers=("pagerduty",)) as scene:
        house = scene.house
        queue = house.rulebook.queues["agent-actions"]
        steps = (Step(to=("schedule:ops",)),)
        stated = {"escalation": steps, "reviewers": ("ben",), "seniors": ("ann",)}
        policy = queue.policy.model_copy(update=stated)
        ann = house.rulebook.people["ann"].model_copy(update={"roles": frozenset({"senior"})})
        house.rulebook = house.rulebook.model_copy(
            update={
                "queues": {"agent-actions": queue.model_copy(update={"policy": policy})},
                "people": {**house.rulebook.people, "ann": ann},
            }
        )
        item = await scene.item()

        await vote(house, item.id, "unsure", "ben")
        await scene.until(lambda: scene.receiver.events)
        await vote(house, item.id, "reject", "ann")
        await tick(house)
        await scene.until(lambda: len(scene.receiver.events) == 2)

        sent = [(each["event_action"], each["dedup_key"]) for each in scene.receiver.events]
        assert sent == [("trigger", item.id), ("resolve", item.id)]


@pytest.mark.parametrize("answer", [(429, {"Retry-After": "1"}), (503, {"Retry-After": "1"})])
async def test_a_busy_pagerduty_is_told_again(
    sqlite_url: str, answer: tuple[int, dict[str, str]]
) -> None:
    async with a_scene(sqlite_url, pagers=("pagerduty",)) as scene:
        scene.receiver.answers = [answer]
        item = await scene.page(schedule="ops")
        await scene.until(lambda: not scene.receiver.answers)
        assert scene.receiver.events == []

        await scene.until(lambda: scene.receiver.events)

        assert scene.receiver.events[0]["dedup_key"] == item.id


async def test_what_is_settled_before_it_is_sent_is_never_sent(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, is_running=False, pagers=("pagerduty",)) as scene:
        item = await scene.page(schedule="ops")
        await scene.settle(item)
        door = asyncio.create_task(run_oncall(scene.house, poll_every=0.05))

        await scene.until(lambda: scene.receiver.events)

        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
        assert [event["event_action"] for event in scene.receiver.events] == ["resolve"]


@APPRISE
async def test_a_page_that_can_never_be_sent_is_given_up(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, pagers=("odd", "missing", "pagerduty")) as scene:
        scene.receiver.answers = [(400, {})]
        item = await scene.page(schedule="ops")

        for pager, words in {
            "odd": "does not understand",
            "missing": "has no pager missing",
            "pagerduty": "answered 400",
        }.items():
            assert words in await scene.fate(f"page:{item.id}:{pager}")


@APPRISE
async def test_apprise_pages_a_person(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.page(person_id="ann")

        await scene.until(lambda: scene.receiver.notes)

        (note,) = scene.receiver.notes
        assert note["title"] == "Signoff"
        assert note["message"].startswith("Signoff needs an answer: Delete files: a.log")


# -- reading ---------------------------------------------------------------------------------------


def an_oncall(person: str, level: int = 1, **stated: Any) -> dict[str, Any]:
    """One entry of GET /oncalls."""
    user = {
        "id": f"P{person.upper()}",
        "type": "user",
        "summary": person,
        "email": f"{person}@x.org",
    }
    return {
        "user": {**user, "name": person.title()},
        "schedule": {"id": "PI7DH85", "type": "schedule_reference"},
        "escalation_policy": {"id": "PT20YPA", "type": "escalation_policy_reference"},
        "escalation_level": level,
        "start": "2026-03-02T11:00:00Z",
        "end": "2026-03-02T14:00:00Z",
        **stated,
    }


async def on_call_now(scene: Scene) -> tuple[str, tuple[str, ...]]:
    house = scene.house
    found = await house.see(rosters.who_is_on_call, house.rulebook, "ops", NOON)
    return (found.source, found.holders) if isinstance(found, OnCall) else ("gap", ())


async def settled_reading(scene: Scene, *, failing: bool = False) -> rosters.Copy:
    """The copy, once something was tried."""
    house = scene.house

    async def look() -> rosters.Copy | None:
        (standing,) = await house.see(rosters.standings, house.rulebook, NOON)
        copy = standing.copies[0]
        return copy if copy.problem or (copy.got_at and not failing) else None

    return cast("rosters.Copy", await seen(look))


async def test_pagerduty_says_who_is_on_call_page_after_page(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, is_running=False, pagerduty_policies=("PT20YPA",)) as scene:
        scene.receiver.oncalls = [
            an_oncall("ann", level=2), an_oncall("ben"), an_oncall("zoe", start=None, end=None)
        ]  # fmt: skip
        door = asyncio.create_task(run_oncall(scene.house))

        copy = await settled_reading(scene)

        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
        assert await on_call_now(scene) == ("pagerduty", ("ben",))
        assert copy.unmatched == ("zoe@x.org",)
        query = scene.receiver.queries[0]
        assert query.getall("escalation_policy_ids[]") == ["PT20YPA"]
        assert query.getall("include[]") == ["users"]
        assert len(scene.receiver.queries) == 3


async def test_a_calendar_is_fetched_and_its_last_good_copy_stays(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, is_running=False, calendar="/team.ics") as scene:
        scene.receiver.calendar = (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
            "DTSTAMP:20260101T000000Z\r\nDTSTART:20260302T110000Z\r\nDTEND:20260302T130000Z\r\n"
            "SUMMARY:Ben\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        door = asyncio.create_task(run_oncall(scene.house, every=0.05))
        await settled_reading(scene)
        assert await on_call_now(scene) == ("calendar", ("ben",))

        scene.receiver.calendar = ""
        scene.house.now = lambda: NOON + timedelta(minutes=16)
        copy = await settled_reading(scene, failing=True)

        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
        assert copy.problem == "The calendar's server answered 500."
        assert await on_call_now(scene) == ("calendar", ("ben",))


async def test_a_calendar_inside_our_own_network_is_not_fetched(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, is_running=False, calendar="/team.ics") as scene:
        strict = scene.house.settings.model_copy(update={"webhook_allow": ()})
        scene.house.settings = strict
        door = asyncio.create_task(run_oncall(scene.house))

        copy = await settled_reading(scene)

        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
        assert copy.problem is not None
        assert "could not be fetched" in copy.problem


async def test_pagerduty_that_answers_nonsense_leaves_the_layers(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, is_running=False, pagerduty_schedules=("PI7DH85",)) as scene:
        scene.receiver.oncalls = [{"user": None}]
        door = asyncio.create_task(run_oncall(scene.house))

        copy = await settled_reading(scene)

        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
        assert "another form" in str(copy.problem)
        assert await on_call_now(scene) == ("layer days", ("ann",))
