"""The browser page, against the real localchat server and a bot of a few lines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.options import Options
from localchat.testing import LocalChat, ThreadedLocalChat
from tests.localchat.pages import HOSTILE, Page, a_browser, a_tab, expect, go, message

Json = dict[str, Any]

CHANNEL = "C0APPROVE1"
AMARA, JONAS, MEI, GUEST = "U0AMARA01", "U0JONAS01", "U0MEI0001", "U0GUEST01"


class Bot:
    """Posts what a test tells it, and answers what its cards offer."""

    def __init__(self, chat: LocalChat) -> None:
        self._client = AsyncWebClient(chat.bot_token, base_url=chat.api_url)
        self._app = AsyncApp(client=self._client)
        self._handler = AsyncSocketModeHandler(self._app, chat.app_token)
        self.actions: list[Json] = []
        self.submitted: list[Json] = []
        self._listen()

    def _listen(self) -> None:
        async def note(ack: Any, body: Json) -> None:
            await ack()
            self.actions.append(body)

        async def open_form(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        async def push_form(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_push(trigger_id=body["trigger_id"], view=SECOND_FORM)

        async def submit(ack: Any, body: Json) -> None:
            values = body["view"]["state"]["values"]
            if values["why"]["reason"]["value"] == "bad":
                await ack(response_action="errors", errors={"why": "Say what you saw."})
            else:
                await ack()
                self.submitted.append(values)

        async def home(event: Json, client: AsyncWebClient) -> None:
            blocks = [header("Waiting for you"), actions(button("Refresh", "note"))]
            await client.views_publish(
                user_id=event["user"], view={"type": "home", "blocks": blocks}
            )

        self._app.action("note")(note)
        self._app.action("menu")(note)
        self._app.action("open")(open_form)
        self._app.action("push")(push_form)
        self._app.view("form")(submit)
        self._app.event("app_home_opened")(home)

    async def start(self) -> None:
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's own

    async def stop(self) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # bolt's own

    async def post(self, *blocks: Json, text: str = "A card", channel: str = CHANNEL) -> str:
        answer = await self._client.chat_postMessage(
            channel=channel, text=text, blocks=list(blocks) or None
        )
        return str(answer["ts"])

    async def post_only_to(self, user: str, text: str) -> None:
        await self._client.chat_postEphemeral(channel=CHANNEL, user=user, text=text)

    async def update(self, ts: str, *blocks: Json) -> None:
        await self._client.chat_update(channel=CHANNEL, ts=ts, text="Done", blocks=list(blocks))


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text)}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "acts", "elements": list(elements)}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        **more,
    }


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Why?"),
    "submit": plain("Save"),
    "blocks": [
        field(
            "why",
            "Reason",
            {"type": "plain_text_input", "action_id": "reason", "multiline": True},
            hint=plain("One sentence."),
        ),
        field(
            "kind",
            "Kind",
            {"type": "radio_buttons", "action_id": "kind", "options": options("Wrong", "Risky")},
        ),
        field(
            "day",
            "Look again on",
            {"type": "datepicker", "action_id": "day"},
            optional=True,
        ),
        actions(button("Details", "push")),
    ],
}
SECOND_FORM: Json = {"type": "modal", "title": plain("Details"), "blocks": [section("More")]}


@pytest.fixture(scope="module")
def chat() -> Iterator[ThreadedLocalChat]:
    with LocalChat.in_thread(options=Options(ack_within=3.0)) as threaded:
        yield threaded


@pytest.fixture(scope="module")
def bot(chat: ThreadedLocalChat) -> Iterator[Bot]:
    async def started() -> Bot:
        made = Bot(chat.local)
        await made.start()
        return made

    made = chat.call(started())
    yield made
    chat.call(made.stop())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def context(browser: Any) -> Any:
    return browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")


@pytest.fixture
def page(context: Any, chat: ThreadedLocalChat) -> Iterator[Page]:
    """Amara's tab in #approvals."""
    with a_tab(context, chat.local.url, f"T0LOCAL001/{AMARA}/{CHANNEL}") as opened:
        yield opened


def act_as(page: Page, chat: ThreadedLocalChat, person: str, channel: str = CHANNEL) -> None:
    go(page, chat.local.url, f"T0LOCAL001/{person}/{channel}")


def test_what_a_bot_wrote_never_becomes_markup(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    ts = chat.call(
        bot.post(
            section(f"{HOSTILE} <javascript:alert(1)|evil> <https://ok.example|good>"),
            {"type": "markdown", "text": f"{HOSTILE} [bad](javascript:alert(1))"},
            header(HOSTILE),
            actions(button("<b>Go</b>", "note")),
        )
    )

    card = message(page, ts)
    expect(card).to_contain_text(HOSTILE)
    assert card.locator("img, script, b").count() == 0
    assert [a.get_attribute("href") for a in card.locator("a").all()] == ["https://ok.example/"]
    assert card.locator("a").get_attribute("rel") == "noopener noreferrer"
    assert page.evaluate("window.hacked") is None


def test_mrkdwn_reads_as_it_does_in_slack(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    ts = chat.call(
        bot.post(
            section(
                "*bold _both_* ~gone~ `a_b_c` snake_case_word 2*3*4 &lt;tag&gt; :tada: "
                f"<@{JONAS}> <#C0GENERAL1>\n&gt; quoted\n```\ncode *stays*\n```"
            )
        )
    )

    text = message(page, ts).locator(".text")
    expect(text.locator("strong")).to_have_text("bold both")
    assert text.locator("strong em").text_content() == "both"
    assert text.locator("s").text_content() == "gone"
    assert text.locator("code").text_content() == "a_b_c"
    assert text.locator("blockquote").text_content() == "quoted"
    assert text.locator("pre").text_content() == "code *stays*"
    shown = text.text_content()
    assert "snake_case_word 2*3*4 <tag> 🎉 @Jonas Weber #general" in shown


def test_dates_are_told_in_the_readers_zone_and_count_down(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    deadline = int(chat.ask(lambda local: local.clock.now())) + 1471
    words = f"By <!date^{deadline}^{{date_num}} {{time}}|14:30 UTC> or <!date^x^|soon>"
    ts = chat.call(bot.post(section(words)))

    chip = message(page, ts).get_by_test_id("countdown")
    expect(chip).to_contain_text("in 24:2")
    before = chip.text_content()
    expect(chip).not_to_have_text(before)
    assert "or soon" in message(page, ts).locator(".text").text_content()
    for person, zone in ((AMARA, "Africa/Lagos"), (MEI, "Asia/Tokyo")):
        act_as(page, chat, person)
        local = datetime.fromtimestamp(deadline, ZoneInfo(zone))
        told = f"{local:%Y-%m-%d} {local.hour % 12 or 12}:{local:%M %p}"
        expect(message(page, ts).locator(".dated time")).to_have_text(told)


def test_a_click_reaches_the_app_and_silence_is_said(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    bot.actions.clear()
    ts = chat.call(
        bot.post(
            actions(
                button("Go", "note", value="7", accessibility_label="Go on with request 7"),
                button("Nobody", "unheard"),
            )
        )
    )
    card = message(page, ts)

    assert card.get_by_test_id("action-note").get_attribute("aria-label") == "Go on with request 7"
    card.get_by_test_id("action-note").click()
    chat.until(lambda _: bot.actions)
    card.get_by_test_id("action-unheard").click()

    assert bot.actions[0]["actions"][0]["value"] == "7"
    assert bot.actions[0]["user"]["id"] == AMARA
    expect(card.get_by_test_id("action-unheard")).to_have_attribute("aria-busy", "true")
    expect(card.get_by_test_id("action-error")).to_contain_text("respond")


def test_a_dangerous_button_asks_first(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    bot.actions.clear()
    confirm = {
        "title": plain("Sure?"),
        "text": mrkdwn("It *cannot* be undone."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    ts = chat.call(bot.post(actions(button("Drop", "note", style="danger", confirm=confirm))))
    drop = message(page, ts).get_by_test_id("action-note")

    drop.click()
    page.get_by_test_id("confirm-deny").click()
    drop.click()
    page.keyboard.press("Escape")
    assert page.get_by_test_id("confirm").count() == 0
    assert bot.actions == []
    drop.click()
    page.get_by_test_id("confirm-ok").click()

    assert chat.until(lambda _: bot.actions)[0]["actions"][0]["action_id"] == "note"


def test_a_choice_is_sent_and_kept(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    bot.actions.clear()
    menu: Json = {"type": "static_select", "action_id": "menu", "options": options("One", "Two")}
    menu |= {"placeholder": plain("Pick")}
    ts = chat.call(bot.post(section("Choose", accessory=menu)))

    message(page, ts).get_by_test_id("action-menu").select_option("two")

    action = chat.until(lambda _: bot.actions)[0]["actions"][0]
    assert action["selected_option"]["value"] == "two"
    expect(message(page, ts).get_by_test_id("action-menu")).to_have_value("two")


def test_a_form_is_filled_in_corrected_and_sent(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    bot.submitted.clear()
    ts = chat.call(bot.post(actions(button("Why", "open"))))

    message(page, ts).get_by_test_id("action-open").click()
    expect(page.get_by_test_id("action-reason")).to_be_focused()
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-why")).to_have_text("Please complete this required field.")
    page.get_by_label("Reason").fill("bad")
    page.get_by_label("Risky").check()
    page.get_by_label("Look again on").fill("2026-12-01")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("error-why")).to_have_text("Say what you saw.")
    page.get_by_label("Reason").fill("It drops the wrong table")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_test_id("modal")).to_be_hidden()

    values = bot.submitted[0]
    assert values["why"]["reason"]["value"] == "It drops the wrong table"
    assert values["kind"]["kind"]["selected_option"]["value"] == "risky"
    assert values["day"]["day"]["selected_date"] == "2026-12-01"


def test_a_second_form_lies_on_the_first_and_escape_takes_it_off(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    ts = chat.call(bot.post(actions(button("Why", "open"))))
    message(page, ts).get_by_test_id("action-open").click()
    page.get_by_label("Reason").fill("half a thought")
    page.get_by_test_id("action-push").click()
    expect(page.get_by_role("heading", name="Details")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_label("Reason")).to_have_value("half a thought")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("modal")).to_be_hidden()
    assert chat.ask(lambda local: local.views(AMARA)) == []


def test_an_ephemeral_is_for_one_person_until_dismissed(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    chat.call(bot.post_only_to(AMARA, "Recorded: Reject"))

    mine = page.locator(".message", has_text="Recorded: Reject")
    expect(mine.get_by_test_id("ephemeral")).to_contain_text("Only visible to you")
    page.get_by_test_id("act-as").click()
    page.get_by_test_id(f"act-as-{JONAS}").click()
    expect(page.get_by_test_id("act-as")).to_contain_text("Jonas Weber")
    expect(mine).to_have_count(0)
    page.go_back()
    mine.get_by_test_id("dismiss").click()
    expect(mine).to_have_count(0)


def test_the_person_is_switched_by_keyboard_and_remembered(page: Page) -> None:
    page.get_by_test_id("act-as").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id(f"act-as-{AMARA}")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("act-as")).to_contain_text("Jonas Weber")
    expect(page.get_by_test_id("act-as")).to_be_focused()
    assert f"/{JONAS}/" in page.url
    page.reload()
    expect(page.get_by_test_id("act-as")).to_contain_text("Jonas Weber")


def test_what_is_typed_is_sent_as_slack_would(page: Page, chat: ThreadedLocalChat) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill("<b> & @jon")
    composer.press("End")
    composer.type("a")
    composer.press("Enter")
    expect(composer).to_have_value("<b> & @Jonas Weber ")
    composer.press("Enter")
    expect(composer).to_have_value("")

    sent = chat.until(lambda local: local.messages(CHANNEL))[-1]
    assert sent["text"] == f"&lt;b&gt; &amp; <@{JONAS}>"
    expect(message(page, sent["ts"])).to_contain_text("<b> & @Jonas Weber")
    composer.fill("/nothing here")
    composer.press("Enter")
    expect(page.get_by_test_id("composer-error")).to_contain_text("/nothing")
    expect(composer).to_have_value("/nothing here")


def test_a_draft_stays_with_its_person_and_channel(page: Page) -> None:
    composer = page.get_by_test_id("composer")
    composer.fill("not yet")

    page.get_by_test_id("channel-C0GENERAL1").click()
    expect(composer).to_have_value("")
    page.get_by_test_id(f"channel-{CHANNEL}").click()
    expect(composer).to_have_value("not yet")
    page.get_by_test_id(f"quick-act-as-{JONAS}").click()
    expect(composer).to_have_value("")


def test_replies_gather_in_a_thread(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    ts = chat.call(bot.post(section("Which one?")))
    chat.call(chat.local.say("The left one", user=JONAS, channel=CHANNEL, thread_ts=ts))

    message(page, ts).get_by_test_id("replies").click()
    pane = page.get_by_test_id("thread-pane")
    expect(pane).to_contain_text("The left one")
    page.get_by_test_id("thread-composer").fill("Thanks")
    page.get_by_test_id("thread-composer").press("Enter")

    expect(pane).to_contain_text("Thanks")
    expect(message(page, ts).get_by_test_id("replies")).to_contain_text("2 replies")
    assert page.locator("#messages", has_text="The left one").count() == 0
    page.get_by_test_id("thread-composer").press("Escape")
    expect(pane).to_be_hidden()


def test_a_card_changes_in_place_and_keeps_the_focus(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    ts = chat.call(bot.post(section("Open"), actions(button("Go", "note"))))
    message(page, ts).get_by_test_id("action-note").focus()

    chat.call(bot.update(ts, section("1 of 2"), actions(button("Go", "note"))))

    expect(message(page, ts)).to_contain_text("1 of 2")
    expect(message(page, ts)).to_contain_text("(edited)")
    expect(message(page, ts).get_by_test_id("action-note")).to_be_focused()


def test_a_lost_connection_loses_no_message(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    page.context.set_offline(True)
    chat.ask(lambda local: local._page.close())
    expect(page.get_by_test_id("reconnecting")).to_be_visible()
    ts = chat.call(bot.post(section("While you were away")))
    page.context.set_offline(False)

    expect(message(page, ts)).to_contain_text("While you were away")
    expect(page.get_by_test_id("reconnecting")).to_be_hidden()


def test_news_waits_below_a_reader_who_scrolled_up(
    page: Page, chat: ThreadedLocalChat, bot: Bot
) -> None:
    long = section("\n".join(f"line {n}" for n in range(60)))
    first = chat.call(bot.post(long))
    expect(message(page, first)).to_be_visible()
    page.locator("#messages").evaluate("list => { list.scrollTop = 0; }")
    page.wait_for_timeout(100)

    ts = chat.call(bot.post(section("News")))

    pill = page.get_by_test_id("new-messages")
    expect(pill).to_have_text("1 new message ↓")
    assert page.locator("#messages").evaluate("list => list.scrollTop") == 0
    pill.click()
    expect(message(page, ts)).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_unread_channels_are_counted(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    page.get_by_test_id("channel-C0GENERAL1").click()
    expect(page.get_by_test_id("channel-title")).to_contain_text("general")

    chat.call(bot.post(section("Ping")))

    approvals = page.get_by_test_id(f"channel-{CHANNEL}")
    expect(approvals.locator(".badge")).to_have_text("1")
    approvals.click()
    expect(approvals.locator(".badge")).to_have_count(0)
    expect(page.get_by_test_id("new-divider")).to_be_visible()


def test_the_apps_home_is_shown_and_acts(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    bot.actions.clear()
    page.get_by_test_id("app-A0LOCAL001").click()
    page.get_by_test_id("tab-home").click()

    expect(page.get_by_test_id("home")).to_contain_text("Waiting for you")
    page.get_by_test_id("home").get_by_test_id("action-note").click()

    assert chat.until(lambda _: bot.actions)[0]["view"]["type"] == "home"


def test_a_stranger_to_a_channel_cannot_write_there(page: Page, chat: ThreadedLocalChat) -> None:
    act_as(page, chat, GUEST)

    expect(page.locator("#composer")).to_contain_text("Sofia Lind is not a member of #approvals.")
    expect(page.get_by_test_id("composer")).to_be_hidden()


def test_every_kind_of_block_is_drawn_and_unknown_ones_are_named(page: Page) -> None:
    blocks: list[Json] = [
        header("Head"),
        {"type": "section", "fields": [mrkdwn("*A*\n1"), plain("B")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("small"), plain("print")]},
        {"type": "image", "image_url": "https://elsewhere.example/x.png", "alt_text": "Elsewhere"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "Cell"}]]},
        {"type": "video", "title": plain("Film"), "alt_text": "A film"},
        {"type": "rich_text", "elements": [rich("rich_text_preformatted", "- old\n+ new")]},
        {"type": "rich_text", "elements": [rich("rich_text_quote", "Quoted")]},
        {"type": "sparkle"},
        {"type": "actions"},
    ]

    shown = page.evaluate(DRAW, blocks)

    assert shown["text"] == (
        "HeadA\n1BsmallprintElsewhereNot loaded: it lies on another serverCellFilm- old\n+ new"
        "Quotedblock of type sparkleblock of type actions"
    )
    assert shown["pictures"] == 0


def test_names_from_javascripts_own_cupboard_are_nothing_special(page: Page) -> None:
    blocks: list[Json] = [
        {"type": "constructor"},
        section(":constructor: <!date^1700000000^{constructor}|soon>"),
        {"type": "rich_text", "elements": [rich("rich_text_section", "", "constructor")]},
        actions({"type": "constructor"}) | {"block_id": "__proto__"},
        actions({"type": "datepicker", "action_id": "polluted"}) | {"block_id": "__proto__"},
    ]

    shown = page.evaluate(DRAW, blocks)

    assert shown["text"] == (
        "block of type constructor:constructor: {constructor}"
        "element of type constructorelement of type constructor"
    )
    assert page.evaluate("'polluted' in {}") is False


DRAW = """async (blocks) => {
  const { renderBlocks } = await import("/static/slack/blocks.js");
  const { Form } = await import("/static/slack/form.js");
  const root = document.createElement("div");
  const form = new Form().seed(blocks);
  root.append(...renderBlocks(blocks, { lookup: { zone: "Etc/UTC" }, form }));
  return { text: root.textContent, pictures: root.querySelectorAll("img").length };
}"""


def rich(kind: str, text: str, element: str = "text") -> Json:
    return {"type": kind, "elements": [{"type": element, "text": text}]}


def test_the_page_fits_a_phone(page: Page, chat: ThreadedLocalChat, bot: Bot) -> None:
    long = actions(*(button(f"A rather long answer number {n}", f"n{n}") for n in range(4)))
    chat.call(bot.post(section("word" * 80), long))
    page.set_viewport_size({"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_test_id("toggle-sidebar").click()
    page.get_by_test_id("channel-C0GENERAL1").click()
    expect(page.get_by_test_id("channel-title")).to_contain_text("general")
    expect(page.get_by_test_id("channel-C0GENERAL1")).not_to_be_visible()


def test_a_first_visitor_is_welcomed_once(page: Page) -> None:
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.get_by_test_id("welcome")).to_contain_text("You are acting as Amara Okafor.")
    page.get_by_test_id("welcome-dismiss").click()
    page.reload()

    expect(page.get_by_test_id("channel-title")).to_contain_text("approvals")
    assert page.get_by_test_id("welcome").count() == 0
