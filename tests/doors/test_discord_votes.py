"""Votes from Discord, over real sockets: counted once, answered, and shown on every card."""

from datetime import timedelta
from typing import Any

import pytest

from bot.buttons import Act, button_id
from bot.facts import Status
from handlers.discord.identity import NO_ROLE, NO_SERVER, OTHER_SERVER, PENDING, TIMED_OUT
from localchat.discord.world import Channel, Guild
from localchat.testing import LocalChat
from localchat.world import default_world
from tests.cards.hostile import PICTURE
from tests.doors.discord_house import (
    AMARA,
    APPROVALS,
    GENERAL,
    GUILD,
    JONAS,
    LABEL,
    LIAM,
    MEI,
    NADIA,
    REVIEWER_ROLE,
    RUTH,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
    words_of,
)


async def test_a_click_is_a_vote_and_the_card_shows_it_with_the_answer(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "approve")

        assert outcome.ok
        assert outcome.type == 7
        assert card.headline().startswith("**Approved: Delete files a.log, b.log on host-1")
        assert buttons_of(card.message()) == []
        assert "Recorded: Approve" in words_of(await card.told(AMARA, "Recorded"))
        assert (await scene.now(card.item)).outcome is not None


async def test_two_of_three_decide_and_the_card_stays_blind_until_then(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam")
        shown = words_of(card.message())
        await card.click(JONAS, "spam")

        assert "1 of 2 votes in" in shown
        assert "Amara" not in shown.split("May vote")[0]
        assert "Decided" in card.headline()


async def test_a_vote_can_be_undone_from_its_answer(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        receipt = await card.told(AMARA, "Recorded")

        outcome = await scene.discord.click(
            button_id(Act.UNDO, card.item.id), user=AMARA, message=receipt["id"]
        )

        assert outcome.ok
        assert "Withdrawn" in words_of(scene.discord.message(receipt["id"]))
        assert (await scene.now(card.item)).votes == ()
        await card.shows("0 of 2 votes in")


async def test_a_repeated_click_changes_nothing_and_is_answered(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")

        outcome = await card.click(AMARA, "spam")

        assert outcome.ok
        await card.told(AMARA, "Nothing changed")
        assert len((await scene.now(card.item)).votes) == 1


async def test_a_late_click_is_told_who_decided_and_sees_the_card_as_it_is(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        before = card.message()["components"]
        await card.click(AMARA, "reject")
        await card.told(AMARA, "Recorded")
        scene.discord.edit_message(card.id, components=before)

        await card.click(JONAS, "approve")

        await card.told(JONAS, "was decided already")
        assert buttons_of(card.message()) == []


async def test_not_sure_hands_it_to_the_seniors_who_are_pinged_once(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await card.click(AMARA, "unsure")
        notices = await scene.chat.until(lambda: notices_in(scene))

        assert [len(notices), notices[0]["mentions"][0]["id"]] == [1, RUTH]
        assert notices[0]["message_reference"]["message_id"] == card.id
        assert (await scene.now(card.item)).status is Status.ESCALATED
        await card.shows("The seniors decide now")


def notices_in(scene: Scene) -> list[dict[str, Any]]:
    return [
        each for each in scene.discord.messages(APPROVALS) if "A senior is needed" in words_of(each)
    ]


async def test_a_button_of_an_older_version_is_answered(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        row = card.message()["components"][0]
        row["components"][0]["custom_id"] = "approve-v0|7"
        scene.discord.edit_message(card.id, components=[row])

        outcome = await card.press(AMARA, "approve-v0|7")

        assert outcome.ok
        await card.told(AMARA, "from an older version")


async def test_nobody_votes_by_typing_or_reacting(sqlite_url: str) -> None:
    """Threat T34."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await scene.discord.say("/review approve\n/approve", user=AMARA, channel=APPROVALS)
        await scene.discord.react("👍", user=AMARA, message=card.id)
        await scene.quiet()

        assert (await scene.now(card.item)).votes == ()


# -- who may vote ----------------------------------------------------------------------------------


async def test_a_stranger_is_refused_with_the_reason_and_the_card_stays(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        before = card.message()

        await card.click(LIAM, "approve")

        await card.told(LIAM, f"add your Discord id {LIAM} to people")
        assert card.message() == before


async def test_an_administrator_of_the_server_is_no_reviewer_for_that(sqlite_url: str) -> None:
    rulebook = a_rulebook(reviewers=("jonas",))
    async with a_scene(sqlite_url, rulebook) as scene:
        card = await scene.submitted()

        await card.click(AMARA, "approve")  # Amara holds ADMINISTRATOR

        await card.told(AMARA, "You are not a reviewer of the queue")
        assert (await scene.now(card.item)).votes == ()


async def test_a_role_that_is_taken_away_between_post_and_click_takes_the_vote_with_it(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url, a_rulebook(role=REVIEWER_ROLE)) as scene:
        card = await scene.submitted(LABEL)
        scene.discord.set_role(REVIEWER_ROLE, name="something else")
        await card.click(AMARA, "spam")  # by its id a renamed role is the same

        scene.discord.set_roles(JONAS, [])
        await card.click(JONAS, "spam")

        await card.told(AMARA, "Recorded")
        await card.told(JONAS, NO_ROLE)
        assert len((await scene.now(card.item)).votes) == 1


@pytest.mark.parametrize(
    ("state", "why"),
    [({"timed_out_until": timedelta(hours=1)}, TIMED_OUT), ({"is_pending": True}, PENDING)],
)
async def test_a_member_that_the_server_itself_holds_back_is_refused(
    sqlite_url: str, state: dict[str, Any], why: str
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        now = scene.house.now()
        known = {
            name: now + value if isinstance(value, timedelta) else value
            for name, value in state.items()
        }

        answer = await who_is(scene, guild_ref=GUILD, channel_ref=APPROVALS, **known)

        assert answer.barred == why
        assert card.id


async def who_is(scene: Scene, **known: Any) -> Any:
    from handlers.discord.identity import Account

    return await scene.door.desk.identities.of(Account(AMARA, **known))


async def test_a_program_is_refused(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        identity = await who_is(scene, guild_ref=GUILD, channel_ref=APPROVALS, is_program=True)

        assert identity.barred == "Programs cannot vote."


async def test_another_server_with_the_bot_in_it_has_no_votes(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        identity = await who_is(scene, guild_ref="42", channel_ref="43")

        assert identity.barred == OTHER_SERVER


async def test_a_direct_message_has_no_votes_unless_the_rules_name_the_server_to_ask(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        identity = await who_is(scene)
        assert identity.barred == NO_SERVER

    async with a_scene(sqlite_url, a_rulebook(guild=GUILD)) as scene:
        known = await scene.door.desk.identities.of(account(AMARA))
        stranger = await scene.door.desk.identities.of(account(NADIA))

    assert [known.barred, known.team_ref] == ["", GUILD]
    assert "not a member" in stranger.barred


def account(user_ref: str) -> Any:
    from handlers.discord.identity import Account

    return Account(user_ref)


# -- pictures --------------------------------------------------------------------------------------


async def test_a_picture_goes_along_and_stays_through_every_change(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        picture = {"kind": "image", "url": PICTURE, "alt": "a cat"}
        card = await scene.submitted(LABEL, evidence=[picture])

        await card.click(AMARA, "spam")
        ridden = card.message()["attachments"]
        await scene.house.do(_escalate, scene.house.rulebook, card.item.id, scene.house.now())
        await card.shows("The seniors decide now")

        assert [each["description"] for each in ridden] == ["a cat"]
        (answer,) = scene.discord.requests("POST /interactions/*")
        assert answer.body["data"]["attachments"] == [{"id": ridden[0]["id"]}]
        assert [each["id"] for each in card.message()["attachments"]] == [ridden[0]["id"]]


def _escalate(unit: Any, rulebook: Any, item_id: str, now: Any) -> None:
    from bot.facts import UNSURE, Identity
    from bot.flows.voting import Ballot, cast

    cast(unit, rulebook, Ballot(item_id, UNSURE, Identity("discord", MEI)), now)


def a_world_with_two_servers() -> LocalChat:
    world = default_world()
    other = Guild("1100000000000000002", "Elsewhere", AMARA, members={AMARA: []})
    other.channels.append(Channel("1100000000000000299", "lobby"))
    other.members[world.discord.application.bot_user_id] = []
    world.discord.guilds.append(other)
    return LocalChat(world)


async def test_a_card_that_is_handed_out_in_another_server_cannot_be_voted_on_there(
    sqlite_url: str,
) -> None:
    async with a_world_with_two_servers() as chat, a_scene(sqlite_url, chat=chat) as scene:
        await scene.submitted(LABEL)

        await scene.discord.command("review next", user=AMARA, channel="1100000000000000299")

        await scene.told(AMARA, OTHER_SERVER)


async def test_an_ephemeral_card_votes_too_and_its_public_twin_follows(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await scene.discord.command("review next", user=AMARA, channel=GENERAL)
        handed = await scene.told(AMARA, "Which class")

        await scene.discord.click(buttons_of(handed)[0], user=AMARA, message=handed["id"])

        assert "Recorded" in words_of(scene.discord.message(handed["id"]))
        await card.shows("1 of 2 votes in")
