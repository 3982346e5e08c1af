"""What is said about being on call: to whoever asks, to whom it concerns, and on pagers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.card_parts import Line, Moment, Reply, Strong, join_line, someone
from bot.card_state import deadline_line
from bot.facts import Item
from bot.rules.oncall import Gap, OnCall
from bot.rules.oncall.walls import wall_of
from bot.safe_text import SafeText, say, shown
from config.policies import Rulebook
from config.schedules import Schedule

GAPS_MAX = 10  # told one by one


def wall(at: datetime, schedule: Schedule) -> SafeText:
    """An instant as the schedule's zone shows it: "Fri 2026-03-06 18:00"."""
    return say("{at:%a %Y-%m-%d %H:%M}", at=wall_of(at, schedule.place))


def span_line(start: datetime, until: datetime, schedule: Schedule) -> Line:
    """A span in the schedule's zone, and in the reader's."""
    named = say(
        "{start} to {until} ({zone})",
        start=wall(start, schedule),
        until=wall(until, schedule),
        zone=shown(schedule.zone),
    )
    mine: Line = (Moment(start, "absolute"), say(" to "), Moment(until, "absolute"))
    return (named, say("; your time: "), *mine)


def people_line(people: Sequence[str], rulebook: Rulebook, *, ping: bool = False) -> Line:
    """People by name."""
    named: list[Line] = [
        (someone(rulebook.people[each], ping=ping),) if each in rulebook.people else (shown(each),)
        for each in people
    ]
    return join_line(named, say(", "))


def holders_line(found: OnCall | Gap, rulebook: Rulebook) -> Line:
    """Who is on call, or that nobody is."""
    if isinstance(found, Gap):
        return (say("nobody ({why})", why=shown(found.why)),)
    via = {"override": say(" (override)"), "swap": say(" (swapped)")}.get(found.source)
    return (*people_line(found.holders, rulebook), *((via,) if via else ()))


def title_of(schedule: Schedule) -> Strong:
    """What people call the schedule."""
    return Strong(shown(schedule.title))


def gap_announced(schedule: Schedule, gaps: Sequence[Gap], rulebook: Rulebook) -> Reply:
    """The warning, to admins, that nobody will be on call."""
    head: Line = (say("Nobody will be on call: "), title_of(schedule))
    told: list[Line] = [
        (*span_line(gap.start, gap.until, schedule), say(" ({why})", why=shown(gap.why)))
        for gap in gaps[:GAPS_MAX]
    ]
    rest = len(gaps) - GAPS_MAX
    if rest > 0:
        told.append((say("and {rest} more.", rest=rest),))
    todo = say(
        "Fill it: /review oncall override {name} @person, then from when to when.",
        name=shown(schedule.name),
    )
    stand_ins = sorted(rulebook.members(schedule.otherwise))
    otherwise: Line = (say("Until then nobody is asked in a gap."),)
    if stand_ins:
        otherwise = (
            say("Until then these are asked in a gap: "),
            *people_line(stand_ins, rulebook),
        )
    return Reply((head, *told, otherwise, (todo,)))


def shift_given(
    schedule: Schedule,
    body: Mapping[str, Any],
    start: datetime,
    until: datetime,
    rulebook: Rulebook,
) -> Reply:
    """The news of a changed shift, to whom it concerns and did not change it."""
    by = people_line([str(body["by"])], rulebook)
    said = {
        "yours": say(" put you on call for "),
        "not-yours": say(" took over your shift of "),
        "asked": say(" asks you to swap shifts in "),
    }[str(body["what"])]
    lines: list[Line] = [(*by, said, title_of(schedule), say(": "))]
    lines.append(span_line(start, until, schedule))
    if body["what"] == "asked":
        back = span_line(*_other(body), schedule)
        lines.append((say("You would get that one, and give away: "), *back))
        agree = say("If you agree: /review oncall swap {name} {by}",
                    name=shown(schedule.name), by=shown(f"@{body['by']}"))  # fmt: skip
        lines.append((agree,))
    if body.get("reason"):
        lines.append((say("They say: “{why}”", why=shown(str(body["reason"]))),))
    return Reply(tuple(lines))


def page_words(item: Item, headline: SafeText) -> Reply:
    """What a pager says about an item that waits."""
    asked = say("Signoff needs an answer: {headline}", headline=headline)
    where = say("Request {id}, queue {queue}", id=shown(item.id), queue=shown(item.queue))
    return Reply(((asked,), deadline_line(item), (where,)))


def _other(body: Mapping[str, Any]) -> tuple[datetime, datetime]:
    start, until = (
        datetime.fromisoformat(str(body[end])) for end in ("other_start", "other_until")
    )
    return start, until
