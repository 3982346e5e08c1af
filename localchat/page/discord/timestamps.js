/** Discord's `<t:unix:style>`, in the reader's zone. Source: docs.discord.com, "Timestamp styles". */

import { countdownChip, liveAgo, MONTHS, now, timeOfDay, wallClock } from "../clock.js";
import { h } from "../dom.js";
import { table } from "../table.js";

const LAST = 8.64e12; // seconds: the last moment that JavaScript's dates reach

const date = (at, zone) => {
  const { year, month, day } = wallClock(at, zone);
  return `${MONTHS[month - 1]} ${day}, ${year}`;
};
const numeric = (at, zone) => {
  const { year, month, day } = wallClock(at, zone);
  return `${month}/${day}/${year}`;
};

const STYLES = table({
  t: timeOfDay,
  T: (at, zone) => timeOfDay(at, zone, true),
  d: numeric,
  D: date,
  f: (at, zone) => `${date(at, zone)} at ${timeOfDay(at, zone)}`,
  F: (at, zone) => `${wallClock(at, zone).weekday}, ${date(at, zone)} at ${timeOfDay(at, zone)}`,
  s: (at, zone) => `${numeric(at, zone)}, ${timeOfDay(at, zone)}`,
  S: (at, zone) => `${numeric(at, zone)}, ${timeOfDay(at, zone, true)}`,
  R: (at) => (at > now() ? countdownChip(at) : liveAgo(at)),
});

/** A moment as the reader sees it; "R" is kept true while one looks, and counts down below an hour. */
export function timestamp(at, style = "f", zone = "Etc/UTC") {
  if (!Number.isFinite(at) || Math.abs(at) > LAST) return document.createTextNode("Invalid Date");
  return h(
    "time",
    {
      class: "timestamp",
      datetime: new Date(at * 1000).toISOString(),
      title: `${STYLES.F(at, zone)} (${zone})`,
    },
    STYLES[style](at, zone),
  );
}

/** "Today at 2:30 PM" is the frame's; embeds' footers carry the date. */
export const stamp = (at, zone) => `${numeric(at, zone)}, ${timeOfDay(at, zone)}`;
