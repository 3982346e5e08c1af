"""How right the answers of a record are: by audits, by known answers, by people's own."""

from dataclasses import dataclass

from bot.measures.audit import MINIMUM, weighted_share
from bot.measures.ballots import Indexes, Mask
from bot.measures.consensus import Consensus, accuracy
from bot.measures.dawid_skene import MOST_CELLS, dawid_skene, one_coin
from bot.measures.intervals import Estimate, proportion
from bot.measures.record import Record

KNOWN = "items with a known answer"
PREDICTED = "items that people decided and a machine predicted"
BY_PEOPLE = ("unanimous", "majority", "senior")


@dataclass(frozen=True, slots=True)
class AccuracyFigures:
    """How often somebody was right; each needs a witness of its own, and says how many it had."""

    audited: Estimate  # the machine, on everything it settled, by blind audits
    outcomes_known: Estimate  # the outcomes, on items whose true answer is known
    majority_known: Estimate  # the most voted label there, a tie of m counting 1/m
    dawid_skene_known: Estimate  # and of the fitted models
    one_coin_known: Estimate
    machine_known: Estimate  # the machine's answer there, whether it was used or not
    machine_people: Estimate  # the machine's answer was that of the people who decided


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the votes say, three ways side by side; None where there is too much to fit."""

    majority: Consensus
    dawid_skene: Consensus | None
    one_coin: Consensus | None
    skills: dict[object, float]  # by reviewer: the chance to be right, by Dawid-Skene
    differing: Estimate  # share of items on which Dawid-Skene and the majority differ


def answers_of(record: Record, majority: Consensus) -> Answers:
    """The answers by the models, beside the majority that is given."""
    votes = record.votes
    cells = len(votes.raters) * len(votes.labels) ** 2
    if not votes.vote_count or cells > MOST_CELLS:
        nothing = proportion(0, 0)
        return Answers(majority, None, None, {}, nothing)
    fitted = dawid_skene(votes)
    skills = dict(zip(fitted.raters, fitted.accuracies().tolist(), strict=True))
    first, second = majority.choices, fitted.consensus.choices
    both = (first >= 0) & (second >= 0)
    differing = proportion(int((first != second)[both].sum()), int(both.sum()), minimum=MINIMUM)
    coin = one_coin(votes).consensus
    return Answers(majority, fitted.consensus, coin, skills, differing)


def accuracy_figures(record: Record, answers: Answers) -> AccuracyFigures:
    """Every way in which the record can be judged."""
    known = record.known >= 0
    truth = record.where_known()

    def of(consensus: Consensus | None) -> Estimate:
        if consensus is None:
            return proportion(0, 0, minimum=MINIMUM, unit=KNOWN)
        return accuracy(consensus, truth, minimum=MINIMUM)

    decided = known & (record.outcome >= 0)
    predicted = known & (record.predicted >= 0)
    both = record.settled_by(*BY_PEOPLE) & (record.predicted >= 0) & (record.outcome >= 0)
    drawn = record.audit_chance > 0
    return AccuracyFigures(
        audited=weighted_share(record.audit_right[drawn], record.audit_chance[drawn]),
        outcomes_known=_share(record.outcome, record.known, decided),
        majority_known=of(answers.majority),
        dawid_skene_known=of(answers.dawid_skene),
        one_coin_known=of(answers.one_coin),
        machine_known=_share(record.predicted, record.known, predicted),
        machine_people=_share(record.predicted, record.outcome, both, PREDICTED),
    )


def _share(said: Indexes, true: Indexes, rows: Mask, unit: str = KNOWN) -> Estimate:
    same = int((said[rows] == true[rows]).sum())
    return proportion(same, int(rows.sum()), minimum=MINIMUM, unit=unit)
