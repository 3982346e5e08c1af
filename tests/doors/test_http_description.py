"""The door describes itself truly, and without loading anything from elsewhere."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.content import SUBMISSION
from bot.facts import Kind
from handlers.http.problems import TITLES
from tests.doors.http_house import APPROVAL, Door, open_door, vote


@pytest.fixture
async def door(sqlite_url: str) -> AsyncIterator[Door]:
    async with open_door(sqlite_url) as opened:
        yield opened


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def validator(document: dict[str, Any], model: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{model}", "components": document["components"]}
    )


async def test_every_reference_leads_somewhere(door: Door) -> None:
    document = (await door.call("GET", "/openapi.json")).body

    named = set(references(document))

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert named - known == set()


async def test_the_examples_are_what_the_door_takes(door: Door) -> None:
    document = (await door.call("GET", "/openapi.json")).body
    body = document["paths"]["/v1/items"]["post"]["requestBody"]["content"]["application/json"]

    examples = [example["value"] for example in body["examples"].values()]

    assert [example["kind"] for example in examples] == list(Kind)
    for example in examples:
        SUBMISSION.validate_python(example)
        validator(document, "Submission").validate(example)


async def test_every_answer_is_as_described(door: Door) -> None:
    document = (await door.call("GET", "/openapi.json")).body
    item_id = await door.item_id()
    opened = await door.show(item_id)
    await vote(door.house, item_id, "approve")
    settled = await door.show(item_id)
    redeemed = await door.redeem(item_id)
    done = await door.call("POST", f"/v1/items/{item_id}/report", {"execution": "unknown"})
    refused = await door.submit(APPROVAL | {"x": 1})
    lost = await door.call("GET", "/v1/items/22222222")

    for reply, shape in ((opened, "ItemAnswer"), (settled, "ItemAnswer"), (done, "ItemAnswer")):
        assert set(reply.body) <= set(document["components"]["schemas"][shape]["properties"])
        validator(document, shape).validate(reply.body)
    validator(document, "RedeemedAnswer").validate(redeemed.body)
    for reply in (refused, lost):
        validator(document, "ProblemAnswer").validate({"errors": [], **reply.body})
    health = await door.call("GET", "/healthz")
    validator(document, "HealthAnswer").validate(health.body)


async def test_every_field_of_an_answer_says_what_it_is(door: Door) -> None:
    document = (await door.call("GET", "/openapi.json")).body

    schemas = document["components"]["schemas"]

    for shape in ("ItemAnswer", "OutcomeAnswer", "ReportAnswer", "ProblemAnswer", "FaultAnswer"):
        for name, field in schemas[shape]["properties"].items():
            assert field.get("description"), f"{shape}.{name}"


async def test_the_reference_page_stands_alone(door: Door) -> None:
    reply = await door.call("GET", "/docs", key="")

    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<script" not in reply.text
    assert re.findall(r"""(?:src|href)=["'](?!#|/openapi\.json)""", reply.text) == []
    assert "POST /v1/items" in reply.text
    for name in TITLES:
        assert f'id="{name}"' in reply.text
