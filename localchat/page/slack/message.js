/** What a Slack message is to the shell: who said it, when, in which thread, and its body. */

import { h, link } from "../dom.js";
import { emoji } from "../emoji.js";
import { picture } from "../pictures.js";
import { table } from "../table.js";
import { renderBlocks } from "./blocks.js";
import { fileAddress } from "./images.js";
import { mrkdwn, plainText } from "./mrkdwn.js";

/** @typedef {import("../platforms.js").Described} Described */

const NOTICES = new Set([
  "channel_join",
  "channel_leave",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
]);

/**
 * @param {any} message native JSON
 * @param {{id: string, shown: string, color?: string, is_bot?: boolean}[]} people
 * @param {string} actor
 * @returns {Described}
 */
export function describe(message, people, actor) {
  const person = people.find(({ id }) => id === message.user);
  const isApp = Boolean(
    message.bot_id || message.bot_profile || message.subtype === "bot_message" || person?.is_bot,
  );
  const id = message.user ?? message.bot_id ?? "unknown";
  const name = message.username ?? message.bot_profile?.name ?? person?.shown ?? id;
  return {
    id: message.ts,
    at: Number(message.ts),
    author: { id, name, isApp, color: person?.color },
    isOwn: id === actor,
    isEdited: Boolean(message.edited),
    isEphemeral: Boolean(message.ephemeral ?? message.is_ephemeral),
    isCard: message.blocks?.length > 0 && isApp,
    isNotice: NOTICES.has(message.subtype),
    thread: message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : null,
    isInChannel:
      !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast",
    summary: summaryOf(message),
    reactions: (message.reactions ?? []).map(({ name: code, users = [], count }) => ({
      name: code,
      shown: emoji(code) ?? `:${code}:`,
      count: count ?? users.length,
      isMine: users.includes(actor),
      users,
    })),
  };
}

/** One line for screen readers and previews. */
function summaryOf({ text, blocks }) {
  const words = text || blocks?.find((block) => block.text?.text)?.text.text || "sent a message";
  return plainText(words.replace(/<[^|>]*\|([^>]*)>/g, "$1")).textContent.slice(0, 200);
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

/** @param {any} message @param {import("./elements.js").Surface} surface */
function drawBody(message, surface) {
  const hasBlocks = message.blocks?.length > 0;
  return h(
    "div",
    { class: "body" },
    !hasBlocks && message.text && h("div", { class: "text" }, mrkdwn(message.text, surface.lookup)),
    hasBlocks && renderBlocks(message.blocks, surface),
    (message.attachments ?? []).map((part) => attachment(part, surface)),
    (message.files ?? []).map(file),
  );
}

/** The blocks of a message that may hold a choice, its attachments' included. */
export const allBlocks = (message) => [
  ...(message.blocks ?? []),
  ...(message.attachments ?? []).flatMap((part) => part.blocks ?? []),
];

const COLORS = table({ good: "#2e7d5b", warning: "#b7791f", danger: "#b42318" });

function attachment(part, surface) {
  const text = (words) => words && h("div", { class: "text" }, mrkdwn(words, surface.lookup));
  const title = part.title && (part.title_link ? link(part.title_link, part.title) : part.title);
  const box = h(
    "div",
    { class: "attachment" },
    part.blocks
      ? renderBlocks(part.blocks, surface)
      : [
          part.author_name && h("p", { class: "hint" }, part.author_name),
          title && h("p", {}, h("strong", {}, title)),
          text(part.text ?? (part.title ? null : part.fallback)),
          part.fields &&
            h(
              "div",
              { class: "fields" },
              part.fields.map((field) =>
                h(
                  "div",
                  { class: "text" },
                  h("strong", {}, field.title),
                  "\n",
                  mrkdwn(field.value, surface.lookup),
                ),
              ),
            ),
          part.image_url &&
            h("span", { class: "picture is-block" }, picture(part.image_url, part.fallback ?? "")),
          part.footer && h("p", { class: "hint" }, part.footer),
        ],
  );
  const color =
    COLORS[part.color] ??
    (/^#?[0-9a-f]{6}$/i.test(part.color ?? "") ? `#${part.color.replace("#", "")}` : null);
  if (color) box.style.setProperty("--bar", color);
  return h("div", {}, text(part.pretext), box);
}

/** A file under a message: a picture is shown, anything else is a link to it. */
function file(item) {
  const address = fileAddress(item.id, item.name ?? "file");
  const name = item.title || item.name || item.id;
  if (item.mimetype?.startsWith("image/")) {
    const shown = h("span", { class: "picture is-block" }, picture(address, item.alt_txt ?? name));
    return h("figure", { class: "block-image" }, h("figcaption", {}, name), shown);
  }
  const size = item.size ? `${Math.max(1, Math.round(item.size / 1024))} kB` : "";
  return h(
    "a",
    { class: "file-card", href: address, target: "_blank", rel: "noopener" },
    h("strong", {}, name),
    h("small", {}, [item.pretty_type ?? item.filetype, size].filter(Boolean).join(" · ")),
  );
}
