"""What Discord may say to us: buttons are told apart by their ids, not here."""

import logging
from collections.abc import Awaitable
from typing import Any

import discord

from bot import wording
from handlers.desk import settled
from handlers.discord import clicks, commands, windows
from handlers.discord.answering import Answer, Callback
from handlers.discord.blocks import Json
from handlers.discord.client import Interaction
from handlers.discord.desk import DiscordDesk
from handlers.discord.render import EPHEMERAL, reply_of

log = logging.getLogger(__name__)


class Listening:
    """Answers every interaction, whatever it is and whatever breaks."""

    def __init__(self) -> None:
        self.desk: DiscordDesk | None = None  # until the door is open

    async def hear(self, interaction: Interaction) -> None:
        """One interaction."""
        if self.desk is None or interaction.type is discord.InteractionType.ping:
            return
        try:
            answer = Answer(self.desk, interaction)
        except AttributeError:  # of no channel, or by nobody
            log.exception("an interaction lacks what an answer needs")
            self.give_up_on({"id": interaction.id, "token": interaction.token})
            return
        data: Json = dict(interaction.data or {})
        self.desk.after.at_once(_answered(answer, _flow(answer, interaction, data)))

    def give_up_on(self, payload: Json) -> None:
        """An interaction that discord.py could not read is answered all the same."""
        if self.desk is not None and payload.get("id") and payload.get("token"):
            self.desk.after.at_once(_apologise(self.desk, str(payload["id"]), payload["token"]))


def _flow(answer: Answer, interaction: Interaction, data: Json) -> Awaitable[None]:
    match interaction.type:
        case discord.InteractionType.component:
            return clicks.pressed(answer, str(data.get("custom_id", "")))
        case discord.InteractionType.modal_submit:
            return windows.submitted(answer, data)
        case discord.InteractionType.autocomplete:
            return commands.suggested(answer, data)
        case _:
            user = interaction.client.user
            return commands.commanded(answer, data, str(user.id) if user else "")


async def _answered(answer: Answer, flow: Awaitable[None]) -> None:
    problem = await settled(flow)
    if isinstance(problem, BaseException):
        await answer.reply(answer.desk.explain(problem, ""))


async def _apologise(desk: DiscordDesk, interaction_ref: str, token: Any) -> None:
    error_id = f"D{interaction_ref[-7:]}"
    log.error("error %s: an interaction could not be read", error_id)
    body = {**reply_of(wording.broken(error_id)), "flags": EPHEMERAL}
    answer = {"type": Callback.MESSAGE, "data": body}
    await desk.api.call_back(interaction_ref, str(token), answer)
