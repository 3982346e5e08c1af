/** Images of blocks and files. The page loads pictures from this machine only. */

import { h, link, safeUrl } from "../dom.js";

const LOCAL_HOSTS = new Set(["127.0.0.1", "localhost", location.hostname]);

/** An image object: `image_url`, or `slack_file` by id or by address. */
export function blockImage(image, kind) {
  const { image_url: url, slack_file: file } = image;
  const address = url ?? file?.url ?? fileAddress(file?.id ?? "", "image");
  return h("span", { class: `picture is-${kind}` }, picture(address, image.alt_text ?? ""));
}

/** Where an uploaded file lies: its id finds it, the name is for people. */
export const fileAddress = (id, name) => `/files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;

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
