/** What a person has filled in on one surface, in the shape of Slack's `state.values`. */

import { table } from "../table.js";
import { stateOf } from "./states.js";

export class Form {
  /** @type {Record<string, Record<string, any>>} block id -> action id -> the element's state */
  values = table();

  /**
   * Takes the surface's blocks: an element that was there before keeps what was filled in (as when
   * Slack updates a view with the same ids), a new one starts with its initial value.
   */
  seed(blocks) {
    const before = this.values;
    this.values = table();
    for (const [block, element] of statefulElements(blocks)) {
      const initial = stateOf(element);
      const known = before[block.block_id]?.[element.action_id];
      (this.values[block.block_id] ??= table())[element.action_id] =
        known?.type === element.type ? known : initial;
    }
    return this;
  }

  get(blockId, actionId) {
    return this.values[blockId]?.[actionId];
  }

  set(blockId, actionId, state) {
    (this.values[blockId] ??= table())[actionId] = state;
  }

  /** Messages for the fields that Slack's client itself refuses to send. */
  problems(blocks) {
    const found = table();
    for (const block of blocks.filter(({ type }) => type === "input")) {
      const problem = problemOf(
        block.element,
        this.get(block.block_id, block.element.action_id),
        block.optional,
      );
      if (problem) found[block.block_id] = problem;
    }
    return found;
  }
}

function* statefulElements(blocks) {
  for (const block of blocks ?? []) {
    const elements = [
      block.element,
      block.accessory,
      ...(block.type === "actions" ? (block.elements ?? []) : []),
    ];
    for (const element of elements) if (element && stateOf(element)) yield [block, element];
    yield* statefulElements(block.child_blocks);
  }
}

function problemOf(element, state, isOptional) {
  if (!state) return null;
  const { type, ...parts } = state;
  const value = Object.values(parts)[0];
  const isEmpty =
    value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (isEmpty) return isOptional ? null : "Please complete this required field.";
  return (CHECKS[type] ?? (() => null))(value, element);
}

const CHECKS = table({
  plain_text_input: (value, { min_length: least, max_length: most }) => {
    if (least && value.length < least) return `Please enter at least ${least} characters.`;
    return most && value.length > most ? `Please enter at most ${most} characters.` : null;
  },
  number_input: (value, { is_decimal_allowed: decimal, min_value: least, max_value: most }) => {
    if (!(decimal ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(value)) {
      return decimal ? "Please enter a number." : "Please enter a whole number.";
    }
    if (least !== undefined && +value < +least) return `Please enter ${least} or more.`;
    return most !== undefined && +value > +most ? `Please enter ${most} or less.` : null;
  },
  email_text_input: (value) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Please enter an email address.",
  url_text_input: (value) => (URL.canParse(value) ? null : "Please enter a URL."),
});
