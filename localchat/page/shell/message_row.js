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
 * @property {{react: (name: string) => void, openThread: (() => void) | null, dismiss: () => void}} actions
 */

/** @param {Row} row */
export function messageRow({ said, body, zone, isGrouped, replies, nameOf, actions }) {
  const time = h(
    "time",
    { class: "sent-at", datetime: new Date(said.at * 1000).toISOString() },
    timeOfDay(said.at, zone),
  );
  const kinds = [isGrouped && "is-grouped", said.isEphemeral && "is-ephemeral", said.isNotice && "is-notice"];
  return h(
    "li",
    {
      class: ["message", ...kinds].filter(Boolean).join(" "),
      "data-row": said.id,
      "data-testid": `message-${said.id}`,
    },
    h("div", { class: "gutter" }, isGrouped ? time : avatar({ ...said.author })),
    h(
      "article",
      { class: "message-main", "aria-label": `${said.author.name}: ${said.summary}` },
      said.isEphemeral && onlyYou(actions.dismiss),
      !isGrouped &&
        h(
          "p",
          { class: "byline" },
          h("strong", { class: "author" }, said.author.name),
          said.author.isApp && h("span", { class: "tag" }, "app"),
          time,
        ),
      body,
      said.isEdited && h("span", { class: "edited" }, "(edited)"),
      said.reactions.length > 0 && reactions(said, nameOf, actions),
      replies && replyBar(replies, actions.openThread),
    ),
    !said.isEphemeral && !said.isNotice && toolbar(actions),
  );
}

const onlyYou = (dismiss) =>
  h(
    "p",
    { class: "only-you", "data-testid": "ephemeral" },
    icon("eye"),
    h("span", {}, "Only visible to you"),
    " · ",
    h(
      "button",
      { type: "button", class: "text-button", "data-testid": "dismiss", onclick: dismiss },
      "Dismiss",
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
        onclick: () => !isMine && react(name),
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

function toolbar({ react, openThread }) {
  const items = QUICK_REACTIONS.map((name) => ({
    label: `${emoji(name)}  ${name.replaceAll("_", " ")}`,
    choose: () => react(name),
  }));
  const choose = (event) => openMenu(event.currentTarget, items, "React");
  return h(
    "div",
    { class: "toolbar" },
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "React",
        title: "React",
        "data-testid": "react",
        onclick: choose,
      },
      icon("react"),
    ),
    openThread &&
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          "data-testid": "reply",
          onclick: openThread,
        },
        icon("thread"),
      ),
  );
}
