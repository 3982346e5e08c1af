"""Discord's answers and payloads against public data, where that lies beside the repository."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import discord
import jsonschema
import pytest
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from localchat.discord.problems import Problems
from localchat.discord.rules.messages import check_message
from localchat.testing import LocalChat
from tests.localchat.discord_bot import (
    AMARA,
    APPROVALS,
    GUILD,
    Bot,
    Json,
    Rest,
    answers_within,
    button,
    buttons,
    row,
    running,
    socket,
)

OPENAPI = "urn:discord"


@pytest.fixture(scope="session")
def truth(shared: Path) -> Path:
    folder = shared / "truth" / "discord"
    if not folder.is_dir():
        pytest.skip("the public data about Discord is not here")
    return folder


@cache
def registry(folder: Path) -> Any:
    document = json.loads((folder / "openapi.json").read_text())
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    return Registry().with_resource(OPENAPI, resource)


def faults(folder: Path, pointer: str, value: object) -> list[str]:
    """What OpenAPI finds wrong with a value."""
    validator = jsonschema.Draft202012Validator(
        {"$ref": f"{OPENAPI}#{pointer}"}, registry=registry(folder)
    )
    found = best_match(validator.iter_errors(value))
    if found is None:
        return []
    while found.context:
        found = min(found.context, key=lambda e: (-len(e.absolute_path), str(e.message)))
    return [f"{list(found.absolute_path)}: {found.message[:300]}"]


def component(name: str) -> str:
    return f"/components/schemas/{name}"


def body_of(path: str, method: str = "post") -> str:
    escaped = path.replace("/", "~1")
    return f"/paths/{escaped}/{method}/requestBody/content/application~1json/schema"


@cache
def payload_schema(folder: Path, name: str) -> Any:
    """A payload's schema, with flags as numbers: a set of bits is none of its bits."""
    schema = json.loads((folder / "schemas" / f"{name}.schema.json").read_text())
    return _relaxed(schema)


def _relaxed(node: Any) -> Any:
    if isinstance(node, list):
        return [_relaxed(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _relaxed(value) for name, value in node.items()}
    definitions = made.get("definitions", {})
    for name in definitions:
        if name.endswith("Flags"):
            definitions[name] = {"type": "integer"}
    return made


async def test_messages_have_the_shape_of_discord_s(truth: Path, rest: Rest) -> None:
    media = {"url": "https://example.com/a.png"}
    plain = await rest.post(
        content="Hello",
        nonce="7",
        components=[
            row(button(), button("no", style=4)),
            row({"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]}),
        ],
        embeds=[{"title": "T", "image": media, "fields": [{"name": "a", "value": "b"}]}],
    )
    section = {"type": 9, "components": [{"type": 10, "content": "x"}]}
    fancy = await rest.post(
        flags=1 << 15,
        components=[
            {
                "type": 17,
                "components": [
                    {"type": 10, "content": "# Title"},
                    {"type": 14},
                    section | {"accessory": button()},
                    section | {"accessory": {"type": 11, "media": media}},
                    {"type": 12, "items": [{"media": media}]},
                    row(button("no")),
                ],
            }
        ],
    )
    reply = await rest.post(content="Re", message_reference={"message_id": plain["id"]})

    for message in (plain, fancy, reply):
        assert faults(truth, component("MessageResponse"), message) == []


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/users/@me", "UserPIIResponse"),
        (f"/users/{AMARA}", "UserResponse"),
        ("/applications/@me", "PrivateApplicationResponse"),
        ("/gateway", "GatewayResponse"),
        ("/gateway/bot", "GatewayBotResponse"),
        (f"/guilds/{GUILD}?with_counts=1", "GuildWithCountsResponse"),
        (f"/guilds/{GUILD}/members/{AMARA}", "GuildMemberResponse"),
        (f"/guilds/{GUILD}/roles/{GUILD}", "GuildRoleResponse"),
        (f"/channels/{APPROVALS}", "GuildChannelResponse"),
    ],
)
async def test_things_have_the_shape_of_discord_s(
    truth: Path, rest: Rest, path: str, schema: str
) -> None:
    status, body = await rest("GET", path)

    assert status == 200
    assert faults(truth, component(schema), body) == []


async def test_threads_and_direct_messages_have_the_shape_of_discord_s(
    truth: Path, rest: Rest
) -> None:
    message = await rest.post(content="x")
    _, thread = await rest(
        "POST", f"/channels/{APPROVALS}/messages/{message['id']}/threads", {"name": "Why"}
    )
    _, direct = await rest("POST", "/users/@me/channels", {"recipient_id": AMARA})

    assert faults(truth, component("ThreadResponse"), thread) == []
    assert faults(truth, component("PrivateChannelResponse"), direct) == []


async def test_commands_have_the_shape_of_discord_s(
    truth: Path, chat: LocalChat, rest: Rest
) -> None:
    path = f"/applications/{chat.discord.application_id}/commands"
    option = {"type": 3, "name": "item", "description": "Which", "autocomplete": True}
    _, made = await rest(
        "PUT", path, [{"name": "review", "description": "Review", "options": [option]}]
    )

    assert faults(truth, component("ApplicationCommandResponse"), made[0]) == []


async def test_what_discord_py_sends_and_gets_fits(truth: Path, chat: LocalChat, bot: Bot) -> None:
    async def yes(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Thanks", ephemeral=True)

    async def no(interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="No")

    sent = await bot.room().send("May it?", view=buttons(yes=yes, no=no))
    await chat.discord.click("yes", user=AMARA, message=str(sent.id))
    await chat.discord.click("no", user=AMARA, message=str(sent.id))
    posts = chat.discord.requests("POST /channels/*/messages")
    callbacks = chat.discord.requests("POST /interactions/*")

    assert faults(truth, body_of("/channels/{channel_id}/messages"), posts[0].body) == []
    path = "/interactions/{interaction_id}/{interaction_token}/callback"
    assert len(callbacks) == 2
    for each in callbacks:
        assert faults(truth, body_of(path), each.body) == []
        assert faults(truth, component("InteractionCallbackResponse"), each.response) == []


@answers_within(0.3)
async def test_gateway_payloads_fit_discord_api_types(
    truth: Path, chat: LocalChat, rest: Rest
) -> None:
    option = {"type": 3, "name": "item", "description": "Which", "autocomplete": True}
    path = f"/applications/{chat.discord.application_id}/commands"
    menus = [{"type": 3, "name": "Show"}, {"type": 2, "name": "Who"}]
    review = {"name": "review", "description": "Review", "options": [option]}
    await rest("PUT", path, [review, *menus])
    message = await rest.post(content="x", components=[row()])
    async with socket(chat.discord) as ws:
        ready = await ws.identify()
        await ws.until("GUILD_CREATE")
        service = chat.discord.service.acting
        where = {"user": AMARA, "channel": APPROVALS}
        await chat.discord.click("yes", user=AMARA, message=message["id"])
        await chat.discord.command("review", **where, options={"item": "7"})
        await service.autocomplete(AMARA, APPROVALS, "review", "item", "7", {})
        await chat.discord.context_menu("Show", **where, message=message["id"])
        await chat.discord.context_menu("Who", **where, target=AMARA)
        direct = await rest.post(chat.discord.direct_channel(AMARA), components=[row()])
        await chat.discord.click("yes", user=AMARA, message=direct["id"])
        interactions = [(await ws.until("INTERACTION_CREATE"))["d"] for _ in range(6)]

    jsonschema.validate(ready["d"], payload_schema(truth, "ready"))
    validator = jsonschema.Draft7Validator(payload_schema(truth, "interaction"))
    for each in interactions:
        assert deepest(validator, each) == ""


def deepest(validator: Any, value: object) -> str:
    """The most telling fault, or nothing."""
    found = best_match(validator.iter_errors(value))
    if found is None:
        return ""
    while found.context:
        found = max(found.context, key=lambda e: len(e.absolute_path))
    return f"{list(found.absolute_path)}: {found.message[:300]}"


def message_with(**changes: Any) -> Json:
    return {"content": "x", **changes}


INVALID: dict[str, Json] = {
    "content": message_with(content="x" * 4001),
    "custom_id": message_with(components=[row(button("x" * 101))]),
    "label": message_with(components=[row(button(label="x" * 81))]),
    "six buttons": message_with(components=[row(*(button(str(n)) for n in range(6)))]),
    "eleven embeds": message_with(embeds=[{"title": "x"}] * 11),
    "embed title": message_with(embeds=[{"title": "x" * 257}]),
    "nonce": message_with(nonce="x" * 26),
    "style": message_with(components=[row(button(style=9))]),
    "bare button": message_with(components=[button()]),
}


@pytest.mark.parametrize("name", INVALID)
def test_what_openapi_refuses_is_refused(truth: Path, name: str) -> None:
    body = copy.deepcopy(INVALID[name])
    problems = Problems()
    check_message(body, problems)

    assert faults(truth, body_of("/channels/{channel_id}/messages"), body)
    assert problems


@answers_within(3)
async def test_a_modal_s_submission_fits(truth: Path, chat: LocalChat) -> None:
    async with running(chat.discord) as bot, socket(chat.discord) as ws:
        await ws.identify()
        form = discord.ui.Modal(title="Why", custom_id="why")
        form.add_item(
            discord.ui.Label(text="Reason", component=discord.ui.TextInput(custom_id="reason"))
        )

        async def ask(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(form)

        sent = await bot.room().send("x", view=buttons(ask=ask))
        await chat.discord.click("ask", user=AMARA, message=str(sent.id))
        opened = chat.discord.modals(AMARA)
        await chat.discord.submit_modal({"reason": "because"}, user=AMARA)
        await ws.until("INTERACTION_CREATE")
        submission = (await ws.until("INTERACTION_CREATE"))["d"]

    assert [modal["title"] for modal in opened] == ["Why"]
    validator = jsonschema.Draft7Validator(payload_schema(truth, "interaction"))
    assert deepest(validator, submission) == ""
