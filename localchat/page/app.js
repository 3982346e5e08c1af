/** Puts the page together: a pane for each workspace, and the frame around those on screen. */

import { api } from "./api.js";
import { setServerTime, startClock } from "./clock.js";
import { reconcile } from "./dom.js";
import { Pane } from "./pane.js";
import { readRoute, writeRoute } from "./route.js";
import { drawRail } from "./shell/rail.js";
import { applyTheme } from "./shell/theme.js";
import { drawTopbar } from "./shell/topbar.js";
import { drawWelcome } from "./shell/welcome.js";

const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const WIDE = window.matchMedia("(min-width: 1200px)");

/** @type {Map<string, Pane>} workspace -> its pane */
const panes = new Map();
/** The workspaces that are wanted: one, or two side by side where there is room. */
let wanted = { firstId: "", secondId: "", aloneId: "" };
/** Who is played: people who are in both workspaces are told by their names. */
let person = { id: "", name: "", shown: "" };

const shownPanes = () => {
  const ids = isSplit() ? [wanted.firstId, wanted.secondId] : [wanted.aloneId];
  return ids.map((id) => /** @type {Pane} */ (panes.get(id)));
};
const isSplit = () => Boolean(wanted.secondId) && WIDE.matches;

const frame = {
  onChange: () => draw(),
  announce: (words) => {
    part("announcer").textContent = words;
  },
  goneTo: () => document.body.classList.remove("sidebar-open"),
  openWorkspace: (id) => {
    wanted = { firstId: id, secondId: "", aloneId: id };
    arrange();
  },
};

const toggleSidebar = () => document.body.classList.toggle("sidebar-open");

/** Two workspaces next to each other, the first platform's on the left; or the one from before. */
function toggleSplit() {
  if (wanted.secondId) {
    frame.openWorkspace(wanted.aloneId);
    return;
  }
  const [other] = partners(wanted.aloneId);
  const order = [...panes.keys()].filter((id) => id === wanted.aloneId || id === other);
  wanted = { firstId: order[0], secondId: order[1], aloneId: wanted.aloneId };
  arrange(order.map((id) => namesake(panes.get(id))));
}

/** In a pane that was not yet on screen, the channel called like the one that is. */
function namesake(pane) {
  if (pane.store.place.id) return undefined;
  const { store } = /** @type {Pane} */ (panes.get(wanted.aloneId));
  const name = store.place.kind === "channel" && store.channel(store.place.id)?.name;
  const found = pane.store.workspace.channels.find((channel) => channel.name && channel.name === name);
  return found && { kind: "channel", id: found.id };
}

/** Workspaces on another platform than this one's. */
const partners = (id) =>
  [...panes.values()].filter((pane) => platformOf(pane.id) !== platformOf(id)).map((pane) => pane.id);
const platformOf = (id) => panes.get(id)?.store.workspace.platform;

/** Who this is in a workspace: the same id, else the same name. */
const counterpart = (pane, { id, name, shown }) =>
  pane.store.actors.find((one) => one.id === id) ??
  pane.store.actors.find((one) => one.name === name) ??
  pane.store.actors.find((one) => one.shown === shown);

function actAs(id) {
  const found = [...panes.values()]
    .map((pane) => pane.store.actors.find((one) => one.id === id))
    .find(Boolean);
  if (found) person = found;
  arrange();
  drawWelcome(shownPanes()[0].parts.welcome, person);
}

/** Puts the wanted panes on screen, as the person sees them. @param {(any | undefined)[]} [places] */
function arrange(places = []) {
  const shown = shownPanes();
  if (shown.length === 1 && !counterpart(shown[0], person)) person = shown[0].store.actors[0];
  for (const pane of panes.values()) if (!shown.includes(pane)) pane.leave();
  shown.forEach((pane, index) => {
    pane.name(index === 0);
    pane.enter(counterpart(pane, person), places[index], person.shown);
  });
  reconcile(
    part("panes"),
    shown.map(({ root }) => root),
  );
  reconcile(
    part("sidebar"),
    shown.map(({ sidebar }) => sidebar),
  );
  document.body.classList.toggle("is-split", isSplit());
  document.body.dataset.platform = isSplit() ? "both" : platformOf(wanted.aloneId);
  draw();
}

const drawn = new Map();
function redraw(name, inputs, drawPart) {
  const signature = JSON.stringify(inputs);
  if (drawn.get(name) === signature) return;
  drawn.set(name, signature);
  drawPart();
}

let isDrawing = false;
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  const shown = shownPanes();
  for (const pane of shown) pane.draw(isSplit());
  drawFrame(shown);
  isDrawing = false;
}

function drawFrame(shown) {
  const [first, second] = shown;
  const here = first.absent ? second : first;
  const actor = counterpart(here, person) ?? here.store.actor;
  const actors = allActors(shown);
  redraw("topbar", [actors, actor.id], () =>
    drawTopbar(part("topbar"), { actor, actors }, { actAs, toggleSidebar }),
  );
  const unread = new Map(shown.map((pane) => [pane.id, sum(pane.unread)]));
  const spaces = first.store.workspaces;
  const canSplit = WIDE.matches && partners(wanted.aloneId).length > 0;
  redraw(
    "rail",
    [spaces.map(({ id, name }) => [id, name]), shown.map(({ id }) => id), [...unread], canSplit],
    () =>
      drawRail(
        part("rail"),
        { spaces, currentIds: shown.map(({ id }) => id), unread, canSplit, isSplit: isSplit() },
        { openWorkspace: frame.openWorkspace, toggleSplit },
      ),
  );
  part("reconnecting").hidden = shown.every(({ store, absent }) => absent || store.isConnected);
  const total = [...unread.values()].reduce((whole, count) => whole + count, 0);
  document.title = `${total ? `(${total}) ` : ""}${here.store.workspace.name} · localchat`;
  writeRoute(actor.id, first.store, second?.store);
}

const sum = (unread) => unread.reduce((whole, [, count]) => whole + Number(count), 0);

/** Everybody who can be played: the first workspace's people, and those whom only the second knows. */
function allActors([first, second]) {
  const { actors } = first.store;
  if (!second) return actors;
  const isNew = (one) => !actors.some(({ name, shown }) => name === one.name || shown === one.shown);
  return [...actors, ...second.store.actors.filter(isNew)];
}

/** Goes where the address says. */
function follow() {
  const { actorId, first, second } = readRoute();
  const firstId = panes.has(first.id) ? first.id : wanted.aloneId;
  const secondId = second && second.id !== firstId && panes.has(second.id) ? second.id : "";
  const isKept = secondId && [firstId, secondId].includes(wanted.aloneId);
  wanted = { firstId, secondId, aloneId: isKept ? wanted.aloneId : firstId };
  const owners = [panes.get(firstId), ...panes.values()];
  const known = owners.map((pane) => pane?.store.actors.find(({ id }) => id === actorId)).find(Boolean);
  person = known ?? (person.id ? person : panes.get(firstId)?.store.actors[0]);
  const places = isSplit() || wanted.aloneId === firstId ? [first.place, second?.place] : [second?.place];
  arrange(places);
}

function followKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open], [popover]")) return;
    document.body.classList.remove("sidebar-open");
    for (const { store } of shownPanes()) if (store.thread) store.update({ thread: null });
  });
  part("sidebar-shade").addEventListener("click", toggleSidebar);
  document.addEventListener("visibilitychange", () => shownPanes().forEach(({ store }) => store.update()));
  window.addEventListener("popstate", follow);
  WIDE.addEventListener("change", () => arrange());
}

async function start() {
  applyTheme();
  let state = await api.state();
  while (!state.workspaces?.length) {
    part("reconnecting").hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    state = await api.state();
  }
  setServerTime(state.now);
  for (const space of state.workspaces) panes.set(space.id, new Pane(space, state.workspaces, frame));
  wanted.aloneId = state.workspaces[0].id;
  const isFirstLook = !location.hash;
  follow();
  if (isFirstLook && WIDE.matches && partners(wanted.aloneId).length) toggleSplit();
  followKeys();
  drawWelcome(shownPanes()[0].parts.welcome, person);
  startClock();
}

start();
