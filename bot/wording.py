"""Every answer that one person gets: what happened, whether their vote counted, what to do."""

from collections.abc import Mapping

from bot.buttons import Act, button_id
from bot.card_parts import Button, Line, Reply, Strong
from bot.card_state import deadline_line, outcome_line, progress_line, reason_lines
from bot.facts import APPROVE, REJECT, UNSURE, Item, Outcome, Status
from bot.headlines import brief
from bot.masking import masked
from bot.pair_cards import side_words
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import in_full
from config.policies import Person

People = Mapping[str, Person]

_CHOICES = {APPROVE: say("Approve"), REJECT: say("Reject"), UNSURE: say("Not sure")}


def after_vote(item: Item, person_id: str, people: People, *, changed: bool = True) -> Reply:
    """The answer to a vote that was recorded, with the item as it stands after it.

    Args:
        item: holds the vote, unless an unsure vote handed it on and left none.
        person_id: who voted.
        people: to name who decided.
        changed: False when this very vote stood already.
    """
    vote = item.vote_of(person_id)
    choice = choice_words(vote.choice, vote.left) if vote else _CHOICES[UNSURE]
    recorded = say("Recorded: {choice}.", choice=choice)
    if not changed:
        recorded = say("Nothing changed: your vote was {choice} already.", choice=choice)
    if item.outcome is not None:
        return Reply(((recorded,), _settled_by_it(item, item.outcome, people)))
    if vote and vote.choice == UNSURE and item.status is Status.ESCALATED:
        handed = (
            say(" The seniors are asked now.")
            if not vote.as_senior
            else say(" It stays with the seniors.")
        )
        return Reply(((recorded, handed), deadline_line(item)), _after_vote_buttons(item))
    change = say(" You can change it until the item is decided.")
    lines = ((recorded, change), progress_line(item), deadline_line(item))
    return Reply(lines, _after_vote_buttons(item))


def after_edit(item: Item, people: People, withdrawn_count: int) -> Reply:
    """The answer to an edit that is bound now, with the editor's approval of it."""
    recorded = say("Recorded: your version stands, with your approval.")
    gone = say(" {n} earlier vote{s} on the version before no longer count{v}.",
               n=withdrawn_count, s="" if withdrawn_count == 1 else "s",
               v="s" if withdrawn_count == 1 else "")  # fmt: skip
    told: Line = (recorded, gone) if withdrawn_count else (recorded,)
    if item.outcome is not None:
        return Reply((told, _settled_by_it(item, item.outcome, people)))
    return Reply((told, progress_line(item), deadline_line(item)), _after_vote_buttons(item))


def after_answer(item: Item) -> Reply:
    """The answer to a person's answer: the program gets it."""
    told = say("Recorded: your answer goes to the program that asked. The action does not run.")
    return Reply(((told,), (say("Request {id} is decided with it.", id=item.id),)))


def vote_withdrawn(item: Item) -> Reply:
    """The answer to an undo that took effect."""
    told = say("Withdrawn: your vote on request {id} no longer counts.", id=item.id)
    return Reply(((told, say(" Vote again on the card if you want to.")), deadline_line(item)))


def nothing_to_withdraw(item: Item) -> Reply:
    """The answer to an undo without a vote."""
    return _one(say("Nothing changed: you have no vote on request {id}.", id=item.id))


def reason_saved(item: Item) -> Reply:
    """The answer to a reason that was added to a vote."""
    return _one(say("Saved: your reason on request {id}. Your vote is unchanged.", id=item.id))


def already_decided(item: Item, outcome: Outcome, people: People) -> Reply:
    """The answer to a click that came after the outcome."""
    late = say("Request {id} was decided already. Your click was not counted.", id=item.id)
    why = reason_lines(item, people)
    return Reply((outcome_line(item, outcome, people), *why, (late,)))


def needs_reading_first(item: Item) -> Reply:
    """The answer to a vote on what does not fit its card, from somebody who has not read it."""
    told = say("Not recorded: request {id} does not fit its card.", id=item.id)
    todo = say(" Open it, go to the last page and vote there.")
    return Reply(((told, todo),), (in_full(item),))


def reason_needed(item: Item) -> Reply:
    """The answer to a vote without the reason that the queue asks for."""
    return _one(
        say(
            "Not recorded: queue {queue} asks for a reason. Vote again and give one.",
            queue=brief(shown(item.queue), 60),
        )
    )


def refused(message: str) -> Reply:
    """An error of ours as it stands: its message is written for the reader."""
    return _one(masked(message))


def unknown_item(item_id: str) -> Reply:
    """The answer to an id that nobody knows, or that the asker may not see."""
    told = say("There is no request “{id}” that you can see.", id=brief(shown(item_id), 40))
    return Reply(((told, say(" Nothing was recorded. Check the id on its card.")),))


def unknown_button() -> Reply:
    """The answer to a button of another version, or of nobody."""
    told = say("Not recorded: this button is from an older version.")
    return Reply(((told, say(" Use the buttons on the newest card of this request.")),))


def busy() -> Reply:
    """The answer when the memory could not record it in time."""
    return _one(say("Not recorded: the database is busy. Click again in a few seconds."))


def broken(error_id: str) -> Reply:
    """The answer when something failed that should not have."""
    told = say("Something broke on our side. Your vote was NOT recorded. Please try again.")
    todo = say("If it happens again, tell an admin this id: ")
    return Reply(((told,), (todo, Strong(shown(error_id)))))


def choice_words(choice: str, left: str | None = None) -> SafeText:
    """A choice as a sentence names it.

    Args:
        choice: by its name.
        left: of a pair, the answer on the voter's left.
    """
    if left:
        return side_words(choice, left)
    return _CHOICES.get(choice) or say("“{choice}”", choice=masked(choice))


def _settled_by_it(item: Item, outcome: Outcome, people: People) -> Line:
    return (say("With it the item is decided. "), *outcome_line(item, outcome, people))


def _after_vote_buttons(item: Item) -> tuple[Button, ...]:
    what = brief(shown(item.id), 40)
    return (
        Button(
            button_id(Act.UNDO, item.id),
            say("Undo"),
            say("Undo your vote on request {id}", id=what),
        ),
        Button(
            button_id(Act.REASON, item.id),
            say("Add a reason"),
            say("Add a reason to your vote on request {id}", id=what),
        ),
    )


def _one(sentence: SafeText) -> Reply:
    return Reply(((sentence,),))
