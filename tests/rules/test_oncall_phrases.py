"""Spans of time as people type them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SignoffError
from bot.rules.oncall.people import person_known_as
from bot.rules.oncall.phrases import UnclearSpanError, read_span
from config.policies import Person, Rulebook
from tests.rules.schedules import at, utc

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = at("Europe/Berlin", 2026, 3, 4, 12)


def _span(text: str, now: datetime = WEDNESDAY) -> tuple[str, str]:
    start, end = read_span(text, BERLIN, now)
    return (f"{start.astimezone(BERLIN):%d %H:%M}", f"{end.astimezone(BERLIN):%d %H:%M}")


@pytest.mark.parametrize(
    "text",
    [
        "fri 18:00\u2013mon 09:00",
        "fri 18:00 \u2013 mon 09:00",
        "fri 18:00-mon 09:00",
        "Friday 18:00 to Monday 9:00",
        "from fri 6pm until mon 9am",
        "FRI 18:00 \u2014 MON 9:00",
        "2026-03-06 18:00 - 2026-03-09 09:00",
        "6 mar 18:00 to 9 march 9:00",
        "mar 6 18:00 to mar 9 2026 9:00",
        "on fri at 18:00 till mon at 9 am",
        "fri 18:00 .. mon 09:00",
    ],
)  # fmt: skip
def test_one_weekend_in_many_ways(text: str) -> None:
    assert _span(text) == ("06 18:00", "09 09:00")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("now for 2h", "04 12:00", "04 14:00"),
        ("now to 18:00", "04 12:00", "04 18:00"),
        ("now to 9:00", "04 12:00", "05 09:00"),
        ("today 18:00 to 22:00", "04 18:00", "04 22:00"),
        ("tomorrow 9:00 for 1d 2h", "05 09:00", "06 11:00"),
        ("wed 13:00 to wed 12:00", "04 13:00", "11 12:00"),
        ("tue 18:00 to 9:00", "10 18:00", "11 09:00"),
        ("2026-03-01 9:00 to fri 9:00", "04 12:00", "06 09:00"),
        ("fri noon to fri 1pm", "06 12:00", "06 13:00"),
    ],
)
def test_days_go_by_now_and_the_end_by_the_start(text: str, start: str, end: str) -> None:
    assert _span(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one start and one end"),
        ("fri 18:00", "one start and one end"),
        ("fri to mon", "at what time it starts"),
        ("fri 18:00 to mon", "at what time it ends"),
        ("18:00 to 22:00", "is it today 18:00, or tomorrow 18:00?"),
        ("fri 6 to mon 9:00", "“6” could be 6:00 or 18:00"),
        ("fri 18 to mon 9:00", "“18” says no time"),
        ("3/4 9:00 to 3/5 9:00", "day or a month first"),
        ("wed 9:00 to fri 9:00", "Wednesday 09:00 is past today. Write now, or 2026-03-11 09:00"),
        ("fri 25:00 to mon 9:00", "no time 25:00"),
        ("fri 24:00 to mon 9:00", "Write 00:00"),
        ("fri 13am to mon 9:00", "no time 13am"),
        ("fri midnight to mon 9:00", "Midnight belongs to two days"),
        ("fri 18:00 to blursday 9:00", "“blursday” says no time"),
        ("2026-02-30 9:00 to mon 9:00", "no day 2026-02-30"),
        ("30 feb 9:00 to mon 9:00", "no day"),
        ("feb 9:00 to mon 9:00", "the day of the month"),
        ("2026-03-01 9:00 to 2026-03-02 9:00", "over already"),
        ("2026-03-09 9:00 to 2026-03-06 9:00", "end before it starts"),
        ("2026-03-09 9:00 to 2026-12-06 9:00", "longer than 92 days"),
        ("fri 18:00 to mon 9:00 to tue 9:00", "one start and one end"),
        ("now for 2h 18:00", "Nothing can follow"),
        ("now for 900d", "no length of time"),
        ("fri 18:00 ☃ mon 9:00", "one start and one end"),
        ("now to now", "at what time it ends"),
    ],
)
def test_what_is_unclear_is_refused_with_what_would_be_right(text: str, words: str) -> None:
    with pytest.raises(UnclearSpanError) as refused:
        read_span(text, BERLIN, WEDNESDAY)

    assert words in str(refused.value)


def test_times_are_those_of_the_zone() -> None:
    start, end = read_span("fri 18:00 to mon 09:00", ZoneInfo("Asia/Kathmandu"), WEDNESDAY)

    assert (start, end) == (utc(2026, 3, 6, 12, 15), utc(2026, 3, 9, 3, 15))


def test_a_weekend_over_the_change_of_clocks_is_an_hour_shorter() -> None:
    now = at("Europe/Berlin", 2026, 3, 25, 12)

    start, end = read_span("fri 18:00 to mon 9:00", BERLIN, now)

    assert (end - start).total_seconds() == 62 * 3600


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    try:
        start, end = read_span(text, BERLIN, WEDNESDAY)
    except SignoffError:
        return
    assert WEDNESDAY <= start < end


# -- people ----------------------------------------------------------------------------------------

RULES = Rulebook(
    queues={},
    people={
        "ann": Person(id="ann", name="Ann Berg", slack="U0ANN", discord="123"),
        "ben": Person(id="ben", name="Ben Okafor", slack="U0BEN"),
        "ben2": Person(id="ben2", name="Ben Okafor"),
    },
    known_as={"ann": ("Ann@Example.com", "PANN001")},
)


@pytest.mark.parametrize(
    "name",
    ["ann", "@ann", "ANN", "Ann Berg", "@Ann  Berg", "<@U0ANN>", "<@U0ANN|ann>", "<@!123>",
     "ann@example.com", "mailto:ann@EXAMPLE.com", "pann001"],
)  # fmt: skip
def test_a_person_goes_by_many_names(name: str) -> None:
    person = person_known_as(name, RULES)

    assert person is not None
    assert person.id == "ann"


def test_a_name_of_two_people_is_nobodys_but_their_id_is_theirs() -> None:
    assert person_known_as("Ben Okafor", RULES) is None
    assert person_known_as("zoe", RULES) is None
    assert person_known_as("ben", RULES) == RULES.people["ben"]
