/** The strip at the far left: the workspaces, and the switch that shows two of them side by side. */

import { h, icon, reconcile } from "../dom.js";

export const PLATFORM_NAMES = { slack: "Slack", discord: "Discord" };

/**
 * @param {HTMLElement} root
 * @param {{spaces: any[], currentIds: string[], unread: Map<string, number>, canSplit: boolean, isSplit: boolean}} shown
 * @param {{openWorkspace: (id: string) => void, toggleSplit: () => void}} actions
 */
export function drawRail(root, { spaces, currentIds, unread, canSplit, isSplit }, actions) {
  root.hidden = spaces.length < 2;
  if (root.hidden) return;
  const item = (space) => {
    const count = unread.get(space.id) ?? 0;
    const platform = PLATFORM_NAMES[space.platform] ?? space.platform;
    return h(
      "button",
      {
        type: "button",
        class: "rail-item",
        title: `${space.name} on ${platform}`,
        "aria-label": `${space.name} on ${platform}${count ? `, ${count} unread` : ""}`,
        "aria-current": currentIds.includes(space.id) ? "true" : null,
        "data-platform": space.platform,
        "data-testid": `workspace-${space.id}`,
        onclick: () => actions.openWorkspace(space.id),
      },
      h("span", { class: "rail-mark" }, initials(space.name)),
      h("span", {}, platform),
      count > 0 && h("span", { class: "badge" }, count),
    );
  };
  const split = h(
    "button",
    {
      type: "button",
      class: "rail-item rail-split",
      title: "Side by side",
      "aria-label": "Side by side",
      "aria-pressed": String(isSplit),
      "data-testid": "side-by-side",
      onclick: actions.toggleSplit,
    },
    h("span", { class: "rail-mark" }, icon("split")),
    h("span", {}, "Both"),
  );
  reconcile(root, [
    ...spaces.map(item),
    ...(canSplit ? [h("div", { class: "rail-line", role: "separator" }), split] : []),
  ]);
}

const initials = (name) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0])
    .join("")
    .toUpperCase() || "?";
