"""Five ways in which reviewing goes wrong without anybody noticing, each looked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.digest import Digest
from bot.figure_words import lasting, share
from bot.measures.reviewers import TeamSign
from bot.measures.signs import SignKind
from bot.measures.sla import Kept
from bot.safe_text import SafeText, join, say

_DONE = {
    SignKind.HURRIED: say("voted faster than anybody reads"),
    SignKind.ONE_BUTTON: say("pressed nearly always the same button"),
    SignKind.APPROVING: say("approved far more than others of the same requests"),
    SignKind.MISSED: say("let planted tests through"),
}
_LOOKED = {
    SignKind.HURRIED: say("haste"),
    SignKind.ONE_BUTTON: say("one button for everything"),
    SignKind.APPROVING: say("more approvals than others"),
    SignKind.MISSED: say("missed tests"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One of the five."""

    name: SafeText  # what was looked at
    is_fine: bool | None  # None: nobody can tell yet
    told: SafeText  # the reason


def checks_of(digest: Digest) -> tuple[Check, ...]:
    """All five: what fails first, then what is not known, then what is fine."""
    found = (_theatre(digest), _fatigue(digest), _measured(digest), _targeted(digest),
             _priced(digest))  # fmt: skip
    return tuple(sorted(found, key=lambda check: (check.is_fine is not False, bool(check.is_fine))))


def _theatre(digest: Digest) -> Check:
    """Review theatre: people press buttons and look at nothing."""
    name, team = say("Rubber-stamping"), digest.figures.reviewers.team
    seen = [sign for sign in team if sign.looked_at]
    if not seen:
        return Check(name, None, say("nobody has cast enough votes to tell"))
    found = [_sign(sign) for sign in seen if sign.standing_out]
    if found:
        told = say("{told}; look into it together before believing it", told=join(found, ", "))
        return Check(name, False, told)
    looked = join([_LOOKED[SignKind(sign.kind)] for sign in seen], ", ")
    return Check(name, True, say("nobody stands out (looked for: {looked})", looked=looked))


def _sign(sign: TeamSign) -> SafeText:
    done = _DONE[SignKind(sign.kind)]
    return say("{n} of {m} people {done}", n=sign.standing_out, m=sign.looked_at, done=done)


def _fatigue(digest: Digest) -> Check:
    told = say("the busiest hour of one person had {n} reviews; {most} are the limit",
               n=digest.busiest, most=digest.reviews_at_most)  # fmt: skip
    return Check(say("Fatigue"), digest.busiest < digest.reviews_at_most, told)


def _measured(digest: Digest) -> Check:
    name, whole = say("Measured agreement"), digest.figures.agreement.all
    if whole.raw.is_known:
        return Check(name, True, say("{n} requests have two votes or more", n=whole.item_count))
    return Check(name, False, say("only {n} requests have two votes; overlap_share in queues.toml "
                                  "asks for more", n=whole.item_count))  # fmt: skip


def _targeted(digest: Digest) -> Check:
    name, told = say("Time targets"), list(_targets(digest))
    if told:
        return Check(name, True, join(told, ", "))
    return Check(name, False, say("none is set; first_vote_within and outcome_within in "
                                  "queues.toml set them"))  # fmt: skip


def _targets(digest: Digest) -> Iterator[SafeText]:
    for what, kept in ((say("first vote"), digest.sla.first_vote),
                       (say("outcome"), digest.sla.outcome)):  # fmt: skip
        if kept.target is not None:
            yield _target(what, kept)


def _target(what: SafeText, kept: Kept) -> SafeText:
    within = say("{what} within {target}", what=what, target=lasting(kept.target))
    if not kept.share.is_known:
        return within
    return say("{within} in {share}", within=within, share=share(kept.share))


def _priced(digest: Digest) -> Check:
    name, counts, cost = say("Prices"), digest.figures.counts, digest.figures.cost
    if cost.all.cost.total_usd or not counts.votes:
        return Check(name, True, say("each review has its price"))
    return Check(name, False, say("a review costs nothing so far; cost_per_review_usd in "
                                  "queues.toml prices it"))  # fmt: skip
