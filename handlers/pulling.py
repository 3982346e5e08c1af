"""Pulling work, whichever the platform: the next item, skipping, giving back, breaks."""

from dataclasses import replace

from bot import pull_words, wording
from bot.card_parts import Lines, Reply
from bot.flows import pulling, resting
from bot.flows.pulling import Held, Pull
from bot.headlines import headline_in
from bot.inbox import HeldItem, reply_of_held
from bot.pull_words import Reason
from bot.rules.authority import recognise
from bot.rules.claims import Claim, Lack
from config.durations import read_duration
from config.problems import WrongValueError
from handlers.asked import Answered, Asked, Handed
from handlers.desk import Desk
from handlers.presenting import card_for, shown_to
from handlers.pressing import Who


async def next_for(desk: Desk, who: Who, queue: str | None = None) -> Answered:
    """The most urgent item that a person may judge, held for them, or why there is none."""
    identity, house = await who(), desk.house
    pull = await house.do(pulling.next_for, house.rulebook, identity, queue, house.now())
    if pull.item is None or pull.claim is None:
        return pull_words.nothing_to_do(_reason(pull, queue))
    return await _handed(desk, who, pull.claim)


async def open_card(desk: Desk, who: Who, item_id: str) -> Handed:
    """One item, and for how long it is theirs when it is.

    Raises:
        SignoffError: they may not see it, or there is none.
    """
    view, person_id = await shown_to(desk, who, item_id)
    held = await desk.house.see(pulling.mine, desk.house.rulebook, await who(), desk.house.now())
    claims = [each.claim for each in held if each.claim.item_id == view.item.id]
    if claims:
        return await _handed(desk, who, claims[0])
    return Handed(view, card_for(view, person_id, desk.house.rulebook))


async def skip(desk: Desk, who: Who, item_id: str) -> Reply:
    """Passes an item on for good.

    Raises:
        SignoffError: nothing was done; says why.
    """
    house = desk.house
    return pull_words.skipped(
        await house.do(pulling.skip, house.rulebook, await who(), item_id, house.now())
    )


async def release(desk: Desk, who: Who, item_id: str) -> Reply:
    """Gives an item back.

    Raises:
        SignoffError: nothing was done; says why.
    """
    house = desk.house
    return pull_words.released(
        await house.do(pulling.release, house.rulebook, await who(), item_id, house.now())
    )


async def take_break(desk: Desk, who: Who, length: str = "") -> Reply:
    """Lets nothing be asked of a person for a while; "off" ends that."""
    if length.lower() in ("off", "end", "over", "back"):
        return await come_back(desk, who)
    try:
        read = read_duration(length) if length else None
    except WrongValueError as problem:
        return wording.refused(f"{problem.wrong}. Write it as 15m or 1h30m. Nothing was changed.")
    house = desk.house
    until = await house.do(
        resting.take_break, house.rulebook, await who(), read or None, house.now()
    )
    return pull_words.on_break(until)


async def come_back(desk: Desk, who: Who) -> Reply:
    """Ends an announced break."""
    house = desk.house
    return pull_words.back(
        await house.do(resting.come_back, house.rulebook, await who(), house.now())
    )


async def asked_next(asked: Asked) -> Answered:
    """`next [queue]`."""
    return await next_for(asked.desk, asked.who, asked.argument or None)


async def asked_mine(asked: Asked) -> Reply:
    """`mine`."""
    house = asked.desk.house
    held = await house.see(pulling.mine, house.rulebook, await asked.who(), house.now())
    return reply_of_held([held_item(asked.desk, each) for each in held])


async def asked_show(asked: Asked) -> Answered:
    """`show ID`."""
    if not asked.argument:
        return wording.refused(f"Say which: {asked.command} show followed by the id.")
    return await open_card(asked.desk, asked.who, asked.argument)


async def asked_skip(asked: Asked) -> Reply:
    """`skip [ID]`: what was handed out last, when nobody says which."""
    item_id = asked.argument.upper() or await _newest(asked)
    if not item_id:
        return pull_words.holds_nothing("skip", asked.command)
    return await skip(asked.desk, asked.who, item_id)


async def asked_release(asked: Asked) -> Reply:
    """`release [ID]`: what was handed out last, when nobody says which."""
    item_id = asked.argument.upper() or await _newest(asked)
    if not item_id:
        return pull_words.holds_nothing("release", asked.command)
    return await release(asked.desk, asked.who, item_id)


async def asked_break(asked: Asked) -> Reply:
    """`break [LENGTH]`."""
    return await take_break(asked.desk, asked.who, asked.argument)


async def asked_back(asked: Asked) -> Reply:
    """`back`."""
    return await come_back(asked.desk, asked.who)


def held_item(desk: Desk, held: Held) -> HeldItem:
    """A claim for a list."""
    headline = headline_in(desk.house.rulebook, held.item, held.content)
    return HeldItem(held.item.id, headline, held.claim.until)


async def _newest(asked: Asked) -> str:
    house = asked.desk.house
    held = await house.see(pulling.mine, house.rulebook, await asked.who(), house.now())
    return held[-1].item.id if held else ""


async def _handed(desk: Desk, who: Who, claim: Claim) -> Handed:
    """The card of what somebody holds, with what they can do about that."""
    rulebook = desk.house.rulebook
    view, _ = await shown_to(desk, who, claim.item_id)
    card = card_for(view, recognise(await who(), rulebook).id, rulebook)
    if view.item.is_settled:
        return Handed(view, card)
    held = Lines((pull_words.held_until(claim.until),))
    buttons = (*card.buttons, *pull_words.claim_buttons(view.item))
    return Handed(view, replace(card, parts=(*card.parts, held), buttons=buttons))


def _reason(pull: Pull, queue: str | None) -> Reason:
    lack = pull.lack or Lack.DONE
    return Reason(lack, queue, pull.rest, pull.held_count, pull.returns_at)
