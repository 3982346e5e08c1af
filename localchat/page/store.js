/** What the page knows, and what follows from it. Every change goes through `update`. */

const READ_MARKS = "localchat.read";
const HIDDEN_FRAME = 100; // milliseconds: a tab in the background has no frames of its own

/** @typedef {{kind: "channel", id: string} | {kind: "home", id: string}} Place */

export class Store {
  workspaces = [];
  workspaceId = "";
  actorId = "";
  /** @type {Place} */
  place = { kind: "channel", id: "" };
  /** @type {string | null} the message whose thread is open */
  thread = null;
  /** @type {Map<string, Map<string, any>>} channel -> id -> message, for the person on screen */
  messages = new Map();
  /** @type {any} the app's Home tab, when it is the place */
  homeView = null;
  isConnected = true;
  /** Ids up to which a channel had been read when it was entered: where "New" is drawn. */
  newAfter = "";

  #listeners = [];
  #isScheduled = false;
  #readMarks = JSON.parse(localStorage.getItem(READ_MARKS) ?? "{}");
  #dismissed = new Set();
  /** @type {WeakMap<Map<string, any>, any[]>} a channel's messages -> the same in order */
  #sorted = new WeakMap();

  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** Applies changes and lets every part redraw, once a frame however many changes there are. */
  update(changes = {}) {
    Object.assign(this, changes);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const redraw = () => {
      this.#isScheduled = false;
      for (const listener of this.#listeners) listener(this);
    };
    if (document.hidden) setTimeout(redraw, HIDDEN_FRAME);
    else requestAnimationFrame(redraw);
  }

  setWorkspaces(workspaces) {
    const shown = (person) => ({ ...person, shown: person.real_name || person.name });
    const named = workspaces.map((space) => ({ ...space, people: space.people.map(shown) }));
    this.update({ workspaces: named, workspaceId: this.workspaceId || named[0].id });
  }

  get workspace() {
    return this.workspaces.find(({ id }) => id === this.workspaceId) ?? this.workspaces[0];
  }

  /** The people whom a visitor can play. */
  get actors() {
    return this.workspace.people.filter((person) => !person.is_bot && !person.deleted);
  }

  get actor() {
    return this.actors.find(({ id }) => id === this.actorId) ?? this.actors[0];
  }

  person(id) {
    return this.workspace.people.find((person) => person.id === id);
  }

  channel(id) {
    return this.workspace.channels.find((channel) => channel.id === id);
  }

  /** The channels the person may see; direct messages only with themselves in them. */
  get visibleChannels() {
    const isInside = this.actor.is_member !== false;
    return this.workspace.channels.filter(
      (channel) => (isInside && channel.kind === "channel") || this.isMember(channel),
    );
  }

  isMember(channel) {
    return channel.members.includes(this.actor.id);
  }

  /** The app whose bot is the other side of a direct message, if one is. */
  appOf(channel) {
    if (channel?.kind !== "dm") return undefined;
    return this.workspace.apps.find((app) => channel.members.includes(app.bot_user_id));
  }

  /** What the person calls the channel: its name, or the others' names. */
  title(channel) {
    if (channel.kind === "channel" || channel.kind === "private") return channel.name;
    const others = channel.members
      .filter((id) => id !== this.actor.id)
      .map((id) => this.person(id)?.shown ?? id);
    return others.join(", ") || `${this.actor.shown} (you)`;
  }

  /** Messages of a channel, oldest first, without the ephemerals that were dismissed. */
  messagesIn(channelId) {
    const known = this.messages.get(channelId);
    if (!known) return [];
    if (!this.#sorted.has(known)) {
      const kept = [...known.values()].filter(
        ({ ts }) => !this.#dismissed.has(`${this.actor.id} ${channelId} ${ts}`),
      );
      this.#sorted.set(
        known,
        kept.sort((a, b) => (a.ts < b.ts ? -1 : 1)),
      );
    }
    return this.#sorted.get(known);
  }

  /** The channel's messages have changed. */
  #touch(channelId) {
    this.#sorted.delete(this.messages.get(channelId));
    this.update();
  }

  dismiss(channelId, messageId) {
    this.#dismissed.add(`${this.actor.id} ${channelId} ${messageId}`);
    this.#touch(channelId);
  }

  putMessages(channelId, messages) {
    this.messages.set(channelId, new Map(messages.map((message) => [message.ts, message])));
    this.update();
  }

  putMessage(channelId, message) {
    if (!this.messages.has(channelId)) this.messages.set(channelId, new Map());
    this.messages.get(channelId)?.set(message.ts, message);
    this.#touch(channelId);
  }

  dropMessage(channelId, messageId) {
    this.messages.get(channelId)?.delete(messageId);
    this.#touch(channelId);
  }

  /** The id of the last message the person has seen in a channel. */
  readMark(channelId) {
    return this.#readMarks[this.actor.id]?.[channelId] ?? "";
  }

  markRead(channelId) {
    const last = this.messagesIn(channelId).at(-1)?.ts;
    if (!last || last <= this.readMark(channelId)) return;
    this.#readMarks = JSON.parse(localStorage.getItem(READ_MARKS) ?? "{}"); // another pane writes too
    (this.#readMarks[this.actor.id] ??= {})[channelId] = last;
    localStorage.setItem(READ_MARKS, JSON.stringify(this.#readMarks));
    this.update();
  }

  /** How many messages of others came since the person last looked. */
  unreadCount(channel) {
    if (!this.isMember(channel)) return 0;
    const mark = this.readMark(channel.id);
    return this.messagesIn(channel.id).filter(
      (message) => message.ts > mark && message.user !== this.actor.id,
    ).length;
  }
}
