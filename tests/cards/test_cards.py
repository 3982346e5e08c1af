from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import parse_button
from bot.card_content import room_of, room_of_part
from bot.card_parts import Button, Card, Facts, Lines, Picture, Quote, Tone, Weight, plain
from bot.cards import card_of, needs_reading
from bot.content import Approval, ImageEvidence, Label, LinkEvidence, TextEvidence
from bot.facts import (
    APPROVE,
    REJECT,
    UNSURE,
    Execution,
    Item,
    Outcome,
    Report,
    Rule,
    Status,
    Trigger,
)
from tests.builders import (
    NOON,
    a_label,
    a_policy,
    a_vote,
    an_approval,
    an_item,
    the_people,
    unsure,
)
from tests.cards.hostile import HOSTILE, PICTURE, contents, states_of

SOON = NOON + timedelta(minutes=20)
DISCORD_TEXT_MAX = 4_000  # characters in one Components V2 message


def the_card(content: Approval | Label | None = None, **facts: Any) -> Card:
    content = content or an_approval()
    return card_of(an_item(content, **facts), content, the_people())


def settled(choice: str | None, rule: Rule, *by: str, count: int = 0) -> dict[str, Any]:
    outcome = Outcome(choice, rule, count or len(by), SOON, by)
    return {"status": Status.SETTLED, "outcome": outcome}


def sentences(card: Card) -> list[str]:
    """What the card says in words of ours."""
    return [plain(line) for part in card.parts if isinstance(part, Lines) for line in part.lines]


def facts(card: Card, title: str) -> dict[str, str]:
    found = [part for part in card.parts if isinstance(part, Facts) and part.title == title]
    return {name: value for part in found for name, value in part.pairs}


def choices(card: Card, item: Item) -> list[str | None]:
    presses = [parse_button(button.id) for button in card.buttons]
    return [press.choice_in(item.choices) for press in presses if press and press.act == "vote"]


def labels_of(buttons: tuple[Button, ...]) -> list[str]:
    return [str(button.label) for button in buttons]


# -- the headline ----------------------------------------------------------------------------------


def test_the_headline_is_verb_object_place_and_environment() -> None:
    card = the_card(an_approval("ops.delete_files", {"paths": ["a.log", "b.log"]}))

    assert card.headline == "Delete files a.log, b.log on host-1 in production?"
    assert card.summary == card.headline


@pytest.mark.parametrize(
    ("name", "args", "headline"),
    [
        ("refundOrder", {"order": "A-1"}, "Refund order A-1 on host-1 in production?"),
        ("scale", {"replicas": 3, "app": "web"},
         "Scale (app web, replicas 3) on host-1 in production?"),
        ("notify", {"text": "on host-2"}, 'Notify "on host-2" on host-1 in production?'),
        ("restart", {}, "Restart on host-1 in production?"),
        ("drop", {"sql": "x" * 200}, "Drop (1 argument, see below) on host-1 in production?"),
    ],
)  # fmt: skip
def test_the_headline_never_cuts_an_argument_unsaid(
    name: str, args: dict[str, object], headline: str
) -> None:
    assert the_card(an_approval(name, args)).headline == headline


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ({"status": Status.ESCALATED, "trigger": Trigger.LATE}, "For seniors: Restart?"),
        ({"settles_at": SOON}, "About to be approved: Restart"),
        (settled(APPROVE, Rule.UNANIMOUS, "ann"), "Approved: Restart"),
        (settled(REJECT, Rule.UNANIMOUS, "ann"), "Rejected: Restart"),
        (settled(REJECT, Rule.TIMEOUT), "Expired, so denied: Restart"),
        (settled(None, Rule.CANCELLED), "Cancelled: Restart"),
    ],
)
def test_the_headline_says_the_state(state: dict[str, Any], headline: str) -> None:
    action = an_approval("restart", {}, target=None, environment=None)

    assert the_card(action, **state).headline == headline


def test_a_label_asks_its_question_and_names_the_queue() -> None:
    content = a_label(question="Is this an advert?")

    card = card_of(an_item(content), content, the_people(), queue_title="Comments")

    assert card.headline == "Is this an advert? (Comments)"
    assert the_card(a_label()).headline == "Which class is this? (moderation)"


# -- what is asked ---------------------------------------------------------------------------------


def test_the_action_comes_first_and_says_whether_it_can_be_undone() -> None:
    card = the_card(an_approval(reversible=False))

    assert isinstance(card.parts[0], Facts)
    assert facts(card, "Action") == {
        "Function": "ops.delete_files",
        "Target": "host-1",
        "Environment": "production",
        "Undo": "⚠ Cannot be undone",
    }


def test_short_arguments_stand_as_exact_json() -> None:
    args = {"amount": 40.0, "to": "A-1 ", "dry": False, "n": "40.0", "ids": [1, 2]}

    card = the_card(an_approval(args=args))

    assert facts(card, "Arguments") == {
        "amount": "40.0", "dry": "false", "ids": "[1, 2]", "n": '"40.0"', "to": '"A-1 "',
    }  # fmt: skip


def test_an_argument_named_like_a_fact_of_ours_stands_among_the_arguments() -> None:
    card = the_card(an_approval(args={"Environment": "staging"}))

    assert facts(card, "Action")["Environment"] == "production"
    assert facts(card, "Arguments") == {"Environment": '"staging"'}


def test_a_diff_says_how_much_it_changes() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old\n--- gone\n+new\n same\n@@ -9 +9 @@\n-a\n+b\n"
    evidence = TextEvidence(kind="diff", title="x.py", text=diff)

    card = the_card(an_approval(evidence=(evidence,)))

    titles = [part.title for part in card.parts if hasattr(part, "title")]
    assert "Evidence: x.py (2 hunks, +2 -3)" in titles


def test_a_link_is_text_with_its_host() -> None:
    link = LinkEvidence(kind="link", url="https://good.example@evil.example/x", title="The run")

    card = the_card(an_approval(evidence=(link,)))

    assert facts(card, "Evidence: The run") == {"Host": "evil.example", "Address": link.url}


def test_only_pictures_of_allowed_hosts_are_loaded() -> None:
    picture = ImageEvidence(kind="image", url="https://img.example/a.png", alt="A chart")
    content = an_approval(evidence=(picture,))

    allowed = the_card(content, policy=a_policy(image_hosts=("img.example",)))
    others = the_card(content, policy=a_policy(image_hosts=("example", "mg.example")))

    assert [part.alt for part in allowed.parts if isinstance(part, Picture)] == ["A chart"]
    assert not [part for part in others.parts if isinstance(part, Picture)]
    assert facts(others, "Evidence")["Address"] == picture.url


def test_a_picture_that_came_along_is_handed_on_as_bytes() -> None:
    content = an_approval(evidence=(ImageEvidence(kind="image", url=PICTURE, alt="A chart"),))

    (picture,) = [part for part in the_card(content).parts if isinstance(part, Picture)]

    assert (picture.data, picture.media, picture.url) == (b"\x89PNG\r\n\x1a\n", "image/png", None)


def test_mixed_alphabets_are_pointed_out() -> None:
    card = the_card(an_approval(target="p\u0430ypal"))

    assert (
        "⚠ Look closely at the target: mixed scripts: Latin and Cyrillic, in p‹U+0430›ypal."
        in sentences(card)
    )


# -- the agent's own words -------------------------------------------------------------------------


def test_the_agents_words_are_quoted_short_and_last() -> None:
    card = the_card(an_approval(reason="Trust me. " * 200))

    (quote,) = [part for part in card.parts if isinstance(part, Quote)]
    assert quote.label == "Agent says (not verified)"
    assert len(quote.text) <= 500
    assert quote.text.endswith("more characters in full view")
    assert card.parts.index(quote) > 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=4_000))
def test_no_reason_changes_the_action_or_the_buttons(reason: str) -> None:
    silent, talking = the_card(an_approval()), the_card(an_approval(reason=reason))

    assert talking.headline == silent.headline
    assert talking.buttons == silent.buttons
    assert [part for part in talking.parts if not isinstance(part, Quote)] == list(silent.parts)


# -- whole or not at all ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 500, 1_500, 1_900, 5_000, 50_000, 199_000])
def test_what_does_not_fit_cannot_be_approved_from_the_card(size: int) -> None:
    content = an_approval(args={"script": "x" * size})
    item = an_item(content)

    card = card_of(item, content, the_people())

    is_whole = f'"{"x" * size}"' in str(card.parts)
    assert (APPROVE in choices(card, item)) == is_whole == (not needs_reading(content))
    assert REJECT in choices(card, item)
    assert UNSURE in choices(card, item)


def test_a_card_that_shows_the_beginning_says_so_and_how_much_is_missing() -> None:
    card = the_card(an_approval(args={"script": "x" * 12_000}))

    assert labels_of(card.buttons) == [
        "Review in full (12,108 characters)", "Reject", "Not sure, ask a senior",
    ]  # fmt: skip
    assert sentences(card)[0].startswith("Too long for a card. Shown: first ")
    assert sentences(card)[0].endswith("of 12,108 characters.")


def test_a_long_label_can_only_be_handed_on_unread() -> None:
    content = a_label(body="x" * 9_000)
    item = an_item(content)

    assert choices(card_of(item, content, the_people()), item) == [UNSURE]


def test_long_evidence_counts_like_long_arguments() -> None:
    evidence = TextEvidence(kind="text", text="x" * 9_000)

    assert needs_reading(an_approval(evidence=(evidence,)))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_card_fits_the_smaller_platform(text: str) -> None:
    for content in contents(text):
        for item in states_of(content):
            card = card_of(item, content, the_people(), paused=True)

            assert room_of(card.headline) + sum(map(room_of_part, card.parts)) <= DISCORD_TEXT_MAX
            assert 0 < len(card.headline) <= 150
            assert_buttons_fit(card.buttons)


def assert_buttons_fit(buttons: tuple[Button, ...]) -> None:
    assert all(0 < len(button.label) <= 75 for button in buttons)
    assert all(len(button.description) <= 75 for button in buttons)
    assert all(len(button.id) <= 100 for button in buttons)
    assert len({button.id for button in buttons}) == len(buttons)
    assert len({button.label for button in buttons}) == len(buttons)
    confirmations = [button.confirm for button in buttons if button.confirm]
    assert all(len(confirmation.text) <= 300 for confirmation in confirmations)


# -- buttons ---------------------------------------------------------------------------------------


def test_approve_and_reject_weigh_the_same() -> None:
    card = the_card(an_approval(reversible=False))

    assert {button.weight for button in card.buttons} == {Weight.NEUTRAL}


def test_buttons_name_their_object_for_those_who_hear_them() -> None:
    assert the_card().buttons[0].description == "Approve ops.delete_files, request 7K3M"


def test_a_careful_policy_states_the_action_again() -> None:
    approve, reject, *_ = the_card(policy=a_policy(confirm=True)).buttons

    assert approve.confirm is not None
    assert approve.confirm.text == (
        "Delete files a.log, b.log on host-1 in production. This cannot be undone."
    )
    assert reject.confirm is None


def test_a_label_has_one_button_for_each_class_and_one_for_doubt() -> None:
    card = the_card(a_label("spam", "fine", "ham"))

    assert labels_of(card.buttons) == ["spam", "fine", "ham", "Not sure, ask a senior"]


def test_classes_too_long_for_a_button_are_numbered_and_listed() -> None:
    long = "\u202e" * 60

    card = the_card(a_label(long, "fine"))

    assert labels_of(card.buttons)[:2] == ["Choice 1", "Choice 2"]
    assert facts(card, "Choices") == {"Choice 1": "\u2039U+202E\u203a" * 60, "Choice 2": "fine"}


def test_a_class_cannot_pass_for_a_button_of_ours() -> None:
    card = the_card(a_label("Not sure, ask a senior", "fine"))

    assert labels_of(card.buttons)[0] == "“Not sure, ask a senior”"


# -- state -----------------------------------------------------------------------------------------


def test_an_open_approval_says_who_votes_until_when_and_what_then() -> None:
    said = sentences(the_card(escalate_at=SOON))

    assert "May vote: Ann, Bob and Cleo. In the queue agent-actions. Request 7K3M" in said
    assert (
        "Decide by 2026-03-02 12:20 UTC. Then it goes to the seniors, who have until "
        "2026-03-02 13:00 UTC. After that it is denied."
    ) in said
    assert "Needs 1 vote to approve, 1 to reject. Votes in: 0." in said


def test_the_owners_of_the_asker_are_not_among_those_who_may_vote() -> None:
    said = sentences(the_card(owners=("bob",), requester="cleo"))

    assert said[-1].startswith("May vote: Ann. ")


def test_many_reviewers_are_counted_after_the_first_few() -> None:
    people = the_people("ann", "bob", "cleo", "dora", "emil")
    content = an_approval()
    item = an_item(content, policy=a_policy(reviewers=("@ops", *people)))

    said = sentences(card_of(item, content, people))

    assert said[-1].startswith("May vote: group ops, Ann, Bob and 3 more. ")


def test_a_group_is_named_with_its_people() -> None:
    content = an_approval()
    item = an_item(content, policy=a_policy(reviewers=("@ops", "cleo")), owners=("bob",))

    said = sentences(card_of(item, content, the_people(), groups={"ops": ("ann", "bob")}))

    assert said[-1].startswith("May vote: group ops (Ann) and Cleo. ")


def test_progress_shows_neither_names_nor_direction() -> None:
    votes = (a_vote("ann", "spam"), a_vote("bob", "fine"))

    blind = sentences(the_card(a_label("spam", "fine"), votes=votes))
    mirrored = sentences(
        the_card(a_label("spam", "fine"), votes=(a_vote("cleo", "fine"), a_vote("bob", "spam")))
    )

    assert "2 of 3 votes in." in blind
    assert blind == mirrored


def test_an_open_policy_shows_votes_as_they_come() -> None:
    votes = (a_vote("ann", "spam"),)

    said = sentences(the_card(a_label(), policy=a_policy(progress="open"), votes=votes))

    assert "Votes: “spam”: 1 (Ann)." in said


def test_the_prediction_stays_hidden_until_the_label_is_settled() -> None:
    content = a_label(prediction={"choice": "spam", "confidence": 0.62})

    waiting = the_card(content)
    done = the_card(content, **settled("spam", Rule.UNANIMOUS, "ann"))

    assert "62" not in str(waiting.parts)
    assert not any("model" in sentence for sentence in sentences(waiting))
    assert "The model said “spam” (62% sure)." in sentences(done)


def test_a_model_that_counts_at_the_deadline_is_named_and_not_quoted() -> None:
    content = a_label(prediction={"choice": "spam", "confidence": 0.62})

    said = sentences(the_card(content, policy=a_policy(expiry="prediction")))

    assert "Decide by 2026-03-02 13:00 UTC. After that the model's answer counts." in said


@pytest.mark.parametrize(
    ("trigger", "why"),
    [
        (Trigger.UNSURE, "a reviewer was not sure"),
        (Trigger.DISAGREEMENT, "the reviewers disagreed"),
        (Trigger.LATE, "there was no decision in time"),
        (Trigger.EXHAUSTED, "everybody who may vote has voted, and it is not enough"),
    ],
)
def test_an_escalated_card_names_the_seniors_and_why(trigger: Trigger, why: str) -> None:
    card = the_card(status=Status.ESCALATED, trigger=trigger, votes=(unsure("ann"),))

    assert f"The seniors decide now: Dora. Why: {why}." in sentences(card)
    assert "0 of 1 senior votes in." in sentences(card)
    assert card.tone is Tone.ESCALATED


def test_the_grace_window_says_until_when_a_mind_may_change() -> None:
    said = sentences(the_card(settles_at=SOON, votes=(a_vote("ann", APPROVE),)))

    assert ("Will be approved unless somebody changes their vote by 2026-03-02 12:20 UTC.") in said


def test_a_settled_card_has_no_buttons_and_one_line_of_outcome() -> None:
    votes = (a_vote("ann", REJECT), a_vote("bob", APPROVE), a_vote("cleo", REJECT))

    card = the_card(votes=votes, **settled(REJECT, Rule.MAJORITY, "ann", "cleo", count=3))

    assert card.buttons == ()
    assert card.tone is Tone.REJECTED
    assert (
        "Rejected by Ann and Cleo, 2026-03-02 12:20 UTC. "
        "Why: 2 rejections are enough here, 3 voted."
    ) in sentences(card)
    assert "Votes: approve: 1 (Bob); reject: 2 (Ann and Cleo)." in sentences(card)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (None, "Not yet used: the action has not run."),
        (Report(Execution.EXECUTED, SOON), "Executed 2026-03-02 12:20 UTC."),
        (Report(Execution.FAILED, SOON), "Failed when it ran, 2026-03-02 12:20 UTC."),
        (Report(Execution.UNKNOWN, SOON),
         "Started, and nobody knows whether it finished, 2026-03-02 12:20 UTC."),
    ],
)  # fmt: skip
def test_an_approved_card_says_what_became_of_the_action(report: Report | None, said: str) -> None:
    card = the_card(report=report, **settled(APPROVE, Rule.UNANIMOUS, "ann"))

    assert said in sentences(card)


@pytest.mark.parametrize(
    ("rule", "choice", "said"),
    [
        (Rule.TIMEOUT, REJECT, "Denied, 2026-03-02 12:20 UTC. Why: there was no decision by the "
         "deadline."),
        (Rule.CANCELLED, None, "Cancelled, 2026-03-02 12:20 UTC. Why: its producer withdrew it."),
    ],
)  # fmt: skip
def test_nobodys_decision_is_said_as_such(rule: Rule, choice: str | None, said: str) -> None:
    assert said in sentences(the_card(**settled(choice, rule)))


def test_a_pause_is_said_on_every_approval() -> None:
    content = an_approval()

    card = card_of(an_item(content), content, the_people(), paused=True)

    assert any(sentence.startswith("Signoff is paused.") for sentence in sentences(card))


def test_nobody_listed_is_said_aloud() -> None:
    said = sentences(the_card(policy=a_policy(reviewers=())))

    assert said[-1].startswith("May vote: nobody is listed. ")


def test_a_label_that_stopped_early_says_so() -> None:
    content = a_label("spam", "fine")
    votes = (a_vote("ann", "spam"), a_vote("bob", "spam"))
    outcome = Outcome("spam", Rule.MAJORITY, 2, NOON, ("ann", "bob"))
    item = an_item(content, status=Status.SETTLED, outcome=outcome, votes=votes)

    said = sentences(card_of(item, content, the_people()))

    assert any("Why: 2 of 3 votes agree, so the rest cannot change it." in line for line in said)


def test_reasons_are_told_once_it_is_settled_and_not_before() -> None:
    content = an_approval()
    votes = (a_vote("ann", "reject", reason="wrong host"),)
    outcome = Outcome("reject", Rule.UNANIMOUS, 1, NOON, ("ann",))
    settled = an_item(content, status=Status.SETTLED, outcome=outcome, votes=votes)
    waiting = an_item(content, policy=a_policy(denials_needed=2), votes=votes)

    assert "Ann: “wrong host”" in sentences(card_of(settled, content, the_people()))
    assert not any("wrong" in line for line in sentences(card_of(waiting, content, the_people())))


def test_the_second_step_warns_of_letters_as_the_card_does() -> None:
    content = an_approval("delete_files", {"paths": ["p\u0430yroll.csv"]})
    item = an_item(content, policy=a_policy(confirm=True))

    card = card_of(item, content, the_people())

    confirm = next(button.confirm for button in card.buttons if button.confirm)
    assert "mixed scripts: Latin and Cyrillic, in p‹U+0430›yroll.csv" in confirm.text
    assert len(confirm.text) <= 300
