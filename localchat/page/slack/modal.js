/** The person's stack of modals; the top one is open. */

import { h, icon, reconcile } from "../dom.js";
import { renderBlocks } from "./blocks.js";
import { Form } from "./form.js";
import { plainText } from "./mrkdwn.js";

export class Modals {
  /** @type {Map<string, Form>} view id -> what was filled in */
  #forms = new Map();
  #shown = ""; // the open view's id and hash
  #dialog = h("dialog", {
    class: "dialog is-modal",
    "data-testid": "modal",
    "aria-labelledby": "modal-title",
  });

  /**
   * @param {object} session
   * @param {(view: any, form: Form) => import("./elements.js").Surface} session.surfaceOf
   * @param {(view: any, values: object) => Promise<any>} session.submit
   * @param {(view: any) => Promise<any>} session.close
   */
  constructor(session) {
    this.session = session;
    document.body.append(this.#dialog);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#dialog.querySelector("[data-testid=modal-close]")?.click();
    });
  }

  /** Shows the stack, bottom first; an empty one closes the dialog. */
  show(views) {
    const ids = new Set(views.map(({ id }) => id));
    for (const id of this.#forms.keys()) if (!ids.has(id)) this.#forms.delete(id);
    const view = views.at(-1);
    if (!view) return this.#hide();
    const state = `${view.id} ${view.hash ?? JSON.stringify(view)} ${views.length}`;
    if (state === this.#shown) return undefined;
    const isSameView = this.#shown.startsWith(`${view.id} `);
    this.#shown = state;
    this.#draw(view, views.length, isSameView);
    if (!this.#dialog.open) this.#dialog.showModal();
    if (!isSameView) this.#focusFirstField();
    return undefined;
  }

  #hide() {
    this.#shown = "";
    if (this.#dialog.open) this.#dialog.close();
    this.#dialog.replaceChildren();
  }

  #draw(view, depth, isSameView) {
    const form = this.#forms.get(view.id) ?? new Form();
    this.#forms.set(view.id, form.seed(view.blocks));
    const body = h(
      "div",
      { class: "dialog-body" },
      renderBlocks(view.blocks, this.session.surfaceOf(view, form)),
    );
    const scroll = isSameView ? (this.#dialog.querySelector(".dialog-body")?.scrollTop ?? 0) : 0;
    reconcile(this.#dialog, [
      h(
        "form",
        {
          class: "dialog-form",
          novalidate: true,
          "data-row": view.id,
          "data-view": view.id,
          onsubmit: (event) => {
            event.preventDefault();
            this.#submit(view, form);
          },
        },
        this.#head(view, depth),
        body,
        this.#foot(view),
      ),
    ]);
    body.scrollTop = scroll;
  }

  #head(view, depth) {
    const close = () => this.session.close(view);
    return h(
      "header",
      { class: "dialog-head" },
      depth > 1 &&
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Back",
            "data-testid": "modal-back",
            onclick: close,
          },
          icon("back"),
        ),
      h("h2", { id: "modal-title" }, plainText(view.title?.text)),
      depth > 1 && h("span", { class: "depth" }, `${depth} of 3`),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Close",
          "data-testid": "modal-close",
          onclick: close,
        },
        icon("close"),
      ),
    );
  }

  #foot(view) {
    const hasSubmit = Boolean(view.submit) || view.blocks.some(({ type }) => type === "input");
    return h(
      "footer",
      { class: "dialog-foot" },
      h("p", { class: "problem is-banner", role: "alert", "data-testid": "modal-error" }),
      h(
        "button",
        {
          type: "button",
          class: "button",
          "data-testid": "modal-cancel",
          onclick: () => this.session.close(view),
        },
        plainText(view.close?.text ?? (hasSubmit ? "Cancel" : "Close")),
      ),
      hasSubmit &&
        h(
          "button",
          { type: "submit", class: "button is-primary", "data-testid": "modal-submit" },
          plainText(view.submit?.text ?? "Submit"),
        ),
    );
  }

  async #submit(view, form) {
    const button = this.#dialog.querySelector("[data-testid=modal-submit]");
    if (button.getAttribute("aria-busy")) return;
    const problems = form.problems(view.blocks);
    this.#showErrors(problems);
    if (Object.keys(problems).length) return;
    button.setAttribute("aria-busy", "true");
    const answer = await this.session.submit(view, form.values);
    button.removeAttribute("aria-busy");
    if (answer.ok) return;
    this.#showErrors(
      answer.errors ?? {},
      answer.errors ? "" : (answer.message ?? "We had some trouble connecting. Try again?"),
    );
  }

  /** Each message under its field; one for a field that is not shown goes to the foot. */
  #showErrors(errors, general = "") {
    const lost = [];
    for (const note of this.#dialog.querySelectorAll(".field-error")) note.textContent = "";
    this.#dialog.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    for (const [blockId, message] of Object.entries(errors)) {
      const block = this.#dialog.querySelector(`[data-block="${CSS.escape(blockId)}"]`);
      const note = block?.querySelector(".field-error");
      if (note) {
        note.textContent = message;
        block.querySelector("[aria-describedby]")?.setAttribute("aria-invalid", "true");
      } else lost.push(message);
    }
    this.#dialog.querySelector("[data-testid=modal-error]").textContent = [general, ...lost]
      .filter(Boolean)
      .join(" ");
    const first = this.#dialog.querySelector("[aria-invalid]");
    (first?.matches("[role]") ? first.querySelector("input") : first)?.focus();
  }

  #focusFirstField() {
    const fields = ".dialog-body :is(input, textarea, select)";
    const field = this.#dialog.querySelector("[autofocus]") ?? this.#dialog.querySelector(fields);
    (field ?? this.#dialog.querySelector("[data-testid=modal-close]"))?.focus();
  }
}
