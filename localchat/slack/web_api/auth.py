from localchat.slack.errors import SlackError
from localchat.slack.rate_limits import UNTIERED
from localchat.slack.web_api.call import Call, method
from localchat.wire import Json


@method("api.test", tier=4, needs_token=False)
def api_test(call: Call) -> Json:
    """Echo; `error` makes it fail."""
    if error := call.args.text("error"):
        raise SlackError(error, args=call.args.given)
    return {"args": call.args.given}


@method("auth.test", tier=UNTIERED)
def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    workspace, app = call.slack.workspace, call.app
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.people[app.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", tier=3, token="app")  # noqa: S106  # the kind, no token
def apps_connections_open(call: Call) -> Json:
    """A WebSocket address for Socket Mode."""
    if call.slack.sockets.is_refusing:
        raise SlackError("internal_error")
    return {"url": call.slack.sockets.issue_url(call.app)}


@method("team.info", "team:read", tier=3)
def team_info(call: Call) -> Json:
    """The workspace's name and id."""
    workspace = call.slack.workspace
    team = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}
    return {"team": team | {"email_domain": "", "icon": {"image_default": True}}}


@method("bots.info", "users:read", tier=3)
def bots_info(call: Call) -> Json:
    """The bot behind a bot_id; the caller's own by default."""
    wanted = call.args.text("bot", call.app.bot_id)
    for app in call.slack.workspace.apps.values():
        if app.bot_id == wanted:
            bot = {"id": app.bot_id, "app_id": app.id, "user_id": app.bot_user_id}
            return {"bot": bot | {"name": app.name, "deleted": False, "updated": 0, "icons": {}}}
    raise SlackError("bot_not_found")
