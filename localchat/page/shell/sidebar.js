/** The workspace's name, its channels, direct messages and apps. */

import { h, icon, reconcile } from "../dom.js";
import { avatar, personAvatar } from "./avatar.js";
import { openMenu } from "./menu.js";
import { PLATFORM_NAMES } from "./rail.js";

/**
 * @param {HTMLElement} root
 * @param {import("../store.js").Store} store
 * @param {{goTo: (place: any) => void, openDm: (id: string) => void, openWorkspace: (id: string) => void, hasHome: boolean, isSplit: boolean}} actions
 */
export function drawSidebar(root, store, actions) {
  const named = store.visibleChannels
    .filter(({ kind }) => kind === "channel" || kind === "private")
    .sort(byName)
    .filter((channel) => !channel.parent || !channel.archived);
  const direct = store.visibleChannels.filter(({ kind }) => kind === "dm" || kind === "mpim");
  const own = named.filter((channel) => store.isMember(channel) && !channel.archived);
  const others = named.filter((channel) => !store.isMember(channel) || channel.archived);
  const row = (channel) => channelRow(channel, store, actions.goTo);
  reconcile(root, [
    workspaceName(store, actions),
    h(
      "div",
      { class: "sidebar-lists" },
      list("Channels", withThreads(own).map(row)),
      list(
        "Direct messages",
        direct.filter((channel) => !store.appOf(channel)).map(row),
        newDm(store, actions.openDm),
      ),
      list(
        "Apps",
        store.workspace.apps.map((app) => appRow(app, store, actions)),
      ),
      others.length > 0 && list("Other channels", others.map(row)),
    ),
  ]);
}

const byName = (a, b) => a.name.localeCompare(b.name);

/** Each channel followed by its threads. */
function withThreads(channels) {
  const isTop = (channel) => !channels.some(({ id }) => id === channel.parent);
  const below = (channel) => channels.filter(({ parent }) => parent === channel.id);
  return channels.filter(isTop).flatMap((channel) => [channel, ...below(channel)]);
}

function workspaceName(store, { openWorkspace, isSplit }) {
  if (isSplit) {
    const tag = h("span", { class: "platform-tag" }, PLATFORM_NAMES[store.workspace.platform]);
    return h(
      "div",
      { class: "workspace-name", "data-platform": store.workspace.platform },
      store.workspace.name,
      tag,
    );
  }
  if (store.workspaces.length < 2) return h("div", { class: "workspace-name" }, store.workspace.name);
  const items = store.workspaces.map((space) => ({
    label: space.name,
    hint: space.platform,
    isChecked: space.id === store.workspace.id,
    choose: () => openWorkspace(space.id),
  }));
  const open = (event) => openMenu(event.currentTarget, items, "Workspaces");
  return h(
    "button",
    { type: "button", class: "workspace-name", "data-testid": "workspace", onclick: open },
    store.workspace.name,
    icon("chevron"),
  );
}

const list = (title, rows, extra) =>
  h(
    "section",
    { class: "sidebar-list" },
    h("div", { class: "sidebar-title" }, h("h2", {}, title), extra),
    h(
      "ul",
      {},
      rows.map((row) => h("li", {}, row)),
    ),
  );

function newDm(store, openDm) {
  const others = store.workspace.people.filter(
    (person) => person.id !== store.actor.id && !person.deleted && !person.is_bot,
  );
  const items = others.map((person) => ({
    label: person.shown,
    hint: person.title,
    leading: personAvatar(person, "small"),
    choose: () => openDm(person.id),
  }));
  const open = (event) => openMenu(event.currentTarget, items, "New direct message");
  return h(
    "button",
    {
      type: "button",
      class: "icon-button is-tiny",
      "aria-label": "New direct message",
      "data-testid": "new-dm",
      onclick: open,
    },
    icon("plus"),
  );
}

function channelRow(channel, store, goTo) {
  const leading = {
    channel: () =>
      channel.parent ? icon("thread") : h("span", { class: "hash", "aria-hidden": "true" }, "#"),
    private: () => icon("lock"),
    dm: () => otherPerson(channel, store),
    mpim: () => icon("people"),
  }[channel.kind]();
  return sidebarRow({
    leading,
    name: store.title(channel),
    unread: store.unreadCount(channel),
    isCurrent: store.place.kind === "channel" && store.place.id === channel.id,
    testid: `channel-${channel.id}`,
    isNested: Boolean(channel.parent),
    open: () => goTo({ kind: "channel", id: channel.id }),
  });
}

function otherPerson(channel, store) {
  const id = channel.members.find((member) => member !== store.actor.id) ?? store.actor.id;
  const person = store.person(id);
  return person ? personAvatar(person, "tiny") : icon("people");
}

function appRow(app, store, { goTo, openDm, hasHome }) {
  const channel = store.visibleChannels.find((candidate) => store.appOf(candidate)?.id === app.id);
  const isOpen =
    store.place.kind === "home" ? store.place.id === app.id : channel && store.place.id === channel.id;
  return sidebarRow({
    leading: avatar(
      { id: app.bot_user_id, name: app.name, isApp: true, color: store.person(app.bot_user_id)?.color },
      "tiny",
    ),
    name: app.name,
    unread: channel ? store.unreadCount(channel) : 0,
    isCurrent: Boolean(isOpen),
    testid: `app-${app.id}`,
    open: () => {
      if (channel) goTo({ kind: "channel", id: channel.id });
      else if (hasHome) goTo({ kind: "home", id: app.id });
      else openDm(app.bot_user_id);
    },
  });
}

function sidebarRow({ leading, name, unread, isCurrent, testid, open, isNested = false }) {
  return h(
    "button",
    {
      type: "button",
      class: `sidebar-row ${unread ? "is-unread" : ""} ${isNested ? "is-nested" : ""}`,
      "aria-current": isCurrent ? "page" : null,
      "data-testid": testid,
      onclick: open,
    },
    leading,
    h("span", { class: "row-name" }, name),
    unread > 0 && h("span", { class: "badge", "aria-label": `${unread} unread` }, unread),
  );
}
