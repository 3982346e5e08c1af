"""Shifts as an iCalendar (RFC 5545), for calendar programs to subscribe to."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import icalendar

from bot.rules.oncall.facts import OnCall
from config.policies import Person
from config.schedules import Schedule

REFRESHED_EVERY = timedelta(hours=1)  # what programs are asked to do; many take longer


def write_feed(
    title: str,
    shifts: Iterable[tuple[Schedule, OnCall]],
    people: Mapping[str, Person],
    now: datetime,
) -> bytes:
    """The calendar, as it is served.

    A shift keeps its UID (schedule, start and person) however often the calendar is read, so
    programs change what they show in place of showing it twice. Times are UTC: right everywhere.
    """
    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//Signoff//On call//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", title)
    calendar.add("REFRESH-INTERVAL", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    for schedule, shift in shifts:
        for person_id in shift.holders:
            name = people[person_id].name if person_id in people else person_id
            calendar.add_component(_event(schedule, shift, person_id, name, now))
    written: bytes = calendar.to_ical()
    return written


def _event(
    schedule: Schedule, shift: OnCall, person_id: str, name: str, now: datetime
) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", f"{schedule.name}-{shift.start:%Y%m%dT%H%M%SZ}-{person_id}@signoff")
    event.add("DTSTAMP", now.replace(microsecond=0))
    event.add("DTSTART", shift.start)
    event.add("DTEND", shift.until)
    event.add("SUMMARY", f"On call: {name} ({schedule.title})")
    event.add("DESCRIPTION", f"By {shift.source}. Times of this schedule go by {schedule.zone}.")
    event.add("TRANSP", "TRANSPARENT")
    return event
