/** One person's session: fetches what they may see, follows their events, and performs what they do. */

import { api, followEvents } from "./api.js";
import { setServerTime } from "./clock.js";
import { PLATFORMS } from "./platforms.js";

const SETTLE_FOR = 80; // milliseconds

export class Session {
  #stopEvents = () => {};
  #catchUpTimer = 0;
  /** @type {import("./platforms.js").Platform | null} */
  #platform = null;
  /** @type {Map<string, any[]>} channel -> events that came while its messages were being fetched */
  #waiting = new Map();

  /**
   * @param {import("./store.js").Store} store
   * @param {(message: any, channelId: string) => void} onNewMessage
   * @param {{showMessage: (id: string) => void, say: (words: string) => void}} lent by the pane
   */
  constructor(store, onNewMessage, lent) {
    this.store = store;
    this.onNewMessage = onNewMessage;
    this.lent = lent;
  }

  /** Fetches the workspaces; until they are there nothing else can be shown. */
  async loadState() {
    const answer = await api.state();
    if (!answer.ok && !answer.workspaces) return false;
    setServerTime(answer.now);
    this.store.setWorkspaces(answer.workspaces);
    return true;
  }

  /** The renderer of the workspace. */
  get platform() {
    this.#platform ??= PLATFORMS[this.store.workspace.platform](this.#lent());
    return this.#platform;
  }

  #lent() {
    return {
      workspace: () => this.store.workspace,
      actor: () => this.store.actor,
      act: (action) => api.act({ as: this.store.actor.id, ...action }),
      refreshViews: () => this.refreshViews(),
      openChannel: (id) => this.store.channel(id) && this.goTo({ kind: "channel", id }),
      openPerson: (id) => id !== this.store.actor.id && this.openDm(id),
      showMessage: (id) => this.lent.showMessage(id),
      redraw: (id) => this.#redraw(id),
      say: (words) => this.lent.say(words),
    };
  }

  /** Becomes somebody: forgets the other's messages and follows their events. */
  actAs(personId) {
    this.#stopEvents();
    this.store.messages.clear();
    this.store.update({ actorId: personId, thread: null, homeView: null });
    this.store.update({ newAfter: this.store.readMark(this.store.place.id) });
    this.#stopEvents = followEvents(personId, {
      onEvent: (event) => this.#receive(event),
      onOpen: () => this.#catchUp(),
      onLost: () => this.store.update({ isConnected: false }),
    });
  }

  /** Follows nobody: the workspace is out of sight. */
  stop() {
    this.#stopEvents();
    clearTimeout(this.#catchUpTimer);
    this.store.messages.clear();
    this.#platform?.showViews([]);
  }

  /** After every (re)connection: everything may have changed in between. */
  async #catchUp() {
    this.store.update({ isConnected: true });
    await this.loadState();
    const channels = this.store.visibleChannels.map(({ id }) => this.fetchMessages(id));
    await Promise.all([...channels, this.refreshViews(), this.refreshHome()]);
  }

  /** Fetches a channel; events that arrive meanwhile are applied on top, so none is lost. */
  async fetchMessages(channelId) {
    const as = this.store.actor.id;
    const waiting = [];
    this.#waiting.set(channelId, waiting);
    const answer = await api.messages(channelId, as);
    if (this.#waiting.get(channelId) === waiting) this.#waiting.delete(channelId);
    if (as !== this.store.actor.id || !answer.messages) return;
    this.store.putMessages(channelId, answer.messages);
    for (const event of waiting) this.#apply(event);
  }

  async refreshViews() {
    const as = this.store.actor.id;
    const answer = await api.views(as);
    if (answer.views && as === this.store.actor.id) this.platform.showViews(answer.views);
  }

  async refreshHome() {
    if (this.store.place.kind !== "home" || !this.platform.home) return;
    const { actor, place } = this.store;
    const answer = await api.home(actor.id, place.id);
    if (actor.id === this.store.actor.id && place.id === this.store.place.id)
      this.store.update({ homeView: answer.view ?? null });
  }

  #receive(event) {
    this.#waiting.get(event.channel)?.push(event);
    this.#apply(event);
  }

  #apply(event) {
    const { type, channel, message, ts } = event;
    if (type.startsWith("view_")) this.refreshViews();
    else if (type === "home") this.#showHome(event.view);
    else if (type === "state") this.#catchUpSoon();
    else if (type.endsWith("_deleted")) this.store.dropMessage(channel, ts ?? message?.ts);
    else if (message) this.#put(channel, message);
  }

  #showHome(view) {
    const { place } = this.store;
    if (place.kind === "home" && (view?.app_id ?? place.id) === place.id)
      this.store.update({ homeView: view });
  }

  /** The workspace has changed, maybe begun again: one look for a burst of such news. */
  #catchUpSoon() {
    clearTimeout(this.#catchUpTimer);
    this.#catchUpTimer = setTimeout(() => this.#catchUp(), SETTLE_FOR);
  }

  #put(channelId, message) {
    const isNew = !this.store.messages.get(channelId)?.has(message.ts);
    this.store.putMessage(channelId, message);
    if (isNew) this.onNewMessage(message, channelId);
  }

  /** The message as a new object: lists draw it again. */
  #redraw(id) {
    const { place, messages } = this.store;
    const known = messages.get(place.id)?.get(id);
    if (known) this.store.putMessage(place.id, { ...known, drawn_again: true });
  }

  /** @param {import("./store.js").Place} place */
  goTo(place) {
    const isSame = place.kind === this.store.place.kind && place.id === this.store.place.id;
    if (!isSame) {
      const newAfter = place.kind === "channel" ? this.store.readMark(place.id) : "";
      this.store.update({ place, thread: null, homeView: null, newAfter });
    }
    if (place.kind === "home") this.refreshHome();
  }

  async openDm(personId) {
    const answer = await api.openDm(this.store.actor.id, personId);
    if (!answer.channel) return answer;
    await this.loadState();
    await this.fetchMessages(answer.channel.id);
    this.goTo({ kind: "channel", id: answer.channel.id });
    return answer;
  }

  /**
   * Sends what was typed: a command when it starts with a slash.
   *
   * @param {string} channel
   * @param {string} text
   * @param {{thread_ts?: string | null, reply_to?: string}} [where]
   */
  async send(channel, text, where = {}) {
    const isCommand = text.startsWith("/");
    const wire = isCommand ? text : this.platform.outgoing(text, this.store.workspace.people);
    const answer = await api.send({ as: this.store.actor.id, channel, text: wire, ...where });
    if (isCommand) this.platform.ran?.(text.slice(1), answer);
    return answer;
  }

  react(channel, messageId, name) {
    return this.platform.react
      ? this.platform.react(messageId, name)
      : api.react(this.store.actor.id, channel, messageId, name);
  }
}
