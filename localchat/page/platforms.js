/**
 * The chat platforms the page can show: each is a folder and a line here.
 *
 * @typedef {object} Session what the shell lends a platform
 * @property {() => any} workspace the workspace on screen
 * @property {() => any} actor the person whom the visitor plays
 * @property {(action: object) => Promise<any>} act tells the server of a click or a choice
 * @property {() => Promise<void>} refreshViews fetches the person's modals again
 * @property {(id: string) => void} openChannel
 * @property {(id: string) => void} openPerson
 * @property {(id: string) => void} showMessage scrolls to it
 * @property {(id: string) => void} redraw draws a message again: what is known of it has changed
 * @property {(words: string) => void} say tells the person that something was refused
 *
 * @typedef {object} Described what the shell must know of a message to place it
 * @property {string} id unique in its channel; sorts by time
 * @property {number} at unix seconds
 * @property {{id: string, name: string, isApp: boolean, color?: string, role?: string}} author
 * @property {boolean} isOwn
 * @property {boolean} isEdited
 * @property {boolean} isEphemeral
 * @property {boolean} isCard stands on its own, with its byline
 * @property {boolean} isNotice a line by the platform itself, such as "joined the channel"
 * @property {string | null} thread the id of the message it replies to
 * @property {boolean} isInChannel false for a reply that is shown in its thread only
 * @property {boolean} [isMention] calls the person on screen
 * @property {boolean} [startsGroup] has its byline whoever wrote before
 * @property {boolean} [canUnreact] a second click takes a reaction back
 * @property {string} summary one line, for screen readers and previews
 * @property {{name: string, shown: string, count: number, isMine: boolean, users: string[]}[]} reactions
 *
 * @typedef {object} Platform
 * @property {(message: any) => Described} describe
 * @property {(message: any, channel: string) => HTMLElement} body
 * @property {((view: any) => HTMLElement) | null} home null where apps have no Home tab
 * @property {(views: any[]) => void} showViews
 * @property {(text: string, people: any[]) => string} outgoing a typed text as the wire wants it
 * @property {import("./shell/message_row.js").Words} [words]
 * @property {boolean} [hasThreads] false where replies are messages of the channel
 * @property {(message: any) => HTMLElement | null} [above] a line over the byline
 * @property {(message: any, channel: string) => import("./shell/menu.js").Item[]} [menu] of a message
 * @property {(id: string) => void} [dismiss] an ephemeral message
 * @property {(id: string, name: string) => Promise<any>} [react]
 * @property {(line: string, answer: any) => void} [ran] a command was run
 * @property {(channel: string) => void} [enter] one writes in another channel now
 * @property {(command: string) => boolean} [mayUse]
 * @property {(text: string) => boolean} [needsMore] a command that cannot run without options
 * @property {(text: string, place: {channel: string, close: () => void}) => {element: HTMLElement, focus: () => void} | null} [commandLine]
 *   fields for a command that was written out, instead of text
 */

import { discord } from "./discord/platform.js";
import { slack } from "./slack/platform.js";

/** @type {Record<string, (session: Session) => Platform>} */
export const PLATFORMS = { slack, discord };
