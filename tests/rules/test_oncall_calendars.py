"""Calendars that come in: recurrences, exceptions, zones, and whatever else people export."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.oncall import OnCall
from bot.rules.oncall.calendars import BadCalendarError, Entry, read_calendar
from bot.rules.oncall.feed import write_feed
from config.policies import Person
from tests.rules.schedules import a_schedule, at, utc

BERLIN = ZoneInfo("Europe/Berlin")
START, END = utc(2026, 3, 1), utc(2026, 4, 15)


def a_calendar(*events: str, head: str = "") -> str:
    """A calendar of events; each is the lines between BEGIN and END."""
    bodies = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test", head, *bodies, "END:VCALENDAR", ""]
    return "\r\n".join("\n".join(filter(None, lines[:-1])).split("\n")) + "\r\n"


def an_event(uid: str = "1", start: str = "20260302T090000", **more: str) -> str:
    """Eight hours of Ann's, in Berlin."""
    given_lines = {
        "UID": uid,
        "DTSTAMP": "20260101T000000Z",
        "DTSTART;TZID=Europe/Berlin": start,
        "DURATION": "PT8H",
        "SUMMARY": "Ann",
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    return "\n".join(f"{key}:{value}" for key, value in given_lines.items() if value)


def _read(*events: str, head: str = "", zone: ZoneInfo = BERLIN) -> tuple[Entry, ...]:
    return read_calendar(a_calendar(*events, head=head), zone, START, END)


def _starts(entries: tuple[Entry, ...]) -> list[str]:
    return [f"{entry.start.astimezone(BERLIN):%m-%d %H:%M}" for entry in entries]


def test_a_weekly_shift_stays_at_its_hour_over_the_change_of_clocks() -> None:
    found = _read(an_event(RRULE="FREQ=WEEKLY;COUNT=5"))

    assert _starts(found) == [
        "03-02 09:00", "03-09 09:00", "03-16 09:00", "03-23 09:00", "03-30 09:00"
    ]  # fmt: skip
    assert {entry.end - entry.start for entry in found} == {timedelta(hours=8)}


def test_exceptions_and_moved_occurrences_count() -> None:
    found = _read(
        an_event(RRULE="FREQ=DAILY;COUNT=4", EXDATE="20260303T080000Z"),
        an_event(
            start="20260304T120000",
            SUMMARY="Ben",
            **{"RECURRENCE-ID;TZID=Europe/Berlin": "20260304T090000"},
        ),
    )

    assert _starts(found) == ["03-02 09:00", "03-04 12:00", "03-05 09:00"]
    assert [entry.people for entry in found] == [(("Ann",),), (("Ben",),), (("Ann",),)]


def test_an_all_day_event_is_the_day_of_the_schedules_zone() -> None:
    event = "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260329\nSUMMARY:Ann"

    (found,) = _read(event)

    assert (found.start, found.end) == (
        at("Europe/Berlin", 2026, 3, 29), at("Europe/Berlin", 2026, 3, 30)
    )  # fmt: skip
    assert found.end - found.start == timedelta(hours=23)


def test_the_calendars_own_zone_goes_before_the_schedules() -> None:
    event = "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260310\nSUMMARY:Ann"
    floating = (
        "UID:2\nDTSTAMP:20260101T000000Z\nDTSTART:20260312T090000\nDURATION:PT1H\nSUMMARY:Ann"
    )

    days, hours = _read(event, floating, head="X-WR-TIMEZONE:Asia/Kathmandu")

    assert days.start == utc(2026, 3, 9, 18, 15)
    assert hours.start == utc(2026, 3, 12, 3, 15)


def test_floating_times_without_any_zone_are_the_schedules() -> None:
    event = "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART:20260312T090000\nDURATION:PT1H\nSUMMARY:Ann"

    (found,) = _read(event)

    assert found.start == at("Europe/Berlin", 2026, 3, 12, 9)


def test_one_id_for_two_events_is_two_events_and_a_copy_is_one() -> None:
    first, second = an_event(), an_event(start="20260304T090000", SUMMARY="Ben")

    found = _read(first, second, first)

    assert [entry.people[0][0] for entry in found] == ["Ann", "Ben"]


def test_a_later_state_of_an_event_replaces_the_earlier_one() -> None:
    found = _read(an_event(SEQUENCE="1"), an_event(start="20260305T100000", SEQUENCE="2"))

    assert _starts(found) == ["03-05 10:00"]


def test_what_is_cancelled_does_not_take_place() -> None:
    assert _read(an_event(STATUS="CANCELLED")) == ()


@pytest.mark.parametrize(
    ("lines", "people"),
    [
        ({"SUMMARY": "[L1] On-call: Ann Berg"}, (("Ann Berg",),)),
        ({"SUMMARY": "Ann\\, Ben and Cleo"}, (("Ann",), ("Ben",), ("Cleo",))),
        (
            {"ATTENDEE;CN=Ann Berg": "mailto:ann@example.com", "SUMMARY": "Ops"},
            (("ann@example.com", "Ann Berg", "Ops"),),
        ),
        (
            {"ATTENDEE;CN=A": "mailto:a@x.org", "ATTENDEE;CN=B": "MAILTO:b@x.org"},
            (("a@x.org", "A"), ("b@x.org", "B")),
        ),
        ({"SUMMARY": ""}, None),
    ],
)
def test_people_are_those_who_attend_else_those_in_the_title(
    lines: dict[str, str], people: tuple[tuple[str, ...], ...] | None
) -> None:
    found = _read(an_event(**lines))

    assert (found[0].people if found else None) == people


def test_an_event_that_began_before_the_span_and_goes_on_counts() -> None:
    (found,) = _read(an_event(start="20260101T090000", DURATION="P100D"))

    assert found.start < START < END < found.end or found.end > START


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a calendar"),
        ("<html>login</html>", "not a calendar"),
        (a_calendar(an_event(RRULE="FREQ=SECONDLY")), "more often than shifts do"),
        (
            a_calendar(
                an_event(
                    RRULE="FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=" + ",".join(map(str, range(60)))
                )
            ),
            "more often",
        ),
        (a_calendar(*(an_event(str(n)) for n in range(2_001))), "more than 2,000 entries"),
        (a_calendar(*(an_event(str(n), RRULE="FREQ=HOURLY") for n in range(12))), "more often"),
        ("x" * 2_000_001, "more than 2,000,000 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadCalendarError) as refused:
        read_calendar(text, BERLIN, START, END)

    assert words in str(refused.value)


def _corpus() -> list[Path]:
    """The calendars that the parser's own authors collected from bug reports."""
    spec = find_spec("recurring_ical_events")
    folder = Path(str(spec and spec.origin)).parent / "test" / "calendars"
    return sorted(folder.glob("*.ics"))


@pytest.mark.skipif(not _corpus(), reason="this build of recurring_ical_events has no test folder")
def test_every_calendar_of_the_parsers_own_bug_reports_is_read_or_refused() -> None:
    read = 0
    for path in _corpus():
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            entries = read_calendar(text, BERLIN, utc(2019, 1, 1), utc(2020, 1, 1))
        except BadCalendarError:
            continue
        read += 1
        assert all(entry.start < entry.end for entry in entries), path.name

    assert read > len(_corpus()) * 0.8


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="ABDEGINRTUVX:;=-\r\n0123456789Z", max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    body = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    try:
        entries = read_calendar(body, BERLIN, START, END)
    except BadCalendarError:
        return
    assert all(entry.start < entry.end for entry in entries)


# -- our own calendar ------------------------------------------------------------------------------


def test_our_feed_is_a_calendar_that_reads_back_as_what_it_says() -> None:
    people = {"ann": Person(id="ann", name="Änn; Berg, the \\ first\nof all")}
    shift = OnCall(("ann",), "layer weekly", utc(2026, 3, 2, 8), utc(2026, 3, 9, 8))

    text = write_feed("On call: Ops", [(a_schedule(), shift)], people, utc(2026, 3, 1))

    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("DTSTART") == shift.start
    assert event.decoded("DTEND") == shift.until
    assert str(event["SUMMARY"]).startswith("On call: Änn; Berg, the \\ first")
    assert event["UID"] == "ops-20260302T080000Z-ann@signoff"
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    (back,) = read_calendar(text.decode(), BERLIN, START, END)
    assert (back.start, back.end) == (shift.start, shift.until)


def test_a_shift_keeps_its_id_whenever_it_is_written() -> None:
    shift = OnCall(("ann",), "override", utc(2026, 3, 2, 8), utc(2026, 3, 9, 8))

    texts = [write_feed("x", [(a_schedule(), shift)], {}, utc(2026, 3, day)) for day in (1, 5)]

    uids = {icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["UID"] for text in texts}
    assert len(uids) == 1
