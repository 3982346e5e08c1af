"""`queues.toml`: each queue's rules, its reviewers and its channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.digests import read_digest
from config.durations import read_duration
from config.escalations import read_rounds, read_steps
from config.files import Reader, Source, Table
from config.policies import Policy, Queue, QueueKind
from config.presets import PRESETS, Preset
from config.problems import WrongValueError, listed, nearest
from config.values import (
    discord_ref,
    list_of,
    one_of,
    read_budget,
    read_confidence,
    read_count,
    read_flag,
    read_host,
    read_length,
    read_money,
    read_name,
    read_number,
    read_portion,
    read_requests,
    read_share,
    read_slug,
    read_text,
    read_voter,
    slack_ref,
)

FILE = "queues.toml"
PURPOSE = (
    "Create it with one table per queue, such as [queues.agent-actions] with "
    'preset = "destructive_action", due_in = "30m", cost_per_review_usd = 0.40, '
    'reviewers = ["@ops"] and slack = "C0123ABCD"'
)
POLICY_READERS: Mapping[str, Reader] = {
    "due_in": read_length,
    "cost_per_review_usd": read_money,
    "reviewers": list_of(read_voter, '"@ops", "ann"'),
    "seniors": list_of(read_voter, '"@leads", "ann"'),
    "qualifications": list_of(read_name, '"medical"'),
    "votes_needed": read_count(99),
    "majority_share": read_share,
    "approvals_needed": read_count(99),
    "denials_needed": read_count(99),
    "seniors_needed": read_count(9),
    "auto_above": read_confidence,
    "expiry": one_of("denied", "undecided", "prediction", kind="ways to expire"),
    "escalate_after": read_length,
    "escalation": read_steps,
    "escalation_rounds": read_rounds,
    "acknowledge_for": read_length,
    "remind": read_flag,
    "first_vote_within": read_length,
    "outcome_within": read_length,
    "grace_for": read_duration,
    "require_reason": one_of("never", "both", kind="values here"),
    "progress": one_of("blind", "open", kind="values here"),
    "claim_for": read_length,
    "confirm": read_flag,
    "cards_at_most": read_requests(1_000),
    "open_at_most": read_requests(1_000_000),
    "image_hosts": list_of(read_host, '"images.example.com"'),
    "grant_for": read_length,
    "report_within": read_length,
    "editors": list_of(read_voter, '"@ops", "ann"'),
    "responders": list_of(read_voter, '"@ops", "ann"'),
    "audit_share": read_portion(1),
    "audit_minimum": read_number(999),
    "reopen_on_correction": read_flag,
    "gold_share": read_portion(0.5),
    "probe_share": read_portion(0.5),
    "repeat_share": read_portion(0.5),
    "overlap_share": read_portion(1),
    "overlap_votes": read_count(99),
    "seed": read_text,
    "rate_per_hour_usd": read_money,
    "active_for_at_most": read_length,
    "cost_per_model_call_usd": read_money,
    "cost_per_judge_call_usd": read_money,
    "cost_per_escalation_usd": read_money,
    "budget_per_month_usd": read_budget,
    "individual_figures": one_of("own", "leads", kind="values here"),
}
READERS: Mapping[str, Reader] = {
    "preset": one_of(*PRESETS, kind="presets"),
    "title": read_text,
    "kinds": list_of(
        one_of("approval", "label", "audit", "preference", kind="kinds"), '"approval"'
    ),
    "slack": slack_ref(
        "channel", "CG", "In Slack, open the channel's details; its id stands at the bottom"
    ),
    "discord": discord_ref("channel"),
    "digest": read_digest,
    **POLICY_READERS,
}
REQUIRED = {  # field -> why it has no default
    "due_in": "how long may this wait? After that an approval is denied and a label expires",
    "cost_per_review_usd": "what does one answer of one person cost you, in dollars? "
    "Every report and digest counts in it",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A queue as far as it can be used, with what in it cannot."""

    queue: Queue
    stated: frozenset[str]  # keys that the file gives
    broken: frozenset[str]  # keys that are missing or wrong, and hold a stand-in


def read_queues(source: Source) -> tuple[Draft, ...]:
    """The queues of the file; its problems are added to the source."""
    for key in source.table:
        if key != "queues":
            right = nearest(key, ["queues"], kind="only key that may stand here")
            source.complain((key,), "there is no such key", right)
    return tuple(_draft(source, name, table) for name, table in source.tables(("queues",)))


def _draft(source: Source, name: str, table: Table) -> Draft:
    path = ("queues", name)
    try:
        read_slug(name)
    except WrongValueError as problem:
        source.complain(path, problem.wrong, problem.right)
    values, broken = source.read(path, table, READERS)
    preset = PRESETS.get(str(values.get("preset")))
    broken |= _complain_about_missing(source, path, table, preset)
    kinds = _kinds(source, path, values, broken, preset)
    stated_rules = {key: value for key, value in values.items() if key in POLICY_READERS}
    rules: dict[str, object] = {
        "due_in": read_duration("30m"),
        "cost_per_review_usd": 0,
        **(preset.values if preset else {}),
        **({"expiry": "denied"} if kinds == ("approval",) else {}),
        **stated_rules,
    }
    queue = Queue(
        name=name,
        title=_title(name, values),
        kinds=kinds,
        policy=Policy.model_validate(rules),
        slack=_optional(values, "slack"),
        discord=_optional(values, "discord"),
        digest=values.get("digest"),
        preset=_optional(values, "preset"),
    )
    return Draft(queue, frozenset(values), frozenset(broken))


def _title(name: str, values: Mapping[str, object]) -> str:
    return _optional(values, "title") or name.replace("-", " ").capitalize() or name


def _optional(values: Mapping[str, object], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None


def _complain_about_missing(
    source: Source, path: tuple[str, ...], table: Table, preset: Preset | None
) -> set[str]:
    examples = {
        "due_in": f'"{preset.due_in}"' if preset else '"30m"',
        "cost_per_review_usd": preset.cost_per_review_usd if preset else "0.40",
    }
    missing = {key for key in REQUIRED if key not in table}
    for key in sorted(missing, reverse=True):
        suits = f", which suits the preset {preset.name}" if preset else ""
        source.complain(
            path,
            f"there is no {key}: {REQUIRED[key]}",
            f"Add, for example, {key} = {examples[key]}{suits}",
        )
    return missing


def _kinds(
    source: Source,
    path: tuple[str, ...],
    values: Mapping[str, Any],
    broken: set[str],
    preset: Preset | None,
) -> tuple[QueueKind, ...]:
    """The kinds of item that the queue takes; `broken` gets "kinds" when they cannot be."""
    if "kinds" in broken or ("preset" in broken and "kinds" not in values):
        broken.add("kinds")
        return ("approval", "label")
    kinds: tuple[QueueKind, ...] = values.get("kinds") or (preset.kinds if preset else ())
    where = (*path, "kinds") if "kinds" in values else path
    before = len(source.problems)
    if not kinds:
        source.complain(
            where,
            "it does not say which kinds of item it takes",
            'Add kinds = ["approval"] (may this run?), kinds = ["label"] (which class is it?), '
            "or a preset",
        )
    for kind in kinds:
        if preset and kind not in preset.kinds + preset.also:
            source.complain(where, *_unsuitable(kind, preset))
    if len(source.problems) > before:
        broken.add("kinds")
    return kinds or ("approval", "label")


def _unsuitable(kind: QueueKind, preset: Preset) -> tuple[str, str]:
    return (
        f'the preset {preset.name} is not made for the kind "{kind}"',
        f"It is made for {listed(preset.kinds + preset.also)}: choose another preset, or none",
    )
