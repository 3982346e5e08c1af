"""Which approvals may share one card: few, alike, and none of them grave."""

from collections.abc import Sequence

from bot.content import Approval, Label

SHARED_MAX = 10  # requests; more on one card are waved through, not read


def may_share(contents: Sequence[Approval | Label]) -> bool:
    """Whether these may stand on one card, each with its own buttons.

    They differ in nothing but arguments and targets, and each can be undone as its producer says:
    one that cannot, or that does not say, is asked about by itself, and so are those beside it.
    """
    approvals = [content for content in contents if isinstance(content, Approval)]
    if len(approvals) != len(contents) or not 2 <= len(approvals) <= SHARED_MAX:
        return False
    return len(set(map(_likeness, approvals))) == 1 and all(map(_can_be_undone, approvals))


def _likeness(content: Approval) -> tuple[str | float | None, ...]:
    action = content.action
    asked = (content.queue, content.requester, content.due_in)
    return (*asked, action.name, action.version, action.environment)


def _can_be_undone(content: Approval) -> bool:
    return content.action.reversible is True
