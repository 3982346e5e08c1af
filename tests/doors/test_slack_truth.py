"""What we send is what Slack documents: checked against its own schemas, where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.facts import UNSURE
from tests.doors.slack_house import AMARA, APPROVALS, JONAS, LABEL, RUTH, a_scene

METHODS = "chat.postMessage", "chat.update", "views.open"


async def test_every_request_has_the_arguments_that_slack_documents(
    sqlite_url: str, shared: Path
) -> None:
    """S23 to S27, S35: localchat has checked the blocks; here are names, types and needs."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        label = await scene.submitted(LABEL)
        await card.read(AMARA)
        await scene.chat.until(lambda: scene.chat.views(AMARA))
        scene.deafen()
        await card.click(JONAS, "approve")
        await label.click(AMARA, UNSURE)
        await scene.chat.command("/review next", user=RUTH, channel=APPROVALS)
        await card.shows("Approved")
        await scene.quiet()
        requests = scene.chat.requests()

    assert {request.method for request in requests} >= set(METHODS)
    for request in requests:
        documented = _arguments_of(shared, request.method)
        given = {name for name in request.args if name not in ("token", "team_id")}
        unknown = given - set(documented["properties"])
        assert not unknown, (request.method, unknown)
        assert set(documented.get("required", ())) - {"token"} <= given, request.method


async def test_no_message_unfurls_and_every_one_has_its_sentence(sqlite_url: str) -> None:
    """T32, and UX 50: the text is the headline, in the first block as well."""
    async with a_scene(sqlite_url) as scene:
        await scene.submitted()
        label = await scene.submitted(LABEL)
        await label.click(AMARA, UNSURE)
        await scene.chat.until(lambda: len(scene.chat.requests("chat.postMessage")) >= 3)

        for request in scene.chat.requests("chat.postMessage"):
            assert request.args["unfurl_links"] in (False, "false", "0", 0)
            assert request.args["unfurl_media"] in (False, "false", "0", 0)
            assert request.args["text"]
            assert request.args["metadata"]["event_type"] in ("signoff_card", "signoff_notice")


def _arguments_of(shared: Path, method: str) -> dict[str, Any]:
    found = sorted((shared / "truth" / "slack").rglob(f"{method}.json"))
    if not found:
        pytest.skip(f"the public data has no file about {method}")
    about: dict[str, Any] = json.loads(found[0].read_text())
    return dict(about["args"])
