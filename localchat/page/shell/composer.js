/** Where one writes: Enter sends, Shift+Enter breaks the line, / lists the commands, @ the people. */

import { h, icon } from "../dom.js";
import { personAvatar } from "./avatar.js";

const SUGGESTIONS_MAX = 8;
const COMMAND = /^\/(\S*)$/;
const MENTION = /(^|\s)@([\p{L}\p{N}_.-]*)$/u;

export class Composer {
  #suggestions = [];
  #chosen = 0;
  #place = "";
  /** @type {Map<string, string>} place -> what was written there but not sent */
  #drafts = new Map();

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../store.js").Store} options.store
   * @param {string} options.testid
   * @param {(text: string) => Promise<any>} options.send
   */
  constructor(root, { store, testid, send }) {
    this.store = store;
    this.send = send;
    const listId = `${testid}-suggestions`;
    this.input = h("textarea", {
      rows: 1,
      "data-testid": testid,
      "aria-controls": listId,
      "aria-autocomplete": "list",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#suggest([]),
    });
    this.list = h("ul", {
      class: "suggestions",
      role: "listbox",
      id: listId,
      "aria-label": "Suggestions",
      hidden: true,
    });
    this.problem = h("p", { class: "problem", role: "alert", "data-testid": `${testid}-error` });
    this.note = h("p", { class: "composer-note", hidden: true });
    this.button = h(
      "button",
      { type: "submit", class: "icon-button is-send", "aria-label": "Send", "data-testid": `${testid}-send` },
      icon("send"),
    );
    this.form = h(
      "form",
      { class: "composer-box", onsubmit: (event) => this.#submit(event) },
      this.input,
      this.button,
    );
    this.hint = h(
      "p",
      { class: "composer-hint" },
      h("kbd", {}, "/"),
      " for commands, ",
      h("kbd", {}, "Shift"),
      "+",
      h("kbd", {}, "Enter"),
      " for a new line",
    );
    root.append(this.list, this.problem, this.form, this.note, this.hint);
  }

  /**
   * Sets where one writes, with the draft that was left there, and what the field is called.
   *
   * @param {string} place
   * @param {string} placeholder
   * @param {string} [closedBecause] a reason closes the field
   */
  draw(place, placeholder, closedBecause = "") {
    if (place !== this.#place) this.#moveTo(place);
    this.input.placeholder = placeholder;
    this.input.setAttribute("aria-label", placeholder);
    this.form.hidden = Boolean(closedBecause);
    this.hint.hidden = Boolean(closedBecause);
    this.note.hidden = !closedBecause;
    this.note.textContent = closedBecause;
  }

  #moveTo(place) {
    this.#drafts.set(this.#place, this.input.value);
    this.#place = place;
    this.input.value = this.#drafts.get(place) ?? "";
    this.problem.textContent = "";
    this.#suggest([]);
    this.#fit();
  }

  focus() {
    this.input.focus();
  }

  #typed() {
    this.problem.textContent = "";
    this.#fit();
    const before = this.input.value.slice(0, this.input.selectionStart);
    const command = COMMAND.exec(before);
    const mention = MENTION.exec(before);
    if (command) this.#suggest(this.#commands(command[1]));
    else if (mention) this.#suggest(this.#people(mention[2]));
    else this.#suggest(this.#usage(before));
  }

  #fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
  }

  #commands(start) {
    return this.store.workspace.commands
      .filter(({ command }) => command.slice(1).startsWith(start.toLowerCase()))
      .map(({ command, description, usage_hint: usage }) => ({
        label: [h("strong", {}, command), usage && h("span", { class: "usage" }, ` ${usage}`)],
        hint: description,
        insert: `${command} `,
        replaces: start.length + 1,
      }));
  }

  /** While its words are typed, a command shows how it is used. */
  #usage(text) {
    const known = this.store.workspace.commands.find(({ command }) => text.startsWith(`${command} `));
    if (!known?.usage_hint && !known?.description) return [];
    return [
      {
        label: [h("strong", {}, known.command), h("span", { class: "usage" }, ` ${known.usage_hint ?? ""}`)],
        hint: known.description,
        insert: null,
      },
    ];
  }

  #people(start) {
    const wanted = start.toLowerCase();
    return this.store.workspace.people
      .filter(
        (person) =>
          !person.deleted &&
          `${person.name} ${person.shown}`
            .toLowerCase()
            .split(" ")
            .some((word) => word.startsWith(wanted)),
      )
      .map((person) => ({
        label: [personAvatar(person, "tiny"), person.shown],
        hint: person.title,
        insert: `@${person.shown} `,
        replaces: start.length + 1,
      }));
  }

  #suggest(suggestions) {
    this.#suggestions = suggestions.slice(0, SUGGESTIONS_MAX);
    this.#chosen = 0;
    this.list.hidden = !this.#suggestions.length;
    this.#drawSuggestions();
  }

  #drawSuggestions() {
    const options = this.#suggestions.map(({ label, hint, insert }, index) =>
      h(
        "li",
        {
          role: "option",
          id: `${this.list.id}-${index}`,
          "data-testid": `suggestion-${index}`,
          "aria-selected": String(insert !== null && index === this.#chosen),
          onpointerdown: (event) => {
            event.preventDefault();
            this.#take(index);
          },
        },
        h("span", {}, label),
        hint && h("span", { class: "muted" }, hint),
      ),
    );
    this.list.replaceChildren(...options);
    this.input.setAttribute("aria-activedescendant", options[this.#chosen]?.id ?? "");
  }

  #take(index) {
    const { insert, replaces } = this.#suggestions[index];
    if (insert === null) return;
    const at = this.input.selectionStart;
    this.input.setRangeText(insert, at - replaces, at, "end");
    this.#typed();
  }

  #key(event) {
    if (event.isComposing) return;
    const canChoose = this.#suggestions.length > 0 && this.#suggestions[0].insert !== null;
    if (event.key === "Escape" && this.#suggestions.length) this.#suggest([]);
    else if (canChoose && (event.key === "ArrowDown" || event.key === "ArrowUp"))
      this.#step(event.key === "ArrowDown" ? 1 : -1);
    else if (canChoose && (event.key === "Tab" || (event.key === "Enter" && !this.#isComplete())))
      this.#take(this.#chosen);
    else if (event.key === "Enter" && !event.shiftKey) this.form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** True when the chosen command is already written out: Enter then sends it. */
  #isComplete() {
    return this.#suggestions[this.#chosen].insert.trim() === this.input.value.trim();
  }

  #step(by) {
    this.#chosen = (this.#chosen + by + this.#suggestions.length) % this.#suggestions.length;
    this.#drawSuggestions();
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    const place = this.#place;
    this.input.value = "";
    this.#suggest([]);
    this.#fit();
    this.button.setAttribute("aria-busy", "true");
    const answer = await this.send(text);
    this.button.removeAttribute("aria-busy");
    if (answer.ok) return;
    if (place !== this.#place) {
      this.#drafts.set(place, text);
      return;
    }
    if (!this.input.value) this.input.value = text;
    this.#fit();
    this.problem.textContent = answer.message ?? `Not sent: ${answer.error}`;
  }
}
