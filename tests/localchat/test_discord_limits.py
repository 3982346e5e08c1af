import asyncio
import copy
from typing import Any

import discord
import pytest

from localchat.discord.options import Options as DiscordOptions
from localchat.testing import LocalChat
from tests.localchat.discord_bot import (
    AMARA,
    APPROVALS,
    GENERAL,
    LEADS,
    Bot,
    Json,
    Rest,
    button,
    row,
    socket,
)
from tests.patience import PATIENCE

V2 = 1 << 15
LINK = {"type": 2, "style": 5, "label": "Go"}


def text(content: str = "x") -> Json:
    return {"type": 10, "content": content}


def with_rows(*rows: Json, **more: Any) -> Json:
    return {"content": "x", "components": list(rows), **more}


def menu(*values: str, **more: Any) -> Json:
    options = [{"label": value, "value": value} for value in values]
    return {"type": 3, "custom_id": "menu", "options": options, **more}


def fields_of(size: int) -> Json:
    return {"fields": [{"name": "n", "value": "x" * size}]}


MESSAGES: dict[str, tuple[Json, str]] = {  # a body, and where Discord finds fault with it
    "2001 characters": ({"content": "x" * 2001}, "content"),
    "content no text": ({"content": 7}, "content"),
    "six rows": (with_rows(*(row(button(str(n))) for n in range(6))), "components"),
    "six buttons": (
        with_rows(row(*(button(str(n)) for n in range(6)))),
        "components.0.components",
    ),
    "empty row": (with_rows({"type": 1, "components": []}), "components.0.components"),
    "bare button": (with_rows(button()), "components.0"),
    "two menus in a row": (
        with_rows(row(menu("a"), menu("b", custom_id="c"))),
        "components.0.components.0",
    ),
    "custom_id twice": (
        with_rows(row(button()), row(button())),
        "components.1.components.0.custom_id",
    ),
    "custom_id of 101": (
        with_rows(row(button("x" * 101))),
        "components.0.components.0.custom_id",
    ),
    "custom_id empty": (with_rows(row(button(""))), "components.0.components.0.custom_id"),
    "button without custom_id": (
        with_rows(row({"type": 2, "style": 1, "label": "x"})),
        "components.0.components.0.custom_id",
    ),
    "custom_id and url": (
        with_rows(row({**LINK, "url": "https://a.example", "custom_id": "x"})),
        "components.0.components.0",
    ),
    "link without url": (with_rows(row(LINK)), "components.0.components.0.url"),
    "link to a script": (
        with_rows(row({**LINK, "url": "javascript://x"})),
        "components.0.components.0.url",
    ),
    "label of 81": (with_rows(row(button(label="x" * 81))), "components.0.components.0.label"),
    "style 9": (with_rows(row(button(style=9))), "components.0.components.0.style"),
    "26 options": (
        with_rows(row(menu(*map(str, range(26))))),
        "components.0.components.0.options",
    ),
    "same option twice": (
        with_rows(row(menu("a", "a"))),
        "components.0.components.0.options.1",
    ),
    "placeholder of 151": (
        with_rows(row(menu("a", placeholder="x" * 151))),
        "components.0.components.0.placeholder",
    ),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds"),
    "embed title of 257": ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
    "field of 1025": ({"embeds": [fields_of(1025)]}, "embeds.0.fields.0.value"),
    "26 fields": (
        {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
        "embeds.0.fields",
    ),
    "6001 characters of embeds": (
        {"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]},
        "embeds",
    ),
    "nonce of 26": ({"content": "x", "nonce": "x" * 26}, "nonce"),
    "mentions parsed and listed": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [AMARA]}},
        "allowed_mentions",
    ),
    "101 mentions": (
        {"content": "x", "allowed_mentions": {"users": [AMARA] * 101}},
        "allowed_mentions.users",
    ),
    "unknown mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse.0",
    ),
    "V2 without its flag": (with_rows(text()), "components.0"),
    "V2 with content": ({"content": "x", "flags": V2, "components": [text()]}, "content"),
    "V2 with embeds": (
        {"embeds": [{"title": "x"}], "flags": V2, "components": [text()]},
        "embeds",
    ),
    "41 components": ({"flags": V2, "components": [text()] * 41}, "components"),
    "41 nested components": (
        {"flags": V2, "components": [{"type": 17, "components": [text()] * 39}, text()]},
        "components",
    ),
    "4001 characters of V2": (
        {"flags": V2, "components": [text("x" * 2000), text("x" * 2001)]},
        "components",
    ),
    "section without accessory": (
        {"flags": V2, "components": [{"type": 9, "components": [text()]}]},
        "components.0.accessory",
    ),
    "container in a container": (
        {
            "flags": V2,
            "components": [{"type": 17, "components": [{"type": 17, "components": [text()]}]}],
        },
        "components.0.components.0",
    ),
}


def leaf(tree: Json, path: str) -> list[Json]:
    for step in path.split("."):
        assert step in tree, tree
        tree = tree[step]
    found: list[Json] = tree["_errors"]
    return found


@pytest.mark.parametrize("name", MESSAGES)
async def test_d4_faults_are_told_by_their_path(rest: Rest, name: str) -> None:
    body, path = copy.deepcopy(MESSAGES[name])

    status, refusal = await rest("POST", f"/channels/{APPROVALS}/messages", body)

    assert (status, refusal["code"], refusal["message"]) == (400, 50035, "Invalid Form Body")
    assert leaf(refusal["errors"], path)


FIELD = {"type": 4, "custom_id": "why", "style": 1, "label": "Why"}


def label(component: Json, **more: Any) -> Json:
    return {"type": 18, "label": "Why", "component": component, **more}


MODALS: dict[str, tuple[Json, str]] = {
    "title of 46": ({"title": "x" * 46}, "data.title"),
    "no custom_id": ({"custom_id": ""}, "data.custom_id"),
    "six fields": ({"components": [row(FIELD)] * 6}, "data.components"),
    "no fields": ({"components": []}, "data.components"),
    "label of 46": (
        {"components": [row({**FIELD, "label": "x" * 46})]},
        "data.components.0.components.0.label",
    ),
    "placeholder of 101": (
        {"components": [row({**FIELD, "placeholder": "x" * 101})]},
        "data.components.0.components.0.placeholder",
    ),
    "a button": ({"components": [row(button())]}, "data.components.0.components.0"),
    "a button with a label": (
        {"components": [label(button())]},
        "data.components.0.component",
    ),
    "same field twice": (
        {"components": [row(FIELD), row(FIELD)]},
        "data.components.1.components.0.custom_id",
    ),
    "description of 101": (
        {"components": [label(FIELD, description="x" * 101)]},
        "data.components.0.description",
    ),
}


class TestCallbacks:
    @pytest.mark.parametrize("name", MODALS)
    async def test_d4_modals_have_limits(self, chat: LocalChat, rest: Rest, name: str) -> None:
        changes, path = MODALS[name]
        form = {"custom_id": "f", "title": "Form", "components": [row(FIELD)]} | changes
        posted = await rest.post(components=[row()])
        async with socket(chat.discord) as ws:
            await ws.identify()
            click = chat.discord.click("yes", user=AMARA, message=posted["id"])
            waiting = asyncio.create_task(click)
            each = (await ws.until("INTERACTION_CREATE"))["d"]
            callback = f"/interactions/{each['id']}/{each['token']}/callback"
            status, refusal = await rest("POST", callback, {"type": 9, "data": form})
            await rest("POST", callback, {"type": 6})
            await waiting

        assert (status, refusal["code"]) == (400, 50035)
        assert leaf(refusal["errors"], path)


OPTION = {"type": 3, "name": "item", "description": "Which"}
COMMANDS: dict[str, tuple[Json, str]] = {
    "upper case": ({"name": "Review"}, "name"),
    "name of 33": ({"name": "x" * 33}, "name"),
    "space": ({"name": "re view"}, "name"),
    "description of 101": ({"description": "x" * 101}, "description"),
    "no description": ({"description": ""}, "description"),
    "26 options": ({"options": [OPTION] * 26}, "options"),
    "same option twice": ({"options": [OPTION, OPTION]}, "options.1"),
    "upper case option": ({"options": [{**OPTION, "name": "Item"}]}, "options.0.name"),
    "required after optional": (
        {"options": [OPTION, {**OPTION, "name": "b", "required": True}]},
        "options.1",
    ),
    "options with a context menu": ({"type": 3, "options": [OPTION]}, ""),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_d4_commands_have_limits(chat: LocalChat, rest: Rest, name: str) -> None:
    changes, path = COMMANDS[name]
    command = {"name": "review", "description": "Review", **changes}
    base = f"/applications/{chat.discord.application_id}/commands"

    one, refusal = await rest("POST", base, command)
    bulk, in_bulk = await rest("PUT", base, [command])

    assert (one, bulk) == (400, 400)
    errors = refusal["errors"]["_errors"] if not path else leaf(refusal["errors"], path)
    assert errors
    assert leaf(in_bulk["errors"], f"0.{path}".strip("."))
    assert chat.discord.commands() == []


async def test_d4_a_command_holds_8000_characters(chat: LocalChat, rest: Rest) -> None:
    choices = [{"name": f"{n:02}" + "x" * 98, "value": f"{n:02}" + "y" * 98} for n in range(25)]
    options = [{**OPTION, "name": f"o{n}", "choices": choices} for n in range(2)]
    base = f"/applications/{chat.discord.application_id}/commands"

    status, _ = await rest("POST", base, {"name": "a", "description": "A", "options": options})

    assert status == 400


async def test_bodies_that_are_no_json_are_refused(chat: LocalChat, rest: Rest) -> None:
    url = f"{chat.discord.api_url}/channels/{APPROVALS}/messages"
    async with rest.session.post(
        url, data=b"{", headers={"Authorization": str(rest.token)}
    ) as answer:
        refusal = await answer.json()

    assert (answer.status, refusal["code"]) == (400, 50109)


class TestRateLimits:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(rate_limits="discord", requests_per_second=12)

    async def test_d11_a_bucket_runs_dry(self, chat: LocalChat, rest: Rest) -> None:
        path = f"/channels/{APPROVALS}/messages"
        left = []
        for _ in range(5):
            await rest("POST", path, {"content": "x"})
            left.append(rest.headers["X-RateLimit-Remaining"])

        status, refusal = await rest("POST", path, {"content": "x"})
        headers = rest.headers
        elsewhere, _ = await rest("POST", f"/channels/{GENERAL}/messages", {"content": "x"})

        assert left == ["4", "3", "2", "1", "0"]
        assert (status, elsewhere) == (429, 200)
        assert headers["X-RateLimit-Scope"] == "user"
        assert headers["X-RateLimit-Bucket"] == rest.headers["X-RateLimit-Bucket"]
        assert headers["Via"]
        assert 0 < refusal["retry_after"] <= 5
        assert refusal["retry_after"] % 1
        assert refusal["global"] is False

    async def test_d11_all_requests_together_are_limited(self, chat: LocalChat, rest: Rest) -> None:
        statuses = [(await rest("GET", f"/users/{AMARA[:-1]}{n}"))[0] for n in range(1, 7)]
        statuses += [(await rest("GET", f"/channels/{APPROVALS}"))[0] for _ in range(7)]

        assert statuses[-1] == 429

    async def test_interactions_have_no_global_limit(self, chat: LocalChat, rest: Rest) -> None:
        for _ in range(20):
            status, _ = await rest("POST", "/interactions/1/2/callback", {})
            assert status in (404, 429)
            assert rest.headers.get("X-RateLimit-Global") is None


async def test_d11_discord_py_waits_when_via_is_there(chat: LocalChat, bot: Bot) -> None:
    for scope in ("user", "global", "shared"):
        chat.discord.fault(
            "ratelimited", "POST /channels/*", count=1, retry_after=0.05, scope=scope
        )
        await bot.room().send("patience")

    statuses = [r.status for r in chat.discord.requests("POST /channels/*")]
    assert statuses == [429, 200] * 3
    assert chat.discord.invalid_request_count == 2  # the shared one is not counted


async def test_d11_discord_py_gives_up_without_via(chat: LocalChat, bot: Bot) -> None:
    chat.discord.fault("ratelimited", "POST /channels/*", count=1, scope="cloudflare")

    with pytest.raises(discord.HTTPException) as caught:
        await bot.room().send("banned")

    assert caught.value.status == 429


class TestBans:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(invalid_requests_max=3)

    async def test_d27_too_many_invalid_requests_end_everything(
        self, chat: LocalChat, rest: Rest
    ) -> None:
        rest.token = "Bot wrong"
        wrong = await rest("GET", "/users/@me")
        rest.token = f"Bot {chat.discord.bot_token}"
        for _ in range(2):
            await rest("GET", f"/channels/{LEADS}")

        banned, _ = await rest("GET", "/users/@me")
        via = rest.headers.get("Via")
        chat.clock.advance(601)
        forgiven, _ = await rest("GET", "/users/@me")

        assert wrong == (401, {"message": "401: Unauthorized", "code": 0})
        assert (banned, via, forgiven) == (429, None, 200)


async def test_requests_can_be_refused_delayed_and_cut(chat: LocalChat, bot: Bot) -> None:
    sent = await bot.room().send("x")
    chat.discord.fault("error", "PATCH /channels/*", code=10008, count=1)
    with pytest.raises(discord.NotFound) as caught:
        await sent.edit(content="y")
    chat.discord.fault("http_error", "PATCH /channels/*", status=404, count=1)
    with pytest.raises(discord.NotFound):
        await sent.edit(content="y")
    chat.discord.fault("slow", "PATCH /channels/*", seconds=0.1, count=1)
    async with asyncio.timeout(PATIENCE):
        await sent.edit(content="z")

    assert caught.value.code == 10008
    assert chat.discord.message(str(sent.id))["content"] == "z"


async def test_unknown_addresses_and_methods_are_told_apart(rest: Rest) -> None:
    assert (await rest("GET", "/nowhere"))[0] == 404
    assert (await rest("PUT", "/users/@me"))[0] == 405


async def test_addresses_work_without_a_version_beside_slack_s(chat: LocalChat, rest: Rest) -> None:
    async def status(path: str) -> int:
        headers = {"Authorization": str(rest.token)}
        async with rest.session.get(chat.url + path, headers=headers) as answer:
            body = await answer.json(content_type=None)
        return 200 if "url" in body or "username" in body else int(body.get("code", -1))

    assert [await status(f"/api{version}/gateway") for version in ("", "/v10")] == [200, 200]
    assert await status("/api/users/@me") == 200
    assert await status("/api/v6/users/@me") == 50041
    assert await status("/api/auth.test") == -1  # Slack's: no code, but an error
