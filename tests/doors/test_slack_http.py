"""T16: forged, old, future and broken requests have no effect; the door stays up."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.buttons import vote_id
from tests.doors.slack_house import AMARA, Scene, a_scene


def signed(secret: str, body: str, stamp: str) -> dict[str, str]:
    """Headers as Slack sends them."""
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def a_click(scene: Scene, item_id: str) -> str:
    """The body of a click on "approve"."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": AMARA, "team_id": "T0LOCAL001"},
        "team": {"id": "T0LOCAL001"},
        "api_app_id": scene.chat.app.id,
        "actions": [
            {"type": "button", "action_id": vote_id(item_id, "approve", ("approve", "reject"))}
        ],
    }
    return urlencode({"payload": json.dumps(payload)})


async def test_only_what_slack_signed_within_five_minutes_counts(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, by_socket=False) as scene, aiohttp.ClientSession() as session:
        item = await scene.submit()
        url, secret = scene.chat.app.request_url, scene.chat.signing_secret
        body = a_click(scene, item.id)
        now = int(scene.house.now().timestamp())
        good = signed(secret, body, str(now))
        forged = {
            "no headers": (body, {}),
            "another secret": (body, signed("other", body, str(now))),
            "another body": (body + "&a=1", good),
            "too old": (body, signed(secret, body, str(now - 302))),
            "too new": (body, signed(secret, body, str(now + 302))),
            "no number": (body, signed(secret, body, "yesterday")),
            "no digits of ours": (body, good | {"X-Slack-Request-Timestamp": "-1"}),
        }

        for what, (sent, headers) in forged.items():
            async with session.post(url, data=sent, headers=headers) as said:
                assert said.status == 401, what
        async with session.post(url, data=b"\xff\xfe", headers=good) as said:
            assert said.status in (400, 401)
        assert (await scene.now(item)).votes == ()

        for _ in range(2):  # the same request again, within the five minutes: no second effect
            async with session.post(url, data=body, headers=good) as said:
                assert said.status == 200
        assert len((await scene.now(item)).votes) == 1
