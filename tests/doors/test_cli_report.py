"""`signoff report`, `cost` and `audit`, as the command line runs them."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.errors import SignoffError
from handlers.cli import cli
from handlers.cli.periods import instant_of
from tests.doors.test_cli_import import settings

RULES = """
[queues.crowd]
kinds = ["label"]
title = "The $crowd$"
due_in = "1d"
cost_per_review_usd = 0.10
votes_needed = 2

[queues.named]
kinds = ["label"]
due_in = "1d"
cost_per_review_usd = 0.10
individual_figures = "leads"
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder with 40 imported items in each of two queues."""
    rules = tmp_path / "config"
    rules.mkdir()
    (rules / "queues.toml").write_text(RULES)
    (rules / "people.toml").write_text("")
    for name, value in settings(rules, sqlite_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    said = ({"choice": "ab"[n % 5 == 0], "confidence": n / 40} for n in range(40))
    items = ({"id": n, "gold": "ab"[n % 2], "prediction": one} for n, one in enumerate(said))
    (tmp_path / "i.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    rows = [f"{n},r{r},{'ab'[(n + (n + r) % 7 // 6) % 2]},{1767225600 + n * 86400},{5 + r}\n"
            for n in range(40) for r in range(3)]  # fmt: skip
    (tmp_path / "v.csv").write_text("item,rater,label,time,seconds\n" + "".join(rows))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    for queue in ("crowd", "named"):
        assert call("import", "i.jsonl", "v.csv", "--queue", queue).exit_code == 0
    return call


def test_text_has_every_section_with_n_and_interval(run: Run) -> None:
    shown = run("report", "--queue", "crowd")

    assert shown.exit_code == 0, shown.output
    for title in ("Accuracy", "Agreement", "Reviewers", "Cost", "Time"):
        assert re.search(rf"^{title}$", shown.stdout, re.MULTILINE)
    assert re.search(r"Krippendorff's alpha, nominal +0\.\d{3}  \[.*\][¹²] +n 40", shown.stdout)
    assert "Agreement is not accuracy" in shown.stdout
    assert "too few: 0 audited items, 10 needed" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "import:r1" not in shown.stdout


def test_json_is_as_documented(run: Run) -> None:
    made = json.loads(run("report", "--queue", "crowd", "--format", "json").stdout)
    documented = (Path(__file__).parents[2] / "docs/figures.md").read_text(encoding="utf-8")

    assert made["format"] == "signoff-report/1"
    assert made["counts"]["items"] == 40
    undocumented = sorted(key for key in keys_of(made) if f"`{key}`" not in documented)
    assert undocumented == []


FREE = {"by_rule", "by_outcome"}  # tables whose keys are rules and labels


def keys_of(stated: Any) -> set[str]:
    """Every key of a document."""
    if isinstance(stated, list):
        return set().union(*map(keys_of, stated))
    if not isinstance(stated, dict):
        return set()
    inside = (keys_of(list(value.values()) if key in FREE else value)
              for key, value in stated.items())  # fmt: skip
    return set(stated).union(*inside)


def test_several_queues_are_a_list(run: Run) -> None:
    made = json.loads(run("report", "--format", "json").stdout)

    assert [one["queue"] for one in made] == ["crowd", "named"]


def test_csv_has_a_row_for_each_figure(run: Run) -> None:
    shown = run("report", "--queue", "crowd", "--format", "csv", "--out", "r.csv")

    assert shown.exit_code == 0, shown.output
    rows = list(csv.DictReader(io.StringIO(Path("r.csv").read_text(encoding="utf-8"))))
    named = {row["figure"]: row for row in rows}
    assert named["votes"]["value"] == "120"
    assert 0 < float(named["Gwet's AC1"]["value"]) < 1
    assert float(named["Gwet's AC1"]["low"]) < float(named["Gwet's AC1"]["high"])


def test_a_picture_comes_with_its_words(run: Run) -> None:
    shown = run("report", "--queue", "crowd", "--format", "png", "--out", "r.png")

    assert shown.exit_code == 0, shown.output
    assert Path("r.png").read_bytes().startswith(b"\x89PNG")
    assert shown.stdout.startswith("Plot of the figures of The $crowd$ with their intervals: ")
    assert re.search(r"Two people say the same \d+% \(\d+% to \d+%, n 40\)", shown.stdout)


def test_a_picture_needs_a_file_and_one_queue(run: Run) -> None:
    for options in (["--queue", "crowd"], ["--out", "r.png"]):
        shown = run("report", "--format", "png", *options)

        assert isinstance(shown.exception, SignoffError)


def test_people_are_named_where_the_policy_allows_it(run: Run) -> None:
    named = run("report", "--queue", "named", "--individuals")
    refused = run("report", "--queue", "crowd", "--individuals")

    assert "import:r1: kappa with the rest" in named.stdout
    assert "import:r0 and import:r1: Cohen's kappa" in named.stdout
    assert isinstance(refused.exception, SignoffError)
    assert "individual_figures" in str(refused.exception)


def test_a_period_is_a_part(run: Run) -> None:
    january = ("--since", "2026-01-01", "--until", "2026-01-11")
    made = json.loads(run("report", "--queue", "crowd", *january, "--format", "json").stdout)

    assert made["counts"]["items"] == 10
    assert made["since"] == "2026-01-01T00:00:00Z"


def test_labels_without_distances_are_said_to_be(run: Run) -> None:
    shown = run("report", "--queue", "crowd", "--scale", "interval")

    assert isinstance(shown.exception, SignoffError)
    assert "every label is a number" in str(shown.exception)


def test_another_threshold_is_a_table_and_a_plot(run: Run) -> None:
    shown = run("cost", "--queue", "crowd", "--what-if", "auto_above=0.2..0.8:0.2",
                "--plot", "p.png")  # fmt: skip

    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["0.2", "0.4", "0.6", "0.8"]
    assert re.match(r"0\.2 +\$2\.40 +20\.0% +\d+\.\d% \[", lines[1])
    assert lines[-1].startswith("Plot of The $crowd$ along the machine's threshold, 0.2 to 0.8")
    assert Path("p.png").read_bytes().startswith(b"\x89PNG")


def test_thresholds_are_json_too(run: Run) -> None:
    shown = run("cost", "--queue", "crowd", "--what-if", "auto_above=0.5..0.6", "--format", "json")

    made = json.loads(shown.stdout)
    assert len(made) == 11
    assert made[0]["cost_usd"] == "6.000000"


def test_costs_alone_are_a_part_of_the_report(run: Run) -> None:
    shown = run("cost", "--queue", "crowd")

    assert "all of it" in shown.stdout
    assert "Agreement" not in shown.stdout
    assert json.loads(run("cost", "--queue", "crowd", "--format", "json").stdout)["total_usd"] == (
        "12.000000"
    )


@pytest.mark.parametrize("span", ["auto_above", "auto_below=0.1..0.2", "auto_above=0.9..0.1",
                                  "auto_above=0..2", "auto_above=0..1:0.0001"])  # fmt: skip
def test_a_span_that_is_none_is_refused(run: Run, span: str) -> None:
    assert run("cost", "--queue", "crowd", "--what-if", span).exit_code == 2


def test_an_audit_is_planned(run: Run) -> None:
    assert run("audit", "plan", "--margin", "0.02", "--accuracy", "0.9").stdout.startswith("868 ")
    few = run("audit", "plan", "--margin", "0.02", "--population", "500").stdout
    assert int(few.split()[0]) < 500


def test_instants_are_read_as_people_write_them() -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert instant_of("7d", now) == now - timedelta(days=7)
    assert instant_of("2026-03-01", now) == datetime(2026, 3, 1, tzinfo=UTC)
    assert instant_of("2026-03-01T10:00+02:00", now) == datetime(2026, 3, 1, 8, tzinfo=UTC)
    with pytest.raises(ValueError, match="neither a length of time"):
        instant_of("last week", now)
