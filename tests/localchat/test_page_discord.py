"""Discord in the browser page, against the real localchat server and a bot of a few lines."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest
from discord import app_commands
from slack_sdk.web.async_client import AsyncWebClient

from localchat.discord.options import Options
from localchat.discord.world import DiscordWorld
from localchat.testing import LocalChat, ThreadedLocalChat
from localchat.world import default_world
from tests.localchat.discord_bot import AMARA, APPROVALS, GUILD, JONAS, LEADS, MEI, Choice, running
from tests.localchat.discord_bot import Bot as Client
from tests.localchat.pages import (
    HOSTILE,
    Page,
    a_browser,
    a_tab,
    expect,
    go,
    message,
)

Json = dict[str, Any]

SLACK = "T0LOCAL001"
SLACK_AMARA, SLACK_JONAS, SLACK_APPROVALS = "U0AMARA01", "U0JONAS01", "C0APPROVE1"


class Form(discord.ui.Modal):
    """Asks for a reason and a kind."""

    def __init__(self, bot: "Bot") -> None:
        super().__init__(title="Give a reason", custom_id="form")
        self._bot = bot
        self.reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.long, custom_id="reason"
        )
        self.kind: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="kind",
            options=[discord.SelectOption(label=name, value=name.lower()) for name in KINDS],
        )
        self.add_item(discord.ui.TextDisplay(f"**About** {HOSTILE}"))
        self.add_item(discord.ui.Label(text="Why?", description="Briefly.", component=self.reason))
        self.add_item(discord.ui.Label(text="Kind", component=self.kind))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        self._bot.submitted.append((self.reason.value, self.kind.values))
        await interaction.response.send_message("Noted", ephemeral=True)


KINDS = ("Wrong", "Risky")


class Bot(Client):
    """Posts what a test tells it, and answers what its cards offer."""

    def __init__(self, chat: LocalChat) -> None:
        super().__init__()
        self.slack = AsyncWebClient(chat.bot_token, base_url=chat.api_url)
        self.pressed: list[discord.Interaction] = []
        self.submitted: list[tuple[str, list[str]]] = []
        self.may_answer = asyncio.Event()
        group = app_commands.Group(name="review", description="Review")

        @group.command(name="show", description="Show an item")
        @app_commands.describe(item="Which one", count="How many")
        async def show(interaction: discord.Interaction, item: str, count: int = 1) -> None:
            await interaction.response.send_message(f"Item {item}, {count} times")

        @show.autocomplete("item")
        async def items(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            names = {"7": "Refund 1,200 EUR", "8": f"Deploy {HOSTILE[:40]}"}
            return [
                app_commands.Choice(name=name, value=value)
                for value, name in names.items()
                if typed.lower() in name.lower()
            ]

        @app_commands.context_menu(name="Show this item")
        async def this(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"It says {message.content}", ephemeral=True)

        self.tree.add_command(group)
        self.tree.add_command(this)

    async def approve(self, interaction: discord.Interaction) -> None:
        self.pressed.append(interaction)
        await interaction.response.edit_message(content="**Approved** by Amara", view=None)

    async def whisper(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Recorded: Reject", ephemeral=True)

    async def ask(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form(self))

    async def ponder(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await self.may_answer.wait()
        await interaction.followup.send("Forty-two")

    async def post(self, content: str = "A card", **more: Any) -> str:
        """Post in #approvals; the message's id."""
        return str((await self.room().send(content, **more)).id)

    async def post_card(self, *names: str, **more: Any) -> str:
        """Post an embed with buttons that call methods of these names."""
        view = discord.ui.View(timeout=None)
        for name in names:
            view.add_item(Choice(name, getattr(self, name)))
        embed = discord.Embed(description="Refund **1,200 EUR**", colour=0x5865F2)
        return await self.post(view=view, embed=embed, **more)


@pytest.fixture(scope="module")
def chat() -> Iterator[ThreadedLocalChat]:
    with LocalChat.in_thread(discord_options=Options(callback_within=3.0)) as threaded:
        yield threaded


@pytest.fixture(scope="module")
def bot(chat: ThreadedLocalChat) -> Iterator[Bot]:
    stack = AsyncExitStack()

    async def started() -> Bot:
        made = Bot(chat.local)
        await stack.enter_async_context(running(chat.local.discord, made))
        await made.tree.sync()
        return made

    yield chat.call(started())
    chat.call(stack.aclose())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def context(browser: Any) -> Any:
    return browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")


@pytest.fixture
def page(context: Any, chat: ThreadedLocalChat, bot: Bot) -> Iterator[Page]:
    """Amara's tab in #approvals."""
    with a_tab(context, chat.local.url, f"{GUILD}/{AMARA}/{APPROVALS}") as opened:
        yield opened


def act_as(page: Page, chat: ThreadedLocalChat, person: str) -> None:
    go(page, chat.local.url, f"{GUILD}/{person}/{APPROVALS}")


def test_a_card_is_clicked_and_edited(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    bot.pressed.clear()
    card = message(page, chat.call(bot.post_card("approve")))
    expect(card.locator(".embed strong")).to_have_text("1,200 EUR")

    card.get_by_test_id("action-approve").click()

    expect(card.locator(".text strong").first).to_have_text("Approved")
    expect(card).to_contain_text("(edited)")
    assert card.get_by_test_id("action-approve").count() == 0
    assert str(bot.pressed[0].user.id) == AMARA


def test_a_silent_app_is_told_of_beside_its_button(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "?", "custom_id": "lost"}]}

    async def posted() -> Any:
        return await bot.http.request(
            discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=APPROVALS),
            json={"content": "x", "components": [row]},
        )

    card = message(page, chat.call(posted())["id"])
    card.get_by_test_id("action-lost").click()

    expect(card.get_by_test_id("action-lost")).to_have_attribute("aria-busy", "true")
    expect(card.get_by_test_id("action-error")).to_have_text("This interaction failed")
    assert card.get_by_test_id("action-lost").get_attribute("aria-busy") is None


def test_an_ephemeral_is_for_one_person_until_dismissed(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    card = message(page, chat.call(bot.post_card("whisper")))

    card.get_by_test_id("action-whisper").click()

    mine = page.locator(".message", has_text="Recorded: Reject")
    expect(mine.get_by_test_id("ephemeral")).to_contain_text("Only you can see this")
    page.get_by_test_id(f"quick-act-as-{JONAS}").click()
    expect(page.get_by_test_id("act-as")).to_contain_text("Jonas Weber")
    expect(mine).to_have_count(0)
    page.go_back()
    mine.get_by_test_id("dismiss").click()
    expect(mine).to_have_count(0)
    chat.until(lambda local: not local.discord.ephemerals(AMARA))


def test_a_form_is_filled_in_corrected_and_sent(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    bot.submitted.clear()
    card = message(page, chat.call(bot.post_card("ask")))
    card.get_by_test_id("action-ask").click()
    modal = page.get_by_test_id("modal")

    expect(page.get_by_label("Why?")).to_be_focused()
    expect(modal).to_contain_text(HOSTILE)
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-reason")).to_have_text("This field is required")
    page.get_by_label("Why?").fill("It drops the wrong table")
    page.get_by_label("Kind").select_option("risky")
    page.get_by_test_id("modal-submit").click()

    expect(modal).to_be_hidden()
    assert bot.submitted == [("It drops the wrong table", ["risky"])]
    card.get_by_test_id("action-ask").click()
    expect(modal).to_be_visible()
    page.keyboard.press("Escape")
    expect(modal).to_be_hidden()
    assert chat.ask(lambda local: local.discord.modals(AMARA)) == []


def test_a_command_is_chosen_completed_and_run(page: Page, chat: ThreadedLocalChat) -> None:
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/rev")
    expect(page.get_by_test_id("suggestion-0")).to_contain_text("/review show")
    composer.press("Enter")

    item = page.get_by_test_id("option-field-item")
    expect(item).to_be_focused()
    expect(page.get_by_test_id("suggestion-1")).to_contain_text(HOSTILE[:40])
    item.press_sequentially("refund")
    expect(page.get_by_test_id("suggestion-1")).to_have_count(0)
    item.press("Enter")
    expect(item).to_have_value("Refund 1,200 EUR")
    page.get_by_test_id("add-option-count").click()
    count = page.get_by_test_id("option-field-count")
    count.fill("many")
    count.press("Enter")
    expect(page.get_by_test_id("command-error")).to_have_text("count must be a number.")
    count.fill("2")
    count.press("Enter")

    answer = page.locator(".message", has_text="Item 7, 2 times")
    expect(answer.get_by_test_id("used")).to_have_text("Amara Okafor used /review show")
    expect(composer).to_be_focused()


def test_a_typed_command_runs_and_an_unknown_one_stays(page: Page) -> None:
    composer = page.get_by_test_id("composer")

    composer.fill("/review show item:9")
    composer.press("Enter")
    expect(page.locator(".message", has_text="Item 9, 1 times")).to_be_visible()
    composer.fill("/nothing")
    composer.press("Enter")

    expect(page.get_by_test_id("composer-error")).to_contain_text("/nothing")
    expect(composer).to_have_value("/nothing")


def test_a_messages_menu_offers_the_apps_commands(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    row = message(page, chat.call(bot.post("the third")))

    row.hover()
    row.get_by_test_id("more").click()
    page.get_by_test_id("menu-Show this item").click()

    expect(page.locator(".message", has_text="It says the third")).to_be_visible()


def test_thinking_lasts_until_the_answer(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    card = message(page, chat.call(bot.post_card("ponder")))

    card.get_by_test_id("action-ponder").click()

    expect(page.get_by_test_id("thinking")).to_contain_text("Helper is thinking…")
    chat.ask(lambda _: bot.may_answer.set())
    expect(page.locator(".message", has_text="Forty-two")).to_be_visible()
    expect(page.get_by_test_id("thinking")).to_have_count(0)


def test_what_a_bot_wrote_never_becomes_markup(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    embed = discord.Embed(title=HOSTILE, description=HOSTILE, url="https://ok.example")
    embed.add_field(name=HOSTILE, value="[bad](javascript:alert(1)) [good](https://ok.example/a)")
    embed.set_image(url="https://elsewhere.example/x.png")
    view = discord.ui.View(timeout=None)
    view.add_item(Choice("<b>Go</b>", bot.approve))
    card = message(page, chat.call(bot.post(HOSTILE, embed=embed, view=view)))

    expect(card).to_contain_text(HOSTILE)
    assert card.locator("img, script, b").count() == 0
    addresses = [link.get_attribute("href") for link in card.locator("a").all()]
    assert addresses == [
        "https://ok.example/",
        "https://ok.example/a",
        "https://elsewhere.example/x.png",
    ]
    assert {link.get_attribute("rel") for link in card.locator("a").all()} == {
        "noopener noreferrer"
    }
    assert page.evaluate("window.hacked") is None


def test_moments_are_told_in_the_readers_zone_and_count_down(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    deadline = int(chat.ask(lambda local: local.clock.now())) + 1471
    posted = chat.call(bot.post(f"By <t:{deadline}:t> or <t:{deadline}:R>, not <t:x>"))

    chip = message(page, posted).get_by_test_id("countdown")
    expect(chip).to_contain_text("in 24:")
    before = chip.text_content()
    expect(chip).not_to_have_text(before)
    expect(message(page, posted)).to_contain_text("not <t:x>")
    for person, zone in ((AMARA, "Africa/Lagos"), (MEI, "Asia/Tokyo")):
        act_as(page, chat, person)
        local = datetime.fromtimestamp(deadline, ZoneInfo(zone))
        told = f"{local.hour % 12 or 12}:{local:%M %p}"
        expect(message(page, posted).locator(".timestamp").first).to_have_text(told)


def test_replies_and_mentions_are_marked(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    first = chat.call(bot.post("Which one?"))
    say = chat.local.discord.say
    chat.call(say(f"<@{AMARA}> the left one", user=JONAS, channel=APPROVALS, reply_to=first))

    row = page.locator(".message", has_text="the left one")
    expect(row.get_by_test_id("reference")).to_contain_text("Which one?")
    expect(row.locator(".mention.is-me")).to_have_text("@Amara Okafor")
    assert "is-mention" in row.get_attribute("class")
    row.hover()
    row.get_by_test_id("reply").click()
    page.get_by_test_id("composer").fill("Thanks @Jonas Weber")
    page.get_by_test_id("composer").press("Enter")
    sent = page.locator(".message", has_text="Thanks @Jonas Weber")
    expect(sent.get_by_test_id("reference")).to_contain_text("the left one")


READINGS = {  # what is written: what is drawn
    "**bold *both*** __under__ ~~gone~~": (
        "<strong>bold <em>both</em></strong> <u>under</u> <s>gone</s>"
    ),
    r"\*\*no\*\* snake_case 2 * 3 * 4 \<@1> 1\. x": "**no** snake_case 2 * 3 * 4 <@1> 1. x",
    "`a *b*` ``c`d``": "<code>a *b*</code> <code>c`d</code>",
    "a ```py\nx = `1`\n``` b": "a <pre>x = `1`</pre> b",
    "```diff\n-a\n\n+b\n```": "<pre><span>-a\n</span><span>\n</span><span>+b\n</span></pre>",
    "> one\n> two\nthree": "<blockquote>one\ntwo</blockquote>three",
    "# Head\n-# small\ntext": "<h3>Head</h3><small>small</small>text",
    "- a\n  - b\n- c": "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    "[x](https://a.example/b_(c)) <https://b.example>": "<a>x</a> <a>https://b.example</a>",
    "[x](javascript:alert(1)) #none": "[x](javascript:alert(1)) #none",
    f"<@{JONAS}> <#{LEADS}> <@&42424242>": (
        "<button>@Jonas Weber</button> <button>#leads</button> <span>@deleted-role</span>"
    ),
    "||hidden||": "<span><span>hidden</span></span>",
    "<t:99999999999999:f> <t:9999999999999:R>": "<t:99999999999999:f> Invalid Date",
}


def test_markdown_reads_as_it_does_in_discord(page: Page) -> None:
    drawn = page.evaluate(MARKDOWN, [list(READINGS), JONAS, LEADS])

    assert dict(zip(READINGS, drawn, strict=True)) == READINGS


MARKDOWN = """async ([texts, jonas, leads]) => {
  const { markdown } = await import("/static/discord/markdown.js");
  const lookup = {
    zone: "Etc/UTC", actor: "1", roles: [], role: () => null,
    userName: (id) => (id === jonas ? "Jonas Weber" : null),
    channelName: (id) => (id === leads ? "leads" : null),
  };
  const spell = (node) => node.nodeType === 3 ? node.data
    : `<${node.localName}>${[...node.childNodes].map(spell).join("")}</${node.localName}>`;
  return texts.map((text) => markdown(text, lookup).map(spell).join(""));
}"""


def test_every_kind_of_component_is_drawn_and_unknown_ones_are_named(page: Page) -> None:
    button = {"type": 2, "style": 3, "label": "Go", "custom_id": "go"}
    menu = {"type": 3, "custom_id": "pick", "options": [{"label": "One", "value": "1"}]}
    components: list[Json] = [
        {
            "type": 17,
            "accent_color": 255,
            "components": [
                {"type": 10, "content": "**Words**"},
                {"type": 14, "divider": True, "spacing": 2},
                {"type": 9, "components": [{"type": 10, "content": "Side"}], "accessory": button},
                {"type": 1, "components": [menu]},
            ],
        },
        {"type": 12, "items": [{"media": {"url": "https://elsewhere.example/x"}}]},
        {"type": 13, "file": {"url": "/cdn/a.log"}, "name": "a.log", "size": 2048},
        {"type": 99},
        {"type": "constructor"},
    ]

    shown = page.evaluate(DRAW, components)

    assert shown["text"] == (
        "WordsSideGoMake a selectionOneImageNot loaded: it lies on another servera.log2.0 kB"
        "component of type 99component of type constructor"
    )
    assert shown["pictures"] == 0


DRAW = """async (components) => {
  const { drawComponents } = await import("/static/discord/components.js");
  const root = document.createElement("div");
  const lookup = { zone: "Etc/UTC", actor: "1", roles: [] };
  root.append(...drawComponents(components, { lookup, directory: {}, attachments: [] }));
  return { text: root.textContent, pictures: root.querySelectorAll("img").length };
}"""


def test_side_by_side_one_click_moves_both_cards(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    async def post_in_slack() -> str:
        told = await bot.slack.chat_postMessage(channel=SLACK_APPROVALS, text="Open")
        return str(told["ts"])

    ts, card = chat.call(post_in_slack()), chat.call(bot.post_card("approve"))
    page.goto(f"{chat.local.url}/#/{SLACK}/{SLACK_AMARA}/{SLACK_APPROVALS}")
    page.get_by_test_id("side-by-side").click()
    slack, other = page.get_by_test_id("pane-slack"), page.get_by_test_id("pane-discord")
    other_card = other.get_by_test_id(f"message-{card}")
    expect(slack.get_by_test_id(f"message-{ts}")).to_contain_text("Open")

    other_card.get_by_test_id("action-approve").click()
    expect(other_card).to_contain_text("Approved")
    chat.call(bot.slack.chat_update(channel=SLACK_APPROVALS, ts=ts, text="Closed"))

    expect(slack.get_by_test_id(f"message-{ts}")).to_contain_text("Closed")
    assert f"#/{SLACK}/{SLACK_AMARA}/{SLACK_APPROVALS}/{GUILD}/{APPROVALS}" in page.url


def test_one_person_acts_on_both_sides_and_the_address_keeps_it(
    page: Page, chat: ThreadedLocalChat
) -> None:
    where = f"#/{SLACK}/{SLACK_AMARA}/{SLACK_APPROVALS}/{GUILD}/{APPROVALS}"
    page.goto(f"{chat.local.url}/{where}")
    page.get_by_test_id(f"quick-act-as-{SLACK_JONAS}").click()
    other = page.get_by_test_id("pane-discord")
    expect(other.get_by_test_id("channel-title")).to_contain_text("approvals")

    other.get_by_test_id("composer").fill("from Jonas")
    other.get_by_test_id("composer").press("Enter")

    expect(other.locator(".message", has_text="from Jonas")).to_be_visible()
    assert chat.ask(lambda c: c.discord.messages(APPROVALS))[-1]["author"]["id"] == JONAS
    page.reload()
    expect(page.get_by_test_id("act-as")).to_contain_text("Jonas Weber")
    expect(other.locator(".message", has_text="from Jonas")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(other).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_test_id("toggle-sidebar").click()
    page.get_by_test_id(f"workspace-{GUILD}").click()
    expect(other.locator(".message", has_text="from Jonas")).to_be_visible()


def test_a_world_without_discord_has_no_rail(context: Any) -> None:
    world = default_world()
    world.discord = DiscordWorld()
    with LocalChat.in_thread(world) as alone:
        opened = context.new_page()
        opened.goto(alone.local.url)
        expect(opened.get_by_test_id("channel-title")).to_contain_text("general")

        expect(opened.get_by_test_id("rail")).to_be_hidden()
        assert opened.locator("#sidebar").bounding_box()["x"] == 0
        opened.close()
