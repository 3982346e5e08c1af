"""Provisioners make instances, and receivers are asked before they are ever sent anything."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from agentapprovalprotocol import (
    AsyncClient,
    CredentialRefused,
    Receiver,
    WebhookVerificationFailed,
)
from agentapprovalprotocol.receiver import new_secret
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route, Router

from bot.flows import aap_events, aap_instances
from bot.flows.aap_provisioners import revoke_provisioner
from bot.flows.loading import load
from tests.doors.aap_house import CALL, Agents, Clock, open_agents, receiving, serving
from tests.patience import PATIENCE

INSTANCES = "/v1/instances"


async def test_a_provisioner_makes_an_instance_that_asks(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        token = await agents.provisioner()

        made = await agents.call("POST", INSTANCES, token, {"instance_name": "codex"}, key="k")
        asked = await agents.client(made.json()["credential"]["token"]).create(CALL, "k")
        shown = await agents.call("GET", f"{INSTANCES}/{made.json()['instance']['id']}", token)

        assert made.status_code == 201
        assert asked.status == "pending"
        assert shown.json() == made.json()["instance"] == {**shown.json(), "name": "codex"}


async def test_a_lost_answer_is_given_again_with_the_same_credential(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        token = await agents.provisioner()

        replies = await asyncio.gather(
            *(agents.call("POST", INSTANCES, token, {}, key="k") for _ in range(5))
        )
        other = await agents.call("POST", INSTANCES, token, {"instance_name": "b"}, key="k")
        fresh = await agents.call("POST", INSTANCES, token, {}, key="k-2")

        assert sorted(reply.status_code for reply in replies) == [200, 200, 200, 200, 201]
        assert len({reply.text for reply in replies}) == 1
        assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
        assert fresh.json()["instance"]["id"] != replies[0].json()["instance"]["id"]


async def test_credentials_last_as_long_as_their_provisioner_says(sqlite_url: str) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        token = await agents.provisioner(lasts=timedelta(days=30))
        made = (await agents.call("POST", INSTANCES, token, {}, key="k")).json()

        clock.pass_by(30 * 24 * 3600)

        assert made["credential"]["expires_at"] == "2026-04-01T12:00:00.000000Z"
        with pytest.raises(CredentialRefused):
            await agents.client(made["credential"]["token"]).create(CALL, "k")


async def test_a_deleted_instance_is_over(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        token = await agents.provisioner()
        made = (await agents.call("POST", INSTANCES, token, {}, key="k")).json()
        credential, place = made["credential"]["token"], f"{INSTANCES}/{made['instance']['id']}"
        agent = agents.client(credential)
        pending, approved = await agent.create(CALL, "a"), await agent.create(CALL, "b")
        await agents.decide(approved.id)

        deleted = [(await agents.call("DELETE", place, token)).status_code for _ in range(2)]
        replayed = await agents.call("POST", INSTANCES, token, {}, key="k")
        renamed = await agents.call("PATCH", place, token, {"instance_name": "x"}, key="p")
        item = await agents.item_id(pending.id)
        listed = await agents.house.see(aap_instances.list_all)

        assert deleted == [204, 204]
        assert (replayed.status_code, replayed.json()["error"]["code"]) == (409, "instance_deleted")
        assert (await agents.call("GET", place, token)).status_code == 404
        assert renamed.status_code == 404
        with pytest.raises(CredentialRefused):
            await agent.consume(approved.id, "a")
        assert await _rule_of(agents, item) == "cancelled"
        assert await _rule_of(agents, await agents.item_id(approved.id)) == "unanimous"
        assert [each["waiting"] for each in listed[1]] == [0]


async def test_a_provisioner_manages_its_own_instances_only(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token, other = await agents.provisioner("one"), await agents.provisioner("two")
        made = (await agents.call("POST", INSTANCES, token, {}, key="k")).json()
        place, credential = f"{INSTANCES}/{made['instance']['id']}", made["credential"]["token"]

        found = [
            (await agents.call("GET", place, other)).status_code,
            (await agents.call("PATCH", place, other, {"instance_name": "x"}, key="k")).status_code,
            (await agents.call("DELETE", place, other)).status_code,
            (await agents.call("DELETE", place, credential)).status_code,
            (await agents.call("POST", INSTANCES, credential, {}, key="k")).status_code,
        ]
        await agents.house.do(revoke_provisioner, "one", agents.house.now())
        revoked = await agents.call("GET", place, token)
        asked = await agents.client(credential).create(CALL, "k")

        assert found == [404, 404, 404, 403, 403]
        assert revoked.status_code == 401
        assert asked.status == "pending"  # revoking a provisioner leaves its instances alone


async def test_an_update_is_made_once(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.provisioner()
        made = (await agents.call("POST", INSTANCES, token, {}, key="k")).json()
        place = f"{INSTANCES}/{made['instance']['id']}"

        first = await agents.call("PATCH", place, token, {"instance_name": "a"}, key="1")
        second = await agents.call("PATCH", place, token, {"instance_name": "b"}, key="2")
        replayed = await agents.call("PATCH", place, token, {"instance_name": "a"}, key="1")
        other = await agents.call("PATCH", place, token, {"instance_name": "c"}, key="1")
        empty = await agents.call("PATCH", place, token, {}, key="3")

        assert (first.json()["name"], second.json()["name"]) == ("a", "b")
        assert replayed.json() == first.json()
        assert (await agents.call("GET", place, token)).json()["name"] == "b"
        assert (other.status_code, empty.status_code) == (409, 400)


async def test_the_packages_receiver_is_verified_provisioned_and_woken(sqlite_url: str) -> None:
    woken: asyncio.Queue[tuple[Any, Any]] = asyncio.Queue()
    receiver = Receiver(
        resumers={"mine": lambda handle, request: woken.put_nowait((handle, request))}
    )
    async with open_agents(sqlite_url) as agents, receiving(receiver) as url:
        provisioned = await receiver.provision(
            provider_url=agents.base, provisioner_token=await agents.provisioner(), url=url
        )
        agent = agents.client(provisioned.token)
        resume = {"framework": "mine", "thread_id": "t-7"}
        asked = await agent.create(CALL | {"context": {"resume": resume}}, "k")

        await agents.decide(asked.id)
        async with asyncio.timeout(PATIENCE):
            handle, request = await woken.get()

        assert handle == resume
        assert (request.id, request.status) == (asked.id, "approved")
        assert woken.empty()
        assert receiver.client is not None
        await receiver.client.aclose()


async def test_a_receiver_that_does_not_agree_gets_no_instance(sqlite_url: str) -> None:
    stranger = Receiver(resumers={}, secret=new_secret(), registration_id=str(uuid.uuid4()))
    async with open_agents(sqlite_url) as agents, receiving(stranger) as url:
        token = await agents.provisioner()
        mine = Receiver(resumers={})

        with pytest.raises(WebhookVerificationFailed):
            await mine.provision(provider_url=agents.base, provisioner_token=token, url=url)

        assert await agents.house.see(aap_instances.list_all) != ([], [])
        assert (await agents.house.see(aap_instances.list_all))[1] == []


async def test_a_receiver_that_only_nods_or_sends_us_elsewhere_is_refused(sqlite_url: str) -> None:
    async def nod(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def elsewhere(_request: Any) -> RedirectResponse:
        return RedirectResponse("/nod", 307)

    app = Router([Route("/nod", nod, methods=["POST"]), Route("/go", elsewhere, methods=["POST"])])
    async with open_agents(sqlite_url) as agents, serving(app) as address:
        token = await agents.provisioner()

        for path in ("/nod", "/go", "/nobody"):
            reply = await agents.call(
                "POST", INSTANCES, token, {"delivery": _delivery(address + path)}, key=path
            )
            assert reply.status_code == 422, path
            assert reply.json()["error"]["code"] == "webhook_verification_failed"


async def test_addresses_that_are_nobodys_business_are_refused(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.provisioner()
        for url in (
            "https://10.0.0.1/hook",
            "https://[::1]/hook",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]/hook",
            "http://hooks.example.com/hook",
            "https://ann:secret@hooks.example.com/hook",
            "https://hooks.example.com/hook#part",
            "ftp://hooks.example.com",
            "not an address",
        ):
            reply = await agents.call(
                "POST", INSTANCES, token, {"delivery": _delivery(url)}, key=url
            )
            assert (reply.status_code, reply.json()["error"]["code"]) == (
                400,
                "invalid_webhook_url",
            ), url
        other = await agents.call(
            "POST",
            INSTANCES,
            token,
            {"delivery": _delivery("https://a.example") | {"type": "sqs"}},
            key="t",
        )
        weak = await agents.call(
            "POST",
            INSTANCES,
            token,
            {"delivery": _delivery("https://a.example") | {"signing_secret": "whsec_c2hvcnQ="}},
            key="w",
        )

        assert other.json()["error"]["code"] == "unsupported_delivery_type"
        assert weak.json()["error"]["param"] == "delivery.signing_secret"


async def test_a_failing_receiver_is_told_again_with_the_same_body(sqlite_url: str) -> None:
    heard: list[tuple[str, bytes]] = []
    taken = asyncio.Event()
    receiver = Receiver(resumers={})

    async def grumpy(scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if b"webhook.verification" in message["body"]:
            status, body = await receiver.handle(headers, message["body"])
        else:
            heard.append((headers["webhook-id"], message["body"]))
            status, body = (500, b"") if len(heard) == 1 else (204, b"")
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})
        if len(heard) == 2:
            taken.set()

    async with open_agents(sqlite_url) as agents, serving(grumpy) as url:
        made = await receiver.provision(
            provider_url=agents.base, provisioner_token=await agents.provisioner(), url=url + "/x"
        )
        agent = AsyncClient(agents.base, made.token)
        asked = await agent.create(CALL, "k")

        await agent.cancel(asked.id)
        async with asyncio.timeout(PATIENCE):
            await taken.wait()
        await agent.aclose()

        assert heard[0] == heard[1]
        assert receiver.client is not None
        await receiver.client.aclose()


async def test_who_takes_the_receiver_away_is_told_nothing_more(sqlite_url: str) -> None:
    receiver = Receiver(resumers={})
    async with open_agents(sqlite_url) as agents, receiving(receiver) as url:
        token = await agents.provisioner()
        made = await receiver.provision(provider_url=agents.base, provisioner_token=token, url=url)
        place = f"{INSTANCES}/{made.instance_id}"

        agent = agents.client(made.token)
        asked = await agent.create(CALL, "k")
        gone = await agents.call("PATCH", place, token, {"delivery": None}, key="1")
        await agent.cancel(asked.id)

        assert gone.json() == {"id": made.instance_id, "name": made.instance_name}
        assert await agents.house.do(aap_events.claim, agents.house.now(), 10) == []
        assert receiver.client is not None
        await receiver.client.aclose()


def _delivery(url: str) -> dict[str, str]:
    return {
        "type": "webhook",
        "url": url,
        "registration_id": str(uuid.uuid4()),
        "signing_secret": new_secret(),
    }


async def _rule_of(agents: Agents, item_id: str) -> str:
    item = await agents.house.see(load, item_id)
    assert item.outcome is not None
    return str(item.outcome.rule)
