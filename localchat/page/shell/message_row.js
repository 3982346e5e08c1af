/** One message in a list: avatar, name, time, body, reactions and the way into its thread. */

import { now, timeOfDay } from "../clock.js";
import { h, icon } from "../dom.js";
import { emoji, QUICK_REACTIONS } from "../emoji.js";
import { avatar, personAvatar } from "./avatar.js";
import { openMenu } from "./menu.js";

/**
 * @typedef {object} Row
 * @property {import("../platforms.js").Described} said
 * @property {HTMLElement} body
 * @property {string} zone
 * @property {boolean} isGrouped follows another by the same author: no avatar, no name
 * @property {{count: number, last: number, people: any[]} | null} replies
 * @property {(id: string) => string} nameOf
 * @property {HTMLElement | null} [above] a line over the byline: what it replies to
 * @property {Words} [words]
 * @property {Actions} actions
 *
 * @typedef {{onlyYou: string, dismiss: string, app: string}} Words what the platform calls things
 *
 * @typedef {object} Actions
 * @property {(name: string) => void} react
 * @property {(() => void) | null} openThread
 * @property {(() => void) | null} [reply]
 * @property {(() => import("./menu.js").Item[]) | null} [menu] what apps and the platform offer for it
 * @property {() => void} dismiss
 */

const WORDS = { onlyYou: "Only visible to you", dismiss: "Dismiss", app: "app" };

/** @param {Row} row */
export function messageRow({ said, body, above, words = WORDS, zone, isGrouped, replies, nameOf, actions }) {
  const time = h(
    "time",
    { class: "sent-at", datetime: new Date(said.at * 1000).toISOString() },
    timeOfDay(said.at, zone),
  );
  const kinds = [isGrouped && "is-grouped", said.isEphemeral && "is-ephemeral", said.isNotice && "is-notice"];
  if (said.isMention) kinds.push("is-mention");
  const author = h("strong", { class: "author" }, said.author.name);
  if (said.author.role) author.style.setProperty("--role", said.author.role);
  return h(
    "li",
    {
      class: ["message", ...kinds].filter(Boolean).join(" "),
      "data-row": said.id,
      "data-testid": `message-${said.id}`,
    },
    above,
    h("div", { class: "gutter" }, isGrouped ? time : avatar({ ...said.author })),
    h(
      "article",
      { class: "message-main", "aria-label": `${said.author.name}: ${said.summary}` },
      said.isEphemeral && onlyYou(words, actions.dismiss),
      !isGrouped &&
        h(
          "p",
          { class: "byline" },
          author,
          said.author.isApp && h("span", { class: "tag" }, words.app),
          time,
        ),
      body,
      said.isEdited && h("span", { class: "edited" }, "(edited)"),
      said.reactions.length > 0 && reactions(said, nameOf, actions),
      replies && replyBar(replies, actions.openThread),
    ),
    !said.isNotice && (!said.isEphemeral || actions.menu) && toolbar(actions, said.isEphemeral),
  );
}

const onlyYou = (words, dismiss) =>
  h(
    "p",
    { class: "only-you", "data-testid": "ephemeral" },
    icon("eye"),
    h("span", {}, words.onlyYou),
    " · ",
    h(
      "button",
      { type: "button", class: "text-button", "data-testid": "dismiss", onclick: dismiss },
      words.dismiss,
    ),
  );

function reactions(said, nameOf, { react }) {
  const pill = ({ name, shown, count, isMine, users }) =>
    h(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(isMine),
        title: users.map(nameOf).join(", "),
        "aria-label": `${name}, ${count}`,
        "data-testid": `reaction-${name}`,
        onclick: () => (!isMine || said.canUnreact) && react(name),
      },
      h("span", {}, shown),
      h("span", {}, count),
    );
  return h("div", { class: "reactions" }, said.reactions.map(pill));
}

function replyBar({ count, last, people }, open) {
  const minutes = Math.round((now() - last) / 60);
  const when =
    minutes < 1
      ? "just now"
      : minutes < 60
        ? `${minutes} min ago`
        : minutes < 1440
          ? `${Math.round(minutes / 60)} h ago`
          : `${Math.round(minutes / 1440)} d ago`;
  return h(
    "button",
    { type: "button", class: "reply-bar", "data-testid": "replies", onclick: open },
    people.slice(0, 4).map((person) => personAvatar(person, "tiny")),
    h("strong", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
    h("span", { class: "muted" }, `last ${when}`),
  );
}

function toolbar({ react, openThread, reply, menu }, isEphemeral) {
  const items = QUICK_REACTIONS.map((name) => ({
    label: `${emoji(name)}  ${name.replaceAll("_", " ")}`,
    choose: () => react(name),
  }));
  const tool = (label, testid, drawing, onclick) =>
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": label,
        title: label,
        "data-testid": testid,
        onclick,
      },
      icon(drawing),
    );
  return h(
    "div",
    { class: "toolbar" },
    !isEphemeral && tool("React", "react", "react", (event) => openMenu(event.currentTarget, items, "React")),
    !isEphemeral && openThread && tool("Reply in thread", "reply", "thread", openThread),
    !isEphemeral && reply && tool("Reply", "reply", "reply", reply),
    menu && tool("More", "more", "more", (event) => openMenu(event.currentTarget, menu(), "More")),
  );
}
