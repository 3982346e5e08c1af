"""Our shifts as a calendar over HTTP, and `signoff oncall` on the command line."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner

from bot.flows import calendars
from config.schedules import Layer, Schedule
from handlers.cli.commands.oncall import command
from tests.config.folders import APPROVALS, PEOPLE, a_queue
from tests.doors.http_house import NOON, Door, open_door

ONCALL = """
[schedules.ops]
zone = "Europe/Berlin"

[schedules.ops.layers.days]
people = ["ann", "ben"]
every = "1d"
handoff = "09:00"
from = 2026-01-05
"""


async def _feed(door: Door, **stated: str) -> str:
    """The path of a new feed of a schedule in which Ann and Ben take turns."""
    layer = Layer(
        name="days", people=("ann", "ben"), unit="days", every=1, handoff=time(9),
        starts_on=date(2026, 1, 5),
    )  # fmt: skip
    schedule = Schedule(name="ops", title="Operations", zone="Europe/Berlin", layers=(layer,))
    house = door.house
    house.rulebook = house.rulebook.model_copy(update={"schedules": {"ops": schedule}})
    secret = await house.do(calendars.add_feed, house.rulebook, "phone", NOON, **stated)
    return f"/calendar/{secret}.ics"


async def test_whoever_has_the_address_reads_the_shifts(sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door:
        path = await _feed(door, person_id="ben")

        reply = await door.call("GET", path, headers={"Authorization": ""})

        assert reply.status == 200
        assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert reply.headers["Cache-Control"] == "private, no-store"
        events = icalendar.Calendar.from_ical(reply.text).walk("VEVENT")
        assert {str(event["SUMMARY"]) for event in events} == {"On call: Ben (Operations)"}
        assert len({str(event["UID"]) for event in events}) == len(events) > 80


async def test_a_revoked_address_and_a_guessed_one_are_not_there(sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door:
        path = await _feed(door)
        await door.house.do(calendars.revoke_feed, "phone", NOON)

        for guess in (path, "/calendar/oncall_x.ics", f"/calendar/oncall_{'a' * 43}.ics"):
            reply = await door.call("GET", guess)
            assert reply.status == 404, guess
            assert reply.body["type"].endswith("not-found")


async def test_the_log_never_holds_the_address(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), caplog.at_level("INFO", "handlers.http.envelope"):
        async with open_door(sqlite_url) as door:
            path = await _feed(door)

            await door.call("GET", path)

    assert "calendar" in caplog.text
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in caplog.text


# -- the command line ------------------------------------------------------------------------------

Run = Callable[..., str]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `signoff oncall` with a schedule; gives back what it prints."""
    for name, text in {
        "queues.toml": a_queue(APPROVALS), "people.toml": PEOPLE, "oncall.toml": ONCALL
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SIGNOFF_CONFIG", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str, fails: bool = False) -> str:
        result = CliRunner().invoke(command, arguments)
        assert (result.exit_code != 0) == fails, result.output
        return f"{result.output}{result.exception or ''}"

    return called


def test_without_a_schedule_no_gap_is_no_good_news(run: Run, tmp_path: Path) -> None:
    (tmp_path / "oncall.toml").unlink()

    assert "There is no schedule: write one into oncall.toml" in run("gaps", fails=True)
    assert "There is no schedule" in run("show", fails=True)


def test_the_command_line_shows_changes_and_finds_gaps(run: Run) -> None:
    assert "Ops (Europe/Berlin)" in run("show")
    assert run("next", "--days", "7").count("Example") >= 7
    assert "Somebody is on call at every minute" in run("gaps")

    done = run("override", "nobody", "now", "for", "2h", "--because", "maintenance")

    assert "Override 1 in Ops" in done
    assert "NOBODY" in run("show")
    assert "an override says that nobody is" in run("gaps")
    assert "no schedule 'nope'" in run("show", "nope", fails=True)
    assert "could be 6:00 or 18:00" in run("override", "ann", "fri 6 to mon 9:00", fails=True)


def test_the_command_line_makes_lists_and_revokes_feeds(run: Run) -> None:
    assert "/calendar/oncall_" in run("feed", "add", "phone", "--person", "ann")
    assert "phone: every schedule, ann only; last read never" in run("feed", "list")
    run("feed", "revoke", "phone")
    assert "phone: every schedule, ann only; revoked" in run("feed", "list")


def test_the_command_line_looks_into_a_calendar(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "team.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\n"
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nDURATION:P7D\nSUMMARY:Ann Example\n"
        "END:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260105\n"
        "RRULE:FREQ=MONTHLY\nSUMMARY:Zoe\nEND:VEVENT\nEND:VCALENDAR\n",
        encoding="utf-8",
    )

    found = run("import", "--file", str(file))

    assert "Nobody here goes by: Zoe" in found
    assert "neither a calendar nor" in run("import", fails=True)
    oncall = (tmp_path / "oncall.toml").read_text()
    changed = oncall.replace('zone = "Europe/Berlin"', 'zone = "UTC"\ncalendar = "team.ics"', 1)
    (tmp_path / "oncall.toml").write_text(changed)
    assert "calendar: read" in run("import")
    file.write_text("<html>")
    assert "not a calendar" in run("import")
