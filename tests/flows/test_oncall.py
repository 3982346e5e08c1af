"""Who is on call with what chat, calendars and the clock make of it; gaps, pages, feeds."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest

from bot.errors import NotAllowedError, SignoffError
from bot.facts import Identity
from bot.flows import calendars, oncall, rosters, shifting, swapping
from bot.flows.calendars import Errand
from bot.rules.oncall import Gap, OnCall
from bot.rules.oncall.calendars import Entry
from config.policies import Person
from config.schedules import Layer, Schedule
from storage import ledger, notices
from storage.unit import Unit
from tests.flows.scene import NOON, Scene, who
from tests.rules.schedules import a_layer, a_schedule, a_window

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ADMIN = Person(id="ada", name="Ada", slack="U0ADA", roles=frozenset({"admin"}))


@pytest.fixture
def on_call(set_scene: Callable[..., Scene]) -> Callable[..., Scene]:
    """A scene with schedules: Ann, Ben and Cat take a day each, from noon, in UTC."""

    def build(*layers: Layer, **stated: Any) -> Scene:
        scene = set_scene()
        days = a_layer(
            "ann", "ben", "cat", unit="days", handoff=time(12), starts_on=date(2026, 3, 2)
        )
        schedule = a_schedule(*(layers or (days,)), zone="UTC", **stated)
        people = {**scene.rulebook.people, "ada": ADMIN}
        named = {
            "schedules": {"ops": schedule},
            "people": people,
            "pagers": {"ann": ("ann-phone",)},
        }
        scene.rulebook = scene.rulebook.model_copy(update=named)
        scene.rulebook.__dict__.pop("_by_account", None)
        return scene

    return build


def _now(scene: Scene, at: datetime | None = None) -> OnCall | Gap:
    return scene.do(rosters.who_is_on_call, scene.rulebook, "ops", at or scene.now)


def _schedule(scene: Scene) -> Schedule:
    return scene.rulebook.schedules["ops"]


def _override(
    scene: Scene, by: str, person: str | None, start: datetime, end: datetime
) -> shifting.Changed:
    schedule = _schedule(scene)
    return scene.do(
        shifting.override, scene.rulebook, who(by), schedule, person, (start, end), scene.now
    )


def _events(scene: Scene) -> list[str]:
    def read(unit: Unit) -> list[str]:
        rows = unit.connection.exec_driver_sql("SELECT event FROM ledger ORDER BY seq")
        return [row[0] for row in rows if row[0].startswith(("oncall", "feed"))]

    return scene.do(read)


def _letters(scene: Scene, platform: str = "slack") -> dict[str, str]:
    """What is due now, by its key and its words."""
    return {told.key: told.words for told in scene.outbox(platform)}


# -- asking ----------------------------------------------------------------------------------------


def test_the_schedule_says_who_it_is_and_who_comes_next(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    assert _now(scene) == OnCall(("ann",), "layer weekly", NOON, NOON + DAY)
    line = scene.do(rosters.next_in_line, scene.rulebook, "ops", NOON, ["ann"])
    assert line == "ben"


def test_an_unknown_schedule_is_a_gap_and_not_an_error(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    found = scene.do(rosters.who_is_on_call, scene.rulebook, "nope", NOON)

    assert isinstance(found, Gap)
    assert scene.do(rosters.next_in_line, scene.rulebook, "nope", NOON, []) is None


# -- overrides -------------------------------------------------------------------------------------


def test_a_senior_puts_anybody_on_call_and_whom_it_concerns_is_told(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call()

    done = _override(scene, "sue", "olga", NOON + HOUR, NOON + 3 * HOUR)

    assert done.before == ("ann",)
    assert isinstance(found := _now(scene, NOON + HOUR), OnCall)
    assert (found.holders, found.source) == (("olga",), "override")
    assert _now(scene, NOON + 3 * HOUR) == OnCall(
        ("ann",), "layer weekly", NOON + 3 * HOUR, NOON + DAY
    )
    told = _letters(scene)
    assert "put you on call" in told[f"oncall-override:{done.number}:olga"]
    assert "took over your shift" in told[f"oncall-override:{done.number}:ann"]
    assert _events(scene) == ["oncall-override"]


def test_nobody_may_be_put_on_call_by_a_senior_only(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    with pytest.raises(NotAllowedError):
        _override(scene, "ann", None, NOON, NOON + HOUR)
    _override(scene, "sue", None, NOON, NOON + HOUR)

    assert isinstance(_now(scene), Gap)


def test_people_give_their_own_time_away_and_take_over_that_of_others(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call()

    _override(scene, "ann", "cat", NOON, NOON + HOUR)
    _override(scene, "ben", "ben", NOON + HOUR, NOON + 2 * HOUR)

    found = [_now(scene, NOON + hours * HOUR) for hours in (0, 1, 2)]
    holders = [each.holders for each in found if isinstance(each, OnCall)]
    assert holders == [("cat",), ("ben",), ("ann",)]


@pytest.mark.parametrize(
    ("by", "person", "hours"),
    [
        ("ben", "cat", (0, 1)),  # Ann's time
        ("ann", "cat", (23, 25)),  # partly Ben's
        ("ann", "olga", (0, 1)),  # Olga is not in the schedule
        ("olga", "olga", (0, 1)),  # nor may she take over
    ],
)
def test_nobody_else_changes_who_is_on_call(
    on_call: Callable[..., Scene], by: str, person: str, hours: tuple[int, int]
) -> None:
    scene = on_call()
    start, end = (NOON + hour * HOUR for hour in hours)

    with pytest.raises(NotAllowedError):
        _override(scene, by, person, start, end)

    assert _events(scene) == []


def test_an_override_is_taken_back_by_those_it_concerns(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    done = _override(scene, "sue", "ben", NOON, NOON + HOUR)

    with pytest.raises(NotAllowedError):
        scene.do(shifting.cancel, scene.rulebook, who("cat"), done.number, scene.now)
    back = scene.do(shifting.cancel, scene.rulebook, who("ben"), done.number, scene.now)

    assert back.before == ("ann",)
    assert isinstance(found := _now(scene), OnCall)
    assert found.holders == ("ann",)
    with pytest.raises(SignoffError, match="no override"):
        scene.do(shifting.cancel, scene.rulebook, who("ben"), done.number, scene.now)
    assert _events(scene) == ["oncall-override", "oncall-override-cancelled"]


def test_strangers_change_nothing(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    span = (NOON, NOON + HOUR)

    with pytest.raises(NotAllowedError):
        scene.do(
            shifting.override, scene.rulebook, Identity("slack", "U9"), _schedule(scene), "ann",
            span, NOON,
        )  # fmt: skip


# -- swaps -----------------------------------------------------------------------------------------


def _swap(scene: Scene, by: str, *people: str) -> swapping.Swapped:
    return scene.do(swapping.swap, scene.rulebook, who(by), _schedule(scene), people, scene.now)


def test_a_swap_counts_once_both_have_typed_it(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    asked = _swap(scene, "ben", "cat")

    assert not asked.is_agreed
    assert isinstance(found := _now(scene, NOON + DAY), OnCall)
    assert found.holders == ("ben",)
    (letter,) = _letters(scene).values()
    assert "asks you to swap" in letter
    assert "/review oncall swap ops @ben" in letter

    agreed = _swap(scene, "cat", "ben")

    assert agreed.is_agreed
    holders = [_now(scene, NOON + days * DAY) for days in (1, 2)]
    assert [each.holders for each in holders if isinstance(each, OnCall)] == [("cat",), ("ben",)]
    assert {each.source for each in holders if isinstance(each, OnCall)} == {"swap"}


def test_a_swap_whose_shifts_have_changed_is_refused(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    _swap(scene, "ben", "cat")
    _override(scene, "sue", "ann", NOON + DAY, NOON + DAY + HOUR)

    with pytest.raises(SignoffError, match="have changed"):
        _swap(scene, "cat", "ben")


def test_a_senior_swaps_for_two_others_at_once_and_one_cancel_undoes_both(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call()

    done = _swap(scene, "sue", "ben", "cat")

    assert done.is_agreed
    scene.do(shifting.cancel, scene.rulebook, who("sue"), done.taken.number, scene.now)
    holders = [_now(scene, NOON + days * DAY) for days in (1, 2)]
    assert [each.holders for each in holders if isinstance(each, OnCall)] == [("ben",), ("cat",)]


def test_swaps_of_others_and_without_shifts_are_refused(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    for by, people in (("ann", ("ben", "cat")), ("ann", ("ann",)), ("ann", ("olga",))):
        with pytest.raises(SignoffError):
            _swap(scene, by, *people)


# -- away ------------------------------------------------------------------------------------------


def test_who_is_away_is_passed_over_until_they_are_back(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    span = (NOON, NOON + 2 * HOUR)

    scene.do(shifting.away, scene.rulebook, who("ann"), None, span, scene.now)

    assert scene.do(rosters.is_away, "ann", NOON)
    assert isinstance(found := _now(scene), OnCall)
    assert found.holders == ("ben",)
    assert scene.do(shifting.back, scene.rulebook, who("ann"), None, scene.now) == ("ann", 1)
    assert scene.do(shifting.back, scene.rulebook, who("ann"), None, scene.now) == ("ann", 0)
    assert isinstance(found := _now(scene), OnCall)
    assert found.holders == ("ann",)


def test_only_seniors_say_that_others_are_away(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    span = (NOON, NOON + HOUR)

    with pytest.raises(NotAllowedError):
        scene.do(shifting.away, scene.rulebook, who("ben"), "ann", span, scene.now)
    assert scene.do(shifting.away, scene.rulebook, who("sue"), "ann", span, scene.now) == "ann"


# -- gaps ------------------------------------------------------------------------------------------


def _announce(scene: Scene) -> int:
    return scene.do(oncall.announce_gaps, scene.rulebook, scene.now)


def test_a_gap_is_announced_once_seven_days_ahead(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    start = NOON + 8 * DAY
    _override(scene, "sue", None, start, start + HOUR)

    assert _announce(scene) == 0
    scene.wait(days=1)
    assert _announce(scene) == 1
    (told,) = [text for key, text in _letters(scene).items() if key.startswith("oncall-gap")]
    assert "Nobody will be on call: Operations" in told
    assert "2026-03-10 12:00 to Tue 2026-03-10 13:00 (UTC)" in told
    for _ in range(3):
        scene.wait(days=1)
        assert _announce(scene) == 0


def test_two_clocks_look_for_gaps_once(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    _override(scene, "sue", None, NOON + DAY, NOON + DAY + HOUR)

    assert _announce(scene) + _announce(scene) == 1


def test_a_gap_that_is_filled_before_its_letter_is_sent_is_not_told(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call()
    _override(scene, "sue", None, NOON + DAY, NOON + DAY + HOUR)
    _announce(scene)
    _override(scene, "sue", "ann", NOON + DAY, NOON + DAY + HOUR)

    assert [text for key, text in _letters(scene).items() if key.startswith("oncall-gap")] == [""]


def test_a_schedule_that_is_meant_to_have_gaps_says_nothing_of_them(
    on_call: Callable[..., Scene],
) -> None:
    office = a_layer(windows=(a_window("09:00", "17:00"),))
    scene = on_call(office, announce_gaps=False)

    assert _announce(scene) == 0
    ahead = scene.do(oncall.gaps_ahead, scene.rulebook, scene.now)
    assert len(ahead[0][1]) == 7


# -- calendars -------------------------------------------------------------------------------------


def _errand(scene: Scene) -> Errand:
    return Errand(_schedule(scene), "calendar", "team.ics")


def test_what_a_calendar_says_goes_before_layers_and_unknown_names_are_told(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call(calendar="team.ics")
    entries = (
        Entry(NOON, NOON + HOUR, (("nobody@example.com", "Cat"),)),
        Entry(NOON + HOUR, NOON + 2 * HOUR, (("Zoe",),)),
    )

    scene.do(calendars.keep_entries, _errand(scene), entries, scene.now)

    assert isinstance(found := _now(scene), OnCall)
    assert (found.holders, found.source) == (("cat",), "calendar")
    assert isinstance(found := _now(scene, NOON + HOUR), OnCall)
    assert found.holders == ("ann",)
    (standing,) = scene.do(rosters.standings, scene.rulebook, scene.now)
    assert standing.copies[0].unmatched == ("Zoe",)
    assert not standing.copies[0].is_stale(scene.now)


def test_the_last_good_copy_stays_and_grows_old(on_call: Callable[..., Scene]) -> None:
    scene = on_call(calendar="team.ics")
    entries = (Entry(NOON, NOON + 40 * DAY, (("Cat",),)),)
    scene.do(calendars.keep_entries, _errand(scene), entries, scene.now)
    scene.wait(days=2)

    scene.do(calendars.keep_problem, _errand(scene), "the server answered 500", scene.now)

    assert isinstance(found := _now(scene), OnCall)
    assert found.holders == ("cat",)
    (standing,) = scene.do(rosters.standings, scene.rulebook, scene.now)
    assert standing.copies[0].is_stale(scene.now)
    assert standing.copies[0].problem == "the server answered 500"


def test_a_copy_from_elsewhere_does_not_count(on_call: Callable[..., Scene]) -> None:
    scene = on_call(calendar="team.ics")
    elsewhere = replace(_errand(scene), origin="old.ics")

    scene.do(calendars.keep_entries, elsewhere, (Entry(NOON, NOON + DAY, (("Cat",),)),), NOON)

    assert isinstance(found := _now(scene), OnCall)
    assert found.holders == ("ann",)


def test_an_errand_is_one_process_and_comes_again_sooner_after_a_failure(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call(calendar="team.ics", pagerduty_schedules=("PI7DH85",))

    def take() -> list[str]:
        taken = scene.do(calendars.take_errands, scene.rulebook, scene.now)
        return [errand.source for errand in taken]

    assert take() == ["calendar", "pagerduty"]
    assert take() == []
    scene.do(calendars.keep_problem, _errand(scene), "no", scene.now)
    scene.wait(minutes=3)
    assert take() == ["calendar"]
    scene.wait(minutes=12)
    assert take() == ["pagerduty"]


# -- feeds -----------------------------------------------------------------------------------------


def test_a_feed_holds_the_shifts_and_dies_when_it_is_revoked(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    secret = scene.do(calendars.add_feed, scene.rulebook, "phone", NOON, person_id="ben")

    name, text = scene.do(calendars.feed_of, scene.rulebook, secret, NOON) or ("", b"")

    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert name == "phone"
    assert {str(event["SUMMARY"]) for event in events} == {"On call: Ben (Operations)"}
    assert len(events) == 60
    assert scene.do(calendars.feed_of, scene.rulebook, secret + "x", NOON) is None
    scene.do(calendars.revoke_feed, "phone", NOON)
    assert scene.do(calendars.feed_of, scene.rulebook, secret, NOON) is None
    assert _events(scene) == ["feed-added", "feed-revoked"]


def test_no_table_holds_a_feeds_secret(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    secret = scene.do(calendars.add_feed, scene.rulebook, "phone", NOON)

    def rows(unit: Unit) -> str:
        tables = ("on_call_feed", "ledger")
        return str([unit.connection.exec_driver_sql(f"SELECT * FROM {t}").all() for t in tables])  # noqa: S608  our own names

    assert secret not in scene.do(rows)


def test_a_feed_of_nobody_of_nothing_or_of_a_taken_name_is_refused(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call()
    scene.do(calendars.add_feed, scene.rulebook, "phone", NOON)

    for stated in ({"schedule": "nope"}, {"person_id": "zoe"}, {}):
        with pytest.raises(SignoffError):
            scene.do(calendars.add_feed, scene.rulebook, "phone", NOON, **stated)
    with pytest.raises(SignoffError):
        scene.do(calendars.revoke_feed, "nope", NOON)


# -- pages -----------------------------------------------------------------------------------------


def _page(scene: Scene, item_id: str, **whom: str) -> int:
    item = scene.item(item_id)
    return scene.do(oncall.page, scene.rulebook, item, scene.now, headline="Delete files", **whom)


def test_an_item_pages_each_pager_once(on_call: Callable[..., Scene]) -> None:
    scene = on_call(pagers=("pagerduty", "ann-phone"))
    item_id = scene.approval()

    assert _page(scene, item_id, schedule="ops", person_id="ann") == 2
    assert _page(scene, item_id, schedule="ops") == 0
    told = _letters(scene, "pager")
    assert set(told) == {f"page:{item_id}:pagerduty", f"page:{item_id}:ann-phone"}
    assert all("Signoff needs an answer: Delete files" in text for text in told.values())


def test_somebody_without_a_pager_is_not_paged(on_call: Callable[..., Scene]) -> None:
    scene = on_call()

    assert _page(scene, scene.approval(), schedule="ops", person_id="ben") == 0


def test_what_is_settled_is_not_paged_any_more_and_pagerduty_hears_of_the_end(
    on_call: Callable[..., Scene],
) -> None:
    scene = on_call(pagers=("pagerduty", "ann-phone"))
    item_id = scene.approval()
    _page(scene, item_id, schedule="ops")
    scene.vote("ann", "reject", item_id)

    scene.do(oncall.resolve_pages, item_id, scene.now)

    assert scene.do(oncall.resolve_pages, item_id, scene.now) == 0
    told = _letters(scene, "pager")
    assert told[f"page:{item_id}:pagerduty"] == ""
    assert f"page:{item_id}:pagerduty:end" in told
    assert f"page:{item_id}:ann-phone:end" not in told

    def body(unit: Unit) -> dict[str, Any]:
        row = notices.find(unit.connection, f"page:{item_id}:ann-phone")
        return dict(json.loads(row.body if row else "{}"))

    assert scene.do(body) == {"headline": "Delete files"}


def test_the_history_holds_after_all_of_it(on_call: Callable[..., Scene]) -> None:
    scene = on_call()
    _override(scene, "sue", "olga", NOON + HOUR, NOON + 3 * HOUR)
    _swap(scene, "sue", "ben", "cat")

    assert scene.do(lambda unit: ledger.verify(unit.connection)) is None
