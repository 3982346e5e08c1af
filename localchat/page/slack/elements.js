/** Block Kit's interactive elements: one renderer a type, all behind `renderElement`. */

import { fromWallClock, toWallClock } from "../clock.js";
import { h, icon, safeUrl } from "../dom.js";
import { openMenu } from "../shell/menu.js";
import { askToConfirm } from "./confirm.js";
import { blockImage } from "./images.js";
import { plainText, textObject } from "./mrkdwn.js";
import { MULTI_SELECTS, PICKERS, SELECTS, TEXT_INPUTS } from "./states.js";

/**
 * @typedef {object} Surface where blocks are shown: a message, a modal or a Home tab
 * @property {import("./mrkdwn.js").Lookup} lookup
 * @property {import("./form.js").Form} form
 * @property {Directory} directory
 * @property {(blockId: string, actionId: string, parts: object) => Promise<any>} act
 *
 * @typedef {object} Directory what the `users_select` family offers
 * @property {Choice[]} users
 * @property {Choice[]} channels
 * @property {Choice[]} conversations
 *
 * @typedef {{value: string, label: string, stored: any, description?: any, text?: any}} Choice
 *   `stored` is what goes into the state: an option object or an id
 */

/**
 * An element of a block.
 *
 * @param {any} element
 * @param {any} block the block it stands in
 * @param {Surface} surface
 * @param {Record<string, unknown>} [field] attributes that tie an input to its label and its error
 */
export function renderElement(element, block, surface, field = {}) {
  const { type } = element;
  const isInput = block.type === "input";
  const hooks = {
    "data-testid": `action-${element.action_id}`,
    autofocus: element.focus_on_load,
    ...(isInput ? field : { "aria-label": nameOf(element) }),
  };
  const at = { element, block, surface, hooks, isQuiet: isInput && !block.dispatch_action };
  if (type === "button" || type === "workflow_button") return button(at);
  if (type === "overflow") return overflow(at);
  if (type === "image") return blockImage(element, "accessory");
  if (type === "rich_text_input") return richTextInput(at);
  if (type in TEXT_INPUTS) return textInput(at);
  if (type in PICKERS) return picker(at, PICKERS[type]);
  if (type === "datetimepicker") return dateTimePicker(at);
  if (type === "radio_buttons") return choiceList(at, SELECTS[type], "radio");
  if (type in SELECTS) return select(at, SELECTS[type]);
  if (type in MULTI_SELECTS) return choiceList(at, MULTI_SELECTS[type], "checkbox");
  return h("span", { class: "unknown" }, `element of type ${type}`);
}

const nameOf = (element) => element.accessibility_label ?? element.placeholder?.text ?? null;

/** Keeps what was chosen and, unless the block only collects, tells the app. */
async function changed({ element, block, surface, isQuiet }, parts, source) {
  if (isQuiet) {
    surface.form.set(block.block_id, element.action_id, { type: element.type, ...parts });
    return;
  }
  if (element.confirm && !(await askToConfirm(element.confirm, surface.lookup))) return;
  surface.form.set(block.block_id, element.action_id, { type: element.type, ...parts });
  await perform(source, { element, block, surface }, parts);
}

/** Runs an action with its three outcomes in view: waiting, answered, or "did not respond". */
async function perform(source, { element, block, surface }, parts) {
  if (source.getAttribute("aria-busy")) return;
  source.setAttribute("aria-busy", "true");
  clearProblem(source);
  const answer = await surface.act(block.block_id, element.action_id, parts);
  source.removeAttribute("aria-busy");
  if (!answer.ok && source.isConnected) showProblem(source, answer);
}

function showProblem(source, { error, message }) {
  const words =
    message ?? (error === "no_ack" ? "This app did not respond." : `Slack refused this: ${error}`);
  const note = h(
    "p",
    { class: "problem", role: "alert", "data-testid": "action-error" },
    icon("warning"),
    words,
  );
  (source.closest("[data-block]") ?? source).append(note);
}

const clearProblem = (source) => source.closest("[data-block]")?.querySelector(".problem")?.remove();

function button({ element, block, surface, hooks }) {
  const act = async (/** @type {Event} */ event) => {
    const source = /** @type {HTMLElement} */ (event.currentTarget);
    if (element.confirm && !(await askToConfirm(element.confirm, surface.lookup))) return;
    const address = element.url && safeUrl(element.url);
    if (address) window.open(address, "_blank", "noopener,noreferrer");
    await perform(source, { element, block, surface }, { value: element.value ?? null });
  };
  const look = { primary: "is-primary", danger: "is-danger" }[element.style] ?? "";
  return h(
    "button",
    { ...hooks, type: "button", class: `button ${look}`, onclick: act },
    plainText(element.text?.text),
  );
}

function overflow({ element, block, surface, hooks }) {
  const open = (/** @type {Event} */ event) => {
    const source = /** @type {HTMLElement} */ (event.currentTarget);
    const items = element.options.map((option) => ({
      label: plainText(option.text.text),
      hint: option.description && plainText(option.description.text),
      testid: `option-${option.value}`,
      choose: async () => {
        if (element.confirm && !(await askToConfirm(element.confirm, surface.lookup))) return;
        const address = option.url && safeUrl(option.url);
        if (address) window.open(address, "_blank", "noopener,noreferrer");
        await perform(source, { element, block, surface }, { selected_option: option });
      },
    }));
    openMenu(source, items);
  };
  const name = hooks["aria-label"] ?? "More actions";
  return h(
    "button",
    {
      ...hooks,
      type: "button",
      class: "button is-icon",
      "aria-label": name,
      "aria-haspopup": "menu",
      onclick: open,
    },
    icon("more"),
  );
}

function textInput(at) {
  const { element, surface, block, hooks, isQuiet } = at;
  const keep = (value) =>
    surface.form.set(block.block_id, element.action_id, { type: element.type, value: value || null });
  const control = h(element.multiline ? "textarea" : "input", {
    ...hooks,
    type: element.multiline ? null : TEXT_INPUTS[element.type],
    inputmode: element.type === "number_input" ? "decimal" : null,
    maxlength: element.max_length,
    rows: element.multiline ? 4 : null,
    placeholder: element.placeholder?.text,
    value: surface.form.get(block.block_id, element.action_id)?.value ?? "",
    oninput: ({ target }) => keep(target.value),
    onkeydown: (event) => {
      if (event.key !== "Enter" || element.multiline || isQuiet) return;
      event.preventDefault();
      changed(at, { value: event.target.value }, event.target);
    },
  });
  return control;
}

/** A plain field whose text is sent as one rich-text section. */
function richTextInput({ element, surface, block, hooks }) {
  const current = surface.form.get(block.block_id, element.action_id)?.rich_text_value;
  const words = (current?.elements ?? [])
    .flatMap((part) => part.elements ?? [])
    .map((part) => part.text ?? "")
    .join("");
  const keep = ({ target }) => {
    const section = { type: "rich_text_section", elements: [{ type: "text", text: target.value }] };
    const value = target.value ? { type: "rich_text", elements: [section] } : null;
    surface.form.set(block.block_id, element.action_id, { type: element.type, rich_text_value: value });
  };
  return h("textarea", {
    ...hooks,
    rows: 4,
    placeholder: element.placeholder?.text,
    value: words,
    oninput: keep,
  });
}

function picker(at, { input, part }) {
  const { element, surface, block, hooks } = at;
  const current = surface.form.get(block.block_id, element.action_id)?.[part] ?? "";
  return h("input", {
    ...hooks,
    type: input,
    value: current,
    onchange: ({ target }) => changed(at, { [part]: target.value || null }, target),
  });
}

function dateTimePicker(at) {
  const { element, surface, block, hooks } = at;
  const { zone } = surface.lookup;
  const current = surface.form.get(block.block_id, element.action_id)?.selected_date_time;
  return h("input", {
    ...hooks,
    type: "datetime-local",
    title: zone,
    value: current ? toWallClock(current, zone) : "",
    onchange: ({ target }) => changed(at, { selected_date_time: fromWallClock(target.value, zone) }, target),
  });
}

/** The element's choices as groups; a select without groups has one group without a label. */
function choices(element, { from }, directory) {
  if (from) return [{ label: null, choices: directory[from] }];
  const asChoice = (option) => ({
    value: option.value,
    label: option.text.text,
    stored: option,
    text: option.text,
    description: option.description,
  });
  const groups = element.option_groups ?? [{ label: null, options: element.options ?? [] }];
  return groups.map((group) => ({ label: group.label?.text ?? null, choices: group.options.map(asChoice) }));
}

const valueOf = (stored) => (typeof stored === "object" ? stored?.value : stored);

function select(at, kind) {
  const { element, surface, block, hooks } = at;
  const groups = choices(element, kind, surface.directory);
  const current = valueOf(surface.form.get(block.block_id, element.action_id)?.[kind.part]);
  const option = ({ value, label }) => h("option", { value, selected: value === current }, plainText(label));
  const choose = ({ target }) => {
    const found = groups.flatMap((group) => group.choices).find(({ value }) => value === target.value);
    changed(at, { [kind.part]: found?.stored ?? null }, target);
  };
  return h(
    "select",
    { ...hooks, onchange: choose },
    h("option", { value: "", selected: !current }, element.placeholder?.text ?? "Choose an option"),
    groups.map((group) =>
      group.label
        ? h("optgroup", { label: group.label }, group.choices.map(option))
        : group.choices.map(option),
    ),
  );
}

let groupCount = 0;

/** Radio buttons, checkboxes and the multi-selects: a list of ticks. */
function choiceList(at, kind, inputType) {
  const { element, surface, block, hooks } = at;
  const state = surface.form.get(block.block_id, element.action_id)?.[kind.part];
  const chosen = new Set([state ?? []].flat().map(valueOf));
  const all = choices(element, kind, surface.directory);
  const name = `choice-${(groupCount += 1)}`;
  const choose = (event) => {
    const ticked = new Set(
      [...event.currentTarget.querySelectorAll("input:checked")].map((input) => input.value),
    );
    const stored = all
      .flatMap((group) => group.choices)
      .filter(({ value }) => ticked.has(value))
      .map((c) => c.stored);
    changed(at, { [kind.part]: inputType === "radio" ? (stored[0] ?? null) : stored }, event.currentTarget);
  };
  const line = ({ value, label, text, description }) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: inputType, name, value, checked: chosen.has(value) }),
      h(
        "span",
        {},
        text ? textObject(text, surface.lookup) : label,
        description && h("span", { class: "choice-hint" }, textObject(description, surface.lookup)),
      ),
    );
  return h(
    "div",
    {
      ...hooks,
      role: inputType === "radio" ? "radiogroup" : "group",
      class: `choices ${element.type.startsWith("multi") ? "is-framed" : ""}`,
      onchange: choose,
    },
    all.map((group) => [
      group.label && h("p", { class: "choice-group" }, group.label),
      group.choices.map(line),
    ]),
  );
}
