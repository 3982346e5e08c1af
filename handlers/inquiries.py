"""What people ask about how things stand: stats, digests, an item's story; on both platforms."""

import secrets

from bot import stats as words
from bot import wording
from bot.card_parts import Line, Reply
from bot.digest_head import head_of
from bot.flows import digesting, explaining, stats
from bot.rules.authority import recognise
from bot.rules.periods import Period
from bot.safe_text import say
from bot.story import story_lines
from config.durations import read_duration
from config.problems import WrongValueError
from handlers.asked import Asked

WEEK = "7d"


async def asked_stats(asked: Asked) -> Reply:
    """How the asker's queues stand, one of them, or how they do themselves."""
    house, identity = asked.desk.house, await asked.who()
    now = house.now()
    if asked.argument.casefold() == "me":
        return words.of_me(await house.see(stats.of_me, house.rulebook, identity, now))
    if asked.argument:
        found = await house.see(stats.of_queue, house.rulebook, identity, asked.argument, now)
        return words.of_queue(*found)
    return words.of_queues(await house.see(stats.of_queues, house.rulebook, identity, now))


async def asked_digest(asked: Asked) -> Reply:
    """A digest of the last days, here; with its plot and its table in a direct message."""
    house, identity, platform = asked.desk.house, await asked.who(), asked.desk.platform
    names, length = _wish(asked.argument)
    mine = stats.queues_of(house.rulebook, recognise(identity, house.rulebook))
    if not names and len(mine) != 1:
        there = ", ".join(queue.name for queue in mine) or "none that lists you"
        return wording.refused(f"Say of which queue: {asked.command} digest followed by {there}.")
    name = " ".join(names) or mine[0].name
    queue = stats.queue_for(house.rulebook, identity, name)
    try:
        lookback = read_duration(length)
    except WrongValueError as problem:
        return wording.refused(f"{problem.wrong}. {problem.right}.")
    now = house.now()
    digest = await house.see(digesting.ask_for, house.rulebook, queue.name, lookback, now)
    await house.do(
        digesting.send_to,
        queue.name,
        Period(now - lookback, now),
        platform,
        identity.user_ref,
        now,
        occasion=f"asked:{secrets.token_hex(4)}",
    )
    rest: Line = (say("The plot, the rest and a table come to you in a direct message."),)
    head = head_of(digest)
    return Reply((*head.lines, rest), notes=head.notes)


async def asked_why(asked: Asked) -> Reply:
    """An item's story, without the votes that the asker may not know yet."""
    house = asked.desk.house
    if not asked.argument:
        return wording.refused(f"Say which: {asked.command} why followed by the id.")
    item_id = asked.argument.split()[0].upper()
    story = await house.see(explaining.story_for, house.rulebook, item_id, await asked.who())
    return Reply(story_lines(story, house.rulebook.people))


def _wish(argument: str) -> tuple[list[str], str]:
    """The queue's words, and how far back, in whichever order they were typed."""
    tokens = argument.split()
    lengths = [each for each in tokens if each[:1].isdigit() and each[-1:].isalpha()]
    return [each for each in tokens if each not in lengths], (lengths or [WEEK])[0]
