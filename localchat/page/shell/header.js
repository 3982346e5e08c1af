/** The head of the conversation: its name, topic and members; for an app its tabs. */

import { h, icon, reconcile } from "../dom.js";
import { avatar, personAvatar } from "./avatar.js";
import { openPopover } from "./menu.js";
import { PLATFORM_NAMES } from "./rail.js";

/**
 * @param {HTMLElement} root
 * @param {import("../store.js").Store} store
 * @param {{goTo: (place: any) => void, openAppMessages: (app: any) => void, openDm: (id: string) => void, hasHome: boolean, isSplit: boolean}} actions
 */
export function drawHeader(root, store, actions) {
  const channel = store.place.kind === "channel" ? store.channel(store.place.id) : undefined;
  const app =
    store.place.kind === "home"
      ? store.workspace.apps.find(({ id }) => id === store.place.id)
      : store.appOf(channel);
  const head = app ? appHead(app, store, actions) : channelHead(channel, store, actions);
  const tag = h("span", { class: "platform-tag" }, PLATFORM_NAMES[store.workspace.platform]);
  reconcile(root, actions.isSplit ? [tag, ...head] : head);
}

function channelHead(channel, store, { openDm }) {
  if (!channel) return [h("h1", {}, "No channel")];
  const isNamed = channel.kind === "channel" || channel.kind === "private";
  const mark = channel.parent
    ? icon("thread")
    : channel.kind === "private"
      ? icon("lock")
      : isNamed && h("span", { class: "hash", "aria-hidden": "true" }, "#");
  const members = channel.members.map((id) => store.person(id)).filter(Boolean);
  const show = (event) => openPopover(event.currentTarget, memberList(members, store, openDm));
  return [
    h(
      "h1",
      { "data-testid": "channel-title" },
      mark,
      store.title(channel),
      channel.archived && h("span", { class: "tag" }, "archived"),
    ),
    channel.topic
      ? h("p", { class: "topic", title: channel.topic }, channel.topic)
      : h("span", { class: "topic" }),
    isNamed &&
      h(
        "button",
        {
          type: "button",
          class: "members-button",
          "data-testid": "members",
          "aria-label": `${members.length} members`,
          onclick: show,
        },
        members.slice(0, 3).map((person) => personAvatar(person, "tiny")),
        h("span", {}, members.length),
      ),
  ].filter(Boolean);
}

const memberList = (members, store, openDm) =>
  h(
    "div",
    { class: "menu", role: "dialog", "aria-label": "Members" },
    members.map((person) =>
      h(
        "button",
        {
          type: "button",
          class: "menu-item",
          disabled: person.id === store.actor.id || person.is_bot,
          onclick: () => openDm(person.id),
        },
        personAvatar(person, "small"),
        h(
          "span",
          {},
          h(
            "span",
            { class: "menu-label" },
            person.shown,
            person.is_bot && h("span", { class: "tag" }, "app"),
          ),
          person.title && h("span", { class: "menu-hint" }, person.title),
        ),
      ),
    ),
  );

function appHead(app, store, { goTo, openAppMessages, hasHome }) {
  const tab = (name, testid, isCurrent, open) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        "aria-current": isCurrent ? "page" : null,
        "data-testid": testid,
        onclick: open,
      },
      name,
    );
  const isHome = store.place.kind === "home";
  return [
    h(
      "h1",
      { "data-testid": "channel-title" },
      avatar(
        { id: app.bot_user_id, name: app.name, isApp: true, color: store.person(app.bot_user_id)?.color },
        "tiny",
      ),
      app.name,
    ),
    hasHome &&
      h(
        "nav",
        { class: "tabs", "aria-label": app.name },
        tab("Home", "tab-home", isHome, () => goTo({ kind: "home", id: app.id })),
        tab("Messages", "tab-messages", !isHome, () => openAppMessages(app)),
      ),
  ].filter(Boolean);
}
