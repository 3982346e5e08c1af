"""An escalation on each platform: one senior is called, is on it, lets it lie; then the next."""

from datetime import timedelta
from typing import Any

from bot.buttons import Act, button_id, vote_id
from bot.facts import Trigger
from config.policies import Rulebook
from handlers.app import House, read_clock
from handlers.clock import tick
from localchat.discord.permissions import SEND_MESSAGES, VIEW_CHANNEL
from tests.doors import discord_house, slack_house

LATER = timedelta(minutes=11)  # than "I am on it" holds
NEEDED, ON_IT = "A senior is needed", " is on it until "


def with_two_seniors(rulebook: Rulebook) -> Rulebook:
    """The rules with Mei as the second senior, after Ruth."""
    mei = rulebook.people["mei"].model_copy(update={"roles": frozenset({"reviewer", "senior"})})
    return rulebook.model_copy(update={"people": {**rulebook.people, "mei": mei}})


def wait(house: House, length: timedelta) -> None:
    """The house's clock goes on."""
    house.now = lambda: read_clock() + length


async def test_on_slack_one_senior_is_called_and_the_next_when_that_lapses(sqlite_url: str) -> None:
    rules = with_two_seniors(slack_house.a_rulebook(seniors=("ruth", "mei")))
    async with slack_house.a_scene(sqlite_url, rules) as scene:
        chat, ruth, mei = scene.chat, slack_house.RUTH, slack_house.MEI
        card = await scene.submitted()

        def calls(user: str) -> list[dict[str, Any]]:
            there = chat.messages(slack_house.APPROVALS)
            return [each for each in there if NEEDED in each["text"] and user in str(each)]

        await card.click(slack_house.AMARA, "unsure")
        (call,) = await chat.until(lambda: calls(ruth))
        (direct,) = await chat.until(lambda: chat.direct_messages(ruth))
        await card.shows("For seniors")
        on_it = button_id(Act.ATTEND, card.item.id)
        outcome = await chat.click(
            user=ruth, channel=slack_house.APPROVALS, ts=call["ts"], action_id=on_it
        )
        await card.told(ruth, "Noted: you are on it")
        await chat.until(lambda: ON_IT in str(card.message()))

        wait(scene.house, LATER)
        await tick(scene.house)
        await chat.until(lambda: calls(mei))

        assert outcome.ok
        assert call["thread_ts"] == card.ts
        assert on_it in slack_house.buttons_of(direct)
        assert "<!" not in str(call)
        await chat.until(lambda: ON_IT not in str(card.message()))
        assert len(calls(ruth)) == 1


async def test_on_discord_one_senior_is_called_and_the_next_when_that_lapses(
    sqlite_url: str,
) -> None:
    house = discord_house
    rules = with_two_seniors(house.a_rulebook(seniors=("ruth", "mei")))
    async with house.a_scene(sqlite_url, rules) as scene:
        chat, discord = scene.chat, scene.discord
        discord.set_person(house.RUTH, takes_dms=True)
        card = await scene.submitted()

        def calls(user: str) -> list[dict[str, Any]]:
            there = discord.messages(house.APPROVALS)
            return [each for each in there if NEEDED in str(each) and f"<@{user}>" in str(each)]

        await card.click(house.AMARA, "unsure")
        (call,) = await chat.until(lambda: calls(house.RUTH))
        (direct,) = await chat.until(lambda: discord.direct_messages(house.RUTH))
        await card.shows("For seniors")
        on_it = button_id(Act.ATTEND, card.item.id)
        outcome = await discord.click(on_it, user=house.RUTH, message=str(call["id"]))
        await card.told(house.RUTH, "Noted: you are on it")
        await card.shows(ON_IT)

        wait(scene.house, LATER)
        await tick(scene.house)
        await chat.until(lambda: calls(house.MEI))

        assert outcome.ok
        assert [each["id"] for each in call["mentions"]] == [house.RUTH]
        assert on_it in house.buttons_of(direct)
        assert not call["mention_everyone"]
        await chat.until(lambda: ON_IT not in house.words_of(card.message()))
        assert len(calls(house.RUTH)) == 1


async def test_slack_that_cannot_say_who_clicks_sends_the_item_to_the_seniors(
    sqlite_url: str,
) -> None:
    """Fault 34, again and again: refused each time, and the item does not wait for it."""
    async with slack_house.a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.chat.fault("error", "users.info")

        for count in range(1, 4):
            await card.click(slack_house.AMARA, "approve")
            await scene.answers(slack_house.AMARA, count)
            wait(scene.house, timedelta(seconds=5 * count))

        await card.shows("For seniors")
        item = await scene.now(card.item)
        assert (item.trigger, item.votes) == (Trigger.LOOKUP, ())
        told = await scene.answers(slack_house.AMARA, 3)
        assert all("did not tell us who you are" in each for each in told)


async def test_discord_that_cannot_say_who_clicks_sends_the_item_to_the_seniors(
    sqlite_url: str,
) -> None:
    """A click in a direct message names no member, so the server is asked for one."""
    house = discord_house
    async with house.a_scene(sqlite_url, house.a_rulebook(guild=house.GUILD)) as scene:
        closed = VIEW_CHANNEL | SEND_MESSAGES
        scene.discord.set_channel_permissions(house.APPROVALS, house.GUILD, deny=closed)
        item = await scene.submit()
        (card,) = await scene.chat.until(lambda: scene.discord.direct_messages(house.AMARA))
        scene.discord.fault("error", "GET /guilds/*", status=500)

        vote = vote_id(item.id, "approve", item.choices)
        for _ in range(3):
            await scene.discord.click(vote, user=house.AMARA, message=str(card["id"]))
        refused = "Discord did not tell us who you are"

        def refusals() -> list[str]:
            said = scene.discord.direct_messages(house.AMARA)
            said = [*said, *scene.discord.ephemerals(house.AMARA)]
            return [each["content"] for each in said if refused in str(each)]

        await scene.chat.until(lambda: len(refusals()) == 3)
        item = await scene.now(item)
        assert (item.trigger, item.votes) == (Trigger.LOOKUP, ())
