/**
 * The chat platforms the page can show. A second one is a folder like `slack/` and a line here.
 *
 * @typedef {object} Session what the shell lends a platform
 * @property {() => any} workspace the workspace on screen
 * @property {() => any} actor the person whom the visitor plays
 * @property {(action: object) => Promise<any>} act tells the server of a click or a choice
 * @property {() => Promise<void>} refreshViews fetches the person's modals again
 * @property {(id: string) => void} openChannel
 * @property {(id: string) => void} openPerson
 *
 * @typedef {object} Described what the shell must know of a message to place it
 * @property {string} id unique in its channel; sorts by time
 * @property {number} at unix seconds
 * @property {{id: string, name: string, isApp: boolean, color?: string}} author
 * @property {boolean} isOwn
 * @property {boolean} isEdited
 * @property {boolean} isEphemeral
 * @property {boolean} isCard stands on its own, with its byline
 * @property {boolean} isNotice a line by the platform itself, such as "joined the channel"
 * @property {string | null} thread the id of the message it replies to
 * @property {boolean} isInChannel false for a reply that is shown in its thread only
 * @property {string} summary one line, for screen readers and previews
 * @property {{name: string, shown: string, count: number, isMine: boolean, users: string[]}[]} reactions
 *
 * @typedef {object} Platform
 * @property {(message: any) => Described} describe
 * @property {(message: any, channel: string) => HTMLElement} body
 * @property {(view: any) => HTMLElement} home
 * @property {(views: any[]) => void} showViews
 * @property {(text: string, people: any[]) => string} outgoing a typed text as the wire wants it
 */

import { slack } from "./slack/platform.js";

/** @type {Record<string, (session: Session) => Platform>} */
export const PLATFORMS = { slack };
