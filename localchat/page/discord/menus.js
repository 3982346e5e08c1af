/** Select menus, radio groups and check boxes, in messages and in modals. */

import { h } from "../dom.js";
import { table } from "../table.js";

/** @typedef {{users: Choice[], roles: Choice[], channels: Choice[]}} Directory */
/** @typedef {{value: string, label: string, hint?: string, isDefault?: boolean}} Choice */

const STRING = 3;
const FROM = table({ 5: ["users"], 6: ["roles"], 7: ["users", "roles"], 8: ["channels"] });
const LISTS = new Set([21, 22]); // radio group, check box group

export const isMenu = (component) => component?.type === STRING || component?.type in FROM;
export const isChoice = (component) => isMenu(component) || LISTS.has(component?.type);

/** What can be chosen. @param {any} component @param {Directory} directory @returns {Choice[]} */
export function choices(component, directory) {
  if (component.options) {
    return component.options.map(({ value, label, description, default: isDefault, emoji }) => ({
      value,
      label: emoji?.name && !emoji.id ? `${emoji.name} ${label}` : label,
      hint: description,
      isDefault,
    }));
  }
  const defaults = new Set((component.default_values ?? []).map(({ id }) => id));
  const types = component.channel_types;
  const known = (FROM[component.type] ?? []).flatMap((name) => directory[name]);
  return (types ? known : known).map((choice) => ({ ...choice, isDefault: defaults.has(choice.value) }));
}

/**
 * A menu of one choice, or a list of ticks where several may be chosen.
 *
 * @param {any} component
 * @param {Choice[]} offered
 * @param {Record<string, unknown>} hooks
 * @param {(values: string[], source: HTMLElement) => void} chosen
 */
export function menuField(component, offered, hooks, chosen) {
  const { type, min_values: least = 1, max_values: most = 1 } = component;
  if (type === 22 || (isMenu(component) && most > 1))
    return ticks(component, offered, hooks, chosen, "checkbox");
  if (type === 21) return ticks(component, offered, hooks, chosen, "radio");
  const current = offered.find(({ isDefault }) => isDefault);
  const label = ({ label: words, hint }) => (hint ? `${words} — ${hint}` : words);
  const option = (choice) =>
    h("option", { value: choice.value, selected: choice === current }, label(choice));
  return h(
    "select",
    {
      ...hooks,
      class: "select",
      onchange: ({ target }) => chosen(target.value ? [target.value] : [], target),
    },
    h(
      "option",
      { value: "", selected: !current, disabled: least > 0, hidden: least > 0 },
      component.placeholder ?? "Make a selection",
    ),
    offered.map(option),
  );
}

let groupCount = 0;

function ticks(component, offered, hooks, chosen, kind) {
  const name = `ticks-${(groupCount += 1)}`;
  const values = (root) => [...root.querySelectorAll("input:checked")].map(({ value }) => value);
  const isSent = isMenu(component) && !hooks["aria-labelledby"]; // in messages: chosen, then sent
  const line = ({ value, label, hint, isDefault }) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: kind, name, value, checked: Boolean(isDefault), disabled: Boolean(hooks.disabled) }),
      h("span", {}, label, hint && h("span", { class: "choice-hint" }, hint)),
    );
  const { disabled, ...rest } = hooks;
  const least = component.min_values ?? 1;
  const most = component.max_values ?? offered.length;
  const send = h(
    "button",
    { type: "button", class: "button is-primary", disabled: true, onclick: () => chosen(values(root), send) },
    "Choose",
  );
  const root = h(
    "div",
    {
      ...rest,
      role: kind === "radio" ? "radiogroup" : "group",
      class: "choices is-framed",
      onchange: () => {
        const count = values(root).length;
        send.disabled = Boolean(disabled) || count < least || count > most;
        if (!isSent) chosen(values(root), root);
      },
    },
    isSent && component.placeholder && h("p", { class: "choice-group" }, component.placeholder),
    offered.map(line),
    isSent && send,
  );
  return root;
}
