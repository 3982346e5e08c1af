"""Word of outcomes to instances: kept in the unit that settles, ended when nobody may hear it."""

from datetime import datetime, timedelta
from typing import Any

from bot import aap
from bot.flows import aap as requests
from bot.flows import aap_events, aap_instances
from bot.flows.aap import Instance, Submission
from bot.flows.aap_events import Again, Event, Heard
from handlers.app import House
from storage import aap as kept
from storage.tables import AAP_REQUEST
from storage.unit import Unit
from tests.doors.http_house import NOON, a_house

CALL = {"tool": "rm", "arguments": {"path": "/x"}, "timeout": "10m"}


def test_an_outcome_is_told_until_it_is_heard(database_url: str) -> None:
    house = a_house(database_url)
    request_id = _settled(house)

    (first,) = _claimed(house, NOON)
    held = _claimed(house, NOON)
    house.do_now(aap_events.told, first, Again(NOON + timedelta(seconds=5)), NOON)
    too_soon = _claimed(house, NOON + timedelta(seconds=4))
    (second,) = _claimed(house, NOON + timedelta(seconds=5))
    house.do_now(aap_events.told, second, Heard(), NOON + timedelta(seconds=6))

    assert (first.request_id, first.decided_at) == (request_id, NOON)
    assert (held, too_soon) == ([], [])
    assert second.id == first.id
    assert _claimed(house, NOON + timedelta(days=1)) == []
    house.close()


def test_who_dies_while_telling_leaves_it_to_another(database_url: str) -> None:
    house = a_house(database_url)
    _settled(house)

    (first,) = _claimed(house, NOON)
    (second,) = _claimed(house, NOON + aap_events.CLAIMED_FOR)
    house.do_now(aap_events.told, first, Again(NOON), NOON)  # a late word of the first one

    assert second.id == first.id
    assert _claimed(house, NOON + aap_events.CLAIMED_FOR) == []
    house.close()


def test_nobody_is_told_after_seven_days(sqlite_url: str) -> None:
    house = a_house(sqlite_url)
    _settled(house)

    (event,) = _claimed(house, NOON)
    house.do_now(aap_events.told, event, Again(event.ends_at), NOON)
    assert _claimed(house, event.ends_at) == []

    _settled(house, "k-2")
    assert _claimed(house, event.ends_at) == []
    assert set(house.do_now(_gone)) == {"nobody took it in time"}
    house.close()


def test_an_event_whose_receiver_has_gone_meanwhile_is_let_go(sqlite_url: str) -> None:
    house = a_house(sqlite_url)
    _settled(house)
    house.do_now(_without_receiver)

    assert _claimed(house, NOON) == []
    assert house.do_now(_gone) == ["there is no receiver any more"]
    house.close()


def _settled(house: House, key: str = "k") -> str:
    """A request of an instance with a receiver, withdrawn at noon."""
    instance = house.do_now(_instance, house)
    content = aap.content_of(aap.REQUEST.validate_python(CALL), instance.queue, key, "codex")
    asked = Submission('{"tool": "rm"}', key, content)
    made = house.do_now(requests.create, house.rulebook, instance, asked, NOON)
    house.do_now(requests.withdraw, house.rulebook, instance, made.id, NOON)
    return made.id


def _instance(unit: Unit, house: House) -> Instance:
    made = aap_instances.add_instance(
        unit, house.rulebook, "codex", "agent-actions", (), None, NOON
    )
    delivery = {"url": "https://a.example/", "registration_id": "r", "signing_secret": "whsec_"}
    kept.change_instance(unit.connection, made[0], **delivery)
    return Instance(made[0], "codex", "agent-actions")


def _claimed(house: House, now: datetime) -> list[Event]:
    return list(house.do_now(aap_events.claim, now, 10))


def _without_receiver(unit: Unit) -> None:
    for row in kept.every_instance(unit.connection):
        kept.change_instance(unit.connection, row.id, url=None)


def _gone(unit: Unit) -> list[Any]:
    return [row.gone for row in unit.connection.execute(AAP_REQUEST.select())]
