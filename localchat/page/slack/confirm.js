/** The question an element asks before it acts (a `confirm` object). */

import { h } from "../dom.js";
import { plainText, textObject } from "./mrkdwn.js";

/** True when the person confirms. */
export function askToConfirm(confirm, lookup) {
  const asker = document.activeElement;
  const isDanger = confirm.style === "danger"; // Enter pressed twice must not do it
  return new Promise((resolve) => {
    const answer = (yes) => {
      dialog.remove();
      if (asker instanceof HTMLElement) asker.focus();
      resolve(yes);
    };
    const look = isDanger ? "is-danger" : "is-primary";
    const dialog = h(
      "dialog",
      {
        class: "dialog is-small",
        "data-testid": "confirm",
        "aria-labelledby": "confirm-title",
        oncancel: () => answer(false),
      },
      h("header", { class: "dialog-head" }, h("h2", { id: "confirm-title" }, plainText(confirm.title.text))),
      h("div", { class: "dialog-body" }, textObject(confirm.text, lookup)),
      h(
        "footer",
        { class: "dialog-foot" },
        h(
          "button",
          {
            type: "button",
            class: "button",
            "data-testid": "confirm-deny",
            autofocus: isDanger,
            onclick: () => answer(false),
          },
          plainText(confirm.deny?.text ?? "Cancel"),
        ),
        h(
          "button",
          {
            type: "button",
            class: `button ${look}`,
            "data-testid": "confirm-ok",
            autofocus: !isDanger,
            onclick: () => answer(true),
          },
          plainText(confirm.confirm?.text ?? "OK"),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
