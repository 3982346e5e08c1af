from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.tokens import State
from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, GENERAL, JONAS, LEADS, OLD, TOM


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_s19_a_missing_scope_is_named(chat: LocalChat, client: AsyncWebClient) -> None:
    chat.app.scopes = frozenset({"chat:write", "commands"})

    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user=AMARA)

    refusal = caught.value.response
    assert refusal["error"] == "missing_scope"
    assert (refusal["needed"], refusal["provided"]) == ("users:read", "chat:write,commands")


async def test_s20_the_three_ways_in_which_a_token_fails(chat: LocalChat) -> None:
    def client(token: str) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=chat.api_url)

    assert await error_of(client("").auth_test()) == "not_authed"
    assert await error_of(client("xoxb-nobody").auth_test()) == "invalid_auth"
    states: list[State] = ["token_revoked", "account_inactive"]
    for state in states:
        chat.set_token(state)
        assert await error_of(client(chat.bot_token).auth_test()) == state
    chat.set_token("valid")
    assert (await client(chat.bot_token).auth_test())["user_id"] == chat.app.bot_user_id


async def test_s8_connections_need_the_app_token_and_messages_the_bot_token(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    wrong = client.api_call("apps.connections.open")
    also_wrong = AsyncWebClient(chat.app_token, base_url=chat.api_url).auth_test()

    assert await error_of(wrong) == "not_allowed_token_type"
    assert await error_of(also_wrong) == "not_allowed_token_type"


async def test_an_unknown_method_says_so(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"


async def test_responses_carry_the_app_s_scopes(chat: LocalChat, client: AsyncWebClient) -> None:
    response = await client.auth_test()

    assert response.headers["x-oauth-scopes"] == ",".join(sorted(chat.app.scopes))


async def test_s37_whom_a_conversation_can_be_opened_with(client: AsyncWebClient) -> None:
    assert await error_of(client.conversations_open(users="")) == "users_list_not_supplied"
    assert await error_of(client.conversations_open(users="U0NOBODY1")) == "user_not_found"
    assert await error_of(client.conversations_open(users=TOM)) == "user_disabled"


async def test_opening_a_conversation_twice_finds_the_first(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users=[AMARA])
    again = await client.conversations_open(users=AMARA)
    group = await client.conversations_open(users=[AMARA, JONAS])

    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["already_open"]
    assert group["channel"]["id"] != first["channel"]["id"]


async def test_users_info_shows_the_flags_that_decide_who_may_vote(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    async def flags(user: str) -> set[str]:
        shown = (await client.users_info(user=user))["user"]
        return {name for name, value in shown.items() if value is True}

    assert "deleted" in await flags(TOM)
    assert "is_restricted" in await flags("U0GUEST01")
    assert "is_bot" in await flags("U0BUILD01")
    assert "is_stranger" in await flags("U0VISIT01")
    visitor = (await client.users_info(user="U0VISIT01"))["user"]
    assert visitor["team_id"] != chat.slack.workspace.team_id


async def test_users_info_knows_the_time_where_people_are(client: AsyncWebClient) -> None:
    shown = (await client.users_info(user="U0PRIYA01"))["user"]

    assert (shown["tz"], shown["tz_offset"]) == ("Asia/Kolkata", 19_800)


async def test_people_are_found_by_address(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Amara@example.com")

    assert found["user"]["id"] == AMARA
    assert await error_of(client.users_lookupByEmail(email="no@example.com")) == "users_not_found"


async def test_user_groups_have_members(client: AsyncWebClient) -> None:
    response = await client.usergroups_users_list(usergroup="S0ONCALL01")

    assert JONAS in response["users"]


async def test_private_channels_are_hidden_from_outsiders(client: AsyncWebClient) -> None:
    kinds = "public_channel,private_channel"
    listed = (await client.conversations_list(types=kinds))["channels"]

    assert LEADS not in {channel["id"] for channel in listed}
    assert await error_of(client.conversations_info(channel=LEADS)) == "channel_not_found"


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    first = await client.conversations_members(channel=GENERAL, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_members(channel=GENERAL, cursor=cursor)

    assert len(first["members"]) == 3
    assert not set(first["members"]) & set(rest["members"])
    assert await error_of(client.conversations_members(channel=GENERAL, cursor="?")) == (
        "invalid_cursor"
    )


async def test_a_reaction_counts_once(chat: LocalChat, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x"))["ts"]
    await client.reactions_add(channel=APPROVALS, timestamp=ts, name="eyes")

    again = client.reactions_add(channel=APPROVALS, timestamp=ts, name="eyes")

    assert await error_of(again) == "already_reacted"
    assert chat.message(APPROVALS, ts)["reactions"][0]["count"] == 1


async def test_an_app_reads_and_joins_only_where_it_may(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    chat.set_member(chat.app.bot_user_id, GENERAL, is_member=False)
    assert await error_of(client.conversations_history(channel=GENERAL)) == "not_in_channel"

    await client.conversations_join(channel=GENERAL)

    assert (await client.conversations_history(channel=GENERAL))["messages"] == []
    assert await error_of(client.conversations_join(channel=OLD)) == "is_archived"
    theirs = (await client.users_conversations())["channels"]
    assert GENERAL in {channel["id"] for channel in theirs}


async def test_the_workspace_introduces_itself(chat: LocalChat, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x"))["ts"]

    assert (await client.api_test(hello="you"))["args"] == {"hello": "you"}
    assert (await client.team_info())["team"]["name"] == "Localchat"
    assert (await client.bots_info(bot=chat.app.bot_id))["bot"]["app_id"] == chat.app.id
    assert len((await client.users_list())["members"]) == len(chat.slack.workspace.people)
    link = (await client.chat_getPermalink(channel=APPROVALS, message_ts=ts))["permalink"]
    assert link.endswith(f"/{APPROVALS}/p{ts.replace('.', '')}")
