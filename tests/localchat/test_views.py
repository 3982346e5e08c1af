import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import (
    AMARA,
    APPROVALS,
    IMPATIENT,
    Json,
    actions,
    button,
    home,
    modal,
    section,
    text_input,
)


@pytest.fixture
def trigger(chat: LocalChat) -> Callable[[], str]:
    """Mints trigger ids as a click by Amara would."""
    return lambda: chat.slack.triggers.new(chat.app, AMARA)


@pytest.fixture
def inner_trigger(chat: LocalChat) -> Callable[[], str]:
    """Mints trigger ids as a click in Amara's topmost modal would."""
    return lambda: chat.slack.triggers.new(chat.app, AMARA, chat.views(AMARA)[-1]["id"])


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


@IMPATIENT
async def test_s9_a_trigger_id_expires_after_three_seconds(
    chat: LocalChat, client: AsyncWebClient, trigger: Callable[[], str]
) -> None:
    old = trigger()
    chat.clock.advance(3.1)

    error = await error_of(client.views_open(trigger_id=old, view=modal()))

    assert error == "expired_trigger_id"


async def test_s10_a_trigger_id_works_once(
    client: AsyncWebClient, trigger: Callable[[], str]
) -> None:
    once = trigger()
    await client.views_open(trigger_id=once, view=modal())

    error = await error_of(client.views_open(trigger_id=once, view=modal()))

    assert error == "exchanged_trigger_id"


@pytest.mark.parametrize("text", ["nonsense", "12.34", "1.2.XYZ", "1.2.abc"])
async def test_s11_an_unknown_trigger_id_is_invalid(client: AsyncWebClient, text: str) -> None:
    error = await error_of(client.views_open(trigger_id=text, view=modal()))

    assert error == "invalid_trigger_id"


async def test_s11_trigger_ids_look_like_slack_s(trigger: Callable[[], str]) -> None:
    first, second, last = trigger().split(".")

    assert first.isdigit()
    assert second.isdigit()
    assert int(last, 16)


async def test_a_malformed_view_does_not_use_the_trigger_up(
    client: AsyncWebClient, trigger: Callable[[], str]
) -> None:
    once = trigger()
    bad = await error_of(client.views_open(trigger_id=once, view={"type": "modal"}))

    assert bad == "invalid_arguments"
    assert (await client.views_open(trigger_id=once, view=modal()))["ok"]


async def test_s30_a_stale_hash_conflicts(
    client: AsyncWebClient, trigger: Callable[[], str]
) -> None:
    view = (await client.views_open(trigger_id=trigger(), view=modal()))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section()))

    error = await error_of(client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))

    assert error == "hash_conflict"


async def test_s30_an_external_id_is_unique(
    client: AsyncWebClient, trigger: Callable[[], str], inner_trigger: Callable[[], str]
) -> None:
    await client.views_open(trigger_id=trigger(), view=modal(external_id="one"))

    error = await error_of(
        client.views_push(trigger_id=inner_trigger(), view=modal(external_id="one"))
    )

    assert error == "duplicate_external_id"


async def test_s30_a_view_of_more_than_250_kb_is_too_large(
    client: AsyncWebClient, trigger: Callable[[], str]
) -> None:
    large = modal(*(section("x" * 3000) for _ in range(90)))

    error = await error_of(client.views_open(trigger_id=trigger(), view=large))

    assert error == "view_too_large"


async def test_s30_three_modals_are_the_limit(
    chat: LocalChat,
    client: AsyncWebClient,
    trigger: Callable[[], str],
    inner_trigger: Callable[[], str],
) -> None:
    await client.views_open(trigger_id=trigger(), view=modal())
    await client.views_push(trigger_id=inner_trigger(), view=modal())
    top = (await client.views_push(trigger_id=inner_trigger(), view=modal()))["view"]

    error = await error_of(client.views_push(trigger_id=inner_trigger(), view=modal()))

    assert error == "push_limit_reached"
    stack = chat.views(AMARA)
    assert [view["root_view_id"] for view in stack] == [stack[0]["id"]] * 3
    assert top["previous_view_id"] == stack[1]["id"]


async def test_views_update_does_not_know_a_closed_view(client: AsyncWebClient) -> None:
    assert await error_of(client.views_update(view_id="V1", view=modal())) == "not_found"


async def opened(client: AsyncWebClient, trigger: Callable[[], str], view: Json) -> str:
    return str((await client.views_open(trigger_id=trigger(), view=view))["view"]["id"])


async def test_s31_errors_are_shown_beside_their_inputs(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler,
) -> None:  # fmt: skip
    @bolt.view("form")
    async def refuse(ack: Any, view: Json) -> None:
        assert view["state"]["values"]["why"]["text"]["value"] == "because"
        await ack(response_action="errors", errors={"why": "Say more."})

    view_id = await opened(client, trigger, modal())

    outcome = await chat.submit_view(view_id, {"why": {"text": "because"}})

    assert (outcome.ok, outcome.errors) == (False, {"why": "Say more."})
    assert len(chat.views(AMARA)) == 1


async def test_s31_errors_for_an_unknown_block_make_trouble(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler,
) -> None:  # fmt: skip
    @bolt.view("form")
    async def refuse(ack: Any) -> None:
        await ack(response_action="errors", errors={"elsewhere": "No."})

    view_id = await opened(client, trigger, modal())

    outcome = await chat.submit_view(view_id, {"why": {"text": "because"}})

    assert outcome.message == "We had some trouble connecting. Try again?"


async def test_an_empty_answer_closes_the_modal_and_a_required_input_must_be_filled(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler,
) -> None:  # fmt: skip
    @bolt.view("form")
    async def accept(ack: Any) -> None:
        await ack()

    view_id = await opened(client, trigger, modal())

    empty = await chat.submit_view(view_id)
    filled = await chat.submit_view(view_id, {"why": {"text": "because"}})

    assert empty.errors == {"why": "Please complete this required field."}
    assert filled.ok
    assert chat.views(AMARA) == []


@pytest.mark.parametrize(
    ("action", "titles"), [("update", ["Next"]), ("push", ["Form", "Next"]), ("clear", [])]
)
async def test_a_submission_can_update_push_and_clear(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler, action: str, titles: list[str],
) -> None:  # fmt: skip
    @bolt.view("form")
    async def go_on(ack: Any) -> None:
        following = modal(section(), title={"type": "plain_text", "text": "Next"})
        extra = {} if action == "clear" else {"view": following}
        await ack(response_action=action, **extra)

    view_id = await opened(client, trigger, modal(section()))

    outcome = await chat.submit_view(view_id)

    assert outcome.ok
    assert [view["title"]["text"] for view in chat.views(AMARA)] == titles


async def test_closing_is_told_only_when_asked_for(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler,
) -> None:  # fmt: skip
    closed: list[Json] = []

    @bolt.view_closed("form")
    async def on_closed(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    await chat.close_view(await opened(client, trigger, modal()))
    await chat.close_view(await opened(client, trigger, modal(notify_on_close=True)))

    assert [body["is_cleared"] for body in closed] == [False]


async def test_a_click_in_a_modal_carries_what_was_entered(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, trigger: Callable[[], str],
    connected: AsyncSocketModeHandler,
) -> None:  # fmt: skip
    seen: list[Json] = []

    @bolt.action("yes")
    async def on_click(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    view_id = await opened(client, trigger, modal(text_input(), actions()))
    entered = {"why": {"text": {"type": "plain_text_input", "value": "half a thought"}}}

    outcome = await chat.click(user=AMARA, view_id=view_id, action_id="yes", entered=entered)

    assert outcome.ok
    assert seen[0]["view"]["state"]["values"] == entered
    assert seen[0]["container"] == {"type": "view", "view_id": view_id}


async def test_a_home_tab_is_published_when_it_is_opened(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    @bolt.event("app_home_opened")
    async def publish(event: Json) -> None:
        await client.views_publish(user_id=event["user"], view=home(actions(button("more"))))

    assert await chat.open_home(user=AMARA) is None

    view = await chat.until(lambda: chat.home(AMARA)) or {}
    assert view["type"] == "home"
    assert (await chat.open_home(user=AMARA) or {})["id"] == view["id"]


async def test_a_command_s_trigger_opens_a_modal(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    @bolt.command("/review")
    async def review(ack: Any, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    outcome = await chat.command("/review next", user=AMARA, channel=APPROVALS)

    assert outcome.ok
    assert [view["callback_id"] for view in chat.views(AMARA)] == ["form"]
    await asyncio.sleep(0)
