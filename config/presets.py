"""Starting points for a queue's rules, one per situation. Data only: any of it may be overridden.

`due_in` and the price of a review are never preset: how long an agent may wait and what a minute
of these people costs is known to the team alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from config.policies import QueueKind


@dataclass(frozen=True, slots=True)
class Preset:
    """One situation: its kinds, its values, and what a queue may not take away from it."""

    name: str
    situation: str  # one sentence
    kinds: tuple[QueueKind, ...]  # what the queue takes when it does not say
    values: Mapping[str, object]  # fields of Policy
    due_in: str  # an example that fits, for messages
    cost_per_review_usd: str  # as above
    also: tuple[QueueKind, ...] = ()  # kinds that a queue may ask for instead
    at_least: Mapping[str, int] = field(default_factory=dict)  # field -> no queue may go below
    never: frozenset[str] = frozenset()  # fields that no queue may set
    fixed: frozenset[str] = frozenset()  # fields whose value no queue may change
    required: frozenset[str] = frozenset()  # fields that every queue must fill


_ALL = (
    Preset(
        name="destructive_action",
        situation="An action that is hard to undo: deploying, deleting, paying.",
        kinds=("approval",),
        values={
            "approvals_needed": 1,
            "denials_needed": 1,
            "confirm": True,
            "grace_for": timedelta(seconds=30),
            "escalate_after": timedelta(minutes=10),
        },
        due_in="30m",
        cost_per_review_usd="0.40",
    ),
    Preset(
        name="llm_agent",
        situation="A step of a language model's agent that is cheap to undo and frequent.",
        kinds=("approval",),
        values={"approvals_needed": 1, "denials_needed": 1},
        due_in="15m",
        cost_per_review_usd="0.25",
    ),
    Preset(
        name="borderline",
        situation="A classifier settles what it is sure of; people label what it is not sure of.",
        kinds=("label",),
        values={
            "auto_above": 0.85,
            "votes_needed": 3,
            "majority_share": 0.6,
            "audit_share": 0.05,
        },
        due_in="4h",
        cost_per_review_usd="0.15",
    ),
    Preset(
        name="low_data",
        situation="Too little data to trust any machine: every item is labelled by people.",
        kinds=("label",),
        values={"votes_needed": 3, "majority_share": 0.6},
        due_in="1d",
        cost_per_review_usd="0.20",
    ),
    Preset(
        name="regulated",
        situation="A field with legal duties: always two qualified people, never the machine.",
        kinds=("approval", "label"),
        values={
            "approvals_needed": 2,
            "denials_needed": 1,
            "seniors_needed": 2,
            "votes_needed": 2,
            "majority_share": 1.0,
            "require_reason": "both",
            "confirm": True,
            "progress": "blind",
        },
        due_in="8h",
        cost_per_review_usd="4.00",
        at_least={"approvals_needed": 2, "seniors_needed": 2, "votes_needed": 2},
        never=frozenset({"auto_above"}),
        fixed=frozenset({"require_reason", "confirm", "progress", "denials_needed"}),
        required=frozenset({"qualifications"}),
    ),
    Preset(
        name="production_audit",
        situation="A sample of what a machine decided in production: was it right?",
        kinds=("audit",),
        also=("label",),
        values={"votes_needed": 1, "auto_above": 0.0, "audit_share": 0.05},
        due_in="2d",
        cost_per_review_usd="0.15",
    ),
    Preset(
        name="preference",
        situation="Two answers to one prompt: which is better?",
        kinds=("preference",),
        also=("label",),
        values={"votes_needed": 3, "majority_share": 0.6, "repeat_share": 0.05},
        due_in="2d",
        cost_per_review_usd="0.30",
    ),
)
PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in _ALL}
