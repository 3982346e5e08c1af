/** Images of blocks and files. */

import { h } from "../dom.js";
import { picture } from "../pictures.js";

/** An image object: `image_url`, or `slack_file` by id or by address. */
export function blockImage(image, kind) {
  const { image_url: url, slack_file: file } = image;
  const address = url ?? file?.url ?? fileAddress(file?.id ?? "", "image");
  return h("span", { class: `picture is-${kind}` }, picture(address, image.alt_text ?? ""));
}

/** Where an uploaded file lies: its id finds it, the name is for people. */
export const fileAddress = (id, name) => `/files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;
