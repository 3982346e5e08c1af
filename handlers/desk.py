"""What every listener of a chat's door needs at hand, whichever the chat."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bot import answers, wording
from bot.buttons import Press
from bot.card_parts import Reply
from bot.content import Approval, Label
from bot.errors import SignoffError
from bot.facts import APPROVE, Item, Kind
from bot.flows.delivering import View, view
from config.policies import Policy
from handlers.afterwards import Afterwards
from handlers.app import House
from handlers.riding import Riding

KEPT = 20_000  # items

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What never changes about an item, and its content as it was last seen."""

    kind: Kind
    choices: tuple[str, ...]
    policy: Policy
    content: Approval | Label | None  # None: too large to be kept
    digest: str  # of that content, which an edit replaces

    def confirms(self, press: Press) -> bool:
        """Whether policy wants a second step before the vote that a button stands for."""
        may = self.policy.confirm and self.kind is Kind.APPROVAL
        return may and press.choice_in(self.choices) == APPROVE


class Desk:
    """The house, and what is remembered between clicks."""

    def __init__(self, house: House, platform: str) -> None:
        self.house = house
        self.platform = platform
        self.riding = Riding()
        self.after = Afterwards()
        self._frozen: dict[str, Frozen] = {}

    async def see_item(self, item_id: str) -> View:
        """The item as it stands.

        Raises:
            UnknownItemError: there is none.
            BusyError: the memory could not be read.
        """
        seen = await self.house.see(view, item_id, self.platform)
        self.remember(seen)
        return seen

    async def view_of(self, item: Item) -> View:
        """This state of an item, its uploads left out: without a look into the memory, mostly.

        Raises:
            BusyError: the memory could not be read.
        """
        known = self._frozen.get(item.id)
        if known is None or known.content is None or known.digest != item.digest:
            return await self.see_item(item.id)
        return View(item, known.content, {})

    async def frozen(self, item_id: str) -> Frozen:
        """What never changes about an item, looked up once.

        Raises:
            UnknownItemError: there is none.
            BusyError: the memory could not be read.
        """
        if item_id not in self._frozen:
            await self.see_item(item_id)
        return self._frozen[item_id]

    def remember(self, seen: View) -> None:
        """Keeps what never changes about an item."""
        if len(self._frozen) >= KEPT:
            del self._frozen[next(iter(self._frozen))]
        item, content = seen.item, seen.content
        is_small = not item.needs_reading and not content.evidence
        kept = content if is_small else None
        self._frozen[item.id] = Frozen(item.kind, item.choices, item.policy, kept, item.digest)

    def explain(self, problem: BaseException, item_id: str) -> Reply:
        """The answer to somebody whose click failed; what nobody foresaw is logged with an id."""
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
