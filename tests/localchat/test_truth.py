"""Our own checks against public data about Slack, where that data lies beside the repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.blocks import message_problems
from localchat.slack.blocks.views import view_problems
from localchat.slack.web_api.call import METHODS
from localchat.testing import LocalChat
from tests.localchat.broken_blocks import BLOCKS, SOUND, VIEWS
from tests.localchat.samples import AMARA, APPROVALS, Json, actions, section
from tests.localchat.test_blocks import VALID

TRUTH = Path(__file__).parents[3] / "shared" / "truth" / "slack"
needs_truth = pytest.mark.skipif(not TRUTH.is_dir(), reason="the public data is not here")

# slackblocks' examples that we refuse on purpose, because @slack/types does.
REFUSED = {
    "rich_text_list_ordered": "a border of 3, where only 0 and 1 exist",
    "rich_text_input_basic": "an initial value that is no rich_text block",
}
UNTYPED = {"data_visualization"}  # blocks that @slack/types 3.2.0 does not know


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def stems(folder: str) -> list[str]:
    return sorted(path.stem for path in (TRUTH / "blockkit" / "valid" / folder).glob("*.json"))


@cache
def blocks_schema() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(read(TRUTH / "schemas" / "blocks.schema.json"))


@needs_truth
@pytest.mark.parametrize("name", stems("blocks"))
def test_every_valid_block_is_accepted(name: str) -> None:
    block = read(TRUTH / "blockkit" / "valid" / "blocks" / f"{name}.json")

    assert message_problems([block]) == []


@needs_truth
@pytest.mark.parametrize("name", stems("rich_text"))
def test_every_valid_rich_text_is_accepted(name: str) -> None:
    piece = read(TRUTH / "blockkit" / "valid" / "rich_text" / f"{name}.json")
    if piece["type"] != "rich_text":
        if not piece["type"].startswith("rich_text_"):
            piece = {"type": "rich_text_section", "elements": [piece]}
        piece = {"type": "rich_text", "elements": [piece]}

    assert bool(message_problems([piece])) is (name in REFUSED)


@needs_truth
@pytest.mark.parametrize("name", stems("elements"))
def test_every_valid_element_is_accepted_somewhere(name: str) -> None:
    element = read(TRUTH / "blockkit" / "valid" / "elements" / f"{name}.json")
    label = {"type": "plain_text", "text": "Label"}
    task = {"type": "task_card", "task_id": "1", "title": "T", "status": "complete"}
    places: list[Json] = [
        {"type": "actions", "elements": [element]},
        {"type": "context", "elements": [element]},
        {"type": "input", "label": label, "element": element},
        {**section(), "accessory": element},
        {**task, "sources": [element]},
    ]

    is_accepted = any(message_problems([place]) == [] for place in places)
    assert is_accepted is (name not in REFUSED)


@needs_truth
def test_valid_views_are_accepted() -> None:
    for name in stems("views"):
        view = read(TRUTH / "blockkit" / "valid" / "views" / f"{name}.json")
        assert view_problems(view, view["type"]) == []


@needs_truth
def test_every_invalid_case_is_known_here() -> None:
    cases = {case["id"] for case in read(TRUTH / "blockkit" / "invalid.json")["cases"]}

    assert cases == set(BLOCKS) | set(VIEWS)


@pytest.mark.parametrize("case", BLOCKS)
def test_every_invalid_block_is_refused(case: str) -> None:
    assert message_problems([BLOCKS[case]])


@pytest.mark.parametrize("case", VIEWS)
def test_every_invalid_view_is_refused(case: str) -> None:
    assert view_problems(VIEWS[case], "modal")


@pytest.mark.parametrize("block", SOUND, ids=lambda block: block["type"])
def test_their_sound_neighbours_are_accepted(block: Json) -> None:
    assert message_problems([block]) == []


@needs_truth
@pytest.mark.parametrize("block", [*VALID.values(), *SOUND], ids=lambda block: block["type"])
def test_what_we_accept_fits_slack_s_published_types(block: Json) -> None:
    if block["type"] not in UNTYPED:
        assert list(blocks_schema().iter_errors([block])) == []


@needs_truth
def test_scopes_of_our_methods_are_slack_s() -> None:
    for path in (TRUTH / "methods").glob("*.json"):
        theirs = read(path)["scope"].get("bot", [])
        assert set(METHODS[path.stem].scopes) == set(theirs), path.stem


@needs_truth
def test_rate_limit_tiers_of_our_methods_are_slack_s() -> None:
    for path in (TRUTH / "methods").glob("*.json"):
        tier = read(path).get("rate_limits")
        if tier in ("t1", "t2", "t3", "t4"):
            assert f"t{METHODS[path.stem].tier}" == tier, path.stem


@needs_truth
async def test_responses_have_the_shape_of_slack_s(chat: LocalChat, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()])
    person = await client.users_info(user=AMARA)
    for data, name in ((posted.data, "chat_postMessage"), (person.data, "users_info")):
        schema = read(TRUTH / "schemas" / f"{name}_response.schema.json")
        jsonschema.validate(data, schema)


@needs_truth
async def test_errors_are_among_the_documented_ones(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    everywhere = {"invalid_arguments", "not_authed", "invalid_auth", "missing_scope", "ratelimited"}
    calls: dict[str, Json] = {
        "chat.update": {"channel": APPROVALS, "ts": "1.1", "text": "x"},
        "chat.postMessage": {"channel": "C0NOWHERE1", "text": "x"},
        "users.info": {"user": "U0NOBODY1"},
        "conversations.open": {"users": "U0NOBODY1"},
        "conversations.history": {"channel": APPROVALS, "oldest": "yesterday"},
        "views.open": {"trigger_id": "1.2.abc", "view": {"type": "modal"}},
        "views.update": {"view_id": "V1", "view": {"type": "modal"}},
        "files.completeUploadExternal": {"files": [{"id": "F1"}]},
        "reactions.add": {"channel": APPROVALS, "timestamp": "1.1", "name": "eyes"},
    }
    for method, arguments in calls.items():
        with pytest.raises(SlackApiError) as caught:
            await client.api_call(method, json=arguments)
        documented = set(read(TRUTH / "methods" / f"{method}.json")["errors"]) | everywhere
        assert caught.value.response["error"] in documented, method
