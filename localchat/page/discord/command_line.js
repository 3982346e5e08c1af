/** A slash command being filled in: its name, a field for each option, and what the bot suggests. */

import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { table } from "../table.js";

const ASK_AFTER = 120; // milliseconds without a key
const SHOWN_MAX = 10; // suggestions
const [INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER] = [4, 5, 6, 7, 8, 9, 10];
const FROM = table({
  [USER]: ["users"],
  [CHANNEL]: ["channels"],
  [ROLE]: ["roles"],
  [MENTIONABLE]: ["users", "roles"],
});

export class CommandLine {
  /** @type {Map<string, any>} option -> value */
  #values = new Map();
  /** @type {Map<string, HTMLElement>} option -> its field */
  #fields = new Map();
  #suggested = [];
  #chosen = 0;
  #timer = 0;
  #asked = 0;

  /**
   * @param {{command: string, description: string, options: any[]}} usage
   * @param {object} session
   * @param {string} session.as
   * @param {string} session.channel
   * @param {import("./menus.js").Directory} session.directory
   * @param {() => void} session.close
   * @param {(answer: any) => void} session.ran
   */
  constructor(usage, session) {
    this.usage = usage;
    this.session = session;
    this.name = usage.command.slice(1);
    this.list = h("ul", {
      class: "suggestions",
      role: "listbox",
      id: "option-suggestions",
      "aria-label": "Choices",
      hidden: true,
    });
    this.note = h("span", { class: "command-note" }, usage.description);
    this.problem = h("p", { class: "problem", role: "alert", "data-testid": "command-error" });
    this.line = h("div", { class: "command-line" }, h("span", { class: "command-name" }, usage.command));
    this.more = h("span", { class: "command-more" });
    this.line.append(this.more);
    for (const option of usage.options) if (option.required) this.#add(option);
    this.#offerMore();
    this.element = h(
      "form",
      {
        class: "command",
        "data-testid": "command",
        "aria-label": usage.command,
        onsubmit: (event) => this.#run(event),
        onkeydown: (event) => this.#key(event),
      },
      this.list,
      this.problem,
      h("div", { class: "command-head" }, h("strong", {}, usage.command), this.note),
      h(
        "div",
        { class: "composer-box" },
        this.line,
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": "Cancel",
            "data-testid": "command-cancel",
            onclick: session.close,
          },
          icon("close"),
        ),
        h(
          "button",
          {
            type: "submit",
            class: "icon-button is-send",
            "aria-label": "Send",
            "data-testid": "command-send",
          },
          icon("send"),
        ),
      ),
    );
  }

  focus() {
    const [first] = this.#fields.values();
    (first ?? this.element.querySelector("[data-testid=command-send]")).focus();
  }

  #add(option) {
    const field = h("input", {
      class: "option-field",
      autocomplete: "off",
      spellcheck: "false",
      size: 8,
      "aria-label": option.name,
      "aria-autocomplete": "list",
      "aria-controls": "option-suggestions",
      inputmode: option.type === INTEGER || option.type === NUMBER ? "decimal" : null,
      "data-testid": `option-field-${option.name}`,
      oninput: () => this.#typed(option, field),
      onfocus: () => {
        this.note.textContent = option.description ?? "";
        this.#suggest(option, field);
      },
      onblur: () => {
        this.#show([], field);
        this.note.textContent = this.usage.description;
      },
    });
    this.#fields.set(option.name, field);
    this.more.before(
      h("label", { class: "option" }, h("span", { class: "option-name" }, option.name), field),
    );
    return field;
  }

  /** Options that may be left out, one click away. */
  #offerMore() {
    const left = this.usage.options.filter(({ name }) => !this.#fields.has(name));
    this.more.replaceChildren(
      ...left.map((option) =>
        h(
          "button",
          {
            type: "button",
            class: "option-add",
            title: option.description,
            "data-testid": `add-option-${option.name}`,
            onclick: () => {
              const field = this.#add(option);
              this.#offerMore();
              field.focus();
            },
          },
          `+ ${option.name}`,
        ),
      ),
    );
  }

  #typed(option, field) {
    field.size = Math.max(8, Math.min(field.value.length + 1, 40));
    this.problem.textContent = "";
    this.#values.delete(option.name);
    if (field.value !== "") this.#values.set(option.name, entered(option, field.value));
    clearTimeout(this.#timer);
    if (option.autocomplete) this.#timer = setTimeout(() => this.#suggest(option, field), ASK_AFTER);
    else this.#suggest(option, field);
  }

  async #suggest(option, field) {
    this.#asked += 1;
    const asked = this.#asked;
    const typed = field.value;
    const found = option.autocomplete ? await this.#ask(option, typed) : this.#known(option, typed);
    if (asked === this.#asked && document.activeElement === field)
      this.#show(found.slice(0, SHOWN_MAX), field, option);
  }

  async #ask(option, typed) {
    const others = Object.fromEntries([...this.#values].filter(([name]) => name !== option.name));
    const answer = await api.autocomplete({
      as: this.session.as,
      channel: this.session.channel,
      command: this.name,
      option: option.name,
      typed,
      options: others,
    });
    if (!answer.ok) return [{ name: "Loading options failed", value: null }];
    return answer.choices ?? [];
  }

  #known(option, typed) {
    const fits = ({ name }) => name.toLowerCase().includes(typed.toLowerCase());
    if (option.choices) return option.choices.filter(fits);
    if (option.type === BOOLEAN)
      return [
        { name: "True", value: true },
        { name: "False", value: false },
      ].filter(fits);
    const people = (FROM[option.type] ?? []).flatMap((kind) => this.session.directory[kind]);
    return people.map(({ label, value }) => ({ name: label, value })).filter(fits);
  }

  #show(found, field, option) {
    this.#suggested = found;
    this.#chosen = 0;
    this.list.hidden = !found.length;
    const lines = found.map(({ name, value }, index) =>
      h(
        "li",
        {
          role: "option",
          id: `option-suggestion-${index}`,
          "data-testid": `suggestion-${index}`,
          onpointerdown: (event) => {
            event.preventDefault();
            if (value !== null) this.#take(index, field, option);
          },
        },
        h("span", {}, name),
      ),
    );
    this.list.replaceChildren(...lines);
    this.#mark(field);
  }

  #mark(field) {
    [...this.list.children].forEach((line, index) =>
      line.setAttribute("aria-selected", String(index === this.#chosen)),
    );
    field.setAttribute("aria-activedescendant", this.list.children[this.#chosen]?.id ?? "");
  }

  #take(index, field, option) {
    const { name, value } = this.#suggested[index];
    field.value = name;
    field.size = Math.max(8, Math.min(name.length + 1, 40));
    this.#values.set(option.name, value);
    this.#show([], field);
    const empty = [...this.#fields.values()].find((one) => !one.value);
    (empty ?? field).focus();
    if (!empty) this.#show([], field);
  }

  #key(event) {
    if (event.isComposing) return;
    const field = /** @type {any} */ (event.target);
    const option = this.usage.options.find(({ name }) => this.#fields.get(name) === field);
    const count = this.#suggested.length;
    if (event.key === "Escape") {
      if (count) this.#show([], field);
      else this.session.close();
    } else if (event.key === "Backspace" && option && !field.value) this.session.close();
    else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.#chosen = (this.#chosen + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
      this.#mark(field);
    } else if (count && option && this.#suggested[this.#chosen].value !== null && isTaking(event, field)) {
      this.#take(this.#chosen, field, option);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #run(event) {
    event.preventDefault();
    for (const option of this.usage.options) {
      const words = problemOf(option, this.#values.get(option.name));
      if (!words) continue;
      this.problem.textContent = words;
      this.#fields.get(option.name)?.focus();
      return;
    }
    const send = this.element.querySelector("[data-testid=command-send]");
    if (send.getAttribute("aria-busy")) return;
    send.setAttribute("aria-busy", "true");
    const answer = await api.command({
      as: this.session.as,
      channel: this.session.channel,
      command: this.name,
      options: Object.fromEntries(this.#values),
    });
    send.removeAttribute("aria-busy");
    this.session.ran(answer);
    if (answer.ok) this.session.close();
    else this.problem.textContent = answer.message ?? "This command failed.";
  }
}

/** Tab takes the marked choice where something was typed, Enter always. */
const isTaking = (event, field) =>
  event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && field.value !== "");

function entered({ type }, text) {
  if ((type === INTEGER || type === NUMBER) && text.trim() !== "" && Number.isFinite(+text)) return +text;
  if (type === BOOLEAN) return /^(true|yes|1)$/i.test(text);
  return text;
}

/** What Discord's client itself refuses to send; "" when it is fine. */
function problemOf({ name, type, required, min_value: least, max_value: most }, value) {
  if (value === undefined) return required ? `${name} is required.` : "";
  if (type !== INTEGER && type !== NUMBER) return "";
  if (typeof value !== "number") return `${name} must be a number.`;
  if (type === INTEGER && !Number.isInteger(value)) return `${name} must be a whole number.`;
  if (least !== undefined && value < least) return `${name} must be ${least} or more.`;
  return most !== undefined && value > most ? `${name} must be ${most} or less.` : "";
}
