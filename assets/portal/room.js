// The room: what is written here is shown at once, sent until it is stored, and never twice; what comes is put in its place.
import { isolated } from '../widget/isolated.js';
import * as alerts from './alerts.js';
import { post } from './forms.js';
import { onPage, parse, refresh, show, takeFlash } from './regions.js';
import { dayOf, words } from './times.js';

/** @typedef {{ id: string, kind: 'say'|'note', body: string, state: 'pending'|'failed' }} Outgoing */

const RUN_MS = 180000;
const TYPING_MS = 3000;
const TYPED_MS = 6000;

/** An id for what is said, so that sent twice it is stored once. */
function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Room {
  /** @param {string} id @param {string} me @param {(frame: any) => boolean} send */
  constructor(id, me, send) {
    this.id = id;
    this.me = me;
    this.send = send;
    this.log = /** @type {HTMLElement} */ (document.getElementById('log'));
    this.box = /** @type {HTMLElement} */ (document.getElementById('scroll'));
    this.jump = /** @type {HTMLElement} */ (document.getElementById('jump'));
    /** @type {Outgoing[]} */
    this.outbox = JSON.parse(sessionStorage.getItem(this.key) ?? '[]');
    this.readBy = 0;
    this.told = 0;
    this.typedAt = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.typingTimer = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.stillTimer = undefined;
    onPage((page) => this.takeRows(page));
    this.listen();
    this.arrange();
    this.drawOutbox();
    this.showMode();
    this.toEnd();
    const facts = /** @type {HTMLDetailsElement|null} */ (document.getElementById('facts'));
    if (facts && matchMedia('(max-width: 1080px)').matches) facts.open = false;
  }

  get key() { return `deskbell-outbox-${this.id}`; }
  get last() { return Number(this.log.dataset.last); }
  get composer() { return /** @type {HTMLFormElement|null} */ (document.getElementById('composer')); }
  get area() { return /** @type {HTMLTextAreaElement|null} */ (this.composer?.querySelector('textarea') ?? null); }

  hello() { return { conversation_id: this.id, after: this.last }; }

  listen() {
    document.addEventListener('submit', (event) => this.onSubmit(/** @type {SubmitEvent} */ (event)));
    document.addEventListener('keydown', (event) => this.onKey(event));
    document.addEventListener('input', ({ target }) => { if (target === this.area) this.onTyping(); });
    document.addEventListener('change', () => this.showMode());
    this.box.addEventListener('scroll', () => { if (this.atEnd()) { this.jump.hidden = true; this.tellRead(); } });
    this.jump.addEventListener('click', () => this.toEnd());
    document.addEventListener('visibilitychange', () => this.tellRead());
    addEventListener('resize', () => { if (this.wasAtEnd) this.toEnd(); });
    this.log.addEventListener('click', ({ target }) => {
      const row = /** @type {HTMLElement} */ (target).closest('button') && /** @type {HTMLElement} */ (target).closest('li');
      const item = row && this.outbox.find((one) => one.id === row.dataset.id);
      if (item) { item.state = 'pending'; this.drawOutbox(); this.transmit(item); }
    });
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form === this.composer) {
      event.preventDefault();
      this.say();
    } else if (form.dataset.verb) {
      event.preventDefault();
      void this.act(form, event.submitter);
    }
  }

  /** Joins, leaves, closes, promises; without an answer the browser sends the form itself, and says what is wrong. @param {HTMLFormElement} form @param {HTMLElement|null} submitter */
  async act(form, submitter) {
    submitter?.setAttribute('aria-busy', 'true');
    const html = await post(form, submitter);
    submitter?.removeAttribute('aria-busy');
    if (html === null) return form.submit();
    const page = parse(html);
    takeFlash(page);
    show(page);
    void refresh();
    this.area?.focus();
    this.toEnd();
  }

  /** Enter sends, but not while letters are being put together, and not on a touch keyboard. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.target !== this.area || event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (matchMedia('(hover: none)').matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.say();
  }

  get mode() { return new FormData(this.composer ?? undefined).get('kind') === 'note' ? 'note' : 'say'; }

  showMode() {
    const { area, composer } = this;
    if (!area || !composer) return;
    // Without the script Enter does what it does in any form.
    /** @type {HTMLElement|null} */ (composer.querySelector('.keys'))?.removeAttribute('hidden');
    composer.classList.toggle('is-note', this.mode === 'note');
    area.placeholder = area.dataset[this.mode] ?? '';
  }

  say() {
    const { area } = this;
    const body = area?.value.trimEnd() ?? '';
    if (!area || body.trim() === '') return;
    /** @type {Outgoing} */
    const item = { id: freshId(), kind: this.mode, body, state: 'pending' };
    area.value = '';
    area.focus();
    this.still();
    this.outbox.push(item);
    this.keep();
    this.drawOutbox();
    this.toEnd();
    this.transmit(item);
  }

  keep() { sessionStorage.setItem(this.key, JSON.stringify(this.outbox)); }

  /** @param {Outgoing} item */
  transmit(item) { this.send({ type: item.kind, id: item.id, conversation_id: this.id, body: item.body }); }

  /** The line is back: whatever is not known to be stored goes again, under its old id. */
  resend() {
    for (const item of this.outbox) if (item.state === 'pending') this.transmit(item);
    this.tellRead();
  }

  /** @param {any} frame */
  onFrame(frame) {
    if (frame.type === 'ack' || frame.type === 'event') {
      if (frame.type === 'event' && frame.conversation_id === this.id) this.onEvent(frame.event);
      void refresh();
    } else if (frame.type === 'error') {
      const item = this.outbox.find((one) => one.id === frame.id);
      if (item) { item.state = 'failed'; this.keep(); this.drawOutbox(); void refresh(); }
    } else if (frame.conversation_id === this.id && frame.by?.id !== this.me) {
      if (frame.type === 'typing') this.showTyping(frame.on ? frame.by : null);
      if (frame.type === 'read' && frame.by?.type === 'visitor') { this.readBy = Math.max(this.readBy, frame.seq); this.receipt(); }
    }
  }

  /** @param {any} event */
  onEvent(event) {
    if (event.by?.type !== 'visitor') return;
    this.readBy = Math.max(this.readBy, event.seq - 1);
    this.showTyping(null);
    if (event.kind === 'said') alerts.said(event.by.name ?? '');
  }

  /** Puts the rows that have come below those that are there. @param {Document} page */
  takeRows(page) {
    const log = page.getElementById('log');
    const stay = this.atEnd();
    const fresh = /** @type {HTMLElement[]} */ ([...(log?.querySelectorAll('[data-seq]') ?? [])]).filter((row) => Number(row.dataset.seq) > this.last);
    for (const row of fresh) {
      const taken = /** @type {HTMLElement} */ (document.importNode(row, true));
      const id = taken.dataset.id;
      if (id) this.outbox = this.outbox.filter((item) => item.id !== id);
      this.log.append(taken);
      words(taken);
    }
    if (log?.dataset.last && Number(log.dataset.last) > this.last) this.log.dataset.last = log.dataset.last;
    if (fresh.length) {
      this.keep();
      this.arrange();
      this.drawOutbox();
    }
    if (stay) this.toEnd(); else if (fresh.length) this.jump.hidden = false;
    this.showMode();
  }

  /** Says where a day begins in the reader's zone, and what stands together. */
  arrange() {
    for (const old of this.log.querySelectorAll('.day')) old.remove();
    let day = '';
    /** @type {{ by?: string, kind?: string, at: number }|null} */
    let above = null;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (this.log.querySelectorAll('[data-seq]'))) {
      const at = Date.parse(row.querySelector('time')?.dateTime ?? '');
      const date = new Date(at).toDateString();
      if (date !== day) {
        const line = document.createElement('li');
        line.className = 'day';
        line.append(Object.assign(document.createElement('span'), { textContent: dayOf(at, this.log.dataset) }));
        row.before(line);
        above = null;
      }
      day = date;
      const { by, kind } = row.dataset;
      const goesOn = kind !== 'event' && above?.by === by && above?.kind === kind && at - (above?.at ?? 0) < RUN_MS;
      row.classList.toggle('goes-on', goesOn);
      above = { by, kind, at };
    }
    this.receipt();
  }

  drawOutbox() {
    for (const old of this.log.querySelectorAll('[data-outgoing]')) old.remove();
    for (const item of this.outbox) {
      const row = document.createElement('li');
      row.className = `said-row mine ours ${item.kind === 'note' ? 'noted ' : ''}${item.state}`;
      row.dataset.outgoing = '';
      row.dataset.id = item.id;
      const box = Object.assign(document.createElement('div'), { className: 'bubble-box' });
      const bubble = Object.assign(document.createElement('p'), { className: 'bubble', textContent: item.body, dir: 'auto' });
      const state = Object.assign(document.createElement('p'), { className: 'send-state' });
      state.textContent = (item.state === 'failed' ? this.log.dataset.failed : this.log.dataset.sending) ?? '';
      if (item.state === 'failed') state.append(' ', Object.assign(document.createElement('button'), { type: 'button', textContent: this.log.dataset.retry ?? '' }));
      box.append(bubble, state);
      row.append(box);
      this.log.append(row);
    }
    this.receipt();
  }

  /** Whether the visitor has what was said last. */
  receipt() {
    const place = document.getElementById('receipt');
    const mine = /** @type {HTMLElement[]} */ ([...this.log.querySelectorAll('[data-kind=said].ours')]).at(-1);
    const said = /** @type {HTMLElement[]} */ ([...this.log.querySelectorAll('[data-kind=said]')]).at(-1);
    if (!place) return;
    const last = mine && mine === said && !this.outbox.length;
    const text = !last ? '' : this.readBy >= Number(mine.dataset.seq) ? this.log.dataset.read : this.log.dataset.sent;
    if (place.textContent !== text) place.textContent = text ?? '';
  }

  onTyping() {
    clearTimeout(this.stillTimer);
    this.stillTimer = setTimeout(() => this.still(), TYPING_MS + 1000);
    if (this.mode === 'note' || Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.send({ type: 'typing', conversation_id: this.id, on: true });
  }

  still() {
    clearTimeout(this.stillTimer);
    if (this.typedAt) this.send({ type: 'typing', conversation_id: this.id, on: false });
    this.typedAt = 0;
  }

  /** @param {{ name?: string }|null} by */
  showTyping(by) {
    const place = document.getElementById('typing');
    if (!place) return;
    clearTimeout(this.typingTimer);
    const stay = this.atEnd();
    place.hidden = !by;
    const text = place.querySelector('span:last-child');
    if (!by) return;
    const name = isolated(by.name ?? document.querySelector('.room-who bdi')?.textContent ?? '');
    if (text) text.textContent = document.documentElement.lang === 'ko' ? `${name}${place.dataset.one}` : `${name} ${place.dataset.one}`;
    this.typingTimer = setTimeout(() => this.showTyping(null), TYPED_MS);
    if (stay) this.toEnd();
  }

  atEnd() { return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60; }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.wasAtEnd = true;
    this.jump.hidden = true;
    this.tellRead();
  }

  /** Lets the visitor know that somebody has seen what they wrote. */
  tellRead() {
    this.wasAtEnd = this.atEnd();
    if (document.hidden || !this.wasAtEnd || this.told >= this.last || !this.composer) return;
    if (this.send({ type: 'read', conversation_id: this.id, seq: this.last })) this.told = this.last;
  }
}
