"""What the figures cost: beside the usual libraries, beside reading the votes, and as votes grow.

Libraries that are not installed are left out: krippendorff, statsmodels, crowd-kit; scikit-learn's
kappa takes two reviewers at a time and is measured on some pairs and multiplied.
Times are CPU seconds of three rounds, the best beside libraries, else the median; peaks are of a
process that does nothing else.
Run: python -m bench.measures
"""

import importlib
import json
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from bot.measures.agreement import agreement, agreement_per_class
from bot.measures.ballots import Ballots, ballots
from bot.measures.consensus import majority
from bot.measures.dawid_skene import dawid_skene, one_coin
from bot.measures.pairs import cohen_kappa
from bot.measures.patterns import patterns_of
from bot.measures.raters import rater_agreement
from bot.measures.resampling import Bootstrap

Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
Timings = dict[str, float]

BESIDE = 100_000  # votes, for the libraries
MILLION = 1_000_000
GROWTH = (250_000, 500_000, MILLION)
VOTES = 5  # on an item
ROUNDS = 3
RATERS = 1_000
PRIOR = (0.4, 0.3, 0.2, 0.1)
PAIRS = 200  # that scikit-learn is timed on
KIB = 1024  # in a MiB


def draw_votes(count: int, seed: int = 0) -> Columns:
    """Items, raters and labels of votes by reviewers of many skills."""
    chance = np.random.default_rng(seed)
    items = count // VOTES
    raters = min(RATERS, max(10, count // 100))
    truth = chance.choice(len(PRIOR), items, p=PRIOR)
    item = np.repeat(np.arange(items), VOTES)
    first, step = chance.integers(0, raters, items), chance.integers(1, raters // VOTES, items)
    rater = ((first[:, None] + step[:, None] * np.arange(VOTES)) % raters).ravel()
    right = chance.random(len(item)) < chance.uniform(0.6, 0.95, raters)[rater]
    return item, rater, np.where(right, truth[item], chance.integers(0, len(PRIOR), len(item)))


def seconds_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least CPU time of some rounds."""
    times = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


# Beside the libraries


def peer(name: str) -> Any:
    """The library, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError:
        return None


def compare() -> Iterator[tuple[str, float, float, str]]:
    """Figure, our seconds, theirs, and who they are."""
    columns = draw_votes(BESIDE)
    votes = ballots(*columns)
    ours = {
        "four coefficients": seconds_of(lambda: agreement(patterns_of(votes))),
        "the same, 1,000 resamples": seconds_of(
            lambda: agreement(patterns_of(votes), bootstrap=Bootstrap(seed=1))
        ),
        "Cohen's kappa, all pairs": seconds_of(lambda: cohen_kappa(votes)),
        "Dawid-Skene, 20 iterations": seconds_of(
            lambda: dawid_skene(votes, tolerance=-1, iterations=20)
        ),
        "one coin, 20 iterations": seconds_of(lambda: one_coin(votes, tolerance=-1, iterations=20)),
        "majority": seconds_of(lambda: majority(votes)),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        for figure, name, seconds in _peers(votes):
            yield figure, ours[figure], seconds, name


def _peers(votes: Ballots) -> Iterator[tuple[str, str, float]]:
    table = votes.label_index.reshape(-1, VOTES)  # the smallest form that the libraries take
    if krippendorff := peer("krippendorff"):
        took = seconds_of(lambda: krippendorff.alpha(table.T, level_of_measurement="nominal"))
        yield "four coefficients", "krippendorff: alpha, no interval", took
        yield "the same, 1,000 resamples", "krippendorff x 1,000", took * 1000
        wide = np.full((len(votes.raters), len(votes.items)), np.nan)
        wide[votes.rater_index, votes.item_index] = votes.label_index
        took = seconds_of(lambda: krippendorff.alpha(wide, level_of_measurement="nominal"))
        yield "four coefficients", "krippendorff, raters x items", took
    if statsmodels := peer("statsmodels.stats.inter_rater"):
        took = seconds_of(lambda: statsmodels.fleiss_kappa(statsmodels.aggregate_raters(table)[0]))
        yield "four coefficients", "statsmodels: Fleiss' kappa, no interval", took
    if sklearn := peer("sklearn.metrics"):
        yield "Cohen's kappa, all pairs", "scikit-learn, no interval", _by_pairs(sklearn, votes)
    if crowdkit := peer("crowdkit.aggregation"):
        pandas = importlib.import_module("pandas")
        columns = zip(
            ("task", "worker", "label"),
            (votes.item_index, votes.rater_index, votes.label_index),
            strict=True,
        )
        frame = pandas.DataFrame(dict(columns))
        for figure, made in (
            ("majority", crowdkit.MajorityVote()),
            ("Dawid-Skene, 20 iterations", crowdkit.DawidSkene(n_iter=20, tol=-1)),
            ("one coin, 20 iterations", crowdkit.OneCoinDawidSkene(n_iter=20, tol=-1)),
        ):
            yield figure, "crowd-kit", seconds_of(partial(made.fit, frame), rounds=1)


def _by_pairs(sklearn: Any, votes: Ballots) -> float:
    """Seconds of all pairs, from those of some."""
    pairs = cohen_kappa(votes)
    matrix = np.full((len(votes.raters), len(votes.items)), -1, np.int8)
    matrix[votes.rater_index, votes.item_index] = votes.label_index
    chosen = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))[:PAIRS]

    def some() -> None:
        for first, second in chosen:
            both = (matrix[first] >= 0) & (matrix[second] >= 0)
            sklearn.cohen_kappa_score(matrix[first, both], matrix[second, both])

    return seconds_of(some, rounds=1) * len(pairs.kappa) / len(chosen)


# Beside reading the votes


def fill(path: Path, columns: Columns) -> None:
    """An SQLite file with one row per vote."""
    with sqlite3.connect(path) as database:
        database.execute("create table vote (item integer, rater integer, label integer)")
        rows = zip(*(column.tolist() for column in columns), strict=True)
        database.executemany("insert into vote values (?, ?, ?)", rows)


def read(path: Path) -> Columns:
    """The votes from a cursor into arrays, which is the floor of every report."""
    with sqlite3.connect(path) as database:
        count = database.execute("select count(*) from vote").fetchone()[0]
        flat = (one for row in database.execute("select * from vote") for one in row)
        table = np.fromiter(flat, np.int64, 3 * count).reshape(count, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def report(path: Path) -> Timings:
    """Every figure with its interval, once, and what each took."""
    took: Timings = {"before, MiB": peak()}
    now = process_time()

    def lap(name: str) -> None:
        nonlocal now
        took[name], now = process_time() - now, process_time()

    columns = read(path)
    lap("reading the votes")
    votes = ballots(*columns)
    lap("into arrays")
    patterns = patterns_of(votes)
    lap("patterns")
    agreement(patterns)
    lap("raw, kappa, alpha, AC1")
    agreement(patterns, bootstrap=Bootstrap(seed=1))
    lap("the same by 1,000 resamples")
    agreement_per_class(votes)
    lap("per class")
    rater_agreement(votes)
    lap("each reviewer against the rest")
    cohen_kappa(votes)
    lap("Cohen's kappa, all pairs")
    _ = majority(votes).choices
    lap("majority")
    dawid_skene(votes)
    lap("Dawid-Skene")
    one_coin(votes)
    lap("one coin")
    took["peak, MiB"] = peak()
    return took


def peak() -> float:
    """This program's peak; `getrusage` would count its parent's before the start, too."""
    status = Path("/proc/self/status")
    if status.exists():
        kib = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        return int(kib[1]) / KIB if kib else 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


def measure(count: int, folder: Path) -> Timings:
    """A report on so many votes, in a process of its own."""
    path = folder / f"{count}.db"
    fill(path, draw_votes(count))
    command = [sys.executable, "-m", "bench.measures", str(path)]
    runs: list[Timings] = []
    for _ in range(ROUNDS):
        answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  ours
        runs.append(json.loads(answer.stdout))
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _print_all(folder: Path) -> None:
    click.echo(f"{BESIDE:,} votes             ours s   theirs s   ratio")
    for figure, ours, theirs, name in compare():
        click.echo(f"{figure:<27} {ours:>8.4f} {theirs:>10.3f} {theirs / ours:>7.0f}   {name}")
    runs = {count: measure(count, folder) for count in GROWTH}
    click.echo("\nCPU seconds by votes" + "".join(f"{count:>12,}" for count in GROWTH))
    for name in runs[MILLION]:
        line = "".join(f"{run[name]:>12.3f}" for run in runs.values())
        click.echo(f"{name:<31}{line}")
    totals = {count: _total(run) for count, run in runs.items()}
    floor = runs[MILLION]["reading the votes"]
    click.echo(f"{'all of it':<31}" + "".join(f"{total:>12.3f}" for total in totals.values()))
    ratio = totals[MILLION] / floor
    click.echo(f"\nG11 report / reading, 1 million     {ratio:.2f}   aim 2.5, 5 s, 350 MiB")
    patterns = runs[MILLION]["patterns"]
    point = patterns + runs[MILLION]["raw, kappa, alpha, AC1"]
    resampled = patterns + runs[MILLION]["the same by 1,000 resamples"]
    click.echo(f"G12 1,000 resamples / point estimate {resampled / point:.2f}   aim 2")
    growth = (totals[MILLION] / totals[GROWTH[0]]) / (MILLION / GROWTH[0])
    click.echo(f"growth of time / growth of votes    {growth:.2f}   n log n is 1.11")


def _total(run: Timings) -> float:
    return sum(seconds for name, seconds in run.items() if not name.endswith("MiB"))


def main() -> None:
    """Compares; or, called by itself with a database, reports on it."""
    if len(sys.argv) == 2:
        click.echo(json.dumps(report(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        _print_all(Path(folder))


if __name__ == "__main__":
    main()
