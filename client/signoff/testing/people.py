"""The people of a test: they look when something is asked, and answer through the real flows."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from bot.content import Approval, Label
from bot.errors import SignoffError
from bot.facts import Identity, Item
from bot.flows import editing, listing, voting
from bot.flows.opening import Producer
from bot.flows.reporting import Known
from bot.flows.voting import Ballot, Receipt
from bot.rules.editing import base_of
from handlers.app import House
from signoff.answers import Action
from signoff.testing.scripts import Answer, Asked, Reviewer, approve

OBSERVER = Producer("signoff-testing", frozenset({"observe"}))
LOOKED_AT = 200  # items at a time


class People:
    """Everybody in the rulebook, with one mind: the script's."""

    def __init__(self, house: House, reviewer: Reviewer) -> None:
        self.asked: list[Asked] = []
        self._house = house
        self.reviewer = reviewer
        self._seen: set[str] = set()
        self._looking = asyncio.Lock()  # one look at a time: nobody is asked twice
        self._problem: BaseException | None = None

    async def look(self) -> None:
        """Answers what is asked, as soon as it is, until it is cancelled."""
        news = asyncio.Event()
        self._house.on_raised(lambda _platforms: news.set())
        while True:
            await self.catch_up()
            await news.wait()
            news.clear()

    async def say(self, item_id: str, answer: Answer) -> None:
        """Has one person after the other say it, until the item is settled.

        Raises:
            AssertionError: nobody may.
        """
        refusals: list[str] = []
        for person in self._house.rulebook.people.values():
            known = await self._house.see(listing.find, OBSERVER, item_id)
            if known.item.is_settled or answer.what == "leave":
                return
            who = Identity("slack", person.slack or "")
            if known.item.needs_reading:
                await self._do(voting.mark_read, item_id, who, known.item.digest)
            receipt = await self._said(known.item, known.content, answer, who)
            if receipt.refusal:
                refusals.append(str(receipt.refusal))
            elif answer.what == "edit":
                answer = approve(answer.reason)  # the others approve what it has become
        if len(refusals) == len(self._house.rulebook.people):
            raise AssertionError(f"nobody may say {answer} about item {item_id}: {refusals[0]}")

    def raise_problem(self) -> None:
        """Raises what went wrong with the people's answers, if anything did."""
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    async def catch_up(self) -> None:
        """Answers what was asked until now."""
        async with self._looking:
            for known in reversed(await self._unseen()):
                await self._answer(known)

    async def _answer(self, known: Known) -> None:
        self._seen.add(known.item.id)
        asked = _asked(known.item, known.content)
        self.asked.append(asked)
        try:
            answer = self.reviewer(asked)
            if answer is not None:
                await self.say(known.item.id, answer)
        except (AssertionError, SignoffError, ValueError) as problem:
            self._problem = self._problem or problem

    async def _unseen(self) -> list[Known]:
        """The open items that nobody was asked about yet, the newest first."""
        found: list[Known] = []
        after = None
        while True:
            page = await self._house.see(
                listing.list_items, OBSERVER, {"status": "open"}, after, LOOKED_AT
            )
            unseen = [known for known in page.known if known.item.id not in self._seen]
            found += unseen
            if page.then is None or not unseen:
                return found
            after = page.then

    async def _said(
        self, item: Item, content: Approval | Label, answer: Answer, who: Identity
    ) -> Receipt:
        if answer.what == "respond":
            return await self._do(editing.respond, item.id, who, answer.text)
        if answer.what == "edit":
            args = content.action.args if isinstance(content, Approval) else {}
            text = json.dumps(args | answer.args)
            change = editing.Change(item.id, base_of(item), text, who, answer.reason)
            return await self._do(editing.edit, change)
        return await self._do(voting.cast, Ballot(item.id, answer.text, who, answer.reason))

    async def _do(self, flow: Callable[..., Receipt], *args: Any) -> Receipt:
        """One of the flows that clicks call."""
        house = self._house
        return await house.do(flow, house.rulebook, *args, house.now())


def _asked(item: Item, content: Approval | Label) -> Asked:
    common: dict[str, Any] = {
        "item_id": item.id,
        "queue": item.queue,
        "kind": str(item.kind),
        "key": item.key,
        "choices": item.choices,
        "evidence": tuple(one.model_dump(exclude_none=True) for one in content.evidence),
        "requester": item.requester,
    }
    if isinstance(content, Approval):
        action = Action(**content.action.model_dump())
        return Asked(**common, action=action, reason=content.reason)
    return Asked(**common, body=content.body)
