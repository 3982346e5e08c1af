"""The corpus of hostile text, and every state an item can be in."""

from collections.abc import Iterator
from datetime import timedelta

from bot.content import Approval, Audit, ImageEvidence, Label, LinkEvidence, TextEvidence
from bot.facts import (
    UNSURE,
    Execution,
    Item,
    Outcome,
    Report,
    Rule,
    Status,
    Trigger,
)
from tests.builders import NOON, a_label, a_pair, a_policy, a_vote, an_approval, an_item

HOSTILE = (
    "</code>",
    "``` end of code ```",
    "<https://evil.example|https://good.example>",
    "[good](https://evil.example)",
    "<!channel> <!here> <!everyone> <!subteam^S1>",
    "@everyone @here <@U1> <@!1> <@&1> <#C1>",
    "*bold* _it_ ~no~ >>> # Heading :tada:",
    "<!date^0^{date}|now> <t:0:R>",
    "invoice\u202egnp.exe",
    "pass\u200bword\ufeff",
    "a" + "\u0301" * 300,
    "p\u0430ypal",
    "שלום العربية",
    "\U000e0041\U000e0042",
    "Approve\n\nApproved by Ann",
    " " * 500 + "x",
    "\n" * 500 + "x",
    "‹12 spaces›",
    "😀" * 60,
    "*" * 2_000,
    "x" * 40_000,
)
PICTURE = "data:image/png;base64,iVBORw0KGgo="


def contents(text: str) -> Iterator[Approval | Label]:
    """Approvals and labels with this text wherever a producer may put it."""
    yield from _approvals(text)
    yield from _labels(text)
    yield from _pairs(text)


def _approvals(text: str) -> Iterator[Approval]:
    name = " ".join(text.split())[:60] or "x"
    yield an_approval(args={"note": text}, reason=text[:4_000])
    yield an_approval(args={name: 1, "b": [text[:100_000]]}, reason=text[:4_000])
    yield an_approval(name, {}, target=name, environment=name, reversible=None)
    yield an_approval(evidence=tuple(_evidence(text, name) for _ in range(5)))


def _labels(text: str) -> Iterator[Label]:
    name = " ".join(text.split())[:50] or "x"
    many = tuple(f"{name}{number:02}" for number in range(20))
    yield a_label(body=text, question=name)
    yield a_label(*many, prediction={"choice": many[3], "confidence": 0.62})
    pictures = tuple(ImageEvidence(kind="image", url=PICTURE, alt=name) for _ in range(5))
    links = tuple(
        LinkEvidence(kind="link", url="https://evil.example/", title=name) for _ in "12345"
    )
    yield a_label(evidence=(*pictures, *links))


def _pairs(text: str) -> Iterator[Label]:
    name = " ".join(text.split())[:60] or "x"
    models = ({"text": text, "model": name}, {"text": f"{text[:20]} ", "model": name[::-1] or "y"})
    yield a_pair(body=text, question=name, answers=models)
    yield a_pair(body="", answers=({"text": text}, {"text": f"{text}!"}))
    yield Audit.model_validate(
        {"kind": "audit", "queue": "moderation", "key": "k-1", "body": text,
         "choices": ("spam", "fine"), "prediction": {"choice": "spam", "confidence": 0.97}}
    )  # fmt: skip


def states_of(content: Approval | Label) -> Iterator[Item]:
    """The content's item in every state."""
    first, second = content.votable[:2]
    opened = an_item(content, requester=str(content.key))
    voted = (a_vote("ann", first), a_vote("bob", second), a_vote("cleo", UNSURE))
    soon = NOON + timedelta(minutes=20)
    yield opened
    yield an_item(content, policy=a_policy(confirm=True, progress="open"), votes=voted)
    yield an_item(content, escalate_at=soon, votes=voted[:1])
    yield an_item(content, settles_at=soon, votes=voted[:1])
    for trigger in Trigger:
        yield an_item(content, status=Status.ESCALATED, trigger=trigger, votes=voted)
    for rule in Rule:
        choice = {Rule.CANCELLED: None, Rule.TIMEOUT: None, Rule.SENIOR: second}.get(rule, first)
        outcome = Outcome(choice, rule, 2, soon, ("ann", "bob"))
        yield an_item(content, status=Status.SETTLED, outcome=outcome, votes=voted)
    for execution in Execution:
        outcome = Outcome(first, Rule.MAJORITY, 2, soon, ("ann",))
        report = Report(execution, soon, note="*" * 400)
        yield an_item(content, status=Status.SETTLED, outcome=outcome, votes=voted, report=report)


def _evidence(text: str, name: str) -> TextEvidence:
    return TextEvidence(kind="diff", title=name, text=f"@@ -1 +1 @@\n-{text}\n+{text[:20]}")
