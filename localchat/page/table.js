/** A look-up that knows only its own names: what bots send may be called "constructor" or "__proto__". */
export const table = (entries = {}) => Object.assign(Object.create(null), entries);
