/** What a Discord message is to the shell, and its body. */

import { h, icon } from "../dom.js";
import { picture } from "../pictures.js";
import { covered, drawComponents, fileChip } from "./components.js";
import { drawEmbed } from "./embed.js";
import { markdown, plain } from "./markdown.js";

const THINKING = 1 << 7;
const SUPPRESS_EMBEDS = 1 << 2;
const REPLY = 19;
const ANSWER = 20;
const TALK = new Set([0, REPLY, ANSWER, 23]); // types of messages that somebody wrote
const NOTICES = { 6: "pinned a message to this channel.", 7: "joined the server.", 18: "started a thread:" };
const BOT_ROLE_NONE = "000000";

/**
 * @param {any} message native JSON
 * @param {any} workspace
 * @param {any} actor
 * @param {import("./markdown.js").Lookup} lookup
 * @returns {import("../platforms.js").Described}
 */
export function describe(message, workspace, actor, lookup) {
  const { author, embeds, components } = message;
  const person = workspace.people.find(({ id }) => id === message.user);
  const name = person?.shown ?? author?.global_name ?? author?.username ?? message.user;
  const isApp = Boolean(author?.bot ?? person?.is_bot);
  const role = workspace.roles?.find(
    ({ id, color }) => color !== BOT_ROLE_NONE && person?.roles?.includes(id),
  );
  return {
    id: message.ts,
    at: Date.parse(message.timestamp) / 1000,
    author: { id: message.user, name, isApp, color: person?.color, role: role && `#${role.color}` },
    isOwn: message.user === actor.id,
    isEdited: Boolean(message.edited_timestamp) && !message.content, // else it stands in the text
    isEphemeral: Boolean(message.ephemeral),
    isCard: isApp && (embeds?.length > 0 || components?.length > 0),
    isNotice: !TALK.has(message.type),
    isMention: mentions(message, actor),
    startsGroup: message.type === REPLY || message.type === ANSWER,
    thread: null,
    isInChannel: true,
    summary: summaryOf(message, lookup),
    canUnreact: true,
    reactions: (message.reactions ?? []).map(({ emoji, count }) => ({
      name: emoji.name ?? "",
      shown: emoji.id ? `:${emoji.name}:` : emoji.name,
      count,
      isMine: false,
      users: [],
    })),
  };
}

function mentions(message, { id, roles = [] }) {
  const isNamed = (message.mentions ?? []).some((one) => one.id === id);
  const hasRole = (message.mention_roles ?? []).some((role) => roles.includes(role));
  return message.user !== id && (isNamed || hasRole || Boolean(message.mention_everyone));
}

/** One line for screen readers and previews. */
export function summaryOf(message, lookup) {
  const { content, embeds = [], attachments = [], flags = 0 } = message;
  if (flags & THINKING) return "is thinking…";
  const first = embeds[0];
  const words =
    content ||
    first?.title ||
    first?.description ||
    firstText(message.components) ||
    attachments[0]?.filename ||
    "";
  return plain(words, lookup).slice(0, 200) || "sent a message";
}

function firstText(components = []) {
  for (const component of components) {
    const found = component.content || firstText(component.components);
    if (found) return found;
  }
  return "";
}

/** The body; a message that cannot be drawn says so, and the others are still shown. */
export function messageBody(message, surface) {
  try {
    return drawBody(message, surface);
  } catch (error) {
    console.error("A message could not be drawn", message, error);
    return h("div", { class: "body" }, h("p", { class: "unknown" }, "a message that cannot be drawn"));
  }
}

/** @param {any} message @param {import("./components.js").Surface & {openChannel: (id: string) => void}} surface */
function drawBody(message, surface) {
  const { content, embeds = [], components = [], attachments = [], flags = 0 } = message;
  if (flags & THINKING) return thinking(surface.lookup.userName(message.user) ?? "The app");
  const hasEmbeds = !(flags & SUPPRESS_EMBEDS) || message.author?.bot;
  const words = content && markdown(content, surface.lookup);
  const edited = message.edited_timestamp && h("span", { class: "edited" }, " (edited)");
  const notice = NOTICES[message.type];
  return h(
    "div",
    { class: "body" },
    notice && h("div", { class: "text" }, notice, " ", words),
    words && !notice && h("div", { class: `text ${isOnlyEmoji(content) ? "is-jumbo" : ""}` }, words, edited),
    files(attachments, embeds, components),
    hasEmbeds && embeds.map((embed) => drawEmbed(embed, surface.lookup)),
    drawComponents(components, surface),
    message.thread && threadBar(message.thread, surface.openChannel),
  );
}

const isOnlyEmoji = (text) =>
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic})*\s*){1,27}$/u.test(text);

const thinking = (name) =>
  h(
    "div",
    { class: "body" },
    h(
      "p",
      { class: "thinking", role: "status", "data-testid": "thinking" },
      h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      `${name} is thinking…`,
    ),
  );

/** Attachments that no embed and no component shows already. */
function files(attachments, embeds, components) {
  const shown = JSON.stringify([embeds, components]);
  const left = attachments.filter(({ url }) => !shown.includes(JSON.stringify(url)));
  return left.map((attachment) => {
    const { url, filename = "file", description, size, content_type: type } = attachment;
    const isPicture = type?.startsWith("image/");
    const drawn = isPicture
      ? h("div", { class: "attached-picture" }, picture(url, description ?? filename))
      : fileChip(url, filename, size);
    return filename.startsWith("SPOILER_") ? covered(drawn) : drawn;
  });
}

const threadBar = (thread, open) =>
  h(
    "button",
    { type: "button", class: "reply-bar", "data-testid": "replies", onclick: () => open(thread.id) },
    icon("thread"),
    h("strong", {}, thread.name ?? "Thread"),
    thread.message_count > 0 && h("span", { class: "muted" }, `${thread.message_count} messages`),
  );

/**
 * The line over the byline: the message that is answered, or who used which command.
 *
 * @param {any} message
 * @param {{nameOf: (user: any) => string, lookup: import("./markdown.js").Lookup, ran: string, show: (id: string) => void}} known
 */
export function above(message, { nameOf, lookup, ran, show }) {
  if (message.type === REPLY && message.message_reference) {
    const answered = message.referenced_message;
    if (!answered) return h("p", { class: "above" }, h("em", {}, "Original message was deleted"));
    return h(
      "button",
      {
        type: "button",
        class: "above",
        "data-testid": "reference",
        "aria-label": `Answers ${nameOf(answered.author)}: ${summaryOf(answered, lookup)}`,
        onclick: () => show(answered.id),
      },
      h("strong", {}, nameOf(answered.author)),
      h("span", {}, summaryOf(answered, lookup)),
    );
  }
  const { user, name } = message.interaction_metadata ?? {};
  if (message.type !== ANSWER || !user) return null;
  const command = message.interaction?.name ?? name ?? ran;
  return h(
    "p",
    { class: "above", "data-testid": "used" },
    h("strong", {}, nameOf(user)),
    h("span", {}, " used ", command ? h("b", { class: "used" }, command) : "a command"),
  );
}
