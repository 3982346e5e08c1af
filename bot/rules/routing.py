"""Which items go to people, and which of them first."""

from bot.content import Approval, Audit, Label
from config.policies import Policy

APPROVAL_URGENCY = -1.0  # a program waits, so approvals go before every label


def settles_alone(policy: Policy, content: Approval | Label) -> str | None:
    """The choice that the machine is sure enough of to settle the item, or None."""
    if not isinstance(content, Label) or content.prediction is None or policy.auto_above is None:
        return None
    if isinstance(content, Audit):
        return None  # whether the machine was right is not the machine's to say
    if content.prediction.confidence < policy.auto_above:
        return None
    return content.prediction.choice


def urgency_of(content: Approval | Label) -> float:
    """The item's place in its queue, lowest first: approvals, then the least confident."""
    if not isinstance(content, Label):
        return APPROVAL_URGENCY
    return content.prediction.confidence if content.prediction else 0.0
