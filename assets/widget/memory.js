// What the browser keeps between page loads, per desk and per person; when it may not keep anything, this page does.

/** @typedef {Pick<Storage, 'getItem'|'setItem'|'removeItem'|'key'|'length'>} Shelf */

/** @returns {Shelf} */
function pageOnly() {
  /** @type {Map<string, string>} */
  const map = new Map();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    key: (index) => [...map.keys()][index] ?? null,
    get length() { return map.size; },
  };
}

export class Memory {
  /** @param {string} server @param {string} person who it is for: the subject of the host's identity, or '' @param {() => Shelf} shelf */
  constructor(server, person, shelf) {
    this.root = 'deskbell:' + server + ':';
    this.prefix = this.root + person + ':';
    this.person = person || '-';
    this.kept = true;
    try {
      this.shelf = shelf();
      this.shelf.setItem(this.root + 'probe', '1');
      this.shelf.removeItem(this.root + 'probe');
    } catch {
      this.kept = false;
      this.shelf = pageOnly();
    }
  }

  /** @param {string} key @returns {any} */
  get(key) {
    try { return JSON.parse(this.shelf.getItem(this.prefix + key) ?? 'null'); } catch { return null; }
  }

  /** @param {string} key @param {any} value */
  set(key, value) {
    try {
      if (value === null || value === '') this.shelf.removeItem(this.prefix + key);
      else this.shelf.setItem(this.prefix + key, JSON.stringify(value));
    } catch { this.kept = false; /* The shelf is full. What is in the page still goes out. */ }
  }

  /** Every value whose key begins so. One key per unsent message: two tabs never overwrite each other's. @param {string} start */
  all(start) { return this.keys(start).map((key) => this.get(key)).filter(Boolean); }

  /** @param {string} start @returns {string[]} */
  keys(start) {
    return Array.from({ length: this.shelf.length }, (_, index) => this.shelf.key(index) ?? '')
      .filter((key) => key.startsWith(this.prefix + start)).map((key) => key.slice(this.prefix.length));
  }

  forget() {
    for (const key of this.keys('')) this.set(key, null);
    this.live(false);
  }

  get isLive() { return this.shelf.getItem(this.root + 'live') === this.person; }

  /** The loader's sign that this person's call is under way, so that it brings the rest at once after a reload. @param {boolean} on */
  live(on) {
    try {
      if (on && !this.isLive) this.shelf.setItem(this.root + 'live', this.person);
      if (!on && this.isLive) this.shelf.removeItem(this.root + 'live');
    } catch { this.kept = false; }
  }
}

/** The `sub` of an identity token, unchecked: it only says whose shelf to use. @param {string|undefined} identity */
export function subject(identity) {
  try {
    const part = String(identity).split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    const sub = JSON.parse(new TextDecoder().decode(bytes)).sub;
    return typeof sub === 'string' ? encodeURIComponent(sub).slice(0, 200) : '';
  } catch { return ''; }
}
