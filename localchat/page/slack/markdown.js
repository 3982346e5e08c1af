/**
 * The `markdown` block: standard Markdown, the parts that bots write. Headings, lists, quotes, rules,
 * fences and tables; emphasis, code, links and images (shown as links).
 */

import { fragment, h, link } from "../dom.js";
import { emojiOrText } from "../emoji.js";

const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const HEADING = /^(#{1,6}) +(.*?)(?: +#+)?$/;
const ITEM = /^(\s*)([-*+]|\d+[.)]) +(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function markdown(text) {
  const lines = (text ?? "").replace(/\r\n?/g, "\n").split("\n");
  const result = h("div", { class: "rich-text" });
  while (lines.length) result.append(takeBlock(lines));
  return result;
}

function takeBlock(lines) {
  const line = lines.shift();
  if (!line.trim()) return fragment();
  if (/^\s*(```|~~~)/.test(line)) return fence(line, lines);
  const heading = HEADING.exec(line);
  if (heading) return h(`h${Math.min(heading[1].length + 2, 6)}`, {}, inline(heading[2]));
  if (RULE.test(line)) return h("hr");
  if (/^\s*>/.test(line)) return quote([line, ...takeWhile(lines, (next) => /^\s*>/.test(next))]);
  if (ITEM.test(line)) return list([line, ...takeWhile(lines, (next) => continuesList(line, next))]);
  if (line.includes("|") && TABLE_RULE.test(lines[0] ?? "")) return table(line, lines);
  const more = takeWhile(lines, (next) => next.trim() && !startsBlock(next));
  return h("p", {}, inline([line, ...more].join("\n")));
}

const startsBlock = (line) =>
  HEADING.test(line) || ITEM.test(line) || RULE.test(line) || /^\s*(```|~~~|>)/.test(line);

/** Deeper lines and items of the same kind; "1." after "-" begins another list. */
function continuesList(first, line) {
  const [start, item] = [ITEM.exec(first), ITEM.exec(line)];
  if (!item || item[1].length > start[1].length) return /^\s+\S/.test(line);
  return /\d/.test(item[2]) === /\d/.test(start[2]);
}

function takeWhile(lines, test) {
  const end = lines.findIndex((line) => !test(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function fence(opening, lines) {
  const mark = opening.trim().slice(0, 3);
  const inside = takeWhile(lines, (line) => !line.trim().startsWith(mark));
  lines.shift();
  return h("pre", {}, inside.join("\n"));
}

const quote = (lines) => {
  const inner = markdown(lines.map((line) => line.replace(/^\s*> ?/, "")).join("\n"));
  return h("blockquote", {}, ...inner.childNodes);
};

/** Items by their indentation: deeper ones are a list inside the item before. */
function list(lines) {
  const first = ITEM.exec(lines[0]);
  const isOrdered = /\d/.test(first[2]);
  const items = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item && item[1].length <= first[1].length) items.push({ text: item[3], inner: [] });
    else items.at(-1).inner.push(line);
  }
  const nodes = items.map(({ text, inner }) => {
    const task = /^\[([ xX])\] (.*)$/.exec(text);
    const words = task ? [task[1] === " " ? "☐ " : "☑ ", inline(task[2])] : inline(text);
    const isList = inner.length > 0 && ITEM.test(inner[0]);
    return h(
      "li",
      {},
      words,
      isList ? list(inner) : inner.length > 0 && inline(`\n${inner.join("\n").trim()}`),
    );
  });
  return h(isOrdered ? "ol" : "ul", { start: isOrdered ? parseInt(first[2], 10) : null }, nodes);
}

function table(header, lines) {
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replace(/\\\|/g, "|"));
  const alignments = cells(lines.shift()).map((rule) =>
    rule.endsWith(":") ? (rule.startsWith(":") ? "center" : "right") : "left",
  );
  const row = (line, tag) =>
    h(
      "tr",
      {},
      cells(line).map((cell, index) => h(tag, { "data-align": alignments[index] }, inline(cell))),
    );
  const body = takeWhile(lines, (line) => line.includes("|"));
  return h(
    "div",
    { class: "table-frame" },
    h(
      "table",
      {},
      h("thead", {}, row(header, "th")),
      h(
        "tbody",
        {},
        body.map((line) => row(line, "td")),
      ),
    ),
  );
}

const SPANS = [
  [/^`+([^`]+)`+/, (m) => h("code", {}, m[1])],
  [/^!?\[([^\]]*)\]\(([^()\s]+)(?: +"[^"]*")?\)/, (m) => link(m[2], inline(m[1] || m[2]))],
  [/^<((?:https?:\/\/|mailto:)[^\s<>]+)>/, (m) => link(m[1], m[1])],
  [/^\*\*(?=\S)([\s\S]+?\S?)\*\*/, (m) => h("strong", {}, inline(m[1]))],
  [/^__(?=\S)([\s\S]+?\S?)__(?!\w)/, (m) => h("strong", {}, inline(m[1]))],
  [/^~~(?=\S)([\s\S]+?)~~/, (m) => h("s", {}, inline(m[1]))],
  [/^\*(?=\S)([^*\n]*[^*\s])\*/, (m) => h("em", {}, inline(m[1]))],
  [/^_(?=\S)([^_\n]*[^_\s])_(?!\w)/, (m) => h("em", {}, inline(m[1]))],
  [/^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"*_~]/, (m) => link(m[0], m[0])],
  [/^:[a-z0-9_+'-]+:/, (m) => emojiOrText(m[0])],
  [/^\\([\\`*_{}[\]()#+.!|~>-])/, (m) => m[1]],
];

function inline(text) {
  const result = fragment();
  let plain = "";
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const isInsideWord = /\w/.test(text[at - 1] ?? " ") && /^[_h:]/.test(rest);
    const [match, render] = isInsideWord ? [] : firstSpan(rest);
    if (match) {
      result.append(plain, render(match));
      plain = "";
      at += match[0].length;
    } else plain += text[at++];
  }
  result.append(plain);
  return result;
}

function firstSpan(text) {
  for (const [pattern, render] of SPANS) {
    const match = pattern.exec(text);
    if (match) return [match, render];
  }
  return [];
}
