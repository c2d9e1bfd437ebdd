// Puts what has changed on the server into the page that is open: the parts marked `data-live`, as the server renders them.
import { setClock, words } from './times.js';

/** What the server sent last for each part: the page itself differs from it, as times are rewritten. @type {Map<string, string>} */
const known = new Map();
/** @type {((page: Document) => void)[]} */
const listeners = [];
/** A form or a link is taking the browser elsewhere: nothing may come in its way. */
let leaving = false;
let running = false;
let again = false;
/** Somebody presses: a part that is replaced between press and release swallows the click. */
let pressed = false;
/** What has come meanwhile. @type {Document|null} */
let held = null;
let release = 0;
/** The click comes after the release, on touch screens a moment later. */
const CLICK_MS = 60;
/** A release outside the window is not told. */
const PRESS_MS = 2000;

/** @param {string} name @param {ParentNode} root @returns {HTMLElement|null} */
const part = (name, root) => root.querySelector(`[data-live="${name}"]`);

/** Asks for the page anew, unless the browser is on its way elsewhere: signing out ends the socket, too. */
export function reload() {
  if (!leaving) location.reload();
}

/** Remembers the parts as they came. Before anything else touches the page. */
export function begin() {
  addEventListener('submit', (event) => { leaving = !event.defaultPrevented; });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('pointerdown', () => { pressed = true; releaseIn(PRESS_MS); }, true);
  for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => releaseIn(CLICK_MS), true);
  for (const element of parts(document)) known.set(element.dataset.live ?? '', element.outerHTML);
}

/** @param {number} ms */
function releaseIn(ms) {
  clearTimeout(release);
  release = setTimeout(() => {
    pressed = false;
    if (held) show(held);
  }, ms);
}

/** @param {ParentNode} root */
const parts = (root) => /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-live]'));

/** Calls `listener` with each page that has come. @param {(page: Document) => void} listener */
export const onPage = (listener) => listeners.push(listener);

/** Asks for this page again; asked for while one is under way, it is asked for once more after it. @returns {Promise<void>} */
export async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    do {
      again = false;
      await once();
    } while (again);
  } finally {
    running = false;
  }
}

async function once() {
  const url = new URL(location.href);
  const last = document.getElementById('log')?.dataset.last;
  if (last) { url.searchParams.delete('all'); url.searchParams.set('after', last); }
  url.hash = '';
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(url, { headers: { 'X-Deskbell-Live': '1' } });
  } catch {
    return; // The connection says so; it asks again when it is back.
  }
  if (answer.redirected && new URL(answer.url).pathname === '/admin/sign-in') return reload();
  if (answer.ok) show(parse(await answer.text()));
}

/** @param {string} html */
export const parse = (html) => new DOMParser().parseFromString(html, 'text/html');

/** Takes over what is new in `page`. @param {Document} page */
export function show(page) {
  held = pressed ? page : null;
  if (held) return;
  setClock(page);
  for (const element of parts(document)) {
    const name = element.dataset.live ?? '';
    const fresh = part(name, page);
    if (!fresh || fresh.outerHTML === known.get(name) || isInUse(element, fresh)) continue;
    known.set(name, fresh.outerHTML);
    replace(element, /** @type {HTMLElement} */ (document.importNode(fresh, true)));
  }
  for (const listener of listeners) listener(page);
}

/** Somebody is writing here, or has opened a menu: what they do goes first, unless the part is another by now. @param {HTMLElement} element @param {HTMLElement} fresh */
function isInUse(element, fresh) {
  if (element.dataset.key !== undefined && element.dataset.key === fresh.dataset.key && element.querySelector('textarea')) return true;
  if (element.dataset.key !== fresh.dataset.key) return false;
  const active = document.activeElement;
  return !!element.querySelector('details[open]') || (!!active && element.contains(active) && active.matches('input,textarea,select'));
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function replace(old, fresh) {
  const active = document.activeElement;
  const focused = active && old.contains(active) ? path(active, old) : null;
  old.replaceWith(fresh);
  words(fresh);
  if (focused) /** @type {HTMLElement|null} */ (fresh.querySelector(focused))?.focus({ preventScroll: true });
}

/** Where the focus was, to be found again in the new part. @param {Element} element @param {HTMLElement} root */
function path(element, root) {
  const own = element.id ? `#${CSS.escape(element.id)}` : element.tagName.toLowerCase();
  const row = element.closest('[id]');
  const href = element.getAttribute('href');
  const exact = href ? `${own}[href="${CSS.escape(href)}"]` : own;
  return row && row !== element && root.contains(row) && row !== root ? `#${CSS.escape(row.id)} ${exact}` : exact;
}

/** Says something at the top of the page. @param {Document} page the answer to a form */
export function takeFlash(page) {
  for (const old of document.querySelectorAll('#main > .said')) old.remove();
  const said = page.querySelector('#main > .said');
  if (said) document.getElementById('main')?.prepend(document.importNode(said, true));
}
