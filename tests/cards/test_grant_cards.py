"""What a card says became of an approved action, and that no button permits more than one run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.buttons import Act, parse_button
from bot.card_parts import Lines, plain
from bot.cards import card_of
from bot.content import action_digest
from bot.facts import APPROVE, Execution, Item, Outcome, Report, Rule, Standing, Status
from bot.rules.granting import after_time, grant_of, redeem
from bot.voting_buttons import full_view_buttons
from tests.builders import NOON, a_policy, an_approval, an_item, the_people

CONTENT = an_approval()
DIGEST = action_digest(CONTENT.action)
MINUTE = timedelta(minutes=1)
VOTES = {Act.VOTE, Act.READ, Act.EDIT, Act.RESPOND}


def approved(**facts: Any) -> Item:
    outcome = Outcome(APPROVE, Rule.UNANIMOUS, 1, NOON, ("ann",))
    item = an_item(status=Status.SETTLED, outcome=outcome, action_digest=DIGEST, **facts)
    return replace(item, grant=grant_of(item))


def text_of(item: Item) -> str:
    card = card_of(item, CONTENT, the_people())
    parts = [part for part in card.parts if isinstance(part, Lines)]
    return "\n".join(plain(line) for part in parts for line in part.lines)


READY = approved()
RUNNING = redeem(READY, DIGEST, "attempt-1", NOON + MINUTE, paused=False)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (READY, "the action may run once, until 2026-03-02 12:15 UTC"),
        (RUNNING, "Running since 2026-03-02 12:01 UTC"),
        (after_time(READY, NOON + 15 * MINUTE), "Approved, never used"),
        (
            after_time(RUNNING, NOON + 11 * MINUTE),
            "Started, and nobody knows whether it finished, 2026-03-02 12:11 UTC",
        ),
        (
            replace(RUNNING, report=Report(Execution.FAILED, NOON + 2 * MINUTE, "disk is gone")),
            "Failed when it ran, 2026-03-02 12:02 UTC",
        ),
        (replace(RUNNING, report=Report(Execution.EXECUTED, NOON)), "Executed 2026-03-02 12:00"),
    ],
)
def test_a_card_says_what_became_of_the_action(item: Item, words: str) -> None:
    assert words in text_of(item)


def test_a_pause_is_said_only_where_something_could_still_run() -> None:
    over = after_time(READY, NOON + 15 * MINUTE)
    label = "Signoff is paused"

    assert label in text_of(replace(READY, paused=True))
    assert label in text_of(an_item(CONTENT, paused=True))
    assert label not in text_of(READY)
    assert label not in text_of(replace(RUNNING, paused=True))
    assert label not in text_of(replace(over, paused=True))


def test_why_a_question_was_withdrawn_is_quoted() -> None:
    words = "the user <@U1> left `here`"
    outcome = Outcome(None, Rule.CANCELLED, 0, NOON, words=words)

    assert f"Its producer says: “{words}”" in text_of(
        an_item(CONTENT, status=Status.SETTLED, outcome=outcome)
    )


def test_every_standing_of_a_grant_is_on_some_card() -> None:
    shown = {
        READY,
        RUNNING,
        after_time(READY, NOON + 15 * MINUTE),
        after_time(RUNNING, NOON + 11 * MINUTE),
    }

    assert {item.grant.standing for item in shown if item.grant} == set(Standing)


def test_no_button_permits_more_than_one_run() -> None:
    """A vote, an edit, an answer and reading are all that a card offers: each about this item."""
    policy = a_policy(editors=("ann",), responders=("ann",))
    action = CONTENT.action.model_copy(update={"args_schema": {}})
    content = CONTENT.model_copy(update={"action": action, "allow": ("edit", "respond")})
    opened = an_item(content, policy=policy, action_digest=DIGEST)
    states = [opened, replace(opened, status=Status.ESCALATED), approved(policy=policy)]

    for item in states:
        card = card_of(item, content, the_people())
        for button in (*card.buttons, *full_view_buttons(item, content)):
            press = parse_button(button.id)
            assert press is not None
            assert press.item_id == item.id
            assert press.act in VOTES
            assert not any(word in button.label.casefold() for word in ("always", "all", "every"))
    assert card_of(states[-1], content, the_people()).buttons == ()
