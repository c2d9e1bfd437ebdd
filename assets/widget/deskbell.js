// The rest of the widget: one visitor, one connection, one state, one window; and the methods a host page may call.

import { ask } from './api.js';
import { Connection } from './connection.js';
import { Memory, subject } from './memory.js';
import { changes, fold, isOpen, lastSeq, nothing, phase, unread } from './state.js';
import { Stream } from './stream.js';
import { View } from './view.js';
import { speak } from './words.js';

const CALL_KEEPS_MS = 5 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** An id for a command: 22 characters that no other browser makes. */
const newId = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

export class Deskbell {
  /** @param {any} core what the loader hands over @param {Deskbell} [before] the same call in another language */
  constructor(core, before) {
    this.core = core;
    this.settings = core.settings;
    this.locale = speak(this.settings.locale || document.documentElement.lang || navigator.language);
    this.state = nothing();
    this.identity = this.settings.identity;
    this.memory = this.shelf();
    this.evidence = true;
    /** @type {Set<string>} what this socket has been handed already */
    this.handed = new Set();
    /** @type {Map<string, any>} what the host page was told of each post: as of when */
    this.told = new Map();
    /** @type {((token: string|Promise<never>) => void)[]} */
    this.waiting = [];
    this.release = () => {};
    /** @type {{ token?: string, identity?: string }} what the last hello carried */
    this.hand = {};
    this.introduced = false;
    this.lost = false;
    /** The desk takes no calls from pages of this origin. */
    this.barred = false;
    this.asks = core.server === location.origin;
    this.drawing = false;
    this.address = core.server + '/api/v1/widget';
    const part = {
      url: this.address.replace(/^http/, 'ws') + '/socket',
      around: async () => new Stream(this.address),
      hello: () => this.hello(),
      onFrame: (/** @type {any} */ frame) => this.heard(frame),
      onLink: (/** @type {'connecting'|'open'|'retrying'|'refused'} */ link, /** @type {number} */ retryAt) => {
        if (link !== 'connecting' && link !== 'open') this.release();
        if (link === 'retrying' && !this.introduced) this.askWhy();
        this.dispatch({ type: 'link', link, retryAt });
      },
      onRefused: (/** @type {number} */ code) => this.refused(code),
    };
    this.connection = before?.connection ?? new Connection(part);
    this.connection.part = part;
    if (before) {
      const { state, identity, memory, evidence, handed, told, waiting, release, hand, introduced, lost, barred, asks } = before;
      Object.assign(this, { state, identity, memory, evidence, handed, told, waiting, release, hand, introduced, lost, barred, asks });
      before.deafen();
    }
    this.view = new View(this, before?.view);
    if (!before) this.restore();
    this.onStorage = (/** @type {StorageEvent} */ event) => this.fromOtherTab(event);
    this.onVisible = () => this.draw();
    addEventListener('storage', this.onStorage);
    document.addEventListener('visibilitychange', this.onVisible);
    this.goesOn = this.state.outbox.length > 0 || this.memory.isLive;
    if (this.goesOn) this.connection.open();
  }

  shelf() { return new Memory(this.core.server, subject(this.identity), () => localStorage); }

  /** The server's time. */
  now() { return Date.now() - this.state.skew; }

  phase() { return phase(this.state); }

  /** @param {import('./state.js').Input} input */
  dispatch(input) {
    const before = this.state;
    this.state = fold(before, input, Date.now());
    if (this.state === before) return;
    for (const item of before.outbox) {
      // A call that was refused is not pressed again by a reload.
      if (!this.state.outbox.some((one) => one.id === item.id && one.status !== 'acked' && (one.status !== 'failed' || one.type === 'say'))) this.memory.set('out:' + item.id, null);
    }
    if (input.type !== 'welcome' && input.type !== 'reset') {
      for (const [name, detail] of changes(before, this.state)) this.core.emit(name, detail);
    }
    if (this.state.link === 'open') this.memory.live(this.isLive());
    this.draw();
  }

  /** Whether a page that loads now should go on with a call at once. */
  isLive() {
    const { conversation, outbox } = this.state;
    if (isOpen(conversation) || outbox.some((item) => item.type === 'call')) return true;
    return conversation?.state === 'moved' && !this.memory.get('done:' + conversation.id)
      && this.now() - Date.parse(conversation.called_at) < DAY_MS;
  }

  draw() {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      this.seen();
      this.view.render();
    });
  }

  // ---- the connection

  async hello() {
    if (!this.memory.get('token') && !this.identity) await this.claim();
    const { conversation } = this.state;
    const after = lastSeq(this.state);
    // The site's word on who this is lives for minutes, our token for weeks: once it has been heard, the token will do.
    this.hand = { token: this.memory.get('token') ?? undefined, identity: this.introduced ? undefined : this.identity };
    return { ...this.hand, ...(conversation && after ? { conversation_id: conversation.id, after } : {}) };
  }

  /** Two tabs that ring for the first time at once must not become two visitors: one asks for the token, the other waits for it. */
  async claim() {
    const locks = /** @type {LockManager|undefined} */ (navigator.locks);
    if (!locks) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 5000);
      locks.request(this.memory.root + 'hello', () => new Promise((release) => {
        this.release = () => release(undefined);
        setTimeout(release, 10000);
        resolve(undefined);
      })).catch(resolve);
    });
    if (this.memory.get('token')) this.release();
  }

  /** @param {any} frame */
  heard(frame) {
    if (frame.type === 'welcome') return this.welcomed(frame);
    if (frame.type === 'inquiry') {
      this.tell(frame.inquiry);
      return this.view.inquiryChanged(frame.inquiry);
    }
    if (frame.type === 'error') this.core.emit('error', { code: frame.code, message: frame.message });
    this.dispatch(frame);
    if (frame.type === 'conversation' || frame.type === 'event') this.flush();
  }

  /** Tells the host page of a post, once for each of its states: the socket's word of it may be here before the answer to the form. @param {import('./types.js').Inquiry} inquiry */
  tell(inquiry) {
    const told = this.told.get(inquiry.id);
    if (told >= inquiry.updated_at) return;
    this.told.set(inquiry.id, inquiry.updated_at);
    this.core.emit(told || inquiry.created_at !== inquiry.updated_at ? 'inquiry:updated' : 'inquiry:created', { inquiry });
  }

  /** @param {any} frame */
  welcomed(frame) {
    const kept = this.memory.get('token');
    if (frame.token && !this.identity && kept && kept !== frame.token) return this.connection.restart(); // Another tab was first.
    if (frame.token) this.memory.set('token', frame.token);
    this.release();
    this.introduced = true;
    this.barred = false;
    if (lastSeq(this.state) && frame.recovered !== false && frame.epoch !== this.state.epoch) {
      this.startOver(); // The server has gone back to a backup: what the page has may never have happened.
      return this.connection.restart();
    }
    this.dispatch({ ...frame, type: 'welcome' });
    const read = this.memory.get('read');
    if (read && read.id === frame.conversation?.id) this.dispatch({ type: 'seen', seq: read.seq });
    this.handed.clear();
    this.waiting.splice(0).forEach((fn) => fn(this.memory.get('token')));
    if (!frame.conversation && this.view.name === 'conversation' && this.phase() === 'none') this.view.go('home');
    this.flush();
  }

  /** @param {number} code */
  refused(code) {
    const { token, identity } = this.hand;
    this.core.emit('error', { code: code === 4401 ? 'unauthorized' : 'refused', message: '' });
    if (code !== 4401 || (!token && !identity)) return false;
    // A stale identity must not keep anybody from ringing: go on without, the host page may give a new one.
    this.introduced = true;
    if (identity && token) return true;
    if (identity) {
      this.identity = undefined;
      this.memory = this.shelf();
    } else {
      this.memory.set('token', null);
      this.introduced = false;
      this.lost = !!this.state.conversation;
    }
    this.startOver();
    return true;
  }

  /** An empty page; what was not delivered stays to be. */
  startOver() {
    const { outbox } = this.state;
    this.dispatch({ type: 'reset' });
    for (const item of outbox) this.dispatch({ type: 'queued', item });
  }

  /** The token for REST; connects for one when there is none. @returns {Promise<string>} */
  token() {
    const token = this.memory.get('token');
    if (token) return Promise.resolve(token);
    if (this.barred) return Promise.reject({ code: 'barred' });
    this.connection.open();
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      setTimeout(() => reject({ code: 'unreachable' }), 15000);
    });
  }

  /** Browsers do not tell a page that the desk keeps it out, nor why; the desk tells everybody who asks. */
  async askWhy() {
    if (this.asks) return;
    this.asks = true;
    const answer = await fetch(this.address + '/origin').then((one) => one.json()).catch(() => null);
    this.asks = !!answer; // Where it is the line and not the origin it is asked again at the next failure.
    if (answer?.allowed !== false) return;
    this.barred = true;
    const message = `Deskbell: ${location.origin} is not in site.allowed_origins of ${this.core.server}: no calls from here.`;
    console.warn(message);
    this.core.emit('error', { code: 'origin_not_allowed', message });
    this.waiting.splice(0).forEach((fn) => fn(Promise.reject({ code: 'barred' })));
    this.draw();
  }

  // ---- what the visitor does

  /** @param {Partial<import('./types.js').Pending> & { type: 'call'|'say'|'cancel'|'close' }} item */
  queue(item) {
    /** @type {import('./types.js').Pending} */
    const whole = { id: newId(), at: Date.now(), status: 'pending', ...item };
    if (item.type === 'call' || item.type === 'say') this.memory.set('out:' + whole.id, whole);
    this.dispatch({ type: 'queued', item: whole });
    if (item.type === 'call') this.memory.live(true);
    this.connection.open();
    this.flush();
  }

  /** Hands over what is not acknowledged, oldest first, once per socket. The same id again is harmless. */
  flush() {
    const { conversation } = this.state;
    const calling = this.state.outbox.some((item) => item.type === 'call' && item.status !== 'failed');
    for (const item of this.state.outbox) {
      if (item.status !== 'pending' || this.handed.has(item.id)) continue;
      if (item.type !== 'call' && !isOpen(conversation) && !(calling && item.conversation === null)) {
        if (this.state.link === 'open') this.dispatch({ type: 'error', id: item.id, code: 'conversation_' + (conversation?.state ?? 'closed'), message: '' });
        continue;
      }
      // It names the conversation it is meant for: another tab may have called again since, or be about to. A cancel above all
      // must not take back that call. What is not set is not sent.
      const { id, type, body, message, context } = item;
      const sent = this.connection.send({ type, id, body, message, context, conversation_id: item.conversation ?? undefined });
      if (!sent) return;
      this.handed.add(id);
    }
  }

  /** @param {{ message?: any, context?: any }} [options] */
  ring(options = {}) {
    const body = typeof options.message === 'string' ? options.message.trim() : '';
    const now = this.phase();
    const failed = this.state.outbox.find((item) => item.type === 'call' && item.status === 'failed');
    if (failed) this.dispatch({ type: 'dropped', id: failed.id });
    this.lost = false;
    if (['waiting', 'offered', 'active'].includes(now) || (now === 'calling' && !failed)) {
      if (body) this.say(body);
    } else {
      // Where the visitor has unticked it nothing goes, the host's own words neither.
      const about = this.evidence && this.core.about(options.context);
      this.queue({ type: 'call', conversation: null, ...(body ? { message: { id: newId(), body } } : {}), ...(about ? { context: about } : {}) });
    }
    this.view.go('conversation');
  }

  /** @param {string} body */
  say(body) {
    const { conversation } = this.state;
    this.queue({ type: 'say', body, conversation: isOpen(conversation) ? conversation?.id : null });
  }

  /** @param {string} id */
  again(id) {
    this.handed.delete(id);
    this.dispatch({ type: 'retried', id });
    this.flush();
  }

  /** @param {'cancel'|'close'} type */
  end(type) {
    const call = this.state.outbox.find((item) => item.type === 'call');
    if (!call) return this.queue({ type, conversation: this.state.conversation?.id });
    for (const item of this.state.outbox) {
      if (item === call || (item.type === 'say' && !item.conversation)) this.dispatch({ type: 'dropped', id: item.id });
    }
    if (this.handed.has(call.id)) this.queue({ type }); // It may have arrived: the cancel follows it.
    this.view.go('home');
  }

  /** Tells the server how far the visitor has read, when they can see it. */
  seen() {
    const seq = lastSeq(this.state);
    if (!this.view.shows('conversation') || document.hidden || seq <= this.state.read) return;
    this.dispatch({ type: 'seen', seq });
    this.memory.set('read', { id: this.state.conversation?.id, seq });
    this.connection.soon(() => ({ type: 'read', seq: this.state.read }));
  }

  /** @param {boolean} on */
  typing(on) {
    if (isOpen(this.state.conversation)) this.connection.send({ type: 'typing', on });
  }

  // ---- other tabs, other loads

  restore() {
    for (const item of this.memory.all('out:').sort((a, b) => a.at - b.at)) {
      if (Date.now() - item.at > (item.type === 'call' ? CALL_KEEPS_MS : DAY_MS)) this.memory.set('out:' + item.id, null);
      else this.dispatch({ type: 'queued', item: { ...item, status: 'pending' } });
    }
  }

  /** @param {StorageEvent} event */
  fromOtherTab(event) {
    if (event.key === this.memory.prefix + 'token' && event.newValue && this.state.link !== 'idle') {
      if (JSON.parse(event.newValue) !== this.memory.get('token')) this.connection.restart();
    } else if (event.key === this.memory.root + 'live' && this.memory.isLive) {
      this.connection.open();
    } else if (event.key === this.memory.prefix + 'read') {
      const read = this.memory.get('read');
      if (read && read.id === this.state.conversation?.id) this.dispatch({ type: 'seen', seq: read.seq });
    }
  }

  /** @param {string} method @param {string} path below the widget's @param {any} [body] @returns {Promise<any>} */
  async ask(method, path, body) { return ask(this.address + path, method, await this.token(), body); }

  get unread() { return unread(this.state); }

  // ---- the public methods

  /** @param {any} [options] */
  call(options) { this.view.open(); this.ring(options ?? {}); }
  open() { this.view.open(); }
  close() { this.view.close(); }
  toggle() { if (this.view.isOpen) this.view.close(); else this.view.open(); }
  /** @param {any} more */
  setContext(more) { this.settings.context = { ...this.settings.context, ...more }; }

  /** @param {{ token?: string }} person */
  setUser(person) {
    const before = subject(this.identity);
    this.identity = person?.token;
    this.introduced = false;
    if (subject(this.identity) === before) return;
    const pending = this.state.outbox;
    this.memory = this.shelf();
    this.dispatch({ type: 'reset' });
    this.restore();
    for (const item of pending) if (item.type !== 'say' || !item.conversation) this.dispatch({ type: 'queued', item });
    this.connection.restart();
    this.view.go('home');
  }

  logout() {
    this.memory.forget();
    this.identity = undefined;
    this.connection.close();
    this.memory = this.shelf();
    this.dispatch({ type: 'reset' });
    this.dispatch({ type: 'link', link: 'idle' });
    this.view.go('home');
    this.view.close();
  }

  deafen() {
    removeEventListener('storage', this.onStorage);
    document.removeEventListener('visibilitychange', this.onVisible);
  }

  destroy() {
    this.connection.close();
    this.deafen();
    this.view.destroy();
    this.core.undo.splice(0).forEach((/** @type {() => void} */ fn) => fn());
    this.core.element.remove();
    delete (/** @type {any} */ (window).deskbell);
  }
}

/** Called by the loader on first use, and when the page's language changes. @param {any} core @param {Deskbell} [before] what it made before */
export const start = (core, before) => new Deskbell(core, before);
