// Rewrites the server's UTC times into the reader's zone and words, and lets running ones tick.

const lang = document.documentElement.lang || 'en';
const clock = new Intl.DateTimeFormat(lang, { timeStyle: 'short' });
const full = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
const date = new Intl.DateTimeFormat(lang, { dateStyle: 'medium' });
const day = new Intl.DateTimeFormat(lang, { month: 'long', day: 'numeric', weekday: 'long' });
const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto', style: 'short' });

/** How far the reader's clock is behind the server's. */
let ahead = 0;

/** Takes the server's time from a page that has just come. @param {Document} page */
export function setClock(page) {
  const meta = page.querySelector('meta[name=deskbell-now]');
  const at = Date.parse(meta?.getAttribute('content') ?? '');
  // A difference of a second or two is the way here; a larger one is a wrong clock.
  const differs = Number.isNaN(at) ? 0 : at - Date.now();
  ahead = Math.abs(differs) < 3000 ? 0 : differs;
}

/** What time it is at the server. */
export const now = () => Date.now() + ahead;

/** Minutes and seconds, with hours only when there are some. @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** @param {number} at @param {number} present */
export function ago(at, present) {
  const minutes = Math.round((present - at) / 60000);
  if (minutes < 1) return relative.format(0, 'second');
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 60 * 24) return relative.format(-Math.round(minutes / 60), 'hour');
  if (minutes < 60 * 24 * 7) return relative.format(-Math.round(minutes / 60 / 24), 'day');
  return date.format(at);
}

/** The day of a moment, in words. @param {number} at @param {{ today?: string, yesterday?: string }} words */
export function dayOf(at, words) {
  const that = new Date(at).toDateString();
  const present = new Date(now());
  if (that === present.toDateString()) return words.today ?? day.format(at);
  present.setDate(present.getDate() - 1);
  return that === present.toDateString() ? (words.yesterday ?? day.format(at)) : day.format(at);
}

/** @param {HTMLTimeElement} element */
function write(element) {
  const at = Date.parse(element.dateTime);
  const present = now();
  const texts = {
    clock: () => clock.format(at), full: () => full.format(at), ago: () => ago(at, present),
    running: () => span(present - at), left: () => span(at - present),
  };
  const style = /** @type {keyof typeof texts} */ (element.dataset.time);
  const text = texts[style]?.();
  if (text && element.textContent !== text) element.textContent = text;
}

/** Words every time below `root`. @param {ParentNode} root */
export function words(root) {
  for (const element of /** @type {NodeListOf<HTMLTimeElement>} */ (root.querySelectorAll('time[data-time]'))) {
    write(element);
    if (element.dataset.time === 'clock' || element.dataset.time === 'ago') element.title = full.format(Date.parse(element.dateTime));
  }
}

/** Keeps the times of this page true from here on. */
export function tick() {
  setClock(document);
  words(document);
  setInterval(() => {
    if (document.hidden) return;
    for (const element of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll('[data-time=running],[data-time=left]'))) write(element);
  }, 1000);
  setInterval(() => words(document), 30000);
  document.addEventListener('visibilitychange', () => words(document));
}
