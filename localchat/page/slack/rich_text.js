/** The `rich_text` block and its elements. */

import { fragment, h, link } from "../dom.js";
import { emoji } from "../emoji.js";
import { table } from "../table.js";
import { dropRepeatedCountdowns, slackDate } from "./dates.js";
import { broadcast, channelMention, userMention } from "./mrkdwn.js";

/** @typedef {import("./mrkdwn.js").Lookup} Lookup */

/** @param {any} block @param {Lookup} lookup */
export function richText(block, lookup) {
  return dropRepeatedCountdowns(
    h(
      "div",
      { class: "rich-text" },
      (block.elements ?? []).map((part) => container(part, lookup)),
    ),
  );
}

function container(part, lookup) {
  const inner = () =>
    (part.elements ?? []).map((element, index) => inlineElement(element, lookup, index === 0));
  switch (part.type) {
    case "rich_text_section":
      return h("p", {}, inner());
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    case "rich_text_preformatted":
      return preformatted(part, inner);
    case "rich_text_list":
      return list(part, lookup);
    default:
      return h("p", { class: "unknown" }, `rich text of type ${part.type}`);
  }
}

/** Preformatted text; with `language: "diff"` its added and removed lines are tinted, their marks kept. */
function preformatted(part, inner) {
  if (part.language !== "diff") return h("pre", {}, inner());
  const text = part.elements.map((element) => element.text ?? "").join("");
  const kind = { "+": "added", "-": "removed", "@": "hunk" };
  const lines = text.replace(/\n$/, "").split("\n");
  return h(
    "pre",
    { class: "diff" },
    lines.map((line) => h("span", { class: kind[line[0]] }, line || " ", "\n")),
  );
}

function list(part, lookup) {
  const tag = part.style === "ordered" ? "ol" : "ul";
  const attributes = { "data-indent": part.indent || null, start: part.offset ? part.offset + 1 : null };
  const element = h(
    tag,
    attributes,
    part.elements.map((item) => h("li", {}, itemNodes(item, lookup))),
  );
  if (part.indent) element.style.setProperty("--indent", String(part.indent));
  return element;
}

const itemNodes = (item, lookup) =>
  item.elements.map((element, index) => inlineElement(element, lookup, index === 0));

const INLINE = table({
  text: ({ text }) => text,
  link: ({ url, text }) => link(url, text || url),
  user: ({ user_id }, lookup) => userMention(user_id, lookup),
  usergroup: ({ usergroup_id }, lookup) =>
    h("span", { class: "mention" }, `@${lookup.groupName(usergroup_id)}`),
  team: ({ team_id }) => h("span", { class: "mention" }, team_id),
  channel: ({ channel_id }, lookup) => channelMention(channel_id, lookup),
  broadcast: ({ range }) => broadcast(range),
  emoji: ({ name, unicode }) => fromCodePoints(unicode) ?? emoji(name) ?? `:${name}:`,
  color: ({ value }) => swatch(value),
  date: (element, lookup, startsText) =>
    slackDate(Number(element.timestamp), element.format, {
      zone: lookup.zone,
      fallback: element.fallback,
      url: element.url,
      startsText,
    }),
});

function inlineElement(element, lookup, startsText) {
  const render = INLINE[element.type];
  if (!render) return h("span", { class: "unknown" }, `element of type ${element.type}`);
  return withStyle(render(element, lookup, startsText), element.style ?? {});
}

const STYLE_TAGS = {
  code: "code",
  bold: "strong",
  italic: "em",
  strike: "s",
  underline: "u",
  highlight: "mark",
  client_highlight: "mark",
};

function withStyle(node, style) {
  return Object.entries(STYLE_TAGS)
    .filter(([name]) => style[name])
    .reduce(
      (inner, [, tag]) => h(tag, {}, inner),
      typeof node === "string" ? document.createTextNode(node) : node,
    );
}

/** "1f44d-1f3fb" as its character. */
function fromCodePoints(unicode) {
  if (!/^[0-9a-f]{2,6}(-[0-9a-f]{2,6})*$/i.test(unicode ?? "")) return null;
  return String.fromCodePoint(...unicode.split("-").map((code) => parseInt(code, 16)));
}

function swatch(value) {
  const square = h("span", { class: "swatch", "aria-hidden": "true" });
  square.style.backgroundColor = value;
  return fragment(square, h("code", {}, value));
}
