/**
 * Builds the page's elements. Data reaches the document only as text nodes and attributes set here,
 * so nothing that a bot or a person wrote can become markup.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with properties and children.
 *
 * `class`, `data-*`, `aria-*` and other attributes are set as attributes, `on*` as listeners;
 * `null`, `undefined` and `false` are left out and `true` sets an empty attribute.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Child | any[])} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {any} */ (value));
    else if (name === "value") /** @type {any} */ (element).value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...present(children.flat(Infinity)));
  return element;
}

/** A fragment of the children that are there. */
export function fragment(...children) {
  const result = document.createDocumentFragment();
  result.append(...present(children.flat(Infinity)));
  return result;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function present(children) {
  return children
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : /** @type {any} */ (child)));
}

const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address when a link may lead there, else null: `javascript:` and its kin get no href. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return SAFE_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens in a new tab, or plain text when the address is not a safe one. */
export function link(address, ...children) {
  const href = safeUrl(address);
  if (!href) return h("span", { class: "refused-link", title: "This address is not opened" }, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/**
 * Makes the children of `parent` exactly `nodes`, in order, moving only what must move:
 * nodes that stay keep their focus, their scroll position and their running state.
 */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  const focused = focusedHook(parent);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
  if (focused && !parent.contains(document.activeElement)) {
    parent.querySelector(focused)?.focus({ preventScroll: true });
  }
}

/** Where the focus is, by test id, so that it survives the redrawing of what it stands in. */
function focusedHook(parent) {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  if (!active?.dataset.testid || !parent.contains(active)) return null;
  const row = /** @type {HTMLElement | null} */ (active.closest("[data-row]"));
  const hook = `[data-testid="${CSS.escape(active.dataset.testid)}"]`;
  return row ? `[data-row="${CSS.escape(row.dataset.row ?? "")}"] ${hook}` : hook;
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  thread: "M5 5h14v10H11l-4 4v-4H5z",
  react: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8.5 10v.5M15.5 10v.5M8.5 14.5c2 2 5 2 7 0",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7M3 20c0-4 3-6 6-6s6 2 6 6M16 5a3 3 0 0 1 0 6M18 14c2 .8 3 3 3 6",
  theme: "M12 3a9 9 0 1 0 9 9c-4 2-10-2-9-9",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  chevron: "M6 9l6 6 6-6",
  more: "M5 12h.5M12 12h.5M19 12h.5",
  plus: "M12 5v14M5 12h14",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  warning: "M12 4L2.5 20h19zM12 10v4.5M12 17v.5",
  eye: "M2 12c4-7 16-7 20 0c-4 7-16 7-20 0M12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5",
  split: "M4 5h16v14H4zM12 5v14",
  reply: "M10 6L4 12l6 6M4 12h9c4 0 6 2 7 6",
  apps: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM16.5 14v5M14 16.5h5",
  house: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
};

const SVG = "http://www.w3.org/2000/svg";

/** A drawn icon, hidden from assistive technology: its button carries the name. */
export function icon(/** @type {keyof typeof ICONS} */ name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
