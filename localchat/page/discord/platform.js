/** Discord, as the shell's platform: see `../platforms.js` for what each part must do. */

import { api } from "../api.js";
import { emoji } from "../emoji.js";
import { CommandLine } from "./command_line.js";
import { above, describe, messageBody } from "./message.js";
import { Modal } from "./modal.js";

const WORDS = { onlyYou: "Only you can see this", dismiss: "Dismiss message", app: "app" };

/** @param {import("../platforms.js").Session} session @returns {import("../platforms.js").Platform} */
export function discord(session) {
  /** @type {Map<string, string>} message -> the command whose answer it is, as far as this tab ran it */
  const commandsRun = new Map();
  /** @type {Set<string> | null} names of the commands that may be used where one is */
  let usable = null;

  const workspace = () => session.workspace();
  const person = (id) => workspace().people.find((one) => one.id === id);
  const nameOf = (user) => person(user.id)?.shown ?? user.global_name ?? user.username;
  const as = () => session.actor().id;

  const lookup = () => ({
    zone: session.actor().tz,
    actor: as(),
    roles: session.actor().roles ?? [],
    userName: (id) => person(id)?.shown ?? null,
    role: (id) => {
      const found = workspace().roles.find((role) => role.id === id);
      return found ? { name: found.name, color: found.color === "000000" ? "" : `#${found.color}` } : null;
    },
    channelName: (id) => workspace().channels.find((channel) => channel.id === id)?.name ?? null,
    openChannel: session.openChannel,
    openPerson: session.openPerson,
  });

  const directory = () => ({
    users: workspace()
      .people.filter(({ is_member: isMember }) => isMember)
      .map(({ id, shown }) => ({ value: id, label: shown })),
    roles: workspace()
      .roles.filter(({ id }) => id !== workspace().id)
      .map(({ id, name }) => ({ value: id, label: `@${name}` })),
    channels: workspace()
      .channels.filter(({ kind, parent }) => kind !== "dm" && !parent)
      .map(({ id, name }) => ({ value: id, label: `#${name}` })),
  });

  function ran(line, answer) {
    const usage = workspace().commands.find(({ command }) => `/${line}`.startsWith(command));
    if (usage && answer.response?.id) {
      commandsRun.set(answer.response.id, usage.command);
      session.redraw(answer.response.id);
    }
  }

  const modal = new Modal({
    lookup,
    directory,
    appName: () => workspace().apps[0]?.name ?? "the app",
    submit: async (values) => {
      const answer = await api.submitView({ as: as(), values });
      await session.refreshViews();
      return answer;
    },
    close: async () => {
      await api.closeView(as());
      await session.refreshViews();
    },
  });

  return {
    words: WORDS,
    hasThreads: false,
    home: null,
    describe: (message) => describe(message, workspace(), session.actor(), lookup()),
    body: (message) =>
      messageBody(message, {
        lookup: lookup(),
        directory: directory(),
        attachments: message.attachments ?? [],
        openChannel: session.openChannel,
        act: (customId, values) =>
          session.act({ message: message.id, custom_id: customId, ...(values && { values }) }),
      }),
    above: (message) =>
      above(message, {
        nameOf,
        lookup: lookup(),
        ran: commandsRun.get(message.id) ?? "",
        show: session.showMessage,
      }),
    menu(message, channel) {
      const app = workspace().apps[0]?.name ?? "Apps";
      const entries = (workspace().context_menus ?? []).filter(({ type }) => type === "message");
      const use = async (name) => {
        const answer = await api.contextMenu({ as: as(), channel, command: name, message: message.id });
        ran(name, answer);
        if (!answer.ok) session.say(answer.message ?? "This command failed.");
      };
      const items = entries.map(({ name }) => ({
        label: name,
        hint: `Apps · ${app}`,
        testid: `menu-${name}`,
        choose: () => use(name),
      }));
      const remove = {
        label: "Delete message",
        testid: "delete",
        choose: () => api.remove(as(), message.id),
      };
      const isMine = message.user === as() && !message.ephemeral;
      if (!items.length && !isMine) items.push({ label: "No apps for this message", choose: () => {} });
      return isMine ? [...items, remove] : items;
    },
    showViews: (views) => modal.show(views),
    outgoing: (text, people) => outgoing(text, people, workspace()),
    dismiss: (id) => api.remove(as(), id),
    react: (message, name) => api.react(as(), "", message, emoji(name) ?? name),
    ran,
    async enter(channel) {
      usable = null;
      const answer = channel ? await api.commands(as(), channel) : {};
      if (answer.commands) usable = new Set(answer.commands.map(({ name }) => name));
    },
    mayUse: (command) => !usable || usable.has(command.slice(1).split(" ")[0]),
    needsMore: (text) =>
      workspace().commands.some(
        ({ command, options }) => command === text && options.some(({ required }) => required),
      ),
    commandLine(text, { channel, close }) {
      const usage = workspace().commands.find(({ command }) => command === `/${text}`);
      if (!usage) return null;
      return new CommandLine(usage, {
        as: as(),
        channel,
        directory: directory(),
        close,
        ran: (answer) => ran(text, answer),
      });
    },
  };
}

/** What a person typed, with emoji for their codes and references for names. */
function outgoing(text, people, { roles, channels }) {
  const named = [
    ...people.map(({ id, shown }) => [`@${shown}`, `<@${id}>`]),
    ...roles.filter(({ name }) => name !== "@everyone").map(({ id, name }) => [`@${name}`, `<@&${id}>`]),
    ...channels.filter(({ kind }) => kind !== "dm").map(({ id, name }) => [`#${name}`, `<#${id}>`]),
  ];
  const byLength = named.sort(([one], [other]) => other.length - one.length);
  const drawn = text.replace(/:([a-z0-9_+-]+):/g, (code, name) => emoji(name) ?? code);
  return byLength.reduce((words, [shown, reference]) => words.replaceAll(shown, reference), drawn);
}
