// One socket that comes back by itself: hello, resume, back-off with jitter, a dead line noticed within 45 s, and a way round where no WebSocket gets through.

const QUIET_MS = 15000;
const ANSWER_MS = 18000;
const GREETING_MS = 10000;
/** What comes within so long is a burst, of which only the newest is worth telling. */
const BURST_MS = 250;
/** A WebSocket that says nothing for so long will not: some proxies let it open, and then let nothing pass. */
const SILENT_MS = 5000;
/** After so long on the way round the straight one is tried again. */
const AGAIN_MS = 180000;

/** How long to wait before attempt n: half fixed, half random, so that a restart does not bring everybody at once. @param {number} attempt @param {number} random in [0, 1) */
export const pause = (attempt, random) => Math.min(30000, 500 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2);

/** @typedef {{ readyState: number, send: (text: string) => void, close: () => void, onopen: any, onmessage: any, onclose: any }} Socket */

export class Connection {
  /**
   * @param {object} part
   * @param {string} part.url
   * @param {() => Promise<Socket>} [part.around]                the way where no WebSocket gets through
   * @param {() => Promise<Record<string, any>>} part.hello     the first frame
   * @param {(frame: any) => void} part.onFrame
   * @param {(link: 'connecting'|'open'|'retrying'|'refused', retryAt: number) => void} part.onLink
   * @param {(code: number) => boolean} part.onRefused          the server closed with 1008 or 4401; true: try again
   */
  constructor(part) {
    this.part = part;
    /** @type {Socket|null} */
    this.socket = null;
    /** How often a WebSocket could not be opened; from 2 on we go round. */
    this.refused = 0;
    this.tried = 0;
    this.wanted = false;
    this.ready = false;
    this.attempt = 0;
    this.heard = 0;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.later = undefined;
    /** @type {(() => Record<string, any>)|undefined} */
    this.newest = undefined;
    this.turn = 0;
    this.greets = false;
    this.wake = this.wake.bind(this);
    this.leave = this.leave.bind(this);
  }

  open() {
    if (this.wanted) return;
    this.wanted = true;
    this.hooks('addEventListener');
    this.watch = setInterval(() => this.check(), 5000);
    this.connect();
  }

  close() {
    this.wanted = false;
    clearInterval(this.watch);
    clearTimeout(this.timer);
    this.hush();
    this.hooks('removeEventListener');
    this.drop();
  }

  /** @param {'addEventListener'|'removeEventListener'} act */
  hooks(act) {
    for (const type of ['online', 'pageshow', 'focus']) window[act](type, this.wake);
    document[act]('visibilitychange', this.wake);
    window[act]('pagehide', this.leave);
  }

  /** Starts over at once with a new hello. */
  restart() {
    this.drop();
    if (this.wanted) this.connect();
  }

  /** @param {Record<string, any>} frame @returns {boolean} whether it was handed to a greeted socket */
  send(frame) {
    if (!this.ready || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Sends it at once, and of a burst the newest when it is over, not each. @param {() => Record<string, any>} frame */
  soon(frame) {
    if (this.later) {
      this.newest = frame;
      return;
    }
    this.send(frame());
    this.later = setTimeout(() => {
      const { newest } = this;
      this.hush();
      if (newest) this.soon(newest);
    }, BURST_MS);
  }

  hush() {
    clearTimeout(this.later);
    this.later = this.newest = undefined;
  }

  async connect() {
    clearTimeout(this.timer);
    const turn = (this.turn += 1);
    this.greets = true;
    if (!this.attempt) this.part.onLink('connecting', 0);
    const hello = await this.part.hello();
    if (turn !== this.turn || !this.wanted) return;
    const around = this.refused > 1 && this.part.around;
    /** @type {Socket} */
    let socket;
    try {
      socket = around ? await around() : new WebSocket(this.part.url);
    } catch {
      return turn === this.turn ? this.missed(1) : undefined;
    }
    if (turn !== this.turn) return socket.close();
    this.socket = socket;
    this.heard = Date.now();
    const greeting = setTimeout(() => { if (!this.ready && socket === this.socket) this.missed(2); }, around ? GREETING_MS : SILENT_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', ...hello }));
    socket.onmessage = (/** @type {{ data: string }} */ message) => {
      if (socket !== this.socket) return;
      this.heard = Date.now();
      const frame = JSON.parse(message.data);
      if (frame.type === 'welcome') {
        clearTimeout(greeting);
        this.ready = true;
        this.greets = false;
        this.attempt = 0;
        this.tried = Date.now();
      }
      this.part.onFrame(frame);
      if (frame.type === 'welcome' && socket === this.socket) this.part.onLink('open', 0);
    };
    socket.onclose = (/** @type {{ code: number }} */ event) => {
      clearTimeout(greeting);
      if (socket !== this.socket) return;
      // Whoever is sent away with a reason has got through.
      if (this.ready || event.code !== 1006) this.lost(event.code);
      else this.missed(1);
    };
  }

  /** A way did not lead to the desk. Twice so, and the other one is tried; going round, once. @param {number} times */
  missed(times) {
    this.refused = this.refused > 1 ? 0 : this.refused + times;
    this.fail();
  }

  /** Looks whether the straight way is free again. */
  probe() {
    this.tried = Date.now();
    const socket = new WebSocket(this.part.url);
    socket.onopen = () => {
      socket.close();
      this.refused = 0;
      if (this.ready) this.restart();
    };
  }

  /** @param {number} code */
  lost(code) {
    this.drop();
    if (!this.wanted) return;
    if ((code === 1008 || code === 4401) && !this.part.onRefused(code)) return this.part.onLink('refused', 0);
    const wait = code === 4429 ? 30000 + Math.random() * 15000 : pause(this.attempt, Math.random());
    this.attempt += 1;
    this.part.onLink('retrying', Date.now() + wait);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  fail() { this.lost(1006); }

  drop() {
    this.turn += 1;
    this.ready = false;
    this.greets = false;
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  }

  /** Pings a quiet line, gives up one that does not answer. A page in the background is let in here once a minute: silence alone proves nothing. */
  check() {
    const now = Date.now();
    if (this.ready && this.refused > 1 && this.part.around && now - this.tried > AGAIN_MS) this.probe();
    if (this.ready && this.asked > this.heard) {
      if (now - this.asked > ANSWER_MS) this.fail();
    } else if (now - this.heard > QUIET_MS && this.send({ type: 'ping' })) this.asked = now;
  }

  /** The page is back, or the network is: no waiting. @param {Event} [event] */
  wake(event) {
    if (!this.wanted || (event?.type === 'visibilitychange' && document.hidden)) return;
    if (!this.ready) {
      if (!this.greets) { this.attempt = 0; this.connect(); }
      return;
    }
    const before = this.heard;
    if (Date.now() - before < 3000 || !this.send({ type: 'ping' })) return;
    setTimeout(() => { if (this.ready && this.heard === before) this.fail(); }, 5000);
  }

  /** An open socket would keep the page out of the back/forward cache. */
  leave() { this.drop(); }
}
