"""One person's inbox and settings, whichever the platform."""

from bot.buttons import ME, Act, Press, button_id
from bot.card_parts import Reply
from bot.errors import SettingsError
from bot.flows import settings
from bot.flows.inboxes import Contents, Known, inbox_of
from bot.flows.settings import HOURS, ZONE, Stated
from bot.headlines import headline_in
from bot.inbox import (
    COUNTED,
    VOTES,
    WAITING,
    CastVote,
    Inbox,
    WaitingItem,
    quiet_words,
    reply_of_inbox,
)
from bot.rules.fatigue import Wishes
from bot.safe_text import SafeText, say, shown
from bot.windows import Field, Window
from handlers.asked import Asked
from handlers.desk import Desk
from handlers.pressing import Who
from handlers.pulling import held_item

NONE = "none"
HOURS_MAX, ZONE_MAX = 40, 60  # characters


async def inbox_for(desk: Desk, who: Who) -> Inbox:
    """What a person's inbox shows.

    Raises:
        SignoffError: the account is nobody's.
    """
    house = desk.house
    contents = await house.see(
        inbox_of,
        house.rulebook,
        await who(),
        house.now(),
        listed=WAITING,
        counted=COUNTED,
        votes=VOTES,
    )
    return _shown(desk, contents)


async def asked_inbox(asked: Asked) -> Reply:
    """`inbox`."""
    return reply_of_inbox(await inbox_for(asked.desk, asked.who))


async def prefer(desk: Desk, who: Who, press: Press) -> None:
    """Keeps how a person wants to be told.

    Raises:
        SignoffError: nothing was changed; says why.
    """
    await _change(desk, who, ping_by=press.argument)


async def window_for(desk: Desk, who: Who) -> Window:
    """The window that asks for quiet hours and zone, filled with what is set.

    Raises:
        SignoffError: the account is nobody's.
    """
    wishes = await _wishes(desk, who)
    return Window(
        id=button_id(Act.QUIET, ME),
        title=say("Quiet hours and zone"),
        headline=say("When should nothing be asked of you?"),
        about=(
            (say("You can still vote then, and cards still come. Write “none” for no such time."),),
        ),
        fields=(
            Field(HOURS, say("Quiet hours, as in 22:00-07:00"), HOURS_MAX, quiet_words(wishes)),
            Field(ZONE, say("Your zone, as in Europe/Berlin"), ZONE_MAX, shown(wishes.zone)),
        ),
        submit=say("Save"),
    )


async def set_quiet(desk: Desk, who: Who, hours: str, zone: str) -> Inbox:
    """Keeps what came back from that window; the inbox as it is then.

    Raises:
        SettingsError: nothing was changed; says what to mend.
    """
    start, end = _span(hours)
    await _change(desk, who, quiet_from=start, quiet_until=end, zone=zone)
    return await inbox_for(desk, who)


def _span(hours: str) -> tuple[str, str]:
    text = hours.strip().lower()
    if text in ("", NONE, "off", "-"):
        return "", ""
    start, dash, end = text.replace("\u2013", "-").replace(" to ", "-").partition("-")
    if not dash:
        raise SettingsError(
            HOURS,
            f"“{hours.strip()}” has no beginning and end. Write quiet hours as 22:00-07:00, or "
            "none. Nothing was changed.",
        )
    return start.strip(), end.strip()


async def _wishes(desk: Desk, who: Who) -> Wishes:
    house = desk.house
    return await house.see(settings.wishes_of, house.rulebook, await who())


async def _change(desk: Desk, who: Who, **changed: str) -> None:
    house, wishes = desk.house, await _wishes(desk, who)
    quiet = wishes.quiet
    stated = {
        "ping_by": wishes.ping_by,
        "quiet_from": f"{quiet.start:%H:%M}" if quiet else "",
        "quiet_until": f"{quiet.end:%H:%M}" if quiet else "",
        "zone": wishes.zone,
    }
    await house.do(settings.prefer, house.rulebook, await who(), Stated(**{**stated, **changed}))


def _shown(desk: Desk, contents: Contents) -> Inbox:
    rulebook = desk.house.rulebook
    titles = {name: queue.title for name, queue in rulebook.queues.items()}

    def headline(known: Known) -> SafeText:
        item, content = known
        return headline_in(rulebook, item, content)

    return Inbox(
        held=tuple(held_item(desk, each) for each in contents.held),
        waiting=tuple(
            WaitingItem(known[0].id, headline(known), known[0].due_at) for known in contents.waiting
        ),
        counts=tuple((titles.get(name, name), count) for name, count in contents.counts),
        votes=tuple(
            CastVote(known[0].id, headline(known), vote, not known[0].is_settled)
            for known, vote in contents.votes
        ),
        wishes=contents.wishes,
        rest=contents.rest,
        reviewed_count=contents.reviewed_count,
        hour_max=rulebook.limits.max_per_hour,
    )
