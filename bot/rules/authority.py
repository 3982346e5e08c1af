"""Who may judge an item. One rule for every surface: button, modal, command, HTTP."""

import unicodedata

from bot.errors import NotAllowedError
from bot.facts import Identity, Item, Status
from config.policies import Person, Rulebook

UNCOUNTED = "Your click was not counted."


def authorise(item: Item, who: Identity, rulebook: Rulebook) -> Person:
    """The person behind an account, who may vote on this item now.

    Raises:
        NotAllowedError: they may not; the message says why and where to get access.
    """
    try:
        person = recognise(who, rulebook)
    except NotAllowedError as refusal:
        raise NotAllowedError(f"{refusal} {UNCOUNTED}") from None
    bar = bar_for(item, person, rulebook)
    if bar:
        raise NotAllowedError(f"{bar} {UNCOUNTED}")
    return person


def recognise(who: Identity, rulebook: Rulebook) -> Person:
    """The person that an account belongs to.

    Raises:
        NotAllowedError: the account is unknown, barred, or of another workspace.
    """
    if who.barred:
        raise NotAllowedError(who.barred)
    if who.platform == "slack" and rulebook.slack_team not in (None, who.team_ref):
        raise NotAllowedError(
            "Your account belongs to another workspace than the one whose people decide here."
        )
    person = rulebook.person_at(who.platform, who.user_ref)
    if person is None:
        raise NotAllowedError(
            "You are not on the list of reviewers. Ask an admin to add your "
            f"{who.platform.capitalize()} id {who.user_ref} to people.toml."
        )
    return person


def authorise_admin(who: Identity, rulebook: Rulebook) -> Person:
    """The admin behind an account, who may do what concerns all queues.

    Raises:
        NotAllowedError: they may not; the message says why.
    """
    person = recognise(who, rulebook)
    if not person.active:
        raise NotAllowedError("Your account is set to inactive. Nothing was changed.")
    if "admin" not in person.roles:
        raise NotAllowedError(
            "Only an admin may do this; nothing was changed. An admin has the role `admin` in "
            "people.toml."
        )
    return person


def bar_for(item: Item, person: Person, rulebook: Rulebook) -> str | None:
    """Why this person may not judge this item now, as a sentence; None when they may."""
    if not person.active:
        return "Your account is set to inactive."
    if stands_behind(item, person):
        return "You asked for this or own the agent that did, so others must judge it."
    missing = set(item.policy.qualifications) - person.qualifications
    if missing:
        return f"This needs the qualification {', '.join(sorted(missing))}, which you do not have."
    if item.status is Status.ESCALATED:
        return _bar_for_senior(item, person, rulebook)
    return _bar_for_reviewer(item, person, rulebook)


def eligible(item: Item, rulebook: Rulebook) -> frozenset[str]:
    """The ids of everybody who may judge the item now; empty means nobody."""
    senior_round = item.status is Status.ESCALATED
    listed = item.policy.seniors if senior_round else item.policy.reviewers
    return frozenset(
        person_id
        for person_id in rulebook.members(listed)
        if bar_for(item, rulebook.people[person_id], rulebook) is None
    )


def stands_behind(item: Item, person: Person) -> bool:
    """Whether the item is this person's own: asked for by them, or by a program of theirs."""
    return is_requester(item, person) or person.id in item.owners


def is_requester(item: Item, person: Person) -> bool:
    """Whether the item says that it is this person who asks, however it spells them."""
    if item.requester is None:
        return False
    known = (person.id, person.name, person.slack, person.discord)
    return _spelled(item.requester) in {_spelled(name) for name in known if name}


def _spelled(name: str) -> str:
    """A name without what chats put around it: "<@U0ANN|ann>" and "@Ann " are themselves."""
    bare = unicodedata.normalize("NFKC", name).strip().removeprefix("<").removesuffix(">")
    return bare.lstrip("@!").split("|")[0].strip().casefold()


def _bar_for_senior(item: Item, person: Person, rulebook: Rulebook) -> str | None:
    if person.id not in rulebook.members(item.policy.seniors):
        return "This is with the seniors now; only they can decide it."
    if "senior" not in person.roles:
        return "You are listed as a senior of this queue but do not have the role `senior`."
    return None


def _bar_for_reviewer(item: Item, person: Person, rulebook: Rulebook) -> str | None:
    if person.id not in rulebook.members(item.policy.reviewers):
        if person.id in rulebook.members(item.policy.seniors):
            return "You are a senior here: you are asked when the reviewers cannot settle it."
        return f"You are not a reviewer of the queue {item.queue}; ask an admin to add you."
    if not person.roles & {"reviewer", "senior"}:
        return "You do not have the role `reviewer`."
    return None
