"""Discord's published description of its REST interface, where the folder `shared` has it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parents[3] / "shared" / "truth" / "discord" / "openapi.json"
POST = "paths/~1channels~1{channel_id}~1messages/post/requestBody/content/application~1json/schema"
EDIT = (
    "paths/~1channels~1{channel_id}~1messages~1{message_id}/patch/requestBody/content/"
    "application~1json/schema"
)
CALLBACK = (
    "paths/~1interactions~1{interaction_id}~1{interaction_token}~1callback/post/requestBody/"
    "content/application~1json/schema"
)
COMMANDS = (
    "paths/~1applications~1{application_id}~1commands/put/requestBody/content/"
    "application~1json/schema"
)


@cache
def _validator(place: str) -> Draft202012Validator:
    resource: Resource[Any] = DRAFT202012.create_resource(json.loads(FILE.read_text()))
    registry: Registry[Any] = Registry().with_resource("urn:discord", resource)
    return Draft202012Validator({"$ref": f"urn:discord#/{place}"}, registry=registry)


def assert_discord_takes(place: str, body: object) -> None:
    """Validates a body; skips the test without the description."""
    if not FILE.is_file():
        pytest.skip("needs the folder `shared` beside the repository")
    problem = next(_validator(place).iter_errors(body), None)
    assert problem is None, problem
