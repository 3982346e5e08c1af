/**
 * Where one is, in the address bar: `#/workspace/person/channel` or `#/workspace/person/home:app`;
 * side by side `#/workspace/person/channel/workspace/channel`.
 */

const LAST_PERSON = "localchat.person";

/** @typedef {{id: string, place?: import("./store.js").Place}} Spot a workspace and where in it */

/** @returns {{actorId?: string, first: Spot, second: Spot | null}} */
export function readRoute() {
  const [, id, actorId, where, secondId, secondWhere] = decodeURIComponent(location.hash).split("/");
  return {
    actorId: actorId || localStorage.getItem(LAST_PERSON) || undefined,
    first: { id, place: placeOf(where) },
    second: secondId ? { id: secondId, place: placeOf(secondWhere) } : null,
  };
}

function placeOf(where) {
  const [kind, id] = where?.includes(":") ? where.split(":") : ["channel", where];
  return id ? /** @type {any} */ ({ kind, id }) : undefined;
}

/** Writes the places down, so that a reload or a shared link leads back to them. */
export function writeRoute(actorId, { workspace, place }, second) {
  localStorage.setItem(LAST_PERSON, actorId);
  const beside = second ? `/${second.workspace.id}/${spell(second.place)}` : "";
  const hash = `#/${workspace.id}/${actorId}/${spell(place)}${beside}`;
  if (location.hash !== hash) history[location.hash ? "pushState" : "replaceState"](null, "", hash);
}

const spell = (place) => (place.kind === "channel" ? place.id : `${place.kind}:${place.id}`);
