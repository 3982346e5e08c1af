/** Slack, as the shell's platform: see `../platforms.js` for what each part must do. */

import { api } from "../api.js";
import { h } from "../dom.js";
import { renderBlocks } from "./blocks.js";
import { Form } from "./form.js";
import { Modals } from "./modal.js";
import { allBlocks, describe, messageBody } from "./message.js";
import { escape } from "./mrkdwn.js";

/** @param {import("../platforms.js").Session} session @returns {import("../platforms.js").Platform} */
export function slack(session) {
  /** @type {Map<string, Form>} surface -> what was chosen on it */
  const forms = new Map();

  const lookup = () => ({
    zone: session.actor().tz,
    actor: session.actor().id,
    userName: (id) => session.workspace().people.find((person) => person.id === id)?.shown ?? id,
    channelName: (id) => session.workspace().channels.find((channel) => channel.id === id)?.name ?? id,
    groupName: (id) => session.workspace().user_groups?.find((group) => group.id === id)?.handle ?? id,
    openChannel: session.openChannel,
    openPerson: session.openPerson,
  });

  function surface(container, form) {
    const act = (blockId, actionId, parts) =>
      session.act({ container, block_id: blockId, action_id: actionId, ...parts, state: form.values });
    return { lookup: lookup(), form, directory: directory(session.workspace()), act };
  }

  /** The form of a message or a Home tab outlives its redrawing. */
  function lastingForm(key, blocks) {
    const name = `${session.actor().id} ${key}`;
    if (!forms.has(name)) forms.set(name, new Form());
    return forms.get(name).seed(blocks);
  }

  const modals = new Modals({
    surfaceOf: (view, form) => surface({ type: "view", view_id: view.id }, form),
    submit: async (view, values) => {
      const answer = await api.submitView({ as: session.actor().id, view_id: view.id, values });
      await session.refreshViews();
      return answer;
    },
    close: async (view) => {
      await api.closeView(session.actor().id, view.id);
      await session.refreshViews();
    },
  });

  return {
    describe: (message) => describe(message, session.workspace().people, session.actor().id),
    body(message, channel) {
      const form = lastingForm(`${channel} ${message.ts}`, allBlocks(message));
      return messageBody(message, surface({ type: "message", channel, ts: message.ts }, form));
    },
    home(view) {
      const form = lastingForm("home", view.blocks);
      return h(
        "div",
        { class: "home" },
        renderBlocks(view.blocks, surface({ type: "home", view_id: view.id }, form)),
      );
    },
    showViews: (views) => modals.show(views.filter(({ type }) => type !== "home")),
    outgoing,
  };
}

/** What a person typed, in the form the wire wants it: escaped, with names as references. */
function outgoing(text, people) {
  const byLength = [...people].sort((a, b) => b.shown.length - a.shown.length);
  return byLength.reduce(
    (words, { id, shown }) => words.replaceAll(`@${escape(shown)}`, `<@${id}>`),
    escape(text),
  );
}

/** @returns {import("./elements.js").Directory} */
function directory({ people, channels }) {
  const users = people
    .filter((person) => !person.deleted)
    .map(({ id, shown }) => ({ value: id, label: shown, stored: id }));
  const named = channels
    .filter(({ kind }) => kind === "channel" || kind === "private")
    .map(({ id, name }) => ({ value: id, label: `#${name}`, stored: id }));
  return { users, channels: named, conversations: [...named, ...users] };
}
