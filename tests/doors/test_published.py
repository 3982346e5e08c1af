"""Votes out of the literature, imported and reported: the figures that were published for them."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from handlers.cli import cli
from tests.doors.test_cli_import import settings

Row = tuple[int, str, str]  # item, rater, label
Report = Callable[..., dict[str, Any]]

RULES = """
[queues.crowd]
kinds = ["label"]
due_in = "1d"
cost_per_review_usd = 0.10
votes_needed = 2
"""

# Fleiss (1971), doi:10.1037/h0031619, table 1: how many of six psychiatrists gave 30 patients each
# of five diagnoses (depression, personality disorder, schizophrenia, neurosis, other).
FLEISS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050
02031 00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""

# Krippendorff (2011), https://repository.upenn.edu/asc_papers/43, section C: four observers, each a
# row, of twelve units.
KRIPPENDORFF = "123321412... 1233224125.3 .3332342251. 12332441251."

# Dawid and Skene (1979), doi:10.2307/2346806, table 1: 45 patients as seen by five anaesthetists,
# the first of them three times; and the classes in which their model puts the patients.
ANAESTHETISTS = """1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223
4444444 2223343 1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221
2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222
2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222"""
ALLOTTED = "142222132243121111222222112111131224233111212"


@pytest.fixture
def report(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The report of votes that are imported."""
    rules = tmp_path / "config"
    rules.mkdir()
    (rules / "queues.toml").write_text(RULES)
    (rules / "people.toml").write_text("")
    for name, value in settings(rules, sqlite_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def make(rows: Iterable[Row], known: str = "", scale: str = "nominal") -> dict[str, Any]:
        cast = list(rows)
        choices = sorted({label for *_, label in cast})
        items = (
            {"id": item, "choices": choices, **({"gold": known[item]} if known else {})}
            for item in sorted({item for item, *_ in cast})
        )
        Path("i.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
        lines = (f"{item},{rater},{label}\n" for item, rater, label in cast)
        Path("v.csv").write_text("item,rater,label\n" + "".join(lines))
        called("import", "i.jsonl", "v.csv", "--queue", "crowd")
        shown = called("report", "--queue", "crowd", "--format", "json", "--scale", scale)
        made: dict[str, Any] = json.loads(shown)
        return made

    return make


def called(*arguments: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def fleiss() -> Iterable[Row]:
    for patient, counts in enumerate(FLEISS.split()):
        given = "".join(label * int(count) for label, count in zip("abcde", counts, strict=True))
        yield from ((patient, f"r{place}", label) for place, label in enumerate(given))


def krippendorff() -> Iterable[Row]:
    for observer, row in enumerate(KRIPPENDORFF.split()):
        yield from ((unit, f"r{observer}", value) for unit, value in enumerate(row) if value != ".")


def anaesthetists() -> Iterable[Row]:
    for patient, row in enumerate(ANAESTHETISTS.split()):
        yield from ((patient, f"r{place}", label) for place, label in enumerate(row))


def test_fleiss_psychiatrists(report: Report) -> None:
    agreement = report(fleiss())["agreement"]

    assert agreement["raw"]["value"] == pytest.approx(0.556, abs=5e-4)
    assert agreement["fleiss_kappa"]["value"] == pytest.approx(0.430, abs=5e-4)
    kappas = [each["kappa"]["value"] for each in agreement["classes"]]
    assert kappas == pytest.approx([0.245, 0.245, 0.520, 0.471, 0.566], abs=6e-4)


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815),
                                              ("interval", 0.849)])  # fmt: skip
def test_krippendorffs_observers(report: Report, scale: str, alpha: float) -> None:
    agreement = report(krippendorff(), scale=scale)["agreement"]

    assert agreement["krippendorff_alpha"]["value"] == pytest.approx(alpha, abs=5e-4)
    assert agreement["krippendorff_alpha"]["n"] == 11


def test_dawids_and_skenes_anaesthetists(report: Report) -> None:
    accuracy = report(anaesthetists(), ALLOTTED)["accuracy"]

    assert accuracy["dawid_skene_known"]["value"] == 1
    assert accuracy["dawid_skene_known"]["n"] == 45
