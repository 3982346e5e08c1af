"""The history cannot be changed without showing it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from storage import ledger
from storage.engine import open_engine
from storage.ledger import Head, Line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def chain(database_url: str) -> str:
    """A database with ten lines."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        for number in range(10):
            ledger.append(connection, Line(NOON, "voted", "7K3M", "ann", "slack", {"n": number}))
    engine.dispose()
    return database_url


def check(url: str, *statements: str, witness: Head | None = None) -> ledger.Break | None:
    """What `verify` finds after somebody ran these statements."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            return ledger.verify(connection, witness)
    finally:
        engine.dispose()


def head_of(url: str) -> Head:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return ledger.head(connection)
    finally:
        engine.dispose()


def test_an_honest_chain_verifies(chain: str) -> None:
    assert check(chain, witness=head_of(chain)) is None
    assert head_of(chain).count == 10


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        (["UPDATE ledger SET body = '{\"n\":7}' WHERE seq = 4"], 4),
        (["UPDATE ledger SET actor = 'ben' WHERE seq = 1"], 1),
        (["UPDATE ledger SET at = at + 1 WHERE seq = 10"], 10),
        (["UPDATE ledger SET item_id = NULL WHERE seq = 5"], 5),
        (["DELETE FROM ledger WHERE seq = 6"], 6),
        (
            [
                "UPDATE ledger SET seq = 99 WHERE seq = 3",
                "UPDATE ledger SET seq = 3 WHERE seq = 4",
                "UPDATE ledger SET seq = 4 WHERE seq = 99",
            ],
            3,
        ),
        (["DELETE FROM ledger WHERE seq = 2", "UPDATE ledger SET seq = seq - 1 WHERE seq = 3"], 2),
        (["INSERT INTO ledger SELECT 11, at, event, item_id, actor, source, body, hash "
          "FROM ledger WHERE seq = 10"], 11),
    ],
)  # fmt: skip
def test_tampering_is_found_and_the_first_bad_line_named(
    chain: str, tampering: list[str], first_bad: int
) -> None:
    found = check(chain, *tampering)

    assert found is not None
    assert found.seq == first_bad


def test_a_cut_tail_shows_only_against_a_witness(chain: str) -> None:
    witness = head_of(chain)

    alone = check(chain, "DELETE FROM ledger WHERE seq > 7")
    witnessed = check(chain, witness=witness)

    assert alone is None
    assert witnessed is not None
    assert witnessed.seq == 8


def test_a_chain_that_was_rewritten_whole_shows_against_a_witness(chain: str) -> None:
    witness = head_of(chain)
    engine = open_engine(chain)
    with engine.begin() as connection:
        rewrite(connection)
    engine.dispose()

    assert check(chain) is None
    found = check(chain, witness=witness)
    assert found is not None
    assert found.seq == 10


def rewrite(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM ledger")
    for number in range(10):
        ledger.append(connection, Line(NOON, "voted", "7K3M", "eve", "slack", {"n": number}))
