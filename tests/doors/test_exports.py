"""What leaves as a file: safe in a spreadsheet, lossless elsewhere, never a table in memory."""

import csv
import io
import json
import sys
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.csv_text import Cell, CsvWriter, safe
from bot.errors import SignoffError
from bot.flows.exporting import TABLES, Rows, hand_out
from handlers.exports.jsonl import JsonlWriter
from handlers.exports.parquet import ParquetWriter
from storage import exports
from tests.flows.scene import NOON, Scene

LATER = NOON.replace(year=2027)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")
_tricky = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\0", " ", "\uff1d", "\uff0d",
                           "\uff20", "\uff0b", "\u200b", "\ufeff",
                           "\u00a0", '"', ",", ";", "'", "1", "x"])  # fmt: skip
_texts = st.one_of(st.text(), st.lists(_tricky, max_size=6).map("".join))
_numbers = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
)


def written(rows: list[tuple[Cell, ...]], width: int) -> str:
    file = io.StringIO(newline="")
    CsvWriter(file, [f"c{place}" for place in range(width)]).write(rows)
    return file.getvalue()


@given(st.lists(st.tuples(_texts, _texts), max_size=5))
def test_no_text_in_a_csv_is_a_formula(rows: list[tuple[str, str]]) -> None:
    read = list(csv.reader(io.StringIO(written([*rows], 2), newline="")))

    assert len(read) == len(rows) + 1  # a newline inside a cell makes no row
    for row in read:
        for cell in row:
            assert not cell.startswith(DANGEROUS)
            seen = cell.lstrip()
            while seen and unicodedata.category(seen[0]) in ("Cc", "Cf", "Zs"):
                seen = seen[1:]
            assert not unicodedata.normalize("NFKC", seen[:1]).startswith(("=", "+", "-", "@"))


@given(st.lists(_texts.filter(lambda text: safe(text) == text), min_size=1))
def test_a_harmless_text_stays_as_it_is(texts: list[str]) -> None:
    read = list(csv.reader(io.StringIO(written([(text,) for text in texts], 1), newline="")))

    assert [row[0] for row in read[1:]] == texts


@given(st.lists(_numbers, min_size=1))
def test_numbers_stay_numbers(numbers: list[int | float | Decimal]) -> None:
    lines = written([(number,) for number in numbers], 1).split("\r\n")[1:-1]

    assert [Decimal(line) for line in lines] == [Decimal(str(number)) for number in numbers]


def test_what_is_neither_text_nor_number_has_one_form() -> None:
    assert written([(True, None, NOON, float("nan"), "\ud800")], 5).split("\r\n")[1] == (
        '"true","","2026-03-02T12:00:00+00:00","","?"'
    )


@given(st.lists(st.tuples(st.one_of(_texts, st.none()), st.one_of(st.integers(), st.booleans()))))
def test_json_lines_lose_nothing(rows: list[tuple[str | None, int]]) -> None:
    file = io.StringIO()

    JsonlWriter(file, ["text", "number"]).write(rows)

    lines = file.getvalue().split("\n")[:-1]
    assert [(one["text"], one["number"]) for one in map(json.loads, lines)] == rows


# From the memory


def handed_out(scene: Scene, table: str, queue: str | None = None) -> Rows:
    rows: Rows = []
    count = scene.memory.read(hand_out, table, queue, None, LATER, rows.extend).result(10)
    assert count == len(rows)
    return rows


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    """Two items, one with a nasty text and a secret; three votes."""
    scene = Scene(database_url)
    first = scene.label(body="=cmd|'/c calc'!A0 xoxb-123456789012-abcdefghijkl", key="@first")
    scene.vote("ann", "spam", first, reason="+1 of xoxb-123456789012-abcdefghijkl")
    scene.vote("ben", "spam", first)
    scene.vote("cat", "spam", scene.label())
    yield scene
    scene.memory.close()


def as_dicts(table: str, rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(TABLES[table].columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("table", "size"), [("votes", 3), ("items", 2), ("outcomes", 1)])
def test_every_table_is_handed_out_with_its_columns(scene: Scene, table: str, size: int) -> None:
    assert len(as_dicts(table, handed_out(scene, table))) == size
    assert len(handed_out(scene, table, "labels")) == size
    assert handed_out(scene, table, "approvals") == []


def test_secrets_are_fingerprints(scene: Scene) -> None:
    for table in ("items", "votes"):
        text = str(handed_out(scene, table))
        assert "abcdefghijkl" not in text
        assert "secret 30 chars sha256:" in text


def test_the_history_leaves_as_it_is_kept(scene: Scene) -> None:
    lines = as_dicts("ledger", handed_out(scene, "ledger"))

    assert [one["seq"] for one in lines] == list(range(1, len(lines) + 1))
    assert all(isinstance(one["at"], datetime) for one in lines)
    voted = [json.loads(one["body"]) for one in lines if one["event"] == "voted"]
    assert voted[0]["reason"].startswith("+1 of ‹secret 30 chars sha256:")  # as it was written
    assert len(handed_out(scene, "ledger", "approvals")) == 0


def test_rows_come_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BATCH", 2)
    sizes: list[int] = []

    scene.memory.read(
        hand_out, "votes", None, None, LATER, lambda rows: sizes.append(len(rows))
    ).result(10)

    assert sizes == [2, 1]


@pytest.mark.parametrize("table", TABLES)
def test_parquet_keeps_types(scene: Scene, table: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = handed_out(scene, table)
    writer = ParquetWriter(tmp_path / "table.parquet", TABLES[table].columns)

    writer.write(rows)
    writer.write([])
    writer.close()

    read = parquet.read_table(tmp_path / "table.parquet")
    assert list(map(tuple, (one.values() for one in read.to_pylist()))) == rows


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(SignoffError, match=r"pip install 'signoff-server\[parquet\]'"):
        ParquetWriter(tmp_path / "table.parquet", {"a": "text"})
