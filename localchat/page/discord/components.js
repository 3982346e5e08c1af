/** Components of messages, classic and V2. Source: docs.discord.com, "Component reference". */

import { h, icon, safeUrl } from "../dom.js";
import { picture } from "../pictures.js";
import { table } from "../table.js";
import { choices, isMenu, menuField } from "./menus.js";
import { markdown } from "./markdown.js";

/**
 * @typedef {object} Surface where components are shown
 * @property {import("./markdown.js").Lookup} lookup
 * @property {import("./menus.js").Directory} directory
 * @property {(customId: string, values?: string[]) => Promise<any>} act
 * @property {any[]} attachments of the message
 */

/** Components, one below the other. @param {any[]} components @param {Surface} surface */
export const drawComponents = (components, surface) =>
  (components ?? []).map((component) => draw(component, surface));

const KINDS = table({
  1: row,
  2: button,
  9: section,
  10: ({ content }, { lookup }) => h("div", { class: "text" }, markdown(content, lookup)),
  11: thumbnail,
  12: gallery,
  13: file,
  14: separator,
  17: container,
});

function draw(component, surface) {
  if (isMenu(component)) return menu(component, surface);
  const kind = KINDS[component?.type];
  return kind
    ? kind(component, surface)
    : h("p", { class: "unknown" }, `component of type ${component?.type}`);
}

function row({ components }, surface) {
  return h("div", { class: "row", "data-block": true }, drawComponents(components, surface));
}

function section({ components, accessory }, surface) {
  return h(
    "div",
    { class: "section", "data-block": true },
    h("div", { class: "section-words" }, drawComponents(components, surface)),
    accessory && h("div", { class: "section-side" }, draw(accessory, surface)),
  );
}

function container({ components, accent_color: color, spoiler: isSpoiler }, surface) {
  const box = h("section", { class: "container" }, drawComponents(components, surface));
  if (Number.isInteger(color)) box.style.setProperty("--bar", `#${color.toString(16).padStart(6, "0")}`);
  return isSpoiler ? covered(box) : box;
}

function separator({ divider = true, spacing = 1 }) {
  const kind = `separator ${spacing === 2 ? "is-large" : ""}`;
  return h("div", { class: kind, role: "separator" }, divider && h("hr"));
}

function thumbnail({ media, description, spoiler: isSpoiler }) {
  const shown = h("span", { class: "thumbnail" }, picture(media?.url ?? "", description ?? ""));
  return isSpoiler ? covered(shown) : shown;
}

function gallery({ items }) {
  const one = ({ media, description, spoiler: isSpoiler }) => {
    const shown = h("span", { class: "gallery-item" }, picture(media?.url ?? "", description ?? ""));
    return isSpoiler ? covered(shown) : shown;
  };
  return h("div", { class: "gallery", "data-count": Math.min(items.length, 4) }, items.map(one));
}

function file({ file: media, name, size, spoiler: isSpoiler }, { attachments }) {
  const known = attachments.find(({ url }) => url === media?.url);
  const shown = fileChip(media?.url ?? "", name ?? known?.filename ?? "file", size ?? known?.size);
  return isSpoiler ? covered(shown) : shown;
}

/** A file that is there to be fetched. */
export function fileChip(url, name, size) {
  const words = [
    icon("file"),
    h("span", {}, h("strong", {}, name), size !== undefined && h("small", {}, sized(size))),
  ];
  const href = safeUrl(url);
  if (!href) return h("span", { class: "file-chip" }, words);
  return h(
    "a",
    { class: "file-chip", href, target: "_blank", rel: "noopener noreferrer", download: name },
    words,
  );
}

const sized = (bytes) =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1_048_576
      ? `${(bytes / 1024).toFixed(1)} kB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Covered until it is clicked. */
export function covered(content) {
  const cover = h(
    "button",
    { type: "button", class: "cover", onclick: () => box.replaceWith(content) },
    "Spoiler",
  );
  const box = h("div", { class: "is-covered" }, h("div", { inert: true }, content.cloneNode(true)), cover);
  return box;
}

const LOOKS = table({ 1: "is-primary", 2: "is-secondary", 3: "is-success", 4: "is-danger", 5: "is-link" });

function button(component, surface) {
  const { style, label, emoji, disabled, url, custom_id: id } = component;
  const words = [
    emoji && h("span", { class: "button-emoji" }, emojiText(emoji)),
    label && h("span", {}, label),
  ];
  const attributes = {
    class: `button ${LOOKS[style] ?? "is-secondary"}`,
    "data-testid": `action-${id ?? label ?? "link"}`,
    "aria-label": label ? null : emojiText(emoji) || "Button",
  };
  if (style === 5) {
    const href = safeUrl(url);
    const leads =
      href && !disabled ? { href, target: "_blank", rel: "noopener noreferrer", title: href } : {};
    return h(
      href && !disabled ? "a" : "span",
      { ...attributes, ...leads },
      words,
      h("span", { "aria-hidden": "true" }, "↗"),
    );
  }
  const act = (event) => perform(event.currentTarget, () => surface.act(id));
  return h("button", { ...attributes, type: "button", disabled: Boolean(disabled), onclick: act }, words);
}

export const emojiText = (emoji) => (emoji?.id ? `:${emoji.name ?? "emoji"}:` : (emoji?.name ?? ""));

function menu(component, surface) {
  const hooks = {
    "data-testid": `action-${component.custom_id}`,
    "aria-label": component.placeholder ?? "Choose",
    disabled: Boolean(component.disabled),
  };
  const chosen = (values, source) => perform(source, () => surface.act(component.custom_id, values));
  return menuField(component, choices(component, surface.directory), hooks, chosen);
}

/** Runs an action with its three outcomes in view: waiting, answered, or "interaction failed". */
async function perform(source, act) {
  if (source.getAttribute("aria-busy")) return;
  const body = source.closest(".body") ?? source.parentElement;
  const others = [...body.querySelectorAll("button, select")].filter(
    (one) => one !== source && !one.disabled,
  );
  body.querySelector("[data-testid=action-error]")?.remove();
  source.setAttribute("aria-busy", "true");
  for (const other of others) other.setAttribute("aria-disabled", "true");
  const answer = await act();
  source.removeAttribute("aria-busy");
  for (const other of others) other.removeAttribute("aria-disabled");
  if (answer.ok || !source.isConnected) return;
  const words = answer.message ?? "This interaction failed";
  body.append(
    h("p", { class: "problem", role: "alert", "data-testid": "action-error" }, icon("warning"), words),
  );
}
