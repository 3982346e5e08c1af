"""The conformance table names tests; each of them is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:tests|client)/[\w/]+\.py)::(\w+)`", TABLE)
LINES = [line for line in TABLE.splitlines() if re.match(r"\| (\d+\.\d+\.\d+|[A-Z…])", line)]


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_that_the_table_names_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in names_in(path)


def test_each_line_names_exactly_one_test() -> None:
    assert len(LINES) > 40
    assert [line for line in LINES if line.count(".py::") != 1] == []


def test_each_requirement_says_whether_it_is_met() -> None:
    judged = [line.split("|")[3].strip() for line in LINES if re.match(r"\| \d", line)]

    assert set(judged) <= {"yes", "part", "no", "agent"}
    numbers = [line.split("|")[1].strip() for line in LINES if re.match(r"\| \d", line)]
    assert {number.rpartition(".")[0] for number in numbers} == {"9.2", "9.5", "9.6", "12.4"}
