"""Whatever stands in the files, the loader gives a rulebook or a ConfigError."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import people, queues
from config.checking import check
from config.problems import ConfigError
from config.reading import read_rulebook

words = st.sampled_from(
    ["ann", "ben", "@ops", "approval", "label", "medical", "30m", "1s", "denied", "C0A", "U0A",
     "regulated", "borderline", "destructive_action", "audit", "prediction", "senior", "UTC", ""]
)  # fmt: skip
texts = (words | st.text(max_size=5)).map(lambda text: json.dumps(text, ensure_ascii=False))
scalars = (
    texts
    | st.integers(-5, 120).map(str)
    | st.floats().map(str)
    | st.sampled_from(["true", "false", "nan", "-inf", "2020-01-01", "1e400", "0.6", "{}"])
)
values = scalars | st.lists(scalars, max_size=3).map(lambda items: f"[{', '.join(items)}]")
names = words.map(lambda text: json.dumps(text)) | st.sampled_from(["a", "agent-actions"])


def tables(top: str, keys: list[str]) -> st.SearchStrategy[str]:
    """Tables of a file with its own keys, now and then a strange one, and any values."""
    body = st.dictionaries(st.sampled_from([*keys, "strange"]), values, max_size=8)

    def written(name: str, table: dict[str, str]) -> str:
        return "\n".join([f"[{top}.{name}]", *(f"{k} = {v}" for k, v in table.items())])

    return st.lists(st.builds(written, names, body), max_size=3).map("\n".join)


likely_queues = tables("queues", [*queues.READERS])
likely_people = tables("people", [*people.READERS])
groups = st.dictionaries(names, values, max_size=3).map(
    lambda table: "\n".join(["[groups]", *(f"{k} = {v}" for k, v in table.items())])
)


def load(queue_file: bytes, people_file: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "queues.toml").write_bytes(queue_file)
        (folder / "people.toml").write_bytes(people_file)
        told = check(folder)
        for problem in (*told.problems, *told.warnings):
            assert problem.wrong
            assert problem.right
        if not told.is_usable:
            assert told.problems
            with pytest.raises(ConfigError):
                read_rulebook(folder)


@settings(max_examples=300, deadline=None)
@given(likely_queues, st.builds("{}\n{}".format, likely_people, groups))
def test_likely_files_are_read_or_refused(queue_file: str, people_file: str) -> None:
    load(queue_file.encode(), people_file.encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(), st.text())
def test_any_bytes_are_read_or_refused(queue_file: bytes, people_file: str) -> None:
    load(queue_file, people_file.encode())
