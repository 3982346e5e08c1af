from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.options import Options
from localchat.testing import LocalChat
from tests.localchat.samples import (
    AMARA,
    APPROVALS,
    GENERAL,
    JONAS,
    LEADS,
    OLD,
    RUTH,
    Json,
    actions,
    button,
    section,
)


async def refusal_of(call: Any) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)


async def error_of(call: Any) -> str:
    return str((await refusal_of(call))["error"])


async def posted(client: AsyncWebClient, **content: Any) -> str:
    content = content or {"text": "Card", "blocks": [section()]}
    return str((await client.chat_postMessage(channel=APPROVALS, **content))["ts"])


async def test_s12_an_ephemeral_message_cannot_be_updated(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    shown = await client.chat_postEphemeral(channel=APPROVALS, user=AMARA, text="Only you")

    error = await error_of(
        client.chat_update(channel=APPROVALS, ts=shown["message_ts"], text="New")
    )

    assert error == "message_not_found"
    assert [message["text"] for message in chat.ephemerals(AMARA)] == ["Only you"]
    assert chat.ephemerals(JONAS) == []
    assert chat.messages(APPROVALS) == []


async def test_s13_text_without_blocks_removes_the_blocks(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    ts = await posted(client)

    await client.chat_update(channel=APPROVALS, ts=ts, text="New")

    assert "blocks" not in chat.message(APPROVALS, ts)
    assert chat.message(APPROVALS, ts)["edited"]["user"] == chat.app.bot_user_id


async def test_s13_an_update_with_neither_keeps_the_blocks(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    ts = await posted(client)

    metadata = {"event_type": "shown", "event_payload": {"revision": 2}}
    change = {"channel": APPROVALS, "ts": ts, "metadata": metadata}
    await client.api_call("chat.update", json=change)

    assert len(chat.message(APPROVALS, ts)["blocks"]) == 1
    assert chat.message(APPROVALS, ts)["metadata"] == metadata


async def test_s13_an_empty_list_clears_the_blocks(chat: LocalChat, client: AsyncWebClient) -> None:
    ts = await posted(client)

    await client.chat_update(channel=APPROVALS, ts=ts, blocks=[], text="New")

    assert "blocks" not in chat.message(APPROVALS, ts)


async def test_s14_somebody_else_s_message_cannot_be_updated(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    spoken = await chat.say("Mine", user=AMARA, channel=APPROVALS)
    ts = (spoken.response or {})["ts"]

    assert await error_of(client.chat_update(channel=APPROVALS, ts=ts, text="Ours")) == (
        "cant_update_message"
    )
    assert await error_of(client.chat_delete(channel=APPROVALS, ts=ts)) == "cant_delete_message"


class TestEditWindow:
    @pytest.fixture
    def options(self) -> Options:
        return Options(edit_window=60)

    async def test_s15_after_the_edit_window_updates_are_refused(
        self, chat: LocalChat, client: AsyncWebClient
    ) -> None:
        ts = await posted(client)
        chat.clock.advance(61)

        error = await error_of(client.chat_update(channel=APPROVALS, ts=ts, text="Late"))

        assert error == "edit_window_closed"


async def test_s16_update_wants_an_id_not_a_name(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="#approvals", text="By name"))["ts"]

    for channel in ("#approvals", "approvals", AMARA):
        error = await error_of(client.chat_update(channel=channel, ts=ts, text="New"))
        assert error == "channel_not_found"


async def test_s17_where_the_app_may_not_post(chat: LocalChat, client: AsyncWebClient) -> None:
    chat.set_member(chat.app.bot_user_id, GENERAL, is_member=False)
    chat.slack.workspace.channels[APPROVALS].is_read_only = True
    expected = {
        GENERAL: "not_in_channel",
        LEADS: "channel_not_found",
        "C0NOWHERE1": "channel_not_found",
        OLD: "is_archived",
        APPROVALS: "restricted_action",
    }

    found = {
        channel: await error_of(client.chat_postMessage(channel=channel, text="Hello"))
        for channel in expected
    }

    assert found == expected


async def test_s18_ephemerals_are_for_members(chat: LocalChat, client: AsyncWebClient) -> None:
    chat.set_member(RUTH, APPROVALS, is_member=False)

    call = client.chat_postEphemeral(channel=APPROVALS, user=RUTH, text="Psst")

    assert await error_of(call) == "user_not_in_channel"


async def test_s22_a_message_needs_something_to_show(client: AsyncWebClient) -> None:
    call = client.api_call("chat.postMessage", json={"channel": APPROVALS})

    assert await error_of(call) == "no_text"


async def test_s23_fifty_one_blocks_are_too_many(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel=APPROVALS, text="x", blocks=[section()] * 51)

    refusal = await refusal_of(call)

    assert refusal["error"] == "invalid_blocks"
    problem = "no more than 50 items allowed [json-pointer:/blocks]"
    assert refusal["errors"] == [problem]
    assert refusal["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


async def test_s24_an_unknown_property_is_refused(client: AsyncWebClient) -> None:
    blocks = [actions(button(disabled=True))]

    refusal = await refusal_of(client.chat_postMessage(channel=APPROVALS, text="x", blocks=blocks))

    assert refusal["errors"] == [
        "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]"
    ]


async def test_s28_blocks_can_be_too_long_together(client: AsyncWebClient) -> None:
    fits, too_long = [section("x" * 2640)] * 5, [section("x" * 2641)] * 5

    assert await posted(client, text="x", blocks=fits)
    call = client.chat_postMessage(channel=APPROVALS, text="x", blocks=too_long)
    assert await error_of(call) == "msg_blocks_too_long"


async def test_s29_blocks_that_are_not_json_have_their_own_error(client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel=APPROVALS, text="x", blocks="[{")

    assert await error_of(call) == "invalid_blocks_format"


async def test_s35_timestamps_are_unique_text_and_rise(client: AsyncWebClient) -> None:
    stamps = [await posted(client, text="x") for _ in range(20)]

    assert all(isinstance(ts, str) for ts in stamps)
    assert sorted(set(stamps)) == stamps


async def test_a_person_s_id_reaches_their_direct_messages(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    response = await client.chat_postMessage(channel=AMARA, text="Hello")

    assert response["channel"].startswith("D")
    assert [message["text"] for message in chat.direct_messages(AMARA)] == ["Hello"]


async def test_history_returns_metadata_when_asked(client: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "42"}}
    await posted(client, text="x", metadata=metadata)

    plain = await client.conversations_history(channel=APPROVALS)
    full = await client.conversations_history(channel=APPROVALS, include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_malformed_metadata_is_refused(client: AsyncWebClient) -> None:
    for metadata, error in (
        ("{", "invalid_metadata_format"),
        ({"a": 1}, "invalid_metadata_schema"),
    ):
        call = client.api_call(
            "chat.postMessage", json={"channel": APPROVALS, "text": "x", "metadata": metadata}
        )
        assert await error_of(call) == error


async def test_long_text_is_cut_with_a_warning(chat: LocalChat, client: AsyncWebClient) -> None:
    response = await client.chat_postMessage(channel=APPROVALS, text="x" * 40_001)

    assert response["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(chat.messages(APPROVALS)[0]["text"]) == 40_000


async def test_threads_keep_their_replies_out_of_the_history(client: AsyncWebClient) -> None:
    first = await posted(client, text="Question")
    for text in ("One", "Two"):
        await client.chat_postMessage(channel=APPROVALS, text=text, thread_ts=first)

    history = await client.conversations_history(channel=APPROVALS)
    thread = await client.conversations_replies(channel=APPROVALS, ts=first)

    assert [message["text"] for message in history["messages"]] == ["Question"]
    assert history["messages"][0]["reply_count"] == 2
    assert [message["text"] for message in thread["messages"]] == ["Question", "One", "Two"]


async def test_history_comes_in_pages_newest_first(client: AsyncWebClient) -> None:
    stamps = [await posted(client, text=str(number)) for number in range(5)]

    first = await client.conversations_history(channel=APPROVALS, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=APPROVALS, limit=3, cursor=cursor)
    since = await client.conversations_history(channel=APPROVALS, oldest=stamps[3])

    assert [m["text"] for m in first["messages"]] == ["4", "3", "2"]
    assert [m["text"] for m in second["messages"]] == ["1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert [m["text"] for m in since["messages"]] == ["4"]


async def test_blocks_get_the_ids_they_lack(chat: LocalChat, client: AsyncWebClient) -> None:
    nameless = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    ts = await posted(client, text="x", blocks=[{"type": "actions", "elements": [nameless]}])

    block = chat.message(APPROVALS, ts)["blocks"][0]

    assert block["block_id"]
    assert block["elements"][0]["action_id"]
