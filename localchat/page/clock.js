/**
 * The page's clock: the server's time, wall-clock wording in a person's zone, and the elements that
 * count down while one looks at them.
 */

import { h } from "./dom.js";

const DAY = 86_400;
let offset = 0; // seconds by which the server is ahead of this machine

/** Takes the server's time as the truth. */
export function setServerTime(/** @type {number} */ unixSeconds) {
  offset = unixSeconds - Date.now() / 1000;
}

/** Unix seconds, by the server's clock. */
export const now = () => Date.now() / 1000 + offset;

/** Parts of a moment on a zone's wall clock. */
export function wallClock(unixSeconds, zone) {
  const parts = {};
  for (const { type, value } of formatter(zone).formatToParts(unixSeconds * 1000)) parts[type] = value;
  return {
    year: +parts.year,
    month: +parts.month,
    day: +parts.day,
    hour: +parts.hour,
    minute: +parts.minute,
    second: +parts.second,
    weekday: parts.weekday,
  };
}

const formatters = new Map();

function formatter(zone) {
  if (!formatters.has(zone)) {
    const options = {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      weekday: "long",
    };
    formatters.set(zone, new Intl.DateTimeFormat("en-US", /** @type {any} */ (options)));
  }
  return formatters.get(zone);
}

/** Unix seconds of a wall-clock time in a zone ("2026-11-22T14:30"), or null if it cannot be read. */
export function fromWallClock(text, zone) {
  const wanted = Date.parse(`${text}Z`) / 1000;
  if (Number.isNaN(wanted)) return null;
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - asIfUtc(wallClock(guess, zone));
  return guess;
}

/** "2026-11-22T14:30" of a moment in a zone, as `<input type=datetime-local>` wants it. */
export const toWallClock = (unixSeconds, zone) =>
  new Date(asIfUtc(wallClock(unixSeconds, zone)) * 1000).toISOString().slice(0, 16);

const asIfUtc = (w) => Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) / 1000;

/** The day's number on the zone's calendar; the next day's is one more. */
export function dayNumber(unixSeconds, zone) {
  const { year, month, day } = wallClock(unixSeconds, zone);
  return Date.UTC(year, month - 1, day) / 1000 / DAY;
}

/** Whole days from today to the moment, by the zone's calendar: -1 is yesterday. */
export const daysFromToday = (unixSeconds, zone) => dayNumber(unixSeconds, zone) - dayNumber(now(), zone);

/** "2:30 PM", with seconds on request. */
export function timeOfDay(unixSeconds, zone, withSeconds = false) {
  const { hour, minute, second } = wallClock(unixSeconds, zone);
  const two = (n) => String(n).padStart(2, "0");
  const tail = withSeconds ? `:${two(second)}` : "";
  return `${hour % 12 || 12}:${two(minute)}${tail} ${hour < 12 ? "AM" : "PM"}`;
}

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "Monday, November 23rd", with the year on request. */
export function longDate(moment, zone, withYear) {
  const { year, month, day, weekday } = wallClock(moment, zone);
  return `${weekday}, ${MONTHS[month - 1]} ${ordinal(day)}${withYear ? `, ${year}` : ""}`;
}

/** "23rd". */
export function ordinal(day) {
  const ending = day > 10 && day < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th");
  return `${day}${ending}`;
}

const UNITS = [
  [365 * DAY, "year"],
  [30 * DAY, "month"],
  [DAY, "day"],
  [3600, "hour"],
  [60, "minute"],
];

/** "3 minutes ago", "in 2 days". */
export function ago(unixSeconds) {
  const seconds = Math.round(unixSeconds - now());
  const [size, unit] = UNITS.find(([length]) => Math.abs(seconds) >= length) ?? [1, "second"];
  const count = Math.floor(Math.abs(seconds) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

/** "in 24:31" below an hour, "in 3 h 05 min" below a day, then as `ago`. */
export function countdown(unixSeconds) {
  const left = Math.ceil(unixSeconds - now());
  if (left <= 0 || left >= DAY) return left <= 0 ? "passed" : ago(unixSeconds);
  const two = (n) => String(n).padStart(2, "0");
  if (left < 3600) return `in ${Math.floor(left / 60)}:${two(left % 60)}`;
  return `in ${Math.floor(left / 3600)} h ${two(Math.floor((left % 3600) / 60))} min`;
}

/** A chip that counts down to a moment in the future. */
export function countdownChip(unixSeconds) {
  return refresh(
    h("span", { class: "countdown", "data-countdown": unixSeconds, "data-testid": "countdown" }),
  );
}

/** "3 minutes ago", kept true while it is looked at. */
export function liveAgo(unixSeconds) {
  return refresh(h("span", { "data-ago": unixSeconds }));
}

function refresh(element) {
  const { countdown: deadline, ago: moment } = element.dataset;
  const text = deadline ? countdown(+deadline) : ago(+moment);
  if (element.textContent !== text) element.textContent = text;
  if (deadline) {
    const left = +deadline - now();
    element.classList.toggle("is-near", left > 0 && left < 300);
    element.classList.toggle("is-past", left <= 0);
  }
  return element;
}

/** Starts the one timer that keeps every countdown on the page true. */
export function startClock() {
  setInterval(() => document.querySelectorAll("[data-countdown], [data-ago]").forEach(refresh), 1000);
}
