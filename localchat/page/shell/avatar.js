/** Coloured initials: round for people, rounded squares for apps. */

import { h } from "../dom.js";

const PALETTE = [
  "#0f766e",
  "#9333ea",
  "#b45309",
  "#be123c",
  "#1d4ed8",
  "#4d7c0f",
  "#a21caf",
  "#0369a1",
  "#c2410c",
  "#4338ca",
];

/** @param {{id: string, name: string, color?: string, isApp?: boolean}} owner @param {"small" | "medium" | "large"} size */
export function avatar({ id, name, color, isApp = false }, size = "large") {
  const element = h(
    "span",
    { class: `avatar is-${size} ${isApp ? "is-app" : ""}`, "aria-hidden": "true" },
    initials(name),
  );
  const background = /^[0-9a-f]{6}$/i.test(color ?? "") ? `#${color}` : PALETTE[hash(id) % PALETTE.length];
  element.style.setProperty("--avatar", readable(background));
  return element;
}

export const personAvatar = (person, size) =>
  avatar({ id: person.id, name: person.shown, color: person.color, isApp: person.is_bot }, size);

const initials = (name) => {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, " ")
    .trim()
    .split(/\s+/);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 2)).toUpperCase() || "?";
};

const hash = (text) =>
  [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7);

const LUMINANCE_MAX = 0.18; // white letters on it then have a contrast of 4.5 or more (WCAG AA)

/** The colour, darkened as far as white letters need it. */
function readable(color) {
  let channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  while (luminance(channels) > LUMINANCE_MAX) channels = channels.map((value) => value * 0.95);
  return `rgb(${channels.map(Math.round).join(" ")})`;
}

function luminance(channels) {
  const [red, green, blue] = channels.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
