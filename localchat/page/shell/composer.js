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
   * @param {() => import("../platforms.js").Platform} options.platform
   * @param {(text: string, replyTo?: string) => Promise<any>} options.send
   */
  constructor(root, { store, testid, platform, send }) {
    this.store = store;
    this.send = send;
    this.platform = platform;
    this.root = root;
    this.testid = testid;
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
    this.replying = h("p", { class: "replying", "data-testid": "replying", hidden: true });
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
    root.append(this.list, this.problem, this.replying, this.form, this.note, this.hint);
  }

  /** Gives the parts that refer to each other ids of their own. */
  name(tail) {
    this.list.id = `${this.testid}-suggestions${tail}`;
    this.input.setAttribute("aria-controls", this.list.id);
  }

  /** Says what was refused. */
  complain(words) {
    this.problem.textContent = words;
  }

  /** The next message answers this one. */
  replyTo(said) {
    this.#replyTo = said?.id ?? "";
    this.replying.hidden = !said;
    const stop = () => this.replyTo(null);
    this.replying.replaceChildren(
      "Replying to ",
      h("strong", {}, said?.author.name ?? ""),
      h(
        "button",
        { type: "button", class: "icon-button is-tiny", "aria-label": "Stop replying", onclick: stop },
        icon("close"),
      ),
    );
    if (said) this.focus();
  }

  #replyTo = "";
  /** @type {{element: HTMLElement, focus: () => void} | null} what stands in the field's place */
  #command = null;

  /** Puts a command's fields in the place of the text field, or takes them away again. */
  #show(command) {
    this.#command?.element.remove();
    this.#command = command;
    this.form.hidden = Boolean(command);
    if (!command) return;
    this.#suggest([]);
    this.input.value = "";
    this.problem.textContent = "";
    this.form.after(command.element);
    command.focus();
  }

  /** Lets the platform take over when a whole command was written. */
  #takeOver(text) {
    const [actorId, channel] = this.#place.split(" ");
    if (!actorId || !channel) return false;
    const command = this.platform().commandLine?.(text, {
      channel,
      close: () => {
        this.#show(null);
        this.focus();
      },
    });
    if (command) this.#show(command);
    return Boolean(command);
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
    this.form.hidden = Boolean(closedBecause || this.#command);
    this.hint.hidden = Boolean(closedBecause);
    this.note.hidden = !closedBecause;
    this.note.textContent = closedBecause;
  }

  #moveTo(place) {
    this.#drafts.set(this.#place, this.input.value);
    this.#place = place;
    this.#show(null);
    this.replyTo(null);
    this.platform().enter?.(place.split(" ")[1]);
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
    if (/^\/.+ $/.test(this.input.value) && this.#takeOver(this.input.value.slice(1).trim())) return;
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
    const isUsable = (command) => this.platform().mayUse?.(command) ?? true;
    return this.store.workspace.commands
      .filter(({ command }) => command.slice(1).startsWith(start.toLowerCase()) && isUsable(command))
      .map(({ command, description, usage_hint: usage }) => ({
        label: [h("strong", {}, command), usage && h("span", { class: "usage" }, ` ${usage}`)],
        hint: description,
        insert: `${command} `,
        replaces: start.length + 1,
      }));
  }

  /** While its words are typed, a command shows how it is used. */
  #usage(text) {
    if (this.platform().commandLine && text.startsWith("/")) {
      const found = this.#commands(text.slice(1)); // a subcommand's name has spaces
      if (found.length) return found;
    }
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
    else if (event.key === "Escape" && this.#replyTo) this.replyTo(null);
    else if (canChoose && (event.key === "ArrowDown" || event.key === "ArrowUp"))
      this.#step(event.key === "ArrowDown" ? 1 : -1);
    else if (canChoose && (event.key === "Tab" || (event.key === "Enter" && !this.#isComplete())))
      this.#take(this.#chosen);
    else if (event.key === "Enter" && !event.shiftKey) this.form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** True when the chosen command is already written out and needs no more: Enter then sends it. */
  #isComplete() {
    const text = this.input.value.trim();
    const isWritten = this.#suggestions[this.#chosen].insert.trim() === text;
    return isWritten && !this.platform().needsMore?.(text);
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
    const replyTo = this.#replyTo;
    this.replyTo(null);
    this.input.value = "";
    this.#suggest([]);
    this.#fit();
    this.button.setAttribute("aria-busy", "true");
    const answer = await this.send(text, replyTo);
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
