/** One workspace on screen: its channel, thread and composer, redrawn when its store changes. */

import { h, icon, reconcile } from "./dom.js";
import { Session } from "./session.js";
import { Composer } from "./shell/composer.js";
import { drawHeader } from "./shell/header.js";
import { MessageList } from "./shell/message_list.js";
import { drawSidebar } from "./shell/sidebar.js";
import { Store } from "./store.js";

/** Parts of a pane that have an id, so that the page can lead to them. */
const NAMED = { messages: "messages", composer: "composer", threadMessages: "thread-messages" };

export class Pane {
  /** Whom the person on screen is called where they are not known here. */
  absent = "";
  #isFollowing = false;
  /** Parts whose picture follows from little are redrawn only when that little has changed. */
  #drawn = new Map();

  /**
   * @param {any} workspace
   * @param {any[]} workspaces
   * @param {{onChange: () => void, announce: (words: string) => void, goneTo: () => void, openWorkspace: (id: string) => void}} frame
   */
  constructor(workspace, workspaces, frame) {
    this.id = workspace.id;
    this.frame = frame;
    this.store = new Store();
    this.store.workspaceId = workspace.id;
    this.store.setWorkspaces(workspaces);
    this.session = new Session(this.store, (message, channelId) => this.#announce(message, channelId), {
      showMessage: (id) => this.main.reveal(id),
      say: (words) => this.composer.complain(words),
    });
    this.sidebar = h("div", { class: "sidebar-part" });
    this.parts = {
      header: h("header", { class: "channel-header" }),
      welcome: h("div", { class: "welcome-place" }),
      home: h("div", { class: "home-view", "data-testid": "home", hidden: true }),
      view: h("div", { class: "channel-view" }),
      absent: h("div", { class: "absent", "data-testid": "absent", hidden: true }),
      messages: h("div", { class: "scroller", tabindex: -1 }),
      composer: h("div", { class: "composer" }),
      thread: h("aside", {
        class: "thread-pane",
        "aria-label": "Thread",
        "data-testid": "thread-pane",
        hidden: true,
      }),
      threadMessages: h("div", { class: "scroller", tabindex: -1 }),
      threadComposer: h("div", { class: "composer" }),
    };
    this.root = this.#assembled(workspace);
    this.#fill();
    this.store.subscribe(frame.onChange);
    this.actions = {
      goTo: (place) => {
        frame.goneTo();
        this.session.goTo(place);
      },
      openDm: (id) => this.session.openDm(id),
      openAppMessages: (app) => this.session.openDm(app.bot_user_id),
      openWorkspace: frame.openWorkspace,
    };
  }

  #assembled({ platform, name }) {
    const { header, welcome, home, view, absent, messages, composer, thread, ...rest } = this.parts;
    view.append(messages, composer);
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Close thread",
        "data-testid": "thread-close",
        onclick: () => this.store.update({ thread: null }),
      },
      icon("close"),
    );
    thread.append(
      h("header", { class: "thread-head" }, h("h2", {}, "Thread"), close),
      rest.threadMessages,
      rest.threadComposer,
    );
    return h(
      "section",
      {
        class: "pane",
        "aria-label": `${name} on ${platform}`,
        "data-platform": platform,
        "data-testid": `pane-${platform}`,
      },
      h("div", { class: "pane-main" }, header, welcome, absent, home, view),
      thread,
    );
  }

  #fill() {
    const { store, session } = this;
    const shared = {
      store,
      platform: () => session.platform,
      react: (channelId, id, name) => session.react(channelId, id, name),
    };
    this.main = new MessageList(this.parts.messages, {
      ...shared,
      testid: "new-messages",
      openThread: (id) => this.#openThread(id),
      reply: (said) => this.composer.replyTo(said),
      onSeen: () => store.place.kind === "channel" && store.markRead(store.place.id),
    });
    this.thread = new MessageList(this.parts.threadMessages, { ...shared, testid: "new-thread-messages" });
    this.composer = new Composer(this.parts.composer, {
      store,
      testid: "composer",
      platform: () => session.platform,
      send: (text, replyTo) => session.send(store.place.id, text, replyTo ? { reply_to: replyTo } : {}),
    });
    this.threadComposer = new Composer(this.parts.threadComposer, {
      store,
      testid: "thread-composer",
      platform: () => session.platform,
      send: (text) => session.send(store.place.id, text, { thread_ts: store.thread }),
    });
  }

  #openThread(id) {
    this.store.update({ thread: id });
    requestAnimationFrame(() => this.threadComposer.focus());
  }

  /** The first pane has the page's ids, another one has its platform in them. */
  name(isFirst) {
    const tail = isFirst ? "" : `-${this.id}`;
    for (const [part, id] of Object.entries(NAMED)) this.parts[part].id = `${id}${tail}`;
    this.composer.name(tail);
    this.threadComposer.name(tail);
  }

  /** Shows what this person sees; somebody who is not here sees nothing. */
  enter(person, place, calledElsewhere) {
    this.absent = person ? "" : calledElsewhere;
    if (!person) {
      this.leave();
      this.store.update();
      return;
    }
    if (!this.#isFollowing || person.id !== this.store.actor.id) this.session.actAs(person.id);
    this.#isFollowing = true;
    this.session.goTo(this.#placeFor(place ?? this.store.place));
  }

  /** Out of sight: no events are followed, nothing is kept. */
  leave() {
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    this.session.stop();
    this.main.clear();
    this.thread.clear();
  }

  /** The wanted place if the person may see it, else their first channel. */
  #placeFor(wanted) {
    const { store } = this;
    const isApp =
      wanted?.kind === "home" &&
      this.session.platform.home &&
      store.workspace.apps.some(({ id }) => id === wanted.id);
    const isChannel = wanted?.kind === "channel" && store.visibleChannels.some(({ id }) => id === wanted.id);
    if (isApp || isChannel) return wanted;
    const first =
      store.visibleChannels.find((channel) => store.isMember(channel)) ?? store.visibleChannels[0];
    return { kind: "channel", id: first?.id ?? "" };
  }

  #redraw(name, inputs, draw) {
    const signature = JSON.stringify(inputs);
    if (this.#drawn.get(name) === signature) return;
    this.#drawn.set(name, signature);
    draw();
  }

  /** Messages of others that the person has not looked at. */
  get unread() {
    if (!this.#isFollowing) return [];
    return this.store.visibleChannels.map((channel) => [channel.id, this.store.unreadCount(channel)]);
  }

  draw(isSplit) {
    const { store, parts, session } = this;
    const isHere = !this.absent;
    parts.absent.hidden = isHere;
    parts.header.hidden = !isHere;
    this.sidebar.hidden = !isHere;
    parts.home.hidden = parts.view.hidden = parts.thread.hidden = true;
    if (!isHere) {
      this.#drawAbsent();
      return;
    }
    const { workspace, workspaces, actor, place } = store;
    const hasHome = Boolean(session.platform.home);
    this.#redraw("sidebar", [workspaces, actor.id, place, this.unread, isSplit], () =>
      drawSidebar(this.sidebar, store, { ...this.actions, hasHome, isSplit }),
    );
    this.#redraw("header", [workspace, actor.id, place, isSplit], () =>
      drawHeader(parts.header, store, { ...this.actions, hasHome, isSplit }),
    );
    this.#redraw("home", [actor.id, place, store.homeView], () => this.#drawHome());
    parts.home.hidden = place.kind !== "home";
    parts.view.hidden = place.kind !== "channel";
    this.#drawChannel(place.kind === "channel" ? store.channel(place.id) : undefined);
  }

  #drawAbsent() {
    const { platform, name } = this.store.workspace;
    this.#drawn.clear();
    this.parts.absent.replaceChildren(
      h("strong", {}, `${this.absent} is not in ${name} on ${platform === "discord" ? "Discord" : "Slack"}.`),
      h("span", {}, "Act as somebody who is, at the top."),
    );
  }

  #drawChannel(channel) {
    const { store, parts } = this;
    const hasThread = Boolean(channel && store.thread);
    parts.thread.hidden = !hasThread;
    if (!hasThread) this.thread.clear();
    if (!channel) {
      this.main.clear();
      return;
    }
    const messages = store.messagesIn(channel.id);
    const title =
      channel.kind === "dm" || channel.kind === "mpim" ? store.title(channel) : `#${store.title(channel)}`;
    const closed = this.#whyClosed(channel);
    const start = `This is the very beginning of ${title}.`;
    this.main.draw(channel, messages, (said) => said.isInChannel, start);
    this.composer.draw(`${store.actor.id} ${channel.id}`, `Message ${title}`, closed);
    if (!hasThread) return;
    this.thread.draw(channel, messages, (said) => said.id === store.thread || said.thread === store.thread);
    this.threadComposer.draw(`${store.actor.id} ${channel.id} ${store.thread}`, "Reply…", closed);
  }

  #whyClosed(channel) {
    if (channel.archived && !channel.parent) return "This channel is archived.";
    const { store } = this;
    return store.isMember(channel) ? "" : `${store.actor.shown} is not a member of #${channel.name}.`;
  }

  #drawHome() {
    const { store, session, parts } = this;
    const view = store.place.kind === "home" && store.homeView;
    reconcile(parts.home, [
      view ? session.platform.home?.(view) : h("p", { class: "empty" }, "This app shows nothing here yet."),
    ]);
  }

  /** Tells a screen reader of a message by somebody else in the channel on screen. */
  #announce(message, channelId) {
    const said = this.session.platform.describe(message);
    if (channelId !== this.store.place.id || said.isOwn) return;
    this.frame.announce(`${said.author.name}: ${said.summary}`);
  }
}
