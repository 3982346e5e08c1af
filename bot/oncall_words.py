"""What is said about being on call: to whoever asks, to whom it concerns, and on pagers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.card_parts import Line, Moment, Reply, Strong, join_line, someone, utc
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


def standing_lines(
    schedule: Schedule, now: OnCall | Gap, after: OnCall | Gap, rulebook: Rulebook
) -> tuple[Line, ...]:
    """Who is on call, until when, and who is next."""
    who: Line = (title_of(schedule), say(": "), *holders_line(now, rulebook))
    if after.start >= after.until or now.start >= now.until:
        return (who,)
    until = say("until {at} ({zone})", at=wall(now.until, schedule), zone=shown(schedule.zone))
    mine: Line = (say(" · "), until, say(", your time "), Moment(now.until, "both"))
    then: Line = (say("Then: "), *holders_line(after, rulebook), say(" until "))
    return ((*who, *mine), (*then, wall(after.until, schedule)))


def copy_line(source: str, got_at: datetime | None, problem: str | None) -> Line:
    """The remark that what a calendar says may be out of date."""
    what = say("PagerDuty") if source == "pagerduty" else say("The calendar")
    why = say(": {why}", why=shown(problem)) if problem else say("")
    if got_at is None:
        return (say("⚠ {what} was never read", what=what), why)
    return (say("⚠ {what} was last read ", what=what), Moment(got_at, "both"), why)


def unmatched_line(source: str, names: Sequence[str]) -> Line:
    """The remark that a calendar names people who are nobody here."""
    told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        say(
            "⚠ {what} names people who are nobody here: {names}. An admin lists them under "
            "known_as in oncall.toml.",
            what=say("PagerDuty") if source == "pagerduty" else say("The calendar"),
            names=shown(told),
        ),
    )


def overridden(
    schedule: Schedule, person: str | None, start: datetime, until: datetime, number: int,
    before: Sequence[str], rulebook: Rulebook, command: str,
) -> Reply:  # fmt: skip
    """The echo of an override: in the schedule's zone, in the reader's, and in UTC."""
    who = people_line([person], rulebook) if person else (say("Nobody"),)
    head: Line = (say("Done. "), *who, say(" is on call in "), title_of(schedule), say(":"))
    lines: list[Line] = [head, span_line(start, until, schedule), _in_utc(start, until)]
    others = [each for each in before if each != person]
    if others:
        lines.append((say("In place of: "), *people_line(others, rulebook)))
    undo = say("Take it back: {command} oncall cancel {n}", command=shown(command), n=number)
    return Reply((*lines, (undo,)))


def override_cancelled(
    schedule: Schedule, number: int, start: datetime, until: datetime,
    back: Sequence[str], rulebook: Rulebook,
) -> Reply:  # fmt: skip
    """The echo of an override that was taken back."""
    head: Line = (say("Taken back: override {n} in ", n=number), title_of(schedule), say("."))
    now: Line = (say("On call there now: "), *(people_line(back, rulebook) or (say("nobody"),)))
    return Reply((head, now, span_line(start, until, schedule)))


def swapped(
    schedule: Schedule, first: Mapping[str, Any], second: Mapping[str, Any], rulebook: Rulebook,
    *, is_agreed: bool,
) -> Reply:  # fmt: skip
    """The echo of a swap: the person, the start and the end of each shift in its new hands."""
    head: Line = (say("Swapped in ") if is_agreed else say("Asked for a swap in "),)
    lines: list[Line] = [(*head, title_of(schedule), say(":"))]
    for half in (first, second):
        who = people_line([half["person"]], rulebook)
        lines.append((*who, say(" takes "), *span_line(half["start"], half["until"], schedule)))
    if not is_agreed:
        other = people_line([first["person"]], rulebook)
        lines.append((say("Nothing changes until "), *other, say(" agrees; they are told how.")))
    return Reply(tuple(lines))


def away_noted(
    person: str, start: datetime, until: datetime, zone: str, rulebook: Rulebook
) -> Reply:
    """The echo of a time away."""
    who = people_line([person], rulebook)
    head: Line = (
        say("Noted: "),
        *who,
        say(" is away and is passed over, in every schedule, from "),
    )
    place = ZoneInfo(zone)
    span = say(
        "{start:%a %Y-%m-%d %H:%M} to {until:%a %Y-%m-%d %H:%M} ({zone})",
        start=wall_of(start, place),
        until=wall_of(until, place),
        zone=shown(zone),
    )
    return Reply(((*head, span), _in_utc(start, until)))


def back_noted(person: str, count: int, rulebook: Rulebook) -> Reply:
    """The echo of somebody's return."""
    who = people_line([person], rulebook)
    if not count:
        return Reply(((say("Nothing changed: "), *who, say(" was not away.")),))
    return Reply(((say("Noted: "), *who, say(" is back and is asked again.")),))


def no_schedules() -> Reply:
    """The answer where nobody has written a schedule."""
    return Reply(((say("There are no on-call schedules here: an admin writes oncall.toml."),),))


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


def _in_utc(start: datetime, until: datetime) -> Line:
    return (say("That is {start} to {until}.", start=utc(start), until=utc(until)),)


def _other(body: Mapping[str, Any]) -> tuple[datetime, datetime]:
    start, until = (
        datetime.fromisoformat(str(body[end])) for end in ("other_start", "other_until")
    )
    return start, until
