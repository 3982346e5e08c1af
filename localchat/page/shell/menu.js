/** Menus that open at a button: light dismiss and Esc come with the popover, arrow keys from here. */

import { h } from "../dom.js";

/**
 * @typedef {object} Item
 * @property {any} label
 * @property {any} [hint] a second line
 * @property {any} [leading] an avatar or an icon
 * @property {string} [testid]
 * @property {boolean} [isChecked] makes the menu a choice of one
 * @property {() => void} choose
 */

/** Opens a menu of items. @param {HTMLElement} anchor @param {Item[]} items @param {string} [label] */
export function openMenu(anchor, items, label) {
  const isChoice = items.some(({ isChecked }) => isChecked !== undefined);
  const buttons = items.map(({ label: words, hint, leading, testid, isChecked, choose }) =>
    h(
      "button",
      {
        type: "button",
        class: "menu-item",
        role: isChoice ? "menuitemradio" : "menuitem",
        "data-testid": testid,
        "aria-checked": isChecked === undefined ? null : String(isChecked),
        onclick: () => {
          menu.hidePopover();
          choose();
        },
      },
      leading,
      h(
        "span",
        {},
        h("span", { class: "menu-label" }, words),
        hint && h("span", { class: "menu-hint" }, hint),
      ),
    ),
  );
  const menu = openPopover(anchor, h("div", { class: "menu", role: "menu", "aria-label": label }, buttons));
  menu.addEventListener("keydown", (event) => moveFocus(event, buttons));
  (buttons[items.findIndex(({ isChecked }) => isChecked)] ?? buttons[0])?.focus();
}

/** Opens any content at a button and gives the focus back when it closes. */
export function openPopover(anchor, content) {
  content.setAttribute("popover", "auto");
  (anchor.closest("dialog") ?? document.body).append(content);
  content.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "closed") return;
    if (content.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    content.remove();
  });
  content.showPopover();
  place(content, anchor.getBoundingClientRect());
  return content;
}

const GAP = 6; // pixels

/** Below the button where there is room, else above it; always inside the window. */
function place(content, at) {
  const { width, height } = content.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
  const below = at.bottom + GAP;
  const top = below + height < innerHeight ? below : Math.max(GAP, at.top - height - GAP);
  content.style.left = `${left}px`;
  content.style.top = `${top}px`;
}

function moveFocus(event, buttons) {
  const at = buttons.indexOf(document.activeElement);
  const last = buttons.length - 1;
  const next = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last }[
    event.key
  ];
  const byLetter =
    event.key.length === 1 && event.key !== " " ? startingWith(event.key, buttons, at) : undefined;
  const target = buttons[next ?? byLetter];
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function startingWith(letter, buttons, at) {
  const order = buttons.map((_, index) => (at + 1 + index) % buttons.length);
  const label = (index) => buttons[index].querySelector(".menu-label").textContent.toLowerCase();
  return order.find((index) => label(index).startsWith(letter.toLowerCase()));
}
