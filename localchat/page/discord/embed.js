/** Embeds: the cards with a coloured edge. Source: docs.discord.com, "Embed object". */

import { h, link } from "../dom.js";
import { picture } from "../pictures.js";
import { markdown } from "./markdown.js";
import { stamp } from "./timestamps.js";

const PER_LINE = 3; // inline fields next to each other

/** @param {any} embed @param {import("./markdown.js").Lookup} lookup */
export function drawEmbed(embed, lookup) {
  const words = (name, text) => text && h("div", { class: `text ${name}` }, markdown(text, lookup));
  const title = embed.title && markdown(embed.title, { ...lookup });
  const box = h(
    "section",
    { class: "embed" },
    embed.thumbnail && frame(embed.thumbnail, "thumbnail"),
    embed.provider?.name && h("p", { class: "embed-small" }, embed.provider.name),
    embed.author && author(embed.author),
    title && h("p", { class: "embed-title" }, embed.url ? link(embed.url, title) : title),
    words("embed-text", embed.description),
    embed.fields?.length > 0 && fields(embed.fields, lookup),
    embed.image && frame(embed.image, "image"),
    (embed.footer || embed.timestamp) && footer(embed, lookup.zone),
  );
  if (Number.isInteger(embed.color)) {
    box.style.setProperty("--bar", `#${(embed.color & 0xffffff).toString(16).padStart(6, "0")}`);
  }
  return box;
}

const frame = (image, kind) =>
  h(
    "div",
    { class: `embed-${kind}` },
    picture(image.url, image.description ?? (kind === "image" ? "Image" : "")),
  );

function author({ name, url, icon_url: address }) {
  return h(
    "p",
    { class: "embed-author" },
    address && h("span", { class: "embed-icon" }, picture(address, "")),
    url ? link(url, name) : name,
  );
}

function fields(all, lookup) {
  let place = 0;
  const span = (field, index) => {
    if (!field.inline) {
      place = 0;
      return 12;
    }
    const start = index - place;
    const end = all.findIndex((other, at) => at > index && !other.inline);
    const count = Math.min(PER_LINE, (end < 0 ? all.length : end) - start);
    place = (place + 1) % PER_LINE;
    return 12 / count;
  };
  const one = (field, index) => {
    const box = h(
      "div",
      { class: "embed-field" },
      h("p", { class: "embed-field-name" }, markdown(field.name, lookup)),
      h("div", { class: "text" }, markdown(field.value, lookup)),
    );
    box.style.setProperty("--span", String(span(field, index)));
    return box;
  };
  return h("div", { class: "embed-fields" }, all.map(one));
}

function footer({ footer: part, timestamp: at }, zone) {
  const moment = at ? Date.parse(at) / 1000 : NaN;
  return h(
    "p",
    { class: "embed-footer" },
    part?.icon_url && h("span", { class: "embed-icon" }, picture(part.icon_url, "")),
    [part?.text, Number.isFinite(moment) ? stamp(moment, zone) : null].filter(Boolean).join(" • "),
  );
}
