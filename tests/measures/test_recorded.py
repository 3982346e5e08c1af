"""Votes of real people: the figures that independent libraries found for them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.measures.agreement import agreement
from bot.measures.ballots import Ballots, ballots
from bot.measures.consensus import accuracy, majority
from bot.measures.dawid_skene import Prior, dawid_skene, one_coin
from bot.measures.pairs import MINIMUM, cohen_kappa
from bot.measures.raters import agreement_between
from tests.measures.drawn_votes import recorded

CLOSE = 0.0005  # agreement and majority
NEAR = 0.006  # fitted models: a few items of a few hundred
WITH_GOLD = ["barzan", "bluebird", "sp_amt", "cf_amt", "zencrowd_in"]
ALL = [*WITH_GOLD, "pandalm"]


@cache
def votes_of(folder: Path) -> tuple[Ballots, dict[str, str]]:
    return recorded(folder)


@pytest.fixture(scope="module")
def figures(shared: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((shared / "data/EXPECTED.json").read_text())
    return figures


@pytest.mark.parametrize("name", ALL)
def test_agreement_is_that_of_the_libraries(
    name: str, shared: Path, figures: dict[str, Any]
) -> None:
    votes, _ = votes_of(shared / "data" / name)
    expected = figures[name]

    found = agreement(votes)

    assert votes.vote_count == expected["votes"]
    assert len(votes.raters) == expected["raters"]
    assert found.raw.value == pytest.approx(expected["po"], abs=CLOSE)
    assert found.fleiss_kappa.value == pytest.approx(expected["fleiss_gen"], abs=CLOSE)
    assert found.krippendorff_alpha.value == pytest.approx(expected["alpha"], abs=CLOSE)


@pytest.mark.parametrize("name", ALL)
def test_cohens_kappa_is_that_of_the_libraries(
    name: str, shared: Path, figures: dict[str, Any]
) -> None:
    votes, _ = votes_of(shared / "data" / name)
    expected = figures[name]

    found = cohen_kappa(votes)

    defined = (found.item_counts >= MINIMUM) & ~np.isnan(found.kappa)
    assert defined.sum() == expected["pairs"]
    assert found.mean.value == pytest.approx(expected["cohen_mean"], abs=CLOSE)
    assert found.weighted_mean.value == pytest.approx(expected["cohen_w"], abs=CLOSE)


@pytest.mark.parametrize("name", WITH_GOLD)
def test_the_majority_is_as_right_as_the_libraries(
    name: str, shared: Path, figures: dict[str, Any]
) -> None:
    votes, gold = votes_of(shared / "data" / name)

    right = accuracy(majority(votes), gold)

    assert right.n == figures[name]["gold"]
    assert right.value == pytest.approx(figures[name]["MV"], abs=CLOSE)


@pytest.mark.parametrize("name", WITH_GOLD)
def test_dawid_skene_is_as_right_as_the_libraries(
    name: str, shared: Path, figures: dict[str, Any]
) -> None:
    votes, gold = votes_of(shared / "data" / name)

    right = accuracy(dawid_skene(votes).consensus, gold)

    assert right.value == pytest.approx(figures[name]["DS"], abs=NEAR)


@pytest.mark.parametrize("name", WITH_GOLD)
def test_the_original_one_coin_model_is_as_right_as_the_libraries(
    name: str, shared: Path, figures: dict[str, Any]
) -> None:
    votes, gold = votes_of(shared / "data" / name)

    fitted = one_coin(votes, prior="learned", shrinkage=0, tolerance=1e-5)

    assert accuracy(fitted.consensus, gold).value == pytest.approx(
        figures[name]["OneCoin"], abs=NEAR
    )


def test_the_prior_from_votes_keeps_one_coin_from_running_away(shared: Path) -> None:
    votes, gold = votes_of(shared / "data/bluebird")

    def right(prior: Prior) -> float:
        fitted = one_coin(votes, prior=prior, tolerance=1e-6)
        return accuracy(fitted.consensus, gold).value or 0

    assert right("votes") > right("learned") + 0.1


def test_pairs_of_reviewers_have_their_kappa(shared: Path, figures: dict[str, Any]) -> None:
    votes, _ = votes_of(shared / "data/pandalm")
    found = cohen_kappa(votes)

    for pair, (first, second) in enumerate(zip(found.first, found.second, strict=True)):
        name = f"{first + 1}-{second + 1}"
        assert found.kappa[pair] == pytest.approx(
            figures["pandalm_extra"]["cohen"][name], abs=CLOSE
        )


@pytest.mark.parametrize("ties", ["S1", "S2"])
@pytest.mark.parametrize("pair", ["gpt4_expert", "expert_expert", "gpt4_author", "expert_author"])
def test_people_and_a_model_agree_as_published(
    ties: str, pair: str, shared: Path, figures: dict[str, Any]
) -> None:
    folder = shared / "data/mtbench_turn1"
    rows = [line.split(",") for line in (folder / "votes.csv").read_text().splitlines()[1:]]
    for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item.get("judge_gpt4"):
            rows.append([item["id"], "gpt4", item["judge_gpt4"], "gpt4"])
    kinds = {row[1]: row[3] for row in rows}
    votes = ballots(*([row[code] for row in rows] for code in (0, 1, 2)), repeated="first")
    if ties == "S2":
        votes = votes.without_labels({"tie"})
    first, second = (
        {rater for rater, kind in kinds.items() if kind == name} for name in pair.split("_")
    )

    found = agreement_between(votes, first, None if first == second else second)

    expected, n = figures["mtbench_turn1"][f"{pair}_{ties}"]
    assert found.pair_count == pytest.approx(n, abs=1)  # one person voted twice on one item
    assert found.raw.value == pytest.approx(expected, abs=0.0015)
