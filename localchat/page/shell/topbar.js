/** The bar on top: whom one plays, and the theme. */

import { now, timeOfDay } from "../clock.js";
import { h, icon, reconcile } from "../dom.js";
import { personAvatar } from "./avatar.js";
import { openMenu } from "./menu.js";
import { nextTheme, themeName } from "./theme.js";

const QUICK_COUNT = 5; // people beside the switcher, one click away

/**
 * @param {HTMLElement} root
 * @param {{actor: any, actors: any[]}} cast whom one plays, and could
 * @param {{actAs: (id: string) => void, toggleSidebar: () => void}} actions
 */
export function drawTopbar(root, cast, { actAs, toggleSidebar }) {
  const { actor, actors } = cast;
  const quick = actors.filter(({ id }) => id !== actor.id).slice(0, QUICK_COUNT);
  reconcile(root, [
    h(
      "button",
      {
        type: "button",
        class: "icon-button only-narrow",
        "aria-label": "Channels",
        "data-testid": "toggle-sidebar",
        onclick: toggleSidebar,
      },
      icon("menu"),
    ),
    h(
      "span",
      { class: "brand" },
      h("span", { class: "brand-mark", "aria-hidden": "true" }),
      h("span", { class: "brand-name" }, "localchat"),
    ),
    h(
      "div",
      { class: "act-as", role: "group", "aria-label": "Act as" },
      h("span", { class: "act-as-label", id: "act-as-label" }, "Act as"),
      h(
        "button",
        {
          type: "button",
          class: "act-as-button",
          "data-testid": "act-as",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          "aria-label": `Act as: now ${actor.shown}, ${subtitle(actor)}. Switch person`,
          onclick: (event) =>
            openMenu(
              event.currentTarget,
              actors.map((person) => choice(person, actor, actAs)),
              "Act as",
            ),
        },
        personAvatar(actor, "small"),
        h("span", { class: "act-as-name" }, actor.shown),
        h("span", { class: "act-as-hint" }, subtitle(actor)),
        icon("chevron"),
      ),
      h(
        "span",
        { class: "act-as-quick" },
        quick.map((person) =>
          h(
            "button",
            {
              type: "button",
              class: "quick-person",
              title: `Act as ${person.shown}`,
              "aria-label": `Act as ${person.shown}`,
              "data-testid": `quick-act-as-${person.id}`,
              onclick: () => actAs(person.id),
            },
            personAvatar(person, "small"),
          ),
        ),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-testid": "theme",
        "aria-label": `Theme: ${themeName()}`,
        title: `Theme: ${themeName()}`,
        onclick: () => {
          nextTheme();
          drawTopbar(root, cast, { actAs, toggleSidebar });
        },
      },
      icon("theme"),
    ),
  ]);
}

const choice = (person, actor, actAs) => ({
  label: [person.shown, person.is_guest && h("span", { class: "tag" }, "guest")],
  hint: `${subtitle(person)} · ${timeOfDay(now(), person.tz)}`,
  leading: personAvatar(person, "medium"),
  testid: `act-as-${person.id}`,
  isChecked: person.id === actor.id,
  choose: () => actAs(person.id),
});

/** "Data lead · Berlin" */
function subtitle(person) {
  const city = person.tz.split("/").at(-1).replaceAll("_", " ");
  return [person.title, city].filter(Boolean).join(" · ");
}
