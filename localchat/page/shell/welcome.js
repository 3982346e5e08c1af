/** What a first visitor is told. */

import { h, icon } from "../dom.js";

const SEEN = "localchat.welcomed";

/** Draws the panel until it has been dismissed once in this browser. */
export function drawWelcome(root, person) {
  if (localStorage.getItem(SEEN)) return root.replaceChildren();
  const dismiss = () => {
    localStorage.setItem(SEEN, "1");
    root.replaceChildren();
  };
  return root.replaceChildren(
    h(
      "aside",
      { class: "welcome", "aria-label": "Welcome", "data-testid": "welcome" },
      h(
        "p",
        {},
        h("strong", {}, `You are acting as ${person.shown}.`),
        " Click the buttons on a card; switch person at the top.",
      ),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Dismiss",
          "data-testid": "welcome-dismiss",
          onclick: dismiss,
        },
        icon("close"),
      ),
    ),
  );
}
