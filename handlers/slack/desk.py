"""What every listener of the Slack door needs at hand."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import answers, wording
from bot.buttons import Press
from bot.card_parts import Reply
from bot.errors import SignoffError, UnknownChoiceError
from bot.facts import UNSURE, Item
from bot.flows.delivering import View, view
from handlers.app import House
from handlers.slack.afterwards import Afterwards
from handlers.slack.identity import Identities
from handlers.slack.riding import Riding

RECORD_WITHIN = 2.5  # seconds; Slack gives up on a click after three
CHOICES_KEPT = 20_000  # items

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Desk:
    """The house, the way to Slack, and what is remembered between clicks."""

    house: House
    client: AsyncWebClient
    session: aiohttp.ClientSession
    identities: Identities
    riding: Riding = field(default_factory=Riding)
    after: Afterwards = field(default_factory=Afterwards)
    _choices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def see_item(self, item_id: str) -> View:
        """The item as it stands.

        Raises:
            UnknownItemError: there is none.
            BusyError: the memory could not be read.
        """
        seen = await self.house.see(view, item_id, "slack")
        self.remember(seen.item)
        return seen

    async def choice_of(self, press: Press) -> str:
        """The choice that a button names; an item's choices never change, so they are kept.

        Raises:
            UnknownItemError: there is no such item.
            UnknownChoiceError: the item has no such choice.
        """
        if press.argument == UNSURE:
            return UNSURE
        choices = self._choices.get(press.item_id)
        if choices is None:
            choices = (await self.see_item(press.item_id)).item.choices
        choice = press.choice_in(choices)
        if choice is None:
            raise UnknownChoiceError("There is no such choice. Your click was not counted.")
        return choice

    def remember(self, item: Item) -> None:
        """Keeps an item's choices."""
        if len(self._choices) >= CHOICES_KEPT:
            del self._choices[next(iter(self._choices))]
        self._choices[item.id] = item.choices

    def explain(self, problem: BaseException, item_id: str) -> Reply:
        """The answer to somebody whose click failed; what nobody foresaw is logged with an id."""
        if isinstance(problem, UnknownChoiceError):
            return wording.unknown_button()
        if isinstance(problem, SignoffError):
            return answers.to_error(problem, item_id)
        error_id = secrets.token_hex(4).upper()
        log.error("error %s at item %s", error_id, item_id, exc_info=problem)
        return wording.broken(error_id)


async def settled(work: Awaitable[T]) -> T | BaseException:
    """What a piece of work returned, or what it raised."""
    try:
        return await work
    except asyncio.CancelledError:
        raise
    except Exception as problem:  # noqa: BLE001  every click gets an answer, whatever broke
        return problem
