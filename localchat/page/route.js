/** Where one is, in the address bar: `#/workspace/person/channel` or `#/workspace/person/home:app`. */

const LAST_PERSON = "localchat.person";

/** @returns {{workspaceId?: string, actorId?: string, place?: import("./store.js").Place}} */
export function readRoute() {
  const [, workspaceId, actorId, where] = decodeURIComponent(location.hash).split("/");
  const [kind, id] = where?.includes(":") ? where.split(":") : ["channel", where];
  const place = id ? /** @type {any} */ ({ kind, id }) : undefined;
  return { workspaceId, actorId: actorId || localStorage.getItem(LAST_PERSON) || undefined, place };
}

/** Writes the place down, so that a reload or a shared link leads back to it. */
export function writeRoute({ workspace, actor, place }) {
  localStorage.setItem(LAST_PERSON, actor.id);
  const where = place.kind === "channel" ? place.id : `${place.kind}:${place.id}`;
  const hash = `#/${workspace.id}/${actor.id}/${where}`;
  if (location.hash !== hash) history[location.hash ? "pushState" : "replaceState"](null, "", hash);
}
