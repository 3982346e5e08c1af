"""The table of faults names tests; each of them is there, and no fault of the list is left out."""

import re
from pathlib import Path

import pytest

from tests.test_conformance import ROOT, names_in

TABLE = (Path(ROOT) / "docs" / "faults.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)
FAULTS = {9, 10, 11, 13, 16, 17, 21, 22, 23, 24, 25, 29, 34, 35, 37, 42}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_that_the_table_of_faults_names_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in names_in(path)


def test_each_fault_has_its_line_and_each_line_its_tests() -> None:
    lines = re.findall(r"^\| (\d+) \|(.*)$", TABLE, re.MULTILINE)

    assert {int(number) for number, _ in lines} == FAULTS
    assert [number for number, line in lines if ".py::" not in line] == []
