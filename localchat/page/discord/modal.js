/** The form that a person has open: text fields, menus, ticks, and text between them. */

import { h, icon } from "../dom.js";
import { choices, isChoice, menuField } from "./menus.js";
import { markdown } from "./markdown.js";

const ROW = 1;
const FIELD = 4;
const TEXT = 10;
const LABEL = 18;
const CHECKBOX = 23;
const PARAGRAPH = 2;

export class Modal {
  #shown = "";
  /** @type {Map<string, any>} custom_id -> text, list of values, or true */
  #values = new Map();
  #dialog = h("dialog", {
    class: "dialog is-modal",
    "data-testid": "modal",
    "data-platform": "discord",
    "aria-labelledby": "discord-modal-title",
  });

  /**
   * @param {object} session
   * @param {() => import("./markdown.js").Lookup} session.lookup
   * @param {() => import("./menus.js").Directory} session.directory
   * @param {() => string} session.appName
   * @param {(values: object) => Promise<any>} session.submit
   * @param {() => Promise<any>} session.close
   */
  constructor(session) {
    this.session = session;
    document.body.append(this.#dialog);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      session.close();
    });
  }

  /** Shows the form, or closes it when there is none. @param {any[]} views */
  show([view]) {
    if (!view) {
      this.#shown = "";
      if (this.#dialog.open) this.#dialog.close();
      this.#dialog.replaceChildren();
      return;
    }
    if (view.id === this.#shown) return;
    this.#shown = view.id;
    this.#values = new Map();
    this.#draw(view);
    if (!this.#dialog.open) this.#dialog.showModal();
    const first = this.#dialog.querySelector(".dialog-body :is(input, textarea, select)");
    (first ?? this.#dialog.querySelector("[data-testid=modal-cancel]"))?.focus();
  }

  #draw(view) {
    const close = () => this.session.close();
    this.#dialog.replaceChildren(
      h(
        "form",
        {
          class: "dialog-form",
          novalidate: true,
          "data-view": view.id,
          onsubmit: (event) => this.#submit(event, view),
        },
        h(
          "header",
          { class: "dialog-head" },
          h("h2", { id: "discord-modal-title" }, view.title),
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
        ),
        h(
          "div",
          { class: "dialog-body" },
          h(
            "p",
            { class: "modal-note" },
            `This form goes to ${this.session.appName()}. Do not share passwords.`,
          ),
          view.components.map((component) => this.#part(component)),
        ),
        h(
          "footer",
          { class: "dialog-foot" },
          h("p", { class: "problem is-banner", role: "alert", "data-testid": "modal-error" }),
          h(
            "button",
            { type: "button", class: "button is-secondary", "data-testid": "modal-cancel", onclick: close },
            "Cancel",
          ),
          h(
            "button",
            { type: "submit", class: "button is-primary", "data-testid": "modal-submit" },
            "Submit",
          ),
        ),
      ),
    );
  }

  #part(component) {
    if (component.type === TEXT) {
      return h("div", { class: "text modal-text" }, markdown(component.content, this.session.lookup()));
    }
    if (component.type === LABEL) return this.#labelled(component.component, component);
    if (component.type === ROW) return component.components.map((field) => this.#labelled(field, field));
    return h("p", { class: "unknown" }, `component of type ${component.type}`);
  }

  #labelled(field, { label, description }) {
    const id = `field-${field.custom_id}`;
    const isNeeded = field.required ?? true;
    const about = description ? `${id}-about` : null;
    return h(
      "div",
      { class: "field", "data-field": field.custom_id },
      h(
        "label",
        { class: "label", for: id, id: `${id}-label` },
        label ?? field.label ?? "",
        isNeeded && field.type !== CHECKBOX && h("span", { class: "needed", title: "Required" }, " *"),
      ),
      description && h("p", { class: "hint", id: about }, description),
      this.#control(field, { id, "aria-describedby": about, "data-testid": `action-${field.custom_id}` }),
      h("p", { class: "field-error", role: "alert", "data-testid": `error-${field.custom_id}` }),
    );
  }

  #control(field, hooks) {
    const keep = (value) => {
      this.#values.set(field.custom_id, value);
      this.#complain(field.custom_id, "");
    };
    if (field.type === FIELD) {
      const isLong = field.style === PARAGRAPH;
      if (field.value) this.#values.set(field.custom_id, field.value);
      return h(isLong ? "textarea" : "input", {
        ...hooks,
        type: isLong ? null : "text",
        rows: isLong ? 4 : null,
        autocomplete: "off",
        maxlength: field.max_length ?? 4000,
        placeholder: field.placeholder,
        value: field.value ?? "",
        oninput: ({ target }) => keep(target.value),
      });
    }
    if (field.type === CHECKBOX) {
      const set = ({ target }) => keep(target.checked);
      return h("input", {
        ...hooks,
        type: "checkbox",
        class: "tick",
        checked: Boolean(field.default),
        onchange: set,
      });
    }
    if (!isChoice(field)) return h("p", { class: "unknown" }, `component of type ${field.type}`);
    const offered = choices(field, this.session.directory());
    const defaults = offered.filter(({ isDefault }) => isDefault).map(({ value }) => value);
    if (defaults.length) this.#values.set(field.custom_id, defaults);
    return menuField(field, offered, { ...hooks, "aria-labelledby": `${hooks.id}-label` }, keep);
  }

  #complain(id, words) {
    const box = this.#dialog.querySelector(`[data-field="${CSS.escape(id)}"]`);
    if (!box) return;
    box.querySelector(".field-error").textContent = words;
    const control = box.querySelector("input, textarea, select");
    if (words) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }

  /** What Discord's client itself refuses to send: the first field's id that is wrong, if one is. */
  #check(components) {
    const wrong = [];
    for (const part of components) {
      for (const field of part.component ? [part.component] : (part.components ?? [])) {
        const words = problemOf(field, this.#values.get(field.custom_id));
        this.#complain(field.custom_id, words);
        if (words) wrong.push(field.custom_id);
      }
    }
    return wrong[0];
  }

  async #submit(event, view) {
    event.preventDefault();
    const button = this.#dialog.querySelector("[data-testid=modal-submit]");
    if (button.getAttribute("aria-busy")) return;
    const banner = this.#dialog.querySelector("[data-testid=modal-error]");
    banner.textContent = "";
    const wrong = this.#check(view.components);
    if (wrong) {
      this.#dialog.querySelector(`[data-field="${CSS.escape(wrong)}"] :is(input, textarea, select)`)?.focus();
      return;
    }
    button.setAttribute("aria-busy", "true");
    const answer = await this.session.submit(Object.fromEntries(this.#values));
    button.removeAttribute("aria-busy");
    if (!answer.ok) banner.textContent = answer.message ?? "Something went wrong. Try again.";
  }
}

function problemOf(field, value) {
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (isEmpty) return (field.required ?? true) && field.type !== CHECKBOX ? "This field is required" : "";
  const least = field.type === FIELD ? (field.min_length ?? 0) : 0;
  return String(value).length < least ? `Must be ${least} or more in length.` : "";
}
