/** Light, dark, or as the system has it. */

const KEY = "localchat.theme";
const THEMES = ["system", "light", "dark"];

export const themeName = () => localStorage.getItem(KEY) ?? "system";

export function applyTheme() {
  document.documentElement.dataset.theme = themeName();
}

export function nextTheme() {
  localStorage.setItem(KEY, THEMES[(THEMES.indexOf(themeName()) + 1) % THEMES.length]);
  applyTheme();
}
