from localchat.discord.rest.call import Call, route
from localchat.wire import Json


@route("GET", "/applications/@me")
def mine(call: Call) -> Json:
    """The bot's application."""
    return application(call)


@route("GET", "/oauth2/applications/@me")
def mine_by_its_old_name(call: Call) -> Json:
    """The same: discord.py asks here."""
    return application(call)


@route("GET", "/gateway", needs_token=False)
def gateway(call: Call) -> Json:
    """Where the gateway is."""
    return {"url": call.discord.gateway_url}


@route("GET", "/gateway/bot")
def gateway_for_bots(call: Call) -> Json:
    """Where the gateway is, and how often sessions may begin."""
    discord = call.discord
    return {
        "url": discord.gateway_url,
        "shards": 1,
        "session_start_limit": discord.budget.as_json(),
    }


def application(call: Call) -> Json:
    """The application object."""
    workspace = call.discord.workspace
    app = workspace.application
    owner = next(iter(workspace.people))
    return {
        "id": app.id,
        "name": app.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": workspace.user(workspace.bot_id),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": app.public_key,
        "flags": app.flags,
        "flags_new": str(app.flags),
        "owner": workspace.user(owner),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(workspace.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }
