/** Block Kit's blocks: one renderer a type, all behind `renderBlocks`. */

import { h, link } from "../dom.js";
import { table } from "../table.js";
import { renderElement } from "./elements.js";
import { blockImage } from "./images.js";
import { markdown } from "./markdown.js";
import { mrkdwn, plainText, textObject } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

/** @typedef {import("./elements.js").Surface} Surface */

const BLOCKS = table({
  header: (block) =>
    h("h3", { class: "block-header" }, plainText(block.text?.text, block.text?.emoji !== false)),
  section,
  divider: () => h("hr"),
  context,
  actions: (block, surface) =>
    h(
      "div",
      { class: "block-actions", role: "group" },
      block.elements.map((element) => renderElement(element, block, surface)),
    ),
  image,
  rich_text: (block, surface) => richText(block, surface.lookup),
  input,
  markdown: (block) => markdown(block.text),
  table: grid,
  video,
  alert: (block, surface) =>
    h(
      "div",
      { class: `block-alert is-${block.level ?? "default"}`, role: "note" },
      textObject(block.text, surface.lookup),
    ),
  card,
  carousel: (block, surface) =>
    h(
      "div",
      { class: "block-carousel" },
      block.elements.map((each) => card(each, surface)),
    ),
  container,
});

/** @param {any[]} blocks @param {Surface} surface @returns {HTMLElement[]} */
export function renderBlocks(blocks, surface) {
  return (blocks ?? []).map((block) =>
    h(
      "div",
      { class: `block is-${block.type}`, "data-block": block.block_id ?? "" },
      renderBlock(block, surface),
    ),
  );
}

/** A block that cannot be drawn is named, and the others are still shown. */
function renderBlock(block, surface) {
  const render = BLOCKS[block.type] ?? unknown;
  try {
    return render(block, surface);
  } catch (error) {
    console.error("A block could not be drawn", block, error);
    return unknown(block);
  }
}

const unknown = (block) => h("p", { class: "unknown" }, `block of type ${block.type}`);

function section(block, surface) {
  return h(
    "div",
    { class: "block-section" },
    h(
      "div",
      { class: "section-text" },
      block.text && h("div", { class: "text" }, textObject(block.text, surface.lookup)),
      block.fields &&
        h(
          "div",
          { class: "fields" },
          block.fields.map((field) => h("div", { class: "text" }, textObject(field, surface.lookup))),
        ),
    ),
    block.accessory &&
      h("div", { class: "section-accessory" }, renderElement(block.accessory, block, surface)),
  );
}

function context(block, surface) {
  const item = (element) =>
    element.type === "image"
      ? blockImage(element, "inline")
      : h("span", { class: "text" }, textObject(element, surface.lookup));
  return h("div", { class: "block-context" }, block.elements.map(item));
}

function image(block) {
  return h(
    "figure",
    { class: "block-image" },
    block.title && h("figcaption", {}, plainText(block.title.text)),
    blockImage(block, "block"),
  );
}

/** A labelled field; its hint and its error are tied to it for screen readers. */
function input(block, surface) {
  const id = `field-${block.block_id}`;
  const element = block.element;
  const isGroup = /^(radio_buttons|checkboxes|multi_)/.test(element.type);
  const field = {
    id,
    "aria-labelledby": isGroup ? `${id}-label` : null,
    "aria-describedby": [block.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" "),
    "aria-required": block.optional || isGroup ? null : "true",
  };
  return h(
    "div",
    { class: "block-input" },
    h(
      isGroup ? "span" : "label",
      { class: "label", id: `${id}-label`, for: isGroup ? null : id },
      plainText(block.label?.text),
      block.optional && h("span", { class: "optional" }, "(optional)"),
    ),
    renderElement(element, block, surface, field),
    h("p", {
      class: "field-error",
      id: `${id}-error`,
      role: "alert",
      "data-testid": `error-${block.block_id}`,
    }),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, plainText(block.hint.text)),
  );
}

function grid(block, surface) {
  const cell = (content, index, tag) => {
    const { align = "left", is_wrapped: isWrapped = false } = block.column_settings?.[index] ?? {};
    const shown =
      content.type === "rich_text"
        ? richText(content, surface.lookup)
        : String(content.text ?? content.value ?? "");
    return h(
      tag,
      { "data-align": align, class: isWrapped ? null : "is-unwrapped", scope: tag === "th" ? "col" : null },
      shown,
    );
  };
  const row = (cells, tag) =>
    h(
      "tr",
      {},
      cells.map((content, index) => cell(content, index, tag)),
    );
  const [header, ...rows] = block.rows ?? [];
  return h(
    "div",
    { class: "table-frame" },
    h(
      "table",
      {},
      h("thead", {}, header && row(header, "th")),
      h(
        "tbody",
        {},
        rows.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

/** Videos are not played here: their picture, title and address are shown. */
function video(block, surface) {
  return h(
    "figure",
    { class: "block-image" },
    h(
      "figcaption",
      {},
      block.title_url ? link(block.title_url, plainText(block.title?.text)) : plainText(block.title?.text),
    ),
    block.description && h("div", { class: "text" }, mrkdwn(block.description.text, surface.lookup)),
    block.thumbnail_url && blockImage({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "block"),
  );
}

function card(block, surface) {
  const text = (content, kind) =>
    content && h("div", { class: `text ${kind}` }, textObject(content, surface.lookup));
  return h(
    "div",
    { class: "block-card" },
    block.hero_image && blockImage(block.hero_image, "block"),
    h(
      "div",
      { class: "card-title" },
      block.icon && blockImage(block.icon, "inline"),
      text(block.title, "is-title"),
    ),
    text(block.subtitle, "muted"),
    text(block.body, ""),
    text(block.subtext, "hint"),
    block.actions &&
      h(
        "div",
        { class: "block-actions" },
        block.actions.map((element) => renderElement(element, block, surface)),
      ),
  );
}

/** Blocks under a common title, which may fold them away. */
function container(block, surface) {
  const title = block.rich_text_title
    ? richText(block.rich_text_title, surface.lookup)
    : textObject(block.title, surface.lookup);
  const head = [
    block.icon && blockImage(block.icon, "inline"),
    h("strong", {}, title),
    block.subtitle && h("span", { class: "muted" }, textObject(block.subtitle, surface.lookup)),
  ];
  const children = renderBlocks(block.child_blocks, surface);
  if (!block.is_collapsible)
    return h("div", { class: "block-card" }, h("div", { class: "card-title" }, head), children);
  return h(
    "details",
    { class: "block-card", open: !block.default_collapsed },
    h("summary", {}, head),
    children,
  );
}
