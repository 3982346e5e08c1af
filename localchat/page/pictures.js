/** Pictures: the page loads them from this machine only. */

import { h, link, safeUrl } from "./dom.js";

const LOCAL_HOSTS = new Set(["127.0.0.1", "localhost", location.hostname]);

/** The picture, or its description when it lies elsewhere or cannot be loaded. */
export function picture(address, alt) {
  if (!URL.canParse(address, location.href)) return placeholder(alt, "Not an address");
  const url = new URL(address, location.href);
  if (!LOCAL_HOSTS.has(url.hostname))
    return placeholder(alt, "Not loaded: it lies on another server", address);
  const image = h("img", { src: url.href, alt, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(placeholder(alt, "Not found")), { once: true });
  return image;
}

function placeholder(alt, reason, address) {
  const words = alt || "Image";
  return h(
    "span",
    { class: "picture-missing", role: "img", "aria-label": words },
    address && safeUrl(address) ? link(address, words) : words,
    h("small", {}, reason),
  );
}
