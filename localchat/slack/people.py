from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from localchat.wire import Json
from localchat.world import App, Person


def bot_person(app: App) -> Person:
    """The bot user that comes with an app."""
    return Person(app.bot_user_id, app.name.lower(), app.name, "App", tz="Etc/UTC", is_bot=True)


def user_json(person: Person, team_id: str, now: float) -> Json:
    """The user object of `users.info`; deactivated people have fewer fields, as in Slack."""
    home = person.team_id or team_id
    shown: Json = {
        "id": person.id,
        "team_id": home,
        "name": person.name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
        "profile": _profile(person, home),
    }
    if person.is_stranger:
        shown["is_stranger"] = True
    if person.deleted:
        return shown
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(person.tz))
    offset = local.utcoffset()
    return shown | {
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": local.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted or person.is_ultra_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_email_confirmed": bool(person.email),
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(person: Person, team_id: str) -> Json:
    return {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "title": person.title,
        "team": team_id,
        **({"email": person.email} if person.email else {}),
    }
