from dataclasses import replace
from datetime import timedelta

import pytest

from bot import pings, wording
from bot.card_parts import Reply
from bot.commands_help import help_for, unknown_command
from bot.facts import APPROVE, REJECT, UNSURE, Outcome, Rule, Status, Trigger
from bot.safe_text import say
from config.policies import Person
from tests.builders import NOON, a_label, a_vote, an_item, the_people, unsure

PEOPLE = the_people()
REJECTED = Outcome(REJECT, Rule.MAJORITY, 3, NOON + timedelta(minutes=3), ("ann",))


def labels(reply: Reply) -> list[str]:
    return [str(button.label) for button in reply.buttons]


# -- after a click ---------------------------------------------------------------------------------


def test_a_vote_is_confirmed_with_what_can_still_be_done() -> None:
    item = an_item(votes=(a_vote("ann", REJECT),))

    reply = wording.after_vote(item, "ann", PEOPLE)

    assert reply.text.startswith(
        "Recorded: Reject. You can change it until the item is decided.\n"
        "Needs 1 vote to approve, 1 to reject. Votes in: 1."
    )
    assert labels(reply) == ["Undo", "Add a reason"]


def test_a_repeated_vote_changes_nothing_and_says_so() -> None:
    item = an_item(votes=(a_vote("ann", APPROVE),))

    reply = wording.after_vote(item, "ann", PEOPLE, changed=False)

    assert reply.text.startswith("Nothing changed: your vote was Approve already.")


def test_a_class_is_named_as_its_producer_wrote_it() -> None:
    item = an_item(a_label("sp\u202eam", "fine"), votes=(a_vote("ann", "sp\u202eam"),))

    reply = wording.after_vote(item, "ann", PEOPLE)

    assert reply.text.startswith("Recorded: “sp\u2039U+202E\u203aam”. You can change it")


def test_an_answer_stays_blind_to_the_votes_of_others() -> None:
    item = an_item(a_label("spam", "fine"), votes=(a_vote("ann", "spam"), a_vote("bob", "fine")))

    text = wording.after_vote(item, "ann", PEOPLE).text

    assert "2 of 3 votes in." in text
    assert "Bob" not in text
    assert "fine" not in text


def test_the_vote_that_decides_tells_the_outcome() -> None:
    item = an_item(votes=(a_vote("ann", REJECT),), status=Status.SETTLED, outcome=REJECTED)

    reply = wording.after_vote(item, "ann", PEOPLE)

    assert reply.text.startswith(
        "Recorded: Reject.\nWith it the item is decided. Rejected by Ann, 2026-03-02 12:03 UTC."
    )
    assert reply.buttons == ()


def test_doubt_hands_the_item_to_the_seniors() -> None:
    item = an_item(status=Status.ESCALATED, trigger=Trigger.UNSURE, votes=(unsure("ann"),))

    reply = wording.after_vote(item, "ann", PEOPLE)

    assert reply.text.startswith("Recorded: Not sure. The seniors are asked now.")


def test_a_late_click_learns_who_decided_and_that_it_did_not_count() -> None:
    item = an_item(status=Status.SETTLED, outcome=REJECTED, votes=(a_vote("ann", REJECT),))

    reply = wording.already_decided(item, REJECTED, PEOPLE)

    assert reply.text == (
        "Rejected by Ann, 2026-03-02 12:03 UTC. Why: one rejection is enough here, 3 voted.\n"
        "Request 7K3M was decided already. Your click was not counted."
    )


def test_an_unread_item_can_be_opened_from_the_answer() -> None:
    reply = wording.needs_reading_first(an_item())

    assert reply.text.startswith("Not recorded: request 7K3M does not fit its card.")
    assert [button.id for button in reply.buttons] == ["read:7K3M"]


@pytest.mark.parametrize(
    "reply",
    [
        wording.reason_needed(an_item()),
        wording.unknown_item("7K\u202e3M"),
        wording.unknown_button(),
        wording.busy(),
        wording.broken("E7K3M"),
        wording.needs_reading_first(an_item()),
    ],
)
def test_every_failure_says_that_nothing_was_counted(reply: Reply) -> None:
    counted = ("Not recorded", "NOT recorded", "not counted", "Nothing was recorded")

    assert any(said in reply.text for said in counted)
    assert all(char >= " " or char == "\n" for char in reply.text)


def test_an_internal_error_carries_its_id() -> None:
    assert "E7K3M" in wording.broken("E7K3M").text


def test_undo_and_reasons_are_confirmed() -> None:
    item = an_item()

    assert wording.vote_withdrawn(item).text.startswith("Withdrawn: your vote on request 7K3M")
    assert wording.nothing_to_withdraw(item).text.startswith("Nothing changed")
    assert wording.reason_saved(item).text.startswith("Saved: your reason on request 7K3M.")


def test_an_error_of_ours_is_shown_as_it_stands() -> None:
    assert wording.refused("You may not do this.").text == "You may not do this."


# -- commands --------------------------------------------------------------------------------------


@pytest.mark.parametrize("roles", [(), ("reviewer",), ("senior",), ("admin", "senior")])
def test_help_is_short(roles: tuple[str, ...]) -> None:
    lines = help_for(frozenset(roles)).lines  # type: ignore[arg-type]  # the table's words

    assert 0 < len(lines) <= 12


def test_help_shows_what_this_person_may_do() -> None:
    everybody, admin = help_for(frozenset()).text, help_for(frozenset({"admin"})).text

    assert "pause" not in everybody
    assert "/signoff pause [reason] · /signoff resume: holds back all approved actions" in admin


def test_help_names_the_command_that_was_installed() -> None:
    assert help_for(frozenset(), "/reviews").text.startswith("/reviews next [queue]: ")


def test_an_unknown_command_suggests_the_nearest() -> None:
    assert "Did you mean /signoff approve?" in unknown_command("aprove").text
    assert "Did you mean" not in unknown_command("xyzzy").text


# -- notices ---------------------------------------------------------------------------------------


def test_the_call_for_a_senior_names_one_and_says_why() -> None:
    item = replace(an_item(), status=Status.ESCALATED, trigger=Trigger.LATE)
    dora, why = Person(id="dora", name="Dora"), pings.why_asked("schedule:primary")

    reply = pings.asked_in_thread(item, say("Restart?"), dora, why)

    assert reply.text == (
        "A senior is needed: Dora.\nRestart?\n"
        "Why: there was no decision in time. Why you: on call for “primary”.\n"
        "Seniors decide by 2026-03-02 13:00 UTC. After that it is denied."
    )
    assert [button.id for button in reply.buttons] == ["attend:7K3M", "read:7K3M"]


def test_one_reminder_counts_all_that_waits() -> None:
    named = [(f"7K3{n}", say("Restart?")) for n in range(5)]

    reply = pings.waiting_for_you(5, timedelta(minutes=22), named, "/review")

    assert reply.text == (
        "5 requests wait for you, the oldest for 22 min.\n"
        "7K30: Restart?\n7K31: Restart?\n7K32: Restart?\nand 2 more\n"
        "Take the most urgent one with /review next"
    )


def test_every_choice_has_words() -> None:
    assert [wording.choice_words(choice) for choice in (APPROVE, REJECT, UNSURE, "spam")] == [
        "Approve", "Reject", "Not sure", "“spam”",
    ]  # fmt: skip
