/** Coloured initials: round for people, rounded squares for apps. */

import { h } from "../dom.js";

const PALETTE = ["#0f766e", "#9333ea", "#b45309", "#be123c", "#1d4ed8", "#4d7c0f", "#a21caf", "#0369a1", "#c2410c", "#4338ca"];

/** @param {{id: string, name: string, color?: string, isApp?: boolean}} owner @param {"small" | "medium" | "large"} size */
export function avatar({ id, name, color, isApp = false }, size = "large") {
  const element = h("span", { class: `avatar is-${size} ${isApp ? "is-app" : ""}`, "aria-hidden": "true" }, initials(name));
  const background = /^[0-9a-f]{6}$/i.test(color ?? "") ? `#${color}` : PALETTE[hash(id) % PALETTE.length];
  element.style.setProperty("--avatar", background);
  element.style.setProperty("--avatar-text", isLight(background) ? "#14202b" : "#ffffff");
  return element;
}

export const personAvatar = (person, size) =>
  avatar({ id: person.id, name: person.shown, color: person.color, isApp: person.is_bot }, size);

const initials = (name) => {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 2)).toUpperCase() || "?";
};

const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7);

/** True when dark letters are easier to read on the colour than white ones (WCAG luminance). */
function isLight(color) {
  const channel = (at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 0.179;
}
