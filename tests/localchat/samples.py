"""Small pieces of Block Kit and a raw Socket Mode client, for tests."""

import json
from typing import Any

import aiohttp
import pytest

from localchat.slack.options import Options
from localchat.testing import LocalChat
from tests.patience import PATIENCE

Json = dict[str, Any]
AMARA, JONAS, RUTH, TOM = "U0AMARA01", "U0JONAS01", "U0RUTH001", "U0GONE001"
APPROVALS, GENERAL, LEADS, OLD = "C0APPROVE1", "C0GENERAL1", "G0LEADS001", "C0ARCHIVE1"


def plain(text: str = "Text") -> Json:
    """Plain text."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Text") -> Json:
    """Text with marks."""
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Text") -> Json:
    """A paragraph."""
    return {"type": "section", "text": mrkdwn(text)}


def button(action_id: str = "yes", **more: Any) -> Json:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain("Yes"), "value": "1", **more}


def actions(*elements: Json, block_id: str = "choices") -> Json:
    """A row of elements."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements) or [button()]}


def text_input(block_id: str = "why", action_id: str = "text") -> Json:
    """A question with a text answer."""
    element = {"type": "plain_text_input", "action_id": action_id}
    return {"type": "input", "block_id": block_id, "label": plain("Why?"), "element": element}


def modal(*blocks: Json, **more: Any) -> Json:
    """A form."""
    shown = list(blocks) or [text_input()]
    start = {"type": "modal", "title": plain("Form"), "submit": plain("Send")}
    return {**start, "callback_id": "form", "blocks": shown, **more}


def home(*blocks: Json, **more: Any) -> Json:
    """A Home tab."""
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


async def open_socket(
    chat: LocalChat, session: aiohttp.ClientSession
) -> aiohttp.ClientWebSocketResponse:
    """A raw Socket Mode connection whose hello was read."""
    ws = await session.ws_connect(await socket_url(chat, session))
    hello = json.loads((await ws.receive()).data)
    assert hello["type"] == "hello"
    return ws


async def socket_url(chat: LocalChat, session: aiohttp.ClientSession) -> str:
    """A fresh Socket Mode address."""
    headers = {"Authorization": f"Bearer {chat.app_token}"}
    url = f"{chat.api_url}apps.connections.open"
    async with session.post(url, headers=headers) as response:
        body = await response.json()
    assert body["ok"], body
    return str(body["url"])


# For tests of apps that do not answer: a workspace that waits for them only shortly.
IMPATIENT = pytest.mark.parametrize(
    "options", [Options(ack_within=0.3, retry_time_scale=0.0005)], ids=["impatient"]
)


async def next_envelope(ws: aiohttp.ClientWebSocketResponse, within: float = PATIENCE) -> Json:
    """The next envelope of a raw connection."""
    message = await ws.receive(timeout=within)
    envelope: Json = json.loads(message.data)
    return envelope
