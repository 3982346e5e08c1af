/**
 * Discord's markdown, read from left to right: text and a lookup in, nodes out.
 *
 * Source: docs.discord.com, "Message formatting"; support.discord.com, "Markdown Text 101".
 */

import { h, link, safeUrl } from "../dom.js";
import { timestamp } from "./timestamps.js";

/**
 * @typedef {object} Lookup
 * @property {string} zone of the reader
 * @property {string} actor the reader's id
 * @property {string[]} roles the reader's
 * @property {(id: string) => string | null} userName
 * @property {(id: string) => {name: string, color: string} | null} role
 * @property {(id: string) => string | null} channelName
 * @property {(id: string) => void} openChannel
 * @property {(id: string) => void} openPerson
 */

const DEPTH_MAX = 12;
const FENCE = /```(?:([a-z0-9_+\-.#]+)\n)?\n*([\s\S]*?[^\n])\n*```\n?/iy;
const INLINE_CODE = /(`+)([\s\S]*?[^`])\1(?!`)/y;
const HEADING = /(#{1,3}) +([^\n]+)(?:\n|$)/y;
const SMALL = /-# +([^\n]+)(?:\n|$)/y;
const QUOTE = /(?:> [^\n]*(?:\n|$))+/y;
const LONG_QUOTE = />>> ([\s\S]*)/y;
const LIST = /(?: *(?:[-*]|\d{1,9}\.) [^\n]+(?:\n|$))+/y;
const LIST_LINE = /^( *)([-*]|\d{1,9}\.) (.*)$/;

/** The text as nodes. @param {string} text @param {Lookup} lookup @returns {Node[]} */
export const markdown = (text, lookup) => blocks(String(text ?? ""), { lookup, depth: 0 });

/** The text on one line without its markup, for previews and screen readers. */
export const plain = (text, lookup) =>
  inline(String(text ?? "").replace(/```(?:[a-z0-9_+\-.#]+\n)?|\n/gi, " "), { lookup, depth: 0 })
    .map((node) => node.textContent)
    .join("")
    .trim();

/** @typedef {{lookup: Lookup, depth: number, isQuoted?: boolean, isLinked?: boolean}} Context */

/** @param {string} text @param {Context} context @returns {Node[]} */
function blocks(text, context) {
  const nodes = [];
  let run = "";
  let at = 0;
  let startsLine = true;
  const push = (node) => {
    if (run) nodes.push(...inline(run.replace(/\n$/, ""), context));
    run = "";
    nodes.push(node);
  };
  while (at < text.length) {
    const block = startsLine ? lineBlock(text, at, context) : null;
    const fence = block ? null : match(FENCE, text, at);
    if (block ?? fence) {
      push(block ? block.node : codeBlock(fence?.[1], fence?.[2] ?? ""));
      at += block ? block.length : (fence?.[0].length ?? 1);
      startsLine = true;
      continue;
    }
    const whole =
      text[at] === "\\" ? text.slice(at, at + 2) : (match(INLINE_CODE, text, at)?.[0] ?? text[at]);
    run += whole;
    at += whole.length;
    startsLine = whole.endsWith("\n");
  }
  if (run) nodes.push(...inline(run, context));
  return nodes;
}

function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** What begins a line and is more than text, if anything does. */
function lineBlock(text, at, context) {
  if (context.depth > DEPTH_MAX) return null;
  const inner = { ...context, depth: context.depth + 1 };
  const made = (found, node) => ({ length: found[0].length, node });
  let found = match(HEADING, text, at);
  if (found) return made(found, h(`h${found[1].length + 2}`, {}, inline(found[2], inner)));
  found = match(SMALL, text, at);
  if (found) return made(found, h("small", { class: "subtext" }, inline(found[1], inner)));
  if (!context.isQuoted) {
    const quoted = { ...inner, isQuoted: true };
    found = match(LONG_QUOTE, text, at);
    if (found) return made(found, h("blockquote", {}, blocks(found[1], quoted)));
    found = match(QUOTE, text, at);
    if (found) {
      const words = found[0].replace(/\n$/, "").replace(/^> /gm, "");
      return made(found, h("blockquote", {}, blocks(words, quoted)));
    }
  }
  found = match(LIST, text, at);
  return found ? made(found, list(found[0].replace(/\n$/, "").split("\n"), inner)) : null;
}

/** Lines of a list, nested by their indentation. */
function list(lines, context) {
  const items = lines.map((line) => {
    const [, indent, mark, words] = LIST_LINE.exec(line) ?? ["", "", "-", line];
    return { indent: indent.length, isNumbered: /\d/.test(mark), start: parseInt(mark, 10), words };
  });
  return nest(items, context);
}

function nest(items, context) {
  const [{ isNumbered, start, indent }] = items;
  const root = h(isNumbered ? "ol" : "ul", { start: isNumbered && start !== 1 ? start : null });
  let below = [];
  const flush = () => {
    if (below.length)
      (root.lastElementChild ?? root).append(nest(below, { ...context, depth: context.depth + 1 }));
    below = [];
  };
  for (const item of items) {
    if (item.indent > indent && root.lastElementChild && context.depth < DEPTH_MAX) {
      below.push(item);
      continue;
    }
    flush();
    root.append(h("li", {}, inline(item.words, context)));
  }
  flush();
  return root;
}

function codeBlock(language, code) {
  if (language?.toLowerCase() !== "diff") return h("pre", { "data-language": language ?? null }, code);
  const kind = (line) =>
    line.startsWith("@@") ? "hunk" : line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "";
  return h(
    "pre",
    { class: "diff", "data-language": "diff" },
    code.split("\n").map((line) => h("span", { class: kind(line) }, `${line}\n`)),
  );
}

/** Inline rules in the order in which they are tried; the first that fits takes its part. */
const RULES = [
  [/\\([^0-9A-Za-z\s])/y, ([, letter]) => text(letter)],
  [INLINE_CODE, ([, , code]) => h("code", {}, code.replace(/^ (?=`)|(?<=`) $/g, ""))],
  [
    /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y,
    ([, seconds, style], { lookup }) => timestamp(+seconds, style, lookup.zone),
  ],
  [/<@!?(\d{5,20})>/y, ([, id], { lookup }) => userMention(id, lookup)],
  [/<@&(\d{5,20})>/y, ([, id], { lookup }) => roleMention(id, lookup)],
  [/<#(\d{5,20})>/y, ([, id], { lookup }) => channelMention(id, lookup)],
  [/<\/([-_ \p{L}\p{N}]{1,100}):\d{5,20}>/uy, ([, name]) => h("span", { class: "mention" }, `/${name}`)],
  [/<a?:(\w{2,32}):\d{5,20}>/y, ([, name]) => text(`:${name}:`)],
  [/@(?:everyone|here)\b/y, ([words]) => h("span", { class: "mention is-me" }, words)],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, url], context) => (context.isLinked ? text(url) : link(url, url))],
  [
    /\[((?:\\.|[^\\[\]\n])+)\]\(<?(https?:\/\/[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?: +"([^"\n]*)")?\)/y,
    maskedLink,
  ],
  [
    /https?:\/\/[^\s<>]*[^\s<>.,:;"')\]*_~|\\]/y,
    ([url], context) => (context.isLinked ? text(url) : link(url, url)),
  ],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, wrapped("strong")],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, wrapped("u")],
  [/~~((?:\\[\s\S]|[^\\])+?)~~/y, wrapped("s")],
  [/\|\|((?:\\[\s\S]|[^\\])+?)\|\|/y, ([, words], context) => spoiler(inline(words, deeper(context)))],
  [/\*(?=\S)((?:\*\*|\\[\s\S]|[^\\*])+?)(?<!\s)\*(?!\*)/y, wrapped("em")],
  [/(?<![\p{L}\p{N}_])_((?:__|\\[\s\S]|[^\\_])+?)_(?![\p{L}\p{N}_])/uy, wrapped("em")],
];
const MEANINGFUL = /[\\`<@[h*_~|]/g; // how the rules begin

const text = (words) => document.createTextNode(words);
const deeper = (context) => ({ ...context, depth: context.depth + 1 });

function wrapped(tag) {
  return ([, words], context) => h(tag, {}, inline(words, deeper(context)));
}

/** @param {string} words @param {Context} context @returns {Node[]} */
function inline(words, context) {
  if (context.depth > DEPTH_MAX) return [text(words)];
  const nodes = [];
  let start = 0;
  let at = 0;
  while (at < words.length) {
    MEANINGFUL.lastIndex = at;
    at = MEANINGFUL.exec(words)?.index ?? words.length;
    const [found, draw] = firstMatch(words, at);
    if (!found) {
      at += 1;
      continue;
    }
    if (start < at) nodes.push(text(words.slice(start, at)));
    nodes.push(draw(found, context));
    at += found[0].length;
    start = at;
  }
  if (start < words.length) nodes.push(text(words.slice(start)));
  return nodes;
}

function firstMatch(words, at) {
  if (at >= words.length) return [null, null];
  for (const [pattern, draw] of RULES) {
    const found = match(pattern, words, at);
    if (found) return [found, draw];
  }
  return [null, null];
}

/** Where a link leads is shown at the pointer: its words are the writer's. */
function maskedLink([, words, url, title], context) {
  const shown = inline(words, { ...deeper(context), isLinked: true });
  if (context.isLinked) return h("span", {}, shown);
  const made = link(url, shown);
  if (safeUrl(url)) made.title = title ? `${title} (${url})` : url;
  return made;
}

function userMention(id, { userName, actor, openPerson }) {
  const name = userName(id);
  if (name === null) return h("span", { class: "mention" }, "@unknown-user");
  const kind = id === actor ? "mention is-me" : "mention";
  return h("button", { type: "button", class: kind, onclick: () => openPerson(id) }, `@${name}`);
}

function roleMention(id, { role, roles }) {
  const found = role(id);
  const kind = roles.includes(id) ? "mention is-me" : "mention";
  const made = h("span", { class: `${kind} is-role` }, `@${found?.name ?? "deleted-role"}`);
  if (found?.color) made.style.setProperty("--role", found.color);
  return made;
}

function channelMention(id, { channelName, openChannel }) {
  const name = channelName(id);
  if (name === null) return h("span", { class: "mention" }, "#unknown");
  return h("button", { type: "button", class: "mention", onclick: () => openChannel(id) }, `#${name}`);
}

/** Hidden until it is clicked. */
function spoiler(children) {
  const reveal = (event) => {
    if (made.classList.contains("is-open")) return;
    event.preventDefault();
    event.stopPropagation();
    made.classList.add("is-open");
    for (const name of ["role", "tabindex", "aria-label"]) made.removeAttribute(name);
    inside.removeAttribute("inert");
  };
  const inside = h("span", { inert: true }, children);
  const made = h(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: 0,
      "aria-label": "Spoiler: show",
      onclick: reveal,
      onkeydown: (event) => (event.key === "Enter" || event.key === " ") && reveal(event),
    },
    inside,
  );
  return made;
}
