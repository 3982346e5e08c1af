"""Keys end: by their date, by rotation, by revocation; and the program is told which it was."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import SignoffError
from bot.flows import keeping
from tests.doors.http_house import NOON, Door, open_door


@pytest.fixture
async def door(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 0.0)
    async with open_door(database_url) as opened:
        yield opened


def later(door: Door, **lapse: float) -> None:
    """Lets the door's clock stand so much after noon."""
    door.house.now = lambda: NOON + timedelta(**lapse)


async def rotate(door: Door, **stated: object) -> str:
    """The second secret of the key `agent`."""
    given = {"overlap": timedelta(hours=24), **stated}
    return await door.house.do(keeping.rotate_key, "agent", door.house.now(), **given)  # type: ignore[arg-type]


async def test_a_key_dies_on_its_day_and_says_so(door: Door) -> None:
    door.key = await door.make_key("brief", expires_at=NOON + timedelta(days=90))

    later(door, days=89)
    before = await door.submit()
    later(door, days=90)
    after = await door.submit()

    assert (before.status, after.status) == (201, 401)
    assert after.body["type"] == "/docs#key-expired"
    assert "ended on 2026-05-31 12:00 UTC" in after.body["detail"]
    assert 'error="invalid_token"' in after.headers["WWW-Authenticate"]


async def test_a_cached_key_dies_on_its_day_too(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 600.0)
    door.key = await door.make_key("brief", expires_at=NOON + timedelta(days=90))
    assert (await door.submit()).status == 201

    later(door, days=90)

    assert (await door.submit()).status == 401


async def test_a_revoked_key_says_that_it_was_revoked(door: Door) -> None:
    await door.house.do(keeping.revoke_key, "agent", door.house.now())

    reply = await door.submit()

    assert (reply.status, reply.body["type"]) == (401, "/docs#key-revoked")
    assert "'agent' was revoked on 2026-03-02 12:00 UTC" in reply.body["detail"]


async def test_two_keys_of_one_program_live_while_they_overlap(door: Door) -> None:
    item_id = await door.item_id()
    fresh = await rotate(door)

    later(door, hours=23)
    both = [(await door.show(item_id, key=key)).status for key in (door.key, fresh)]
    later(door, hours=25)
    old, new = [await door.show(item_id, key=key) for key in (door.key, fresh)]

    assert both == [200, 200]
    assert (old.status, new.status) == (401, 200)
    assert old.body["type"] == "/docs#key-expired"


async def test_revoking_ends_both_keys(door: Door) -> None:
    fresh = await rotate(door)

    await door.house.do(keeping.revoke_key, "agent", door.house.now())

    assert [(await door.submit(key=key)).status for key in (door.key, fresh)] == [401, 401]


async def test_rotating_twice_ends_the_oldest_key_at_once(door: Door) -> None:
    second = await rotate(door)
    third = await rotate(door)

    assert [(await door.submit(key=key)).status for key in (door.key, second, third)] == [
        401, 201, 200,
    ]  # fmt: skip


async def test_rotation_does_not_lengthen_the_old_keys_life(door: Door) -> None:
    await door.house.do(keeping.revoke_key, "agent", door.house.now())
    door.key = await door.make_key("brief", expires_at=NOON + timedelta(hours=1))
    named = {"overlap": timedelta(hours=24), "expires_at": NOON + timedelta(days=90)}
    fresh = await door.house.do(keeping.rotate_key, "brief", NOON, **named)  # type: ignore[arg-type]

    later(door, hours=2)

    assert [(await door.submit(key=key)).status for key in (door.key, fresh)] == [401, 201]


async def test_a_dead_key_is_not_rotated(door: Door) -> None:
    await door.make_key("brief", expires_at=NOON + timedelta(hours=1))
    later(door, hours=2)

    with pytest.raises(SignoffError, match="has expired"):
        await door.house.do(
            keeping.rotate_key, "brief", door.house.now(), overlap=timedelta(hours=1)
        )
    with pytest.raises(SignoffError, match="no living key"):
        await door.house.do(keeping.rotate_key, "nobody", NOON, overlap=timedelta(hours=1))


async def test_rotation_keeps_the_program_its_scopes_and_its_items(door: Door) -> None:
    item_id = await door.item_id()

    fresh = await rotate(door, overlap=timedelta(0))

    assert (await door.submit()).status == 401
    assert (await door.submit(key=fresh)).status == 200
    assert (await door.show(item_id, key=fresh)).status == 200


async def test_no_secret_is_in_the_database(door: Door) -> None:
    fresh = await rotate(door)

    kept = await door.house.see(
        lambda unit: repr(unit.connection.exec_driver_sql("SELECT * FROM api_key").all())
    )

    assert door.key not in kept
    assert fresh not in kept


@pytest.mark.parametrize(
    ("can", "person", "message"),
    [
        ("submit,vote", "ann", "The scope vote stands alone"),
        ("vote,observe", "ann", "stands alone"),
        ("submit,observe", None, "The scope observe stands alone"),
        ("vote", None, "exactly one person"),
        ("read", "ann", "only such a key names one"),
        ("admin", None, "not admin"),
    ],
)
async def test_scopes_that_must_not_meet_are_kept_apart(
    door: Door, can: str, person: str | None, message: str
) -> None:
    with pytest.raises(SignoffError, match=message):
        await door.make_key("odd", can, person=person)


async def test_no_key_takes_the_name_under_which_signoff_itself_asks(door: Door) -> None:
    with pytest.raises(SignoffError, match="choose another name"):
        await door.make_key("signoff")


@pytest.mark.parametrize("name", ["signoff", "aap:0191"])
async def test_no_key_takes_a_name_that_items_of_others_are_kept_under(
    sqlite_url: str, name: str
) -> None:
    async with open_door(sqlite_url) as door:
        with pytest.raises(SignoffError, match="Signoff's own"):
            await door.make_key(name)
