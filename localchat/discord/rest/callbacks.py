from localchat.discord.problems import Problems
from localchat.discord.rest.call import Call, route
from localchat.discord.rules.callbacks import check_callback
from localchat.wire import Json

TRUE = ("1", "true", "True")


@route(
    "POST",
    "/interactions/{interaction}/{token}/callback",
    major="token",
    needs_token=False,
    is_global=False,
)
def answer(call: Call) -> Json | None:
    """Answer an interaction: 204, or with `with_response=1` what came of it."""
    discord = call.discord
    interaction = discord.interactions.unanswered(call.params["interaction"], call.params["token"])
    source = interaction.source
    problems = Problems()
    check_callback(
        call.body,
        interaction.kind,
        problems,
        has_message=source is not None,
        was_v2=source is not None and source.is_v2,
    )
    problems.refuse()
    callback = discord.answering.answer(interaction, call.json(), call.uploads)
    if call.query.get("with_response") not in TRUE:
        return None
    return discord.answering.as_json(interaction, callback)
