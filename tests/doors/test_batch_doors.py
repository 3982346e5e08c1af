"""One card for several requests, pressed by people on both platforms."""

from typing import Any

from bot.buttons import Act, button_id, vote_id
from bot.content import SUBMISSION
from bot.facts import Item
from bot.flows import batching
from bot.flows.opening import Opened
from handlers.discord.answering import Callback
from tests.doors import discord_house, slack_house
from tests.doors.slack_house import AGENT

Scene = slack_house.Scene | discord_house.Scene


async def asked(scene: Scene, count: int) -> list[Item]:
    """The items of a batch."""
    contents = [
        SUBMISSION.validate_python(
            {"kind": "approval", "queue": "agent-actions", "key": f"k{n}", "action": an_action(n)}
        )
        for n in range(1, count + 1)
    ]
    house = scene.house
    flow = batching.open_together
    opened = await house.do(flow, house.rulebook, AGENT, contents, house.now())
    return [each.item for each in opened if isinstance(each, Opened)]


def an_action(number: int) -> dict[str, Any]:
    return {"name": "delete_file", "args": {"path": f"{number}.log"}, "reversible": True}


def on_slack(message: dict[str, Any]) -> str:
    return str(message["blocks"])


async def test_on_slack_each_request_is_decided_by_its_own_button(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        items = await asked(scene, 3)
        card = slack_house.Card(
            scene, items[0], slack_house.APPROVALS, await scene.posted(items[0])
        )
        first_line = card.headline()

        second = vote_id(items[1].id, "approve", items[1].choices)
        await card.press(slack_house.AMARA, second)
        await card.shows("2 of 3 requests still to decide")

        assert first_line == "3 requests to decide one by one: delete_file"
        assert "2. Approved: delete_file" in on_slack(card.message())
        left = slack_house.buttons_of(card.message())
        assert [button for button in left if items[1].id in button] == []
        assert len(left) == 6
        assert len(scene.chat.messages(slack_house.APPROVALS)) == 1
        assert [(await scene.now(item)).is_settled for item in items] == [False, True, False]


async def test_on_slack_the_card_survives_clicks_on_all_of_it_at_once(sqlite_url: str) -> None:
    """No answer to a click puts one request in the place of the whole batch."""
    async with slack_house.a_scene(sqlite_url) as scene:
        items = await asked(scene, 10)
        card = slack_house.Card(
            scene, items[0], slack_house.APPROVALS, await scene.posted(items[0])
        )

        for item in items:
            await card.press(slack_house.JONAS, vote_id(item.id, "reject", item.choices))
        await card.shows("All 10 decided: delete_file")

        assert slack_house.buttons_of(card.message()) == []
        assert on_slack(card.message()).count("Rejected: delete_file") == 10


async def test_on_slack_one_of_them_opens_in_full(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        items = await asked(scene, 2)
        card = slack_house.Card(
            scene, items[0], slack_house.APPROVALS, await scene.posted(items[0])
        )

        await card.press(slack_house.MEI, button_id(Act.READ, items[1].id))
        (view,) = await scene.chat.until(lambda: scene.chat.views(slack_house.MEI))

        assert "2.log" in str(view)
        assert items[1].digest in str(view)
        assert "1.log" not in str(view)


async def test_on_discord_each_request_is_decided_by_its_own_button(sqlite_url: str) -> None:
    async with discord_house.a_scene(sqlite_url) as scene:
        items = await asked(scene, 3)
        found = await scene.chat.until(lambda: scene.cards(items[0]))
        card = discord_house.Card(scene, items[0], str(found[0]["id"]), discord_house.APPROVALS)

        await card.press(discord_house.AMARA, vote_id(items[2].id, "approve", items[2].choices))
        await scene.chat.until(
            lambda: "2 of 3 requests still to decide" in discord_house.words_of(card.message())
        )

        riding = [call.body for call in scene.discord.requests("POST /interactions/*")]
        assert [body["type"] for body in riding if body["type"] == Callback.UPDATE] == []
        assert "3. Approved: delete" in discord_house.words_of(card.message()).replace("\\", "")
        assert len(discord_house.buttons_of(card.message())) == 6
        assert [(await scene.now(item)).is_settled for item in items] == [False, False, True]


async def test_on_discord_each_of_many_opens_with_all_of_its_buttons(sqlite_url: str) -> None:
    async with discord_house.a_scene(sqlite_url) as scene:
        items = await asked(scene, 8)
        found = await scene.chat.until(lambda: scene.cards(items[0]))
        card = discord_house.Card(scene, items[0], str(found[0]["id"]), discord_house.APPROVALS)

        await card.press(discord_house.JONAS, button_id(Act.OPEN, items[6].id))
        shown = await card.told(discord_house.JONAS, "7.log")

        votes = discord_house.buttons_of(shown)
        assert {each.rpartition(":")[2] for each in votes} == {items[6].id}
        assert vote_id(items[6].id, "approve", items[6].choices) in votes
