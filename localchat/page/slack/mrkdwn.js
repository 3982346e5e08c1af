/**
 * Slack's mrkdwn as nodes: escapes, references, styles, code, quotes and emoji.
 *
 * Source: docs.slack.dev, "Formatting message text".
 */

import { fragment, h, link } from "../dom.js";
import { dropRepeatedCountdowns, slackDate } from "./dates.js";
import { emojiOrText } from "../emoji.js";

/**
 * @typedef {object} Lookup what a text needs to know of the workspace
 * @property {string} zone the reader's time zone
 * @property {string} actor the reader's id
 * @property {(id: string) => string} userName
 * @property {(id: string) => string} channelName
 * @property {(id: string) => string} groupName
 * @property {(id: string) => void} openChannel
 * @property {(id: string) => void} openPerson
 */

const STYLES = { "*": "strong", _: "em", "~": "s" };
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const BARE_URL = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~]/;
const EMOJI = /^:([a-z0-9_+'-]+):/;

/** The text that Slack's three escapes stand for. */
const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** The escaped form of what a person typed. */
export const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** A `text` object of either type. */
export function textObject(text, lookup) {
  if (!text) return fragment();
  if (text.type === "mrkdwn") return mrkdwn(text.text, lookup, { verbatim: text.verbatim });
  return plainText(text.text, text.emoji !== false);
}

/** Text without styles; `:emoji:` codes become emoji. */
export function plainText(text, withEmoji = true) {
  const shown = unescape(text ?? "");
  return document.createTextNode(withEmoji ? shown.replace(/:[a-z0-9_+'-]+:/g, emojiOrText) : shown);
}

/**
 * A mrkdwn text as nodes.
 *
 * @param {string} text
 * @param {Lookup} lookup
 * @param {{verbatim?: boolean}} [options] `verbatim` leaves bare addresses unlinked
 */
export function mrkdwn(text, lookup, { verbatim = false } = {}) {
  const result = fragment();
  const pieces = (text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/);
  pieces.forEach((piece, index) => {
    if (index % 2) result.append(h("pre", {}, code(piece, lookup)));
    else result.append(quotesAndLines(piece, lookup, verbatim));
  });
  return dropRepeatedCountdowns(result);
}

/** Consecutive lines that start with > are one quote; >>> quotes the rest. */
function quotesAndLines(text, lookup, verbatim) {
  const result = fragment();
  const rest = /(?:^|\n)(?:&gt;|>){3} ?([\s\S]*)$/.exec(text);
  const lines = (rest ? text.slice(0, rest.index) : text).split("\n");
  let plain = [];
  let quoted = [];
  const flush = (kind) => {
    const waiting = kind === "plain" ? plain : quoted;
    if (!waiting.length) return;
    const nodes = inline(waiting.join("\n"), lookup, verbatim);
    result.append(kind === "plain" ? nodes : h("blockquote", {}, nodes));
    if (kind === "plain") plain = [];
    else quoted = [];
  };
  for (const line of lines) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) flush("plain");
    else flush("quoted");
    (quote ? quoted : plain).push(quote ? quote[1] : line);
  }
  flush("plain");
  flush("quoted");
  if (rest) result.append(h("blockquote", {}, inline(rest[1], lookup, verbatim)));
  return result;
}

/** One run of text: references, code, styles, emoji, addresses. */
function inline(text, lookup, verbatim) {
  const result = fragment();
  let plain = "";
  let at = 0;
  const add = (node, length) => {
    result.append(unescape(plain), node);
    plain = "";
    at += length;
  };
  while (at < text.length) {
    const found =
      styled(text, at, lookup, verbatim) ?? special(text, at, lookup, verbatim, !plain && at === 0);
    if (found) add(found.node, found.length);
    else plain += text[at++];
  }
  result.append(unescape(plain));
  return result;
}

/** A reference, code, an emoji or a bare address at this place, if there is one. */
function special(text, at, lookup, verbatim, startsText) {
  const rest = text.slice(at);
  if (text[at] === "<") {
    const match = /^<([^<>\n]+)>/.exec(rest);
    return match && { node: reference(match[1], lookup, startsText), length: match[0].length };
  }
  if (text[at] === "`") {
    const match = /^`([^`\n]+)`/.exec(rest);
    return match && { node: h("code", {}, code(match[1], lookup)), length: match[0].length };
  }
  if (text[at] === ":") {
    const match = EMOJI.exec(rest);
    const shown = match && emojiOrText(match[0]);
    return match && shown !== match[0] ? { node: shown, length: match[0].length } : null;
  }
  if (text[at] === "h" && !verbatim && !/\w/.test(text[at - 1] ?? " ")) {
    const match = BARE_URL.exec(rest);
    const address = match && unescape(match[0]);
    return match && { node: link(address, address), length: match[0].length };
  }
  return null;
}

/** `*bold*`, `_italic_` or `~struck~` that starts at this place; the marks must touch the words inside. */
function styled(text, at, lookup, verbatim) {
  const mark = text[at];
  if (!(mark in STYLES) || /[\p{L}\p{N}]/u.test(text[at - 1] ?? " ")) return null;
  if (/[\s]/.test(text[at + 1] ?? " ") || text[at + 1] === mark) return null;
  const end = closing(text, at, mark);
  if (end < 0) return null;
  return {
    node: h(STYLES[mark], {}, inline(text.slice(at + 1, end), lookup, verbatim)),
    length: end - at + 1,
  };
}

/** Where the style ends: outside code and references, on the same line, before a non-word. */
function closing(text, start, mark) {
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += 1) {
    const skipped = /^(?:<[^<>\n]+>|`[^`\n]+`)/.exec(text.slice(at));
    if (skipped) at += skipped[0].length - 1;
    else if (
      text[at] === mark &&
      at > start + 1 &&
      !/\s/.test(text[at - 1]) &&
      !/[\p{L}\p{N}]/u.test(text[at + 1] ?? " ")
    )
      return at;
  }
  return -1;
}

/** Inside code nothing is styled, but references still stand for what they name. */
function code(text, lookup) {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part, index) => (index % 2 ? reference(part.slice(1, -1), lookup) : unescape(part)));
}

/** What stands between < and >. */
function reference(inner, lookup, startsText = false) {
  const [target, ...labels] = inner.split("|");
  const label = labels.length ? unescape(labels.join("|")) : null;
  if (target.startsWith("@")) return userMention(target.slice(1), lookup);
  if (target.startsWith("#")) return channelMention(target.slice(1), lookup, label);
  if (target.startsWith("!date^")) return date(target, label, lookup, startsText);
  if (target.startsWith("!subteam^"))
    return h("span", { class: "mention" }, label ?? `@${lookup.groupName(target.slice(9))}`);
  if (target.startsWith("!")) return broadcast(target.slice(1), label);
  const address = unescape(target);
  return link(address, label ?? address.replace(/^mailto:/, ""));
}

function date(target, label, lookup, startsText) {
  const [, moment, format, url] = target.split("^");
  const options = { zone: lookup.zone, fallback: label ?? "", url: url && unescape(url), startsText };
  return slackDate(moment ? Number(moment) : NaN, unescape(format ?? ""), options);
}

export function userMention(id, lookup) {
  const isMe = id === lookup.actor;
  const attributes = {
    class: `mention${isMe ? " is-me" : ""}`,
    type: "button",
    onclick: () => lookup.openPerson(id),
  };
  return h("button", attributes, `@${lookup.userName(id)}`);
}

export function channelMention(id, lookup, label) {
  const attributes = { class: "mention", type: "button", onclick: () => lookup.openChannel(id) };
  return h("button", attributes, `#${label || lookup.channelName(id)}`);
}

export function broadcast(range, label) {
  return h("span", { class: "mention is-me" }, `@${label?.replace(/^@/, "") ?? range}`);
}
