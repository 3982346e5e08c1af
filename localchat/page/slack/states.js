/** Which part of an element's state holds what was chosen, and with what it starts. */

import { table } from "../table.js";

export const TEXT_INPUTS = table({
  plain_text_input: "text",
  number_input: "text",
  email_text_input: "email",
  url_text_input: "url",
});
export const PICKERS = table({
  datepicker: { input: "date", part: "selected_date", initial: "initial_date" },
  timepicker: { input: "time", part: "selected_time", initial: "initial_time" },
});
export const SELECTS = table({
  static_select: { part: "selected_option", initial: "initial_option" },
  users_select: { part: "selected_user", initial: "initial_user", from: "users" },
  channels_select: { part: "selected_channel", initial: "initial_channel", from: "channels" },
  conversations_select: {
    part: "selected_conversation",
    initial: "initial_conversation",
    from: "conversations",
  },
  radio_buttons: { part: "selected_option", initial: "initial_option" },
});
export const MULTI_SELECTS = table({
  multi_static_select: { part: "selected_options", initial: "initial_options" },
  multi_users_select: { part: "selected_users", initial: "initial_users", from: "users" },
  multi_channels_select: { part: "selected_channels", initial: "initial_channels", from: "channels" },
  multi_conversations_select: {
    part: "selected_conversations",
    initial: "initial_conversations",
    from: "conversations",
  },
  checkboxes: { part: "selected_options", initial: "initial_options" },
});

/** The state an element starts with, or null for one that keeps none (a button, an overflow menu). */
export function stateOf(element) {
  const { type } = element;
  if (type in TEXT_INPUTS) return { type, value: element.initial_value ?? null };
  if (type === "rich_text_input") return { type, rich_text_value: element.initial_value ?? null };
  if (type === "datetimepicker") return { type, selected_date_time: element.initial_date_time ?? null };
  const single = PICKERS[type] ?? SELECTS[type];
  if (single) return { type, [single.part]: element[single.initial] ?? null };
  const many = MULTI_SELECTS[type];
  return many ? { type, [many.part]: element[many.initial] ?? [] } : null;
}
