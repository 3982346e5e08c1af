"""Webhooks end to end: a real receiver on this machine, signatures checked, hostile addresses."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks import Webhook, WebhookVerificationError

from handlers.outside import ANSWER_MAX, Lost, Outside, Said
from handlers.webhooks.courier import Courier
from tests.doors.http_house import APPROVAL, NOON, Door, Reply, a_house, open_door, vote
from tests.doors.receiver import Receiver, receiving
from tests.patience import PATIENCE

HERE = "127.0.0.1/32"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as open_:
        yield open_


@pytest.fixture
async def door(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr("handlers.webhooks.courier.LOOKS_EVERY", 0.05)
    async with open_door(database_url, SIGNOFF_WEBHOOK_ALLOW=HERE) as opened:
        opened.key = await opened.make_key("hooked", "submit,read,redeem,webhooks")
        yield opened


async def subscribe(door: Door, url: str, **stated: Any) -> Reply:
    return await door.call("POST", "/v1/webhooks", {"url": url, **stated})


async def hooked(door: Door, receiver: Receiver, **stated: Any) -> dict[str, Any]:
    """The new webhook of this receiver."""
    reply = await subscribe(door, receiver.url, **stated)
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.body
    return made


async def deliveries(door: Door, hook: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await door.call("GET", f"/v1/webhooks/{hook['id']}/deliveries")
    found: list[dict[str, Any]] = reply.body["deliveries"]
    return found


async def until(door: Door, hook: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The newest delivery, once it holds this."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for found in await deliveries(door, hook):
                if wanted.items() <= found.items():
                    return found
            await asyncio.sleep(0.02)


def pass_time(door: Door, **lapse: float) -> None:
    door.house.now = lambda: NOON + timedelta(**lapse)


def is_signed(secret: str, got: tuple[dict[str, str], str], at: Any = NOON) -> bool:
    """Whether the published library takes the signature, at the instant of the delivery."""
    headers, body = got
    expected = Webhook(secret).sign(headers["webhook-id"], at, body)
    return expected in headers["webhook-signature"].split(" ")


async def test_an_outcome_reaches_its_receiver_signed(door: Door, receiver: Receiver) -> None:
    hook = await hooked(door, receiver, events=["item.settled"])
    item_id = await door.item_id()
    await vote(door.house, item_id, "approve")

    ((headers, body),) = await receiver.until(1)

    assert json.loads(body) == {
        "type": "item.settled",
        "timestamp": "2026-03-02T12:00:00Z",
        "data": (await door.show(item_id)).body,
    }
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert is_signed(hook["secret"], (headers, body))
    assert "authorization" not in headers
    sent = await until(door, hook, status="sent")
    assert (sent["id"], sent["tries"], sent["last_status"]) == (headers["webhook-id"], 1, 204)


async def test_the_published_library_verifies_what_is_sent_now_and_nothing_else(
    door: Door, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.app import read_clock

    door.house.now = read_clock
    hook = await hooked(door, receiver)
    await door.submit()
    ((headers, body),) = await receiver.until(1)
    library = Webhook(hook["secret"])

    library.verify(body, headers)

    for changed in (body + " ", body.replace("open", "shut")):
        with pytest.raises(WebhookVerificationError):
            library.verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        library.verify(body, {**headers, "webhook-id": "msg_other"})


async def test_a_failure_is_tried_again_with_the_same_id(door: Door, receiver: Receiver) -> None:
    hook = await hooked(door, receiver)
    receiver.answers = [500]
    await door.submit()
    await receiver.until(1)
    waiting = await until(door, hook, status="waiting", tries=1, last_status=500)

    pass_time(door, seconds=6)
    (first, first_body), (again, again_body) = await receiver.until(2)

    assert (waiting["last_status"], waiting["problem"]) == (500, "HTTP 500")
    assert again["webhook-id"] == first["webhook-id"]
    assert again_body == first_body
    assert again["webhook-timestamp"] != first["webhook-timestamp"]
    assert (await until(door, hook, status="sent"))["tries"] == 2


async def test_a_receiver_that_is_gone_is_told_nothing_more(
    door: Door, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hook = await hooked(door, receiver)
    receiver.answers = [410]
    await door.submit()

    await until(door, hook, status="gone")
    shown = (await door.call("GET", f"/v1/webhooks/{hook['id']}")).body

    assert shown["why"] == "It answered 410 Gone."
    assert "webhook disabled" in caplog.text
    assert hook["secret"] not in caplog.text
    assert receiver.url not in caplog.text


async def test_a_redirect_is_a_failure_and_leads_nowhere(door: Door, receiver: Receiver) -> None:
    hook = await hooked(door, receiver)
    receiver.answers, receiver.redirects_to = [302], receiver.url + "/elsewhere"
    await door.submit()

    failed = await until(door, hook, tries=1, last_status=302)

    assert failed["problem"] == "HTTP 302: redirects are not followed"
    assert len(receiver.got) == 1


async def test_a_receiver_that_answers_too_late_has_failed(
    door: Door, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.webhooks.sending.ANSWERS_WITHIN", 0.1)
    hook = await hooked(door, receiver)
    receiver.holds = asyncio.Event()
    await door.submit()

    failed = await until(door, hook, tries=1, problem="no answer within 0.1 s")

    assert failed["status"] == "waiting"
    assert failed["last_status"] is None


async def test_for_a_day_after_a_rotation_either_secret_verifies(
    door: Door, receiver: Receiver
) -> None:
    hook = await hooked(door, receiver)
    rotated = (await door.call("POST", f"/v1/webhooks/{hook['id']}/rotate")).body
    await door.submit()

    (got,) = await receiver.until(1)

    assert is_signed(rotated["secret"], got)
    assert is_signed(hook["secret"], got)
    assert rotated["secret"] != hook["secret"]


async def test_a_dead_letter_can_be_sent_again(door: Door, receiver: Receiver) -> None:
    hook = await hooked(door, receiver)
    receiver.answers = [410]
    await door.submit()
    dead = await until(door, hook, status="gone")
    path = f"/v1/webhooks/{hook['id']}"

    early = await door.call("POST", f"{path}/deliveries/{dead['id']}/redrive")
    await door.call("POST", f"{path}/enable")
    redriven = await door.call("POST", f"{path}/deliveries/{dead['id']}/redrive")
    (first, _), (again, _) = await receiver.until(2)

    assert early.status == 409
    assert (redriven.status, redriven.body["status"]) == (200, "waiting")
    assert first["webhook-id"] == again["webhook-id"] == dead["id"]


async def test_what_waited_while_nobody_delivered_is_sent_when_somebody_does(
    database_url: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.flows.listing.READ_AT_ONCE", 3)
    async with open_door(database_url, SIGNOFF_WEBHOOK_ALLOW=HERE) as door:
        door.key = await door.make_key("hooked", "submit,read,webhooks")
        await hooked(door, receiver, events=["item.opened"])
        await door.submit()
        await receiver.until(1)
    absent = a_house(database_url)
    for number in range(20):
        await absent.do(_note_nothing, number)
    await vote_elsewhere(absent)
    absent.close()

    async with open_door_again(database_url):
        got = await receiver.until(2)

    assert len({headers["webhook-id"] for headers, _ in got}) == 2


def _note_nothing(unit: Any, number: int) -> None:
    from bot.flows.saving import line
    from storage import ledger

    ledger.append(unit.connection, line("vote-refused", "22222222", NOON, f"somebody-{number}"))


async def vote_elsewhere(house: Any) -> None:
    """Opens one more item of the same program, in a process that delivers nothing."""
    from bot.content import SUBMISSION
    from bot.flows.opening import Producer, open_item

    content = SUBMISSION.validate_python(APPROVAL | {"key": "while nobody looked"})
    await house.do(open_item, house.rulebook, Producer("hooked"), content, NOON)


def open_door_again(url: str) -> Any:
    """A house that delivers, on the same database."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        house = a_house(url)
        outside = Outside((HERE,))
        running = asyncio.create_task(Courier(house, outside, looks_every=0.05).run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await outside.close()
            house.close()

    return opened()


async def test_a_webhook_is_its_keys_own(door: Door, receiver: Receiver) -> None:
    hook = await hooked(door, receiver)
    other = await door.make_key("other", "webhooks")
    path = f"/v1/webhooks/{hook['id']}"

    replies = [
        await door.call(method, path + more, key=other)
        for method, more in (
            ("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/rotate"),
            ("POST", "/enable"), ("POST", "/deliveries/msg_222222222222_1/redrive"),
        )
    ]  # fmt: skip
    listed = await door.call("GET", "/v1/webhooks", key=other)
    reader = await door.make_key("reader", "submit,read")

    assert [reply.status for reply in replies] == [404] * 6
    assert listed.body == {"webhooks": []}
    assert (await door.call("GET", "/v1/webhooks", key=reader)).status == 403


async def test_a_secret_is_shown_once_and_a_removed_webhook_is_gone(
    door: Door, receiver: Receiver
) -> None:
    hook = await hooked(door, receiver)
    path = f"/v1/webhooks/{hook['id']}"

    shown = await door.call("GET", path)
    listed = await door.call("GET", "/v1/webhooks")
    removed = await door.call("DELETE", path)
    after = await door.call("GET", path)

    assert hook["secret"].startswith("whsec_")
    assert shown.body["secret"] is None
    assert hook["secret"] not in listed.text
    assert (removed.status, after.status) == (204, 404)


REFUSED = {
    "http://127.0.0.2/": "must start with https://",
    "https://127.0.0.2/": "is not a public one",
    "https://[::1]/": "is not a public one",
    "https://[::ffff:127.0.0.2]/": "is not a public one",
    "https://[::ffff:7f00:2]/": "is not a public one",
    "https://[64:ff9b::7f00:2]/": "is not a public one",
    "https://[fd00:ec2::254]/": "is not a public one",
    "https://[fe80::1%25eth0]/": "is not a public one",
    "https://[2606:4700::1111%25lo]/": "is not a public one",
    "https://169.254.169.254/latest/meta-data/": "is not a public one",
    "https://168.63.129.16/": "is not a public one",
    "https://10.0.0.1/": "is not a public one",
    "https://100.64.0.1/": "is not a public one",
    "https://192.168.0.1/": "is not a public one",
    "https://224.0.0.1/": "is not a public one",
    "https://0x7f.1/": "spells a number as a host",
    "https://0x7f000002/": "spells a number as a host",
    "https://2130706434/": "spells a number as a host",
    "https://127.2/": "spells a number as a host",
    "https://0177.0.0.2/": "spells a number as a host",
    "https://127.0.0.2./": "spells a number as a host",
    "https://user:password@example.com/": "must be https://host/path",
    "https://example.com@127.0.0.2/": "must be https://host/path",
    "https://①②⑦.0.0.2/": "must be https://host/path",
    "https://example.com\\@127.0.0.2/": "is not a web address",
    "https://example.com/#x": "must be https://host/path",
    "ftp://example.com/": "must be https://host/path",
    "file:///etc/passwd": "must be https://host/path",
    "gopher://example.com/": "must be https://host/path",
    "https://93.184.216.34:22/": "has the port 22, where no receiver listens",
    "https://93.184.216.34:25/": "has the port 25, where no receiver listens",
    "https:///": "must be https://host/path",
    "example.com": "must be https://host/path",
}


async def test_no_address_within_the_house_is_taken(door: Door) -> None:
    replies = {url: await subscribe(door, url) for url in REFUSED}

    assert {reply.status for reply in replies.values()} == {422}
    told = {url: reply.faults["url"] for url, reply in replies.items()}
    assert {url: fault for url, fault in told.items() if not fault.startswith(REFUSED[url])} == {}


@pytest.mark.parametrize(
    ("stated", "faults"),
    [
        ({"events": ["item.voted"]}, {"events": "names 'item.voted'"}),
        ({"queue": "nowhere"}, {"queue": "is none that is here"}),
        ({"secret": "mine"}, {"secret": "is not a field here"}),
    ],
)
async def test_a_webhook_that_makes_no_sense_is_refused(
    door: Door, receiver: Receiver, stated: dict[str, Any], faults: dict[str, str]
) -> None:
    reply = await subscribe(door, receiver.url, **stated)

    assert reply.status == 422
    assert reply.faults == faults


REBOUND = "names a host whose address is not public"


class Names(AbstractResolver):
    """Names that stand for what the test says, and may change their mind."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The next answer; the last one for ever."""
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host, host=each, port=port, proto=0, flags=0,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
            )
            for each in found
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_name_that_was_public_and_is_not_any_more_is_not_called(
    receiver: Receiver,
) -> None:
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    outside = Outside((), resolver=names)
    url = f"https://rebinding.example:{receiver.port}/hook"

    at_first = await outside.fault_at(url)
    later = await outside.post(url, {}, b"{}", 5)
    await outside.close()

    assert at_first is None
    assert later == Lost(REBOUND)
    assert names.asked == 2
    assert receiver.got == []


async def test_only_the_beginning_of_an_answer_is_read(receiver: Receiver) -> None:
    receiver.says = "x" * (3 * ANSWER_MAX)
    outside = Outside(("127.0.0.1/32",))

    said = await outside.post(receiver.url, {}, b"{}", 5)
    await outside.close()

    assert isinstance(said, Said)
    assert len(said.body) == ANSWER_MAX


async def test_a_name_of_this_machine_is_no_way_in(receiver: Receiver) -> None:
    outside = Outside()
    url = f"https://localhost:{receiver.port}/"

    told = [await outside.fault_at(url), await outside.post(url, {}, b"{}", 5)]
    await outside.close()

    assert told == [REBOUND, Lost(REBOUND)]
    assert receiver.got == []


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["2606:4700::1111", "::1"]]
)
async def test_one_private_address_among_several_is_one_too_many(answer: list[str]) -> None:
    outside = Outside((), resolver=Names(answer))

    found = await outside.post("https://mixed.example/", {}, b"{}", 5)
    await outside.close()

    assert found == Lost(REBOUND)


async def test_the_connection_goes_to_the_address_that_was_looked_at(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    outside = Outside(("hooks.internal",), resolver=names)

    said = await outside.post(f"http://hooks.internal:{receiver.port}/hook", {}, b"{}", 5)
    await outside.close()

    assert isinstance(said, Said)
    assert names.asked == 1
    assert receiver.got[0][0]["host"] == f"hooks.internal:{receiver.port}"


async def test_an_answer_is_read_only_so_far() -> None:
    from aiohttp import web

    async def endless(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * 300_000)

    app = web.Application()
    app.router.add_get("/", endless)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    outside = Outside((HERE,))

    said = await outside.get(f"http://127.0.0.1:{runner.addresses[0][1]}/", 5, most=1_000)
    await outside.close()
    await runner.cleanup()

    assert isinstance(said, Said)
    assert len(said.body) == 1_000
