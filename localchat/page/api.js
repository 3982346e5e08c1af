/** The page's side of the server: requests, and the stream of events with its reconnection. */

/** @typedef {{ok: boolean, error?: string, message?: string, errors?: Record<string, string>, [key: string]: any}} Answer */

/** @returns {Promise<Answer>} what the server said; a lost connection is an answer too. */
async function request(path, options) {
  try {
    const response = await fetch(path, options);
    const answer = await response.json();
    return { ok: response.ok, ...answer };
  } catch {
    return {
      ok: false,
      error: "unreachable",
      message: "The server cannot be reached. Try again in a moment.",
    };
  }
}

const get = (path, query = {}) => {
  const search = new URLSearchParams(query).toString();
  return request(search ? `${path}?${search}` : path);
};

const post = (path, body) =>
  request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export const api = {
  state: () => get("/page/state"),
  messages: (channel, as) => get("/page/messages", { channel, as }),
  views: (as) => get("/page/views", { as }),
  send: (message) => post("/page/message", message),
  act: (action) => post("/page/action", action),
  submitView: (submission) => post("/page/view/submit", submission),
  closeView: (as, viewId) => post("/page/view/close", { as, view_id: viewId }),
  home: (as, app) => post("/page/home", { as, app }),
  openDm: (as, other) => post("/page/dm", { as, with: other }),
  commands: (as, channel) => get("/page/commands", { as, channel }),
  command: (command) => post("/page/command", command),
  autocomplete: (question) => post("/page/autocomplete", question),
  contextMenu: (choice) => post("/page/context_menu", choice),
  remove: (as, message) => post("/page/delete", { as, message }),
  react: (as, channel, ts, name) => post("/page/react", { as, channel, ts, message: ts, name }),
};

const FIRST_RETRY = 500; // milliseconds; doubles up to the last
const LAST_RETRY = 8_000;

/**
 * Follows one person's events until the returned function is called.
 *
 * @param {string} as
 * @param {{onEvent: (event: any) => void, onOpen: () => void, onLost: () => void}} handlers
 *   `onOpen` runs at every (re)connection: what happened in between must be fetched again.
 * @returns {() => void}
 */
export function followEvents(as, { onEvent, onOpen, onLost }) {
  let wait = FIRST_RETRY;
  let timer = 0;
  /** @type {EventSource} */
  let source;

  function connect() {
    source = new EventSource(`/page/events?${new URLSearchParams({ as })}`);
    source.onopen = () => {
      wait = FIRST_RETRY;
      onOpen();
    };
    source.onmessage = ({ data }) => onEvent(JSON.parse(data));
    source.onerror = () => {
      source.close();
      onLost();
      timer = window.setTimeout(connect, wait);
      wait = Math.min(wait * 2, LAST_RETRY);
    };
  }

  connect();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
