// Words, times and durations in the reader's language and zone. English here; the build makes the same widget with the words of `words.ko.js`.

import { isolated } from './isolated.js';
import { problems, words } from './words.en.js';

/** How the reader writes dates: `en-GB`. */
let locale = 'en';

/** @param {string|undefined} wanted */
export const speak = (wanted = '') => (locale = /^(ko|en)(-\w+)*$/i.test(wanted) ? wanted : 'en');

/** A text with its places filled in; `{s}` is the plural's ending, for `n`. @param {string} text @param {Record<string, string|number>} values */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => String(key === 's' ? (values.n === 1 ? '' : 's') : values[key] ?? ''));

/** An admin within a sentence. @param {string|undefined} name */
export const named = (name) => isolated(name || words.an_admin);

/** A sentence that says what went wrong and what to do. @param {any} problem */
export const sentence = (problem) => problems[problem?.code] ?? problems[problem?.status >= 500 ? 'unavailable' : 'unknown'];

/** `14:02` @param {string|number} at */
export const time = (at) => two(new Date(at).getHours()) + ':' + two(new Date(at).getMinutes());

/** Today's time, or the day for anything older. @param {string} at */
export const when = (at) => (isToday(at) ? time(at) : date(at, { month: 'short' }));

/** @param {string} at */
export const day = (at) => (isToday(at) ? words.today : isToday(Date.parse(at) + 86400000) ? words.yesterday : date(at, { month: 'long', weekday: 'short' }));

/** @param {string} at @param {Intl.DateTimeFormatOptions} how */
const date = (at, how) => new Date(at).toLocaleDateString(locale, { day: 'numeric', ...how });

/** @param {string|number} at */
const isToday = (at) => new Date(at).toDateString() === new Date().toDateString();

/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** `01:23`, `1:02:03` @param {number} ms */
export function duration(ms) {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  return (hours ? hours + ':' : '') + two(Math.floor(total / 60) % 60) + ':' + two(total % 60);
}
