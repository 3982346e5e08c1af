/** Puts the page together: the store, the session, and the parts that redraw when the store changes. */

import { startClock } from "./clock.js";
import { h, icon, reconcile } from "./dom.js";
import { readRoute, writeRoute } from "./route.js";
import { Session } from "./session.js";
import { Composer } from "./shell/composer.js";
import { drawHeader } from "./shell/header.js";
import { MessageList } from "./shell/message_list.js";
import { drawSidebar } from "./shell/sidebar.js";
import { applyTheme } from "./shell/theme.js";
import { drawTopbar } from "./shell/topbar.js";
import { drawWelcome } from "./shell/welcome.js";
import { Store } from "./store.js";

const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const store = new Store();
const session = new Session(store, announce);

const react = (channelId, id, name) => session.react(channelId, id, name);
const openThread = (id) => {
  store.update({ thread: id });
  requestAnimationFrame(() => threadComposer.focus());
};
const platform = () => session.platform;
const markRead = () => store.place.kind === "channel" && store.markRead(store.place.id);

const main = new MessageList(part("messages"), { store, platform, react, openThread, onSeen: markRead });
const thread = new MessageList(part("thread-messages"), { store, platform, react });
const composer = new Composer(part("composer"), {
  store,
  testid: "composer",
  send: (text) => session.send(store.place.id, text),
});
const threadComposer = new Composer(part("thread-composer"), {
  store,
  testid: "thread-composer",
  send: (text) => session.send(store.place.id, text, store.thread),
});

const actions = {
  actAs,
  goTo: (place) => {
    document.body.classList.remove("sidebar-open");
    session.goTo(place);
  },
  openDm: (id) => session.openDm(id),
  openAppMessages: (app) => session.openDm(app.bot_user_id),
  openWorkspace: (id) => {
    store.update({ workspaceId: id });
    actAs(store.actors[0].id);
  },
  toggleSidebar: () => document.body.classList.toggle("sidebar-open"),
};

function actAs(personId) {
  if (personId === store.actor.id && store.messages.size) return;
  session.actAs(personId);
  session.goTo(placeFor(store.place));
  drawWelcome(part("welcome"), store);
}

/** The wanted place if the person may see it, else their first channel. */
function placeFor(wanted) {
  const isApp = wanted?.kind === "home" && store.workspace.apps.some(({ id }) => id === wanted.id);
  const isChannel = wanted?.kind === "channel" && store.visibleChannels.some(({ id }) => id === wanted.id);
  if (isApp || isChannel) return wanted;
  const first = store.visibleChannels.find((channel) => store.isMember(channel)) ?? store.visibleChannels[0];
  return { kind: "channel", id: first?.id ?? "" };
}

/** Parts whose picture follows from little are redrawn only when that little has changed. */
const drawn = new Map();
function redraw(name, inputs, draw) {
  const signature = JSON.stringify(inputs);
  if (drawn.get(name) === signature) return;
  drawn.set(name, signature);
  draw();
}

function draw() {
  const { workspace, workspaces, actor, place } = store;
  const unread = store.visibleChannels.map((channel) => [channel.id, store.unreadCount(channel)]);
  redraw("topbar", [workspace.people, actor.id], () => drawTopbar(part("topbar"), store, actions));
  redraw("sidebar", [workspaces, actor.id, place, unread], () =>
    drawSidebar(part("sidebar"), store, actions),
  );
  redraw("header", [workspace, actor.id, place], () => drawHeader(part("channel-header"), store, actions));
  redraw("home", [actor.id, place, store.homeView], drawHome);
  part("reconnecting").hidden = store.isConnected;
  part("channel-view").hidden = place.kind !== "channel";
  drawChannel(place.kind === "channel" ? store.channel(place.id) : undefined);
  const total = unread.reduce((sum, [, count]) => sum + Number(count), 0);
  document.title = `${total ? `(${total}) ` : ""}${workspace.name} · localchat`;
  writeRoute(store);
}

function drawChannel(channel) {
  const hasThread = Boolean(channel && store.thread);
  part("thread").hidden = !hasThread;
  if (!hasThread) thread.clear();
  if (!channel) {
    main.clear();
    return;
  }
  const messages = store.messagesIn(channel.id);
  const title =
    channel.kind === "dm" || channel.kind === "mpim" ? store.title(channel) : `#${store.title(channel)}`;
  const closed = whyClosed(channel);
  main.draw(channel, messages, (said) => said.isInChannel, `This is the very beginning of ${title}.`);
  composer.draw(`${store.actor.id} ${channel.id}`, `Message ${title}`, closed);
  if (!hasThread) return;
  thread.draw(channel, messages, (said) => said.id === store.thread || said.thread === store.thread);
  threadComposer.draw(`${store.actor.id} ${channel.id} ${store.thread}`, "Reply…", closed);
}

function whyClosed(channel) {
  if (channel.archived) return "This channel is archived.";
  return store.isMember(channel) ? "" : `${store.actor.shown} is not a member of #${channel.name}.`;
}

function drawHome() {
  const home = part("home");
  home.hidden = store.place.kind !== "home";
  const view = store.place.kind === "home" && store.homeView;
  reconcile(home, [
    view ? session.platform.home(view) : h("p", { class: "empty" }, "This app shows nothing here yet."),
  ]);
}

/** Tells a screen reader of a message by somebody else in the channel on screen. */
function announce(message, channelId) {
  const said = session.platform.describe(message);
  if (channelId !== store.place.id || said.isOwn) return;
  part("announcer").textContent = `${said.author.name}: ${said.summary}`;
}

function followKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]")) return;
    document.body.classList.remove("sidebar-open");
    if (store.thread) store.update({ thread: null });
  });
  part("thread-close").append(icon("close"));
  part("thread-close").addEventListener("click", () => store.update({ thread: null }));
  part("sidebar-shade").addEventListener("click", actions.toggleSidebar);
  document.addEventListener("visibilitychange", () => store.update());
}

function followAddress() {
  window.addEventListener("popstate", () => {
    const { actorId, place } = readRoute();
    if (actorId && actorId !== store.actor.id) actAs(actorId);
    if (place) session.goTo(placeFor(place));
  });
}

async function start() {
  applyTheme();
  while (!(await session.loadState())) {
    part("reconnecting").hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const { workspaceId, actorId, place } = readRoute();
  if (store.workspaces.some(({ id }) => id === workspaceId)) store.workspaceId = workspaceId;
  store.actorId = store.actors.some(({ id }) => id === actorId) ? actorId : store.actors[0].id;
  store.subscribe(draw);
  followKeys();
  followAddress();
  session.actAs(store.actorId);
  session.goTo(placeFor(place));
  drawWelcome(part("welcome"), store);
  startClock();
}

start();
