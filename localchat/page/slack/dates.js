/**
 * Slack's date tokens, in the reader's time zone.
 *
 * Source: docs.slack.dev, "Formatting message text" and "Date element".
 */

import {
  countdownChip,
  daysFromToday,
  liveAgo,
  longDate,
  MONTHS,
  now,
  ordinal,
  timeOfDay,
  wallClock,
} from "../clock.js";
import { h, link } from "../dom.js";
import { table } from "../table.js";

const HALF_YEAR = 182 * 86_400; // seconds: nearer dates are written without their year
const TOKEN = /\{([a-z_]+)\}/g;

/**
 * A date as the reader sees it; one that lies ahead carries a chip that counts down.
 *
 * @param {number} moment unix seconds
 * @param {string} format e.g. "{date_short_pretty} at {time}"
 * @param {{zone: string, fallback?: string, url?: string, startsText?: boolean}} options
 */
export function slackDate(moment, format, { zone, fallback = "", url, startsText = false }) {
  if (!Number.isFinite(moment) || !format) return document.createTextNode(fallback);
  const isAhead = moment > now();
  const parts = [];
  let end = 0;
  for (const match of format.matchAll(TOKEN)) {
    parts.push(format.slice(end, match.index));
    const capital = startsText && match.index === 0;
    parts.push(token(match[1], moment, zone, { capital, isAhead }) ?? match[0]);
    end = match.index + match[0].length;
  }
  parts.push(format.slice(end));
  const time = h(
    "time",
    { datetime: new Date(moment * 1000).toISOString(), title: fullDate(moment, zone) },
    parts,
  );
  const shown = url ? link(url, time) : time;
  if (!isAhead || format.includes("{ago}")) return shown;
  return h("span", { class: "dated" }, shown, " ", countdownChip(moment));
}

/** Keeps one countdown per moment in a text: a chip next to an `{ago}` would say it twice. */
export function dropRepeatedCountdowns(root) {
  const seen = new Set([...root.querySelectorAll("time [data-countdown]")].map((e) => e.dataset.countdown));
  for (const chip of root.querySelectorAll(".dated > [data-countdown]")) {
    if (seen.has(chip.dataset.countdown)) chip.remove();
    seen.add(chip.dataset.countdown);
  }
  return root;
}

const fullDate = (moment, zone) => `${longDate(moment, zone, true)} at ${timeOfDay(moment, zone)} (${zone})`;

function token(name, moment, zone, { capital, isAhead }) {
  if (name === "ago") return isAhead ? countdownChip(moment) : liveAgo(moment);
  if (name === "time") return timeOfDay(moment, zone);
  if (name === "time_secs") return timeOfDay(moment, zone, true);
  const pretty = name.endsWith("_pretty") ? relativeDay(moment, zone, capital) : null;
  return pretty ?? DATES[name.replace(/_pretty$/, "")]?.(moment, zone) ?? null;
}

const DATES = table({
  date_num: (moment, zone) => numeric(moment, zone, "-"),
  date_slash: (moment, zone) => numeric(moment, zone, "/"),
  date: (moment, zone) => {
    const { year, month, day } = wallClock(moment, zone);
    return `${MONTHS[month - 1]} ${ordinal(day)}${isNear(moment) ? "" : `, ${year}`}`;
  },
  date_short: (moment, zone) => {
    const { year, month, day } = wallClock(moment, zone);
    return `${MONTHS[month - 1].slice(0, 3)} ${day}${isNear(moment) ? "" : `, ${year}`}`;
  },
  date_long: (moment, zone) => longDate(moment, zone, !isNear(moment)),
  date_long_full: (moment, zone) => {
    const { year, month, day } = wallClock(moment, zone);
    return `${MONTHS[month - 1]} ${day}, ${year}`;
  },
  day_divider: (moment, zone) => longDate(moment, zone, !isNear(moment)),
});

const isNear = (moment) => Math.abs(moment - now()) < HALF_YEAR;

function numeric(moment, zone, separator) {
  const { year, month, day } = wallClock(moment, zone);
  return [year, month, day].map((n) => String(n).padStart(2, "0")).join(separator);
}

function relativeDay(moment, zone, capital) {
  const word = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[daysFromToday(moment, zone)];
  return word && capital ? word[0].toUpperCase() + word.slice(1) : word;
}
