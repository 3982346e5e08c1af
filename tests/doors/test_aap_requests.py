"""The Agent Approval Protocol's requests, asked for by the package's own client over HTTP."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from agentapprovalprotocol import AsyncClient, ConflictError, CredentialRefused, NotFound
from agentapprovalprotocol._wire import dumps, loads, same  # as the package compares arguments
from sqlalchemy import update

from bot.content import Approval
from bot.flows import keeping, pausing
from bot.flows.loading import content_of
from storage.tables import AAP_REQUEST
from storage.unit import Unit
from tests.doors.aap_house import CALL, Agents, Clock, open_agents

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def test_a_call_waits_for_people_and_runs_once(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        agent = await agents.agent()

        asked = await agent.create(CALL, "k-1")
        waiting = asyncio.create_task(agent.get(asked.id, wait=20))
        await agents.decide(asked.id, "approve", "charged twice")
        decided = await waiting
        consumed = await agent.consume(asked.id, "attempt-1")
        ended = await agent.report_outcome(asked.id, "succeeded", "refunded")

        assert (asked.status, decided.status) == ("pending", "approved")
        assert same(decided.arguments, loads(dumps(CALL["arguments"])))
        assert decided.decision is not None
        assert decided.decision.note == "charged twice"
        assert consumed.consumption is not None
        assert consumed.consumption.outcome is None
        assert ended.consumption is not None
        assert ended.consumption.outcome is not None
        assert (ended.consumption.outcome.status, ended.consumption.outcome.note) == (
            "succeeded",
            "refunded",
        )


async def test_the_same_key_names_the_same_request(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        agent, token = await agents.agent(), await agents.credential()

        one, two = await asyncio.gather(agent.create(CALL, "k"), agent.create(CALL, "k"))
        replayed = await agents.call("POST", "/v1/requests", token, CALL, key="mine")
        again = await agents.call(
            "POST", "/v1/requests", token, dict(reversed(CALL.items())), key="mine"
        )

        assert one.id == two.id
        assert (replayed.status_code, again.status_code) == (201, 200)
        assert replayed.json()["id"] == again.json()["id"] != one.id


async def test_a_key_with_another_body_is_a_conflict(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()
        await agent.create(CALL, "k")

        for change in (
            {"timeout": "20m"},
            {"arguments": {"amount": 50}},
            {"context": {"resume": {"thread_id": "7"}}},  # which no card shows
        ):
            await _refused(agent.create(CALL | change, "k"), "idempotency_conflict")


async def test_a_denial_carries_the_reason(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await agent.create(CALL, "k")

        await agents.decide(asked.id, "reject", "no receipt")
        denied = await agent.get(asked.id)

        assert denied.status == "denied"
        assert denied.decision is not None
        assert denied.decision.note == "no receipt"
        await _refused(agent.consume(asked.id, "a"), "not_approved")
        await _refused(agent.report_outcome(asked.id, "succeeded"), "not_consumed")


async def test_a_request_expires_when_its_own_time_is_over(sqlite_url: str) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        agent = await agents.agent()
        asked = await agent.create(CALL | {"timeout": "90s"}, "k")

        clock.pass_by(90)
        await agents.tick()
        expired = await agent.get(asked.id)

        assert (asked.deadline_at - asked.created_at).total_seconds() == 90
        assert expired.status == "expired"
        await _refused(agent.cancel(asked.id), "already_terminal")
        await _refused(agent.consume(asked.id, "a"), "not_approved")


async def test_cancelling_ends_the_wait_and_may_be_repeated(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await agent.create(CALL, "k")

        waiting = asyncio.create_task(agent.get(asked.id, wait=20))
        await asyncio.sleep(0)
        await agent.cancel(asked.id)
        again = await agent.cancel(asked.id)

        assert (await waiting).status == again.status == "cancelled"
        await _refused(agent.consume(asked.id, "a"), "not_approved")


async def test_an_approved_request_cannot_be_withdrawn_any_more(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await _approved(agents, agent)

        await _refused(agent.cancel(asked), "already_terminal")

        assert (await agent.get(asked)).status == "approved"


async def test_of_many_attempts_one_consumes(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await _approved(agents, agent)

        tries = [agent.consume(asked, f"attempt-{number}") for number in range(40)]
        results = await asyncio.gather(*tries, return_exceptions=True)

        refused = [each for each in results if isinstance(each, ConflictError)]
        assert len(refused) == 39
        assert {each.code for each in refused} == {"already_consumed"}


async def test_a_lost_answer_to_consume_may_be_asked_for_again(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await _approved(agents, agent)

        first = await agent.consume(asked, "attempt-1")
        again = await agent.consume(asked, "attempt-1")
        await agent.report_outcome(asked, "failed", "no such payment")
        later = await agent.consume(asked, "attempt-1")

        assert first.consumption == again.consumption
        assert later.consumption is not None
        assert later.consumption.outcome is not None


async def test_an_approval_is_to_be_used_in_time(sqlite_url: str) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        agent = await agents.agent()
        asked = await _approved(agents, agent)
        decision = (await agent.get(asked)).decision
        assert decision is not None
        assert decision.expires_at is not None

        clock.at = decision.expires_at

        await _refused(agent.consume(asked, "a"), "approval_expired")
        assert (await agent.get(asked)).status == "approved"


async def test_nothing_is_consumed_while_signoff_is_paused(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()
        agent = agents.client(token)
        asked = await _approved(agents, agent)
        house = agents.house
        await house.do(pausing.switch, "ann", "cli", None, house.now(), on=True)

        refused = await agents.call("POST", f"/v1/requests/{asked}/consume", token, key="a")
        await house.do(pausing.switch, "ann", "cli", None, house.now(), on=False)
        consumed = await agent.consume(asked, "a")

        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "paused")
        assert consumed.consumption is not None


async def test_an_answer_to_consume_that_got_lost_is_not_given_again_while_paused_or_too_late(
    sqlite_url: str,
) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        token = await agents.credential()
        agent = agents.client(token)
        asked = await _approved(agents, agent)
        house = agents.house
        decision = (await agent.consume(asked, "a")).decision
        assert decision is not None
        assert decision.expires_at is not None

        await house.do(pausing.switch, "ann", "cli", None, house.now(), on=True)
        paused = await agents.call("POST", f"/v1/requests/{asked}/consume", token, key="a")
        await house.do(pausing.switch, "ann", "cli", None, house.now(), on=False)
        clock.at = decision.expires_at

        assert (paused.status_code, paused.json()["error"]["code"]) == (503, "paused")
        await _refused(agent.consume(asked, "a"), "approval_expired")


async def test_what_is_consumed_is_what_people_saw(sqlite_url: str) -> None:
    """Somebody changes the stored request behind our back: the approval does not cover it."""
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()
        asked = await _approved(agents, agent)
        await agents.house.do(_tamper, await agents.item_id(asked))

        await _refused(agent.consume(asked, "a"), "not_approved")


async def test_the_first_outcome_stands_unless_it_was_a_guess(sqlite_url: str) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        agent = await agents.agent()
        told, forgotten = await _approved(agents, agent), await _approved(agents, agent, "k-2")
        for asked in (told, forgotten):
            await agent.consume(asked, "a")

        await agent.report_outcome(told, "succeeded")
        again = await agent.report_outcome(told, "succeeded")
        clock.pass_by(3600)
        await agents.tick()
        guessed = await agent.get(forgotten)
        late = await agent.report_outcome(forgotten, "failed", "it timed out")

        await _refused(agent.report_outcome(told, "failed"), "outcome_conflict")
        assert again.consumption is not None
        assert guessed.consumption is not None
        assert guessed.consumption.outcome is None
        assert late.consumption is not None
        assert late.consumption.outcome is not None
        assert late.consumption.outcome.status == "failed"


async def test_an_instance_sees_its_own_requests_only(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        agent, stranger = await agents.agent("mine"), await agents.agent("theirs")
        asked = await _approved(agents, agent)

        for attempt in (
            stranger.get(asked),
            stranger.cancel(asked),
            stranger.consume(asked, "a"),
            stranger.report_outcome(asked, "succeeded"),
        ):
            with pytest.raises(NotFound):
                await attempt
        other = await stranger.create(CALL, "k-1")

        assert other.id != asked
        assert other.status == "pending"


async def test_only_a_living_credential_of_an_instance_asks(sqlite_url: str) -> None:
    clock = Clock()
    async with open_agents(sqlite_url, clock) as agents:
        house = agents.house
        key = await house.do(keeping.add_key, "k", ["submit", "read"], [], house.now())
        provisioner = await agents.provisioner()
        lived = await agents.credential(lasts=clock.at - clock.at.replace(hour=11))
        clock.pass_by(3600)

        found = {
            name: (await agents.call("POST", "/v1/requests", token, CALL, key="k")).status_code
            for name, token in {
                "none": "sgn_aap_x",
                "an API key": key,
                "an expired one": lived,
                "a provisioner's": provisioner,
            }.items()
        }
        keyless = await agents.http.get(
            agents.address + "/v1/items/AAAAAAAA", headers={"Authorization": f"Bearer {lived}"}
        )

        assert found == {
            "none": 401,
            "an API key": 401,
            "an expired one": 401,
            "a provisioner's": 403,
        }
        assert keyless.status_code == 401
        with pytest.raises(CredentialRefused):
            await agents.client("sgn_aap_x").create(CALL, "k")


async def test_no_credential_is_kept(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        tokens = [await agents.credential(), await agents.provisioner()]
        made = await agents.call("POST", "/v1/instances", tokens[1], {}, key="k")
        tokens.append(made.json()["credential"]["token"])

        path = Path(sqlite_url.removeprefix("sqlite:///"))
        stored = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))

    assert made.json()["instance"]["id"].encode() in stored
    assert [token for token in tokens if token.encode() in stored] == []


async def test_what_does_not_fit_the_protocol_is_refused(sqlite_url: str) -> None:
    odd: list[tuple[dict[str, Any], str | None]] = [
        ({"tool": "t", "arguments": {}}, "timeout"),
        (CALL | {"timeout": "0s"}, "timeout"),
        (CALL | {"timeout": "10 minutes"}, "timeout"),
        (CALL | {"tool": " rm"}, "tool"),
        (CALL | {"tool": ""}, "tool"),
        (CALL | {"arguments": []}, "arguments"),
        (CALL | {"server": None}, None),
        (CALL | {"queue": "moderation"}, "queue"),
        (CALL | {"id": "1"}, "id"),
        (CALL | {"arguments": {"n": 2**60}}, "arguments.n"),
        (CALL | {"arguments": {"text": "x" * 200_001}}, "arguments"),
        (CALL | {"arguments": {"half": "\ud800"}}, "arguments.half"),
    ]
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()

        for body, param in odd:
            raw = json.dumps(body).encode()
            reply = await agents.call("POST", "/v1/requests", token, key="k", raw=raw)

            assert reply.status_code == 400, body
            _is_an_error(reply, "invalid_request")
            assert reply.json()["error"].get("param") == param, body
            if param == "timeout" and param in body:
                assert "a whole number and its unit" in reply.json()["error"]["message"]


async def test_what_cannot_be_given_back_exactly_is_refused(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()

        for raw in (
            b"",
            b"[]",
            b"{",
            b'{"tool": "t", "tool": "u", "arguments": {}, "timeout": "1m"}',
            b'{"tool": "t", "arguments": {"n": NaN}, "timeout": "1m"}',
            b'{"tool": "t", "arguments": {"n": 0.10000000000000000001}, "timeout": "1m"}',
            b'{"tool": "t", "arguments": {"n": 1e999}, "timeout": "1m"}',
        ):
            reply = await agents.call("POST", "/v1/requests", token, key="k", raw=raw)

            assert reply.status_code == 400, raw
            _is_an_error(reply, "invalid_request")


async def test_every_problem_has_the_protocols_shape(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()
        unknown = "/v1/requests/7ab8c8ec-7b2d-4fd6-9b52-752f9515eb71"

        replies = {
            "no key": await agents.call("POST", "/v1/requests", token, CALL),
            "nothing there": await agents.call("GET", unknown, token),
            "no id": await agents.call("GET", "/v1/requests/KP7KTUNA", token),
            "a bad wait": await agents.call("GET", unknown + "?wait=30", token),
            "no such method": await agents.call("PUT", unknown, token),
            "no such address": await agents.call("GET", "/v2/requests", token),
            "no credential": await agents.http.get(agents.base + unknown),
        }

        assert {name: reply.status_code for name, reply in replies.items()} == {
            "no key": 400,
            "nothing there": 404,
            "no id": 404,
            "a bad wait": 400,
            "no such method": 405,
            "no such address": 404,
            "no credential": 401,
        }
        for reply in replies.values():
            _is_an_error(reply)
        assert replies["no key"].json()["error"]["code"] == "missing_idempotency_key"


async def test_a_request_becomes_an_approval_that_says_whose_words_are_whose(
    sqlite_url: str,
) -> None:
    body = CALL | {
        "server": "payments",
        "agent_reasoning": "Approve this, it was agreed.",
        "context": {
            "framework": "langgraph",
            "agent_type": "refunds",
            "call_id": "c",
            "resume": {},
        },
    }
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent("codex-laptop")

        asked = await agent.create(body, "k")
        content = await agents.house.see(content_of, await agents.item_id(asked.id))

        assert isinstance(content, Approval)
        assert (content.action.name, content.action.target) == ("issue_refund", "payments")
        assert content.action.args == CALL["arguments"]
        assert content.reason == "Approve this, it was agreed."
        assert content.requester == "codex-laptop"
        (context,) = content.evidence
        assert context.kind == "text"
        assert json.loads(context.text) == {"framework": "langgraph", "agent_type": "refunds"}


async def test_a_long_reasoning_is_evidence_and_nothing_of_it_is_lost(sqlite_url: str) -> None:
    reasoning = "because " * 1_000
    async with open_agents(sqlite_url, Clock()) as agents:
        agent = await agents.agent()

        asked = await agent.create(CALL | {"agent_reasoning": reasoning}, "k")
        content = await agents.house.see(content_of, await agents.item_id(asked.id))

        assert asked.agent_reasoning == reasoning
        assert [each.text for each in content.evidence if each.kind == "text"] == [reasoning]


async def test_a_request_whose_queue_is_gone_is_denied_for_now(sqlite_url: str) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()
        agents.house.rulebook = agents.house.rulebook.model_copy(update={"queues": {}})

        reply = await agents.call("POST", "/v1/requests", token, CALL, key="k")

        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "queue_unavailable"


async def _approved(agents: Agents, agent: AsyncClient, key: str = "k-1") -> str:
    asked = await agent.create(CALL, key)
    await agents.decide(asked.id)
    return asked.id


async def _refused(attempt: Any, code: str) -> None:
    with pytest.raises(ConflictError) as refused:
        await attempt
    assert refused.value.code == code


def _is_an_error(reply: Any, kind: str | None = None) -> None:
    error = reply.json()["error"]
    assert error.keys() - {"param"} == {"type", "code", "message", "request_id"}
    assert kind in (None, error["type"])
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", error["code"])
    assert UUID.fullmatch(error["request_id"])
    assert error["request_id"] == reply.headers["X-Request-ID"]


def _tamper(unit: Unit, item_id: str) -> None:
    other = json.dumps(CALL | {"arguments": {"payment_id": "p-666", "amount": 9_999}})
    of_item = AAP_REQUEST.c.item_id == item_id
    unit.connection.execute(update(AAP_REQUEST).where(of_item).values(submitted=other))
