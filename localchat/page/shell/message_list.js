/** A scrolling list of messages that keeps its rows, its place and its reader's focus while it changes. */

import { dayNumber, daysFromToday, longDate } from "../clock.js";
import { h, reconcile } from "../dom.js";
import { messageRow } from "./message_row.js";

const GROUP_WITHIN = 300; // seconds between messages that share one byline
const AT_BOTTOM = 40; // pixels from the end that still count as the end

export class MessageList {
  /** @type {Map<string, {message: any, around: string, node: HTMLElement}>} */
  #rows = new Map();
  /** @type {WeakMap<any, {message: any, said: import("../platforms.js").Described, day: number}>} */
  #described = new WeakMap();
  #surface = ""; // whose list of what: another one starts at the end
  #unseen = 0;

  /**
   * @param {HTMLElement} root the scrolling element
   * @param {object} options
   * @param {import("../store.js").Store} options.store
   * @param {() => import("../platforms.js").Platform} options.platform
   * @param {(channelId: string, id: string, name: string) => void} options.react
   * @param {string} options.testid of the pill that tells of new messages
   * @param {(id: string) => void} [options.openThread] absent where messages are replies
   * @param {(said: import("../platforms.js").Described) => void} [options.reply] begins a reply in the channel
   * @param {() => void} [options.onSeen] the end of the list has been looked at
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.list = h("ol", { class: "messages", "aria-label": "Messages" });
    this.pill = h("button", {
      type: "button",
      class: "new-pill",
      hidden: true,
      "data-testid": options.testid,
      onclick: () => this.scrollToEnd(),
    });
    root.append(this.list, this.pill);
    root.addEventListener("scroll", () => this.#isAtEnd() && this.#seen(), { passive: true });
    new ResizeObserver(() => this.#sticks && this.scrollToEnd()).observe(this.list);
    new ResizeObserver(() => this.#sticks && this.scrollToEnd()).observe(root);
  }

  #sticks = true; // the reader is at the end and stays there while the list grows

  #isAtEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < AT_BOTTOM;
  }

  #seen() {
    this.#sticks = true;
    this.#unseen = 0;
    this.pill.hidden = true;
    if (document.visibilityState === "visible") this.options.onSeen?.();
  }

  scrollToEnd() {
    this.root.scrollTop = this.root.scrollHeight;
    this.#seen();
  }

  /** Scrolls to a message and points it out. */
  reveal(id) {
    const row = this.#rows.get(id)?.node;
    row?.scrollIntoView({ block: "center" });
    row?.classList.add("is-pointed-at");
    setTimeout(() => row?.classList.remove("is-pointed-at"), 1500);
  }

  /** Shows nothing, so that a list out of sight keeps no second copy of a message. */
  clear() {
    this.#surface = "";
    this.#rows.clear();
    this.list.replaceChildren();
  }

  /**
   * Draws the messages of a channel.
   *
   * @param {any} channel
   * @param {any[]} messages native, oldest first, all of the channel's
   * @param {(said: import("../platforms.js").Described) => boolean} belongs which of them this list shows
   * @param {string} [introduction] what an empty list says
   */
  draw(channel, messages, belongs, introduction = "No messages yet.") {
    const { store } = this.options;
    const surface = `${store.actor.id} ${channel.id} ${store.thread && !this.options.openThread ? store.thread : ""}`;
    const isOther = surface !== this.#surface;
    if (isOther) {
      this.#rows.clear();
      this.#described = new WeakMap();
    }
    this.#surface = surface;
    this.#sticks = isOther || this.#isAtEnd();

    const described = messages.map((message) => this.#describe(message));
    const replies = repliesByThread(described);
    const shown = described.filter(({ said }) => belongs(said));
    const before = new Set(this.#rows.keys());
    const nodes = this.#nodes(channel, shown, replies);
    reconcile(this.list, nodes.length ? nodes : [h("li", { class: "empty" }, introduction)]);

    const fresh = shown.filter(({ said }) => !before.has(said.id));
    const isFresh = (test) => !isOther && fresh.some(({ said }) => test(said));
    if (this.#sticks || isFresh((said) => said.isOwn)) this.scrollToEnd();
    else if (isFresh(() => true)) this.#announceBelow(fresh.length);
  }

  /** What a message is, worked out once for each of its versions. */
  #describe(message) {
    if (!this.#described.has(message)) {
      const said = this.options.platform().describe(message);
      this.#described.set(message, { message, said, day: dayNumber(said.at, this.options.store.actor.tz) });
    }
    return this.#described.get(message);
  }

  #announceBelow(count) {
    this.#unseen += count;
    this.pill.textContent = `${this.#unseen} new message${this.#unseen === 1 ? "" : "s"} ↓`;
    this.pill.hidden = false;
  }

  #nodes(channel, shown, replies) {
    const { store } = this.options;
    const nodes = [];
    const rows = new Map();
    let previous = null;
    let isNewDrawn = !store.newAfter || !this.options.openThread;
    let today = NaN;
    for (const { message, said, day } of shown) {
      const isNextDay = day !== today;
      today = day;
      if (isNextDay) nodes.push(dayDivider(said.at, store.actor.tz));
      const startsNew = !isNewDrawn && said.id > store.newAfter && !said.isOwn;
      if (startsNew) {
        isNewDrawn = true;
        nodes.push(h("li", { class: "divider is-new", "data-testid": "new-divider" }, h("span", {}, "New")));
      }
      const isGrouped = !isNextDay && !startsNew && follows(said, previous);
      const row = this.#row(channel, message, said, isGrouped, replies.get(said.id) ?? null);
      rows.set(said.id, row);
      nodes.push(row.node);
      previous = said;
    }
    this.#rows = rows;
    return nodes;
  }

  /** The row from before when nothing about it has changed, so that it keeps its state. */
  #row(channel, message, said, isGrouped, replies) {
    const { store, platform, react, openThread, reply } = this.options;
    const around = JSON.stringify([isGrouped, replies]);
    const known = this.#rows.get(said.id);
    if (known?.around === around && isSame(known.message, message)) return known;
    const people = (replies?.authors ?? []).map((id) => store.person(id)).filter(Boolean);
    const { words, above, menu, dismiss, hasThreads = true } = platform();
    const node = messageRow({
      said,
      body: platform().body(message, channel.id),
      above: above?.(message) ?? null,
      words,
      zone: store.actor.tz,
      isGrouped,
      replies: openThread && replies ? { ...replies, people } : null,
      nameOf: (id) => store.person(id)?.shown ?? id,
      actions: {
        react: (name) => react(channel.id, said.id, name),
        openThread: openThread && hasThreads ? () => openThread(said.thread ?? said.id) : null,
        reply: reply && !hasThreads ? () => reply(said) : null,
        menu: menu ? () => menu(message, channel.id) : null,
        dismiss: () => {
          store.dismiss(channel.id, said.id);
          dismiss?.(said.id);
        },
      },
    });
    return { message, around, node };
  }
}

const isSame = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

function follows(said, previous) {
  return (
    previous !== null &&
    previous.author.id === said.author.id &&
    previous.author.name === said.author.name &&
    said.at - previous.at < GROUP_WITHIN &&
    previous.isEphemeral === said.isEphemeral &&
    !said.startsGroup &&
    ![said, previous].some(({ isNotice, isCard }) => isNotice || isCard)
  );
}

/** thread -> how many replies, when the last came, and who wrote them. */
function repliesByThread(described) {
  const threads = new Map();
  for (const { said } of described) {
    if (!said.thread || said.isEphemeral) continue;
    const thread = threads.get(said.thread) ?? { count: 0, last: 0, authors: [] };
    thread.count += 1;
    thread.last = said.at;
    if (!thread.authors.includes(said.author.id)) thread.authors.push(said.author.id);
    threads.set(said.thread, thread);
  }
  return threads;
}

function dayDivider(at, zone) {
  const day = daysFromToday(at, zone);
  const words = { 0: "Today", "-1": "Yesterday" }[day] ?? longDate(at, zone, Math.abs(day) > 180);
  return h("li", { class: "divider" }, h("span", {}, words));
}
