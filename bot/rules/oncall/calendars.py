"""Shifts out of an iCalendar (RFC 5545): recurrences, exceptions, all-day events, zones.

Only what is needed of each event is kept: when, and the names that its person may go by. Whom a
name means is decided when it is looked at, by the rules of that moment.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bot.errors import SignoffError
from bot.rules.oncall.walls import instant_of

SIZE_MAX = 2_000_000  # characters of a calendar
EVENTS_MAX = 2_000  # entries in it
DAY = timedelta(days=1)
SHIFTS_MAX = 20_000  # occurrences of these in the span that is read
NAMES_MAX = 20  # people in one event
NAME_MAX = 120  # characters
OFTEN_MAX = 100  # times a day that all its events recur together
RATES = {"HOURLY": 24, "MINUTELY": 1_440, "SECONDLY": 86_400}  # a day; others once at most
PARTS = {"BYHOUR": 24, "BYMINUTE": 60, "BYSECOND": 60}  # by which a rule recurs so much oftener
MARKS = re.compile(r"^\s*(?:\[[^\]]*\]\s*)*(?:on[- ]?call\s*[:\u2013-]\s*)?", re.IGNORECASE)
BETWEEN_NAMES = re.compile(r"\s*(?:,|;|&|\+| and )\s*", re.IGNORECASE)


class BadCalendarError(SignoffError):
    """What was given is no calendar that can be used; says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence of an event."""

    start: datetime
    end: datetime
    people: tuple[tuple[str, ...], ...]  # each with the names that they may go by, the best first


def read_calendar(text: str, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Entry, ...]:
    """The occurrences that touch a span, in the order of their starts.

    Args:
        text: the calendar.
        zone: of times and days that name none, where the calendar names none (X-WR-TIMEZONE).
        start: of the span.
        end: of it.

    Raises:
        BadCalendarError: it cannot be read, or holds far too much.
    """
    if len(text) > SIZE_MAX:
        raise BadCalendarError(f"The calendar has more than {SIZE_MAX:,} characters.")
    try:
        calendar = icalendar.Calendar.from_ical(text)
        _prepare(calendar)
        entries = list(_entries(calendar, _zone_of(calendar, zone), start, end))
    except SignoffError:
        raise
    except Exception as problem:  # the parsers meet anything, and raise as much
        words = f"{type(problem).__name__}: {problem}"[:200]
        raise BadCalendarError(f"This is not a calendar that can be read ({words}).") from problem
    return tuple(sorted(entries, key=lambda entry: entry.start))


def _prepare(calendar: Any) -> None:
    """Takes out what is cancelled, and tells events apart that share an id by mistake."""
    events = list(calendar.walk("VEVENT"))
    if len(events) > EVENTS_MAX:
        raise BadCalendarError(f"The calendar has more than {EVENTS_MAX:,} entries.")
    if sum(_often(event) for event in events) > OFTEN_MAX:
        raise BadCalendarError("Its events recur far more often than shifts do.")
    newest: dict[str, int] = {}
    for event in events:
        uid = str(event.get("UID", ""))
        newest[uid] = max(newest.get(uid, 0), _sequence(event))
    seen: dict[str, set[bytes]] = {}
    stale: set[int] = set()
    for place, event in enumerate(events):
        if "RECURRENCE-ID" in event:
            continue
        uid = str(event.get("UID", ""))
        same = seen.setdefault(uid, set())
        when = event["DTSTART"].to_ical()
        if _sequence(event) < newest[uid] or when in same:
            stale.add(id(event))  # an older state of it, or a copy
            continue
        if same:
            event["UID"] = icalendar.vText(f"{uid}#{place}")
        same.add(when)
    calendar.subcomponents = [each for each in calendar.subcomponents if id(each) not in stale]


def _often(event: Any) -> int:
    """How many times a day the event recurs at most, by its rules."""
    rules = event.get("RRULE") or []
    count = 0
    for rule in rules if isinstance(rules, list) else [rules]:
        rate = RATES.get(str(next(iter(rule.get("FREQ") or ["?"]))).upper(), 1)
        for part, most in PARTS.items():
            rate *= min(len(rule.get(part) or [1]), most)
        count += rate
    return count


def _sequence(event: Any) -> int:
    return int(event.get("SEQUENCE", 0))


def _zone_of(calendar: Any, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of times and days without one."""
    try:
        return ZoneInfo(str(calendar.get("X-WR-TIMEZONE", "")).strip())
    except (ValueError, OSError, KeyError):
        return otherwise


def _entries(calendar: Any, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Entry]:
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    found = query.between(start - DAY, end + DAY)  # an event without a zone may be off by a day
    if len(found) > SHIFTS_MAX:
        raise BadCalendarError(f"The calendar has more than {SHIFTS_MAX:,} shifts ahead.")
    for event in found:
        first, last = _instant(event.start, zone), _instant(event.end, zone)
        if first < last and first < end and last > start and _takes_place(event):
            people = tuple(_people(event))
            if people:
                yield Entry(first, last, people)


def _takes_place(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _instant(when: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(when, datetime):
        return instant_of(datetime.combine(when, time()), zone)
    return instant_of(when, zone) if when.tzinfo is None else when.astimezone(UTC)


def _people(event: Any) -> Iterator[tuple[str, ...]]:
    """Those who attend; without any, those whom the title names."""
    attendees = event.get("ATTENDEE") or []
    listed: Sequence[Any] = attendees if isinstance(attendees, list) else [attendees]
    title = " ".join(MARKS.sub("", str(event.get("SUMMARY", ""))).split())
    if not listed:
        named = BETWEEN_NAMES.split(title)[:NAMES_MAX]
        yield from ((name[:NAME_MAX],) for name in named if name)
        return
    for attendee in listed[:NAMES_MAX]:
        names = [str(attendee), str(attendee.params.get("CN", ""))]
        if len(listed) == 1:
            names.append(title)
        kept = [
            re.sub("^mailto:", "", name, flags=re.IGNORECASE)[:NAME_MAX] for name in names if name
        ]
        if kept:
            yield tuple(dict.fromkeys(kept))
