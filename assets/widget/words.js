// Words, times and durations in the reader's language and zone.

/** @typedef {keyof typeof import('./words.en.js').words | keyof typeof import('./board.en.js').boardWords} Word */
/** @typedef {Record<string, string>} Words */

export class Language {
  /** @param {string} locale @param {Words} words */
  constructor(locale, words) {
    this.locale = locale;
    this.words = words;
    this.korean = /^ko/i.test(locale);
  }

  /** @type {(word: Word, values?: Record<string, string|number>) => string} */
  t = (word, values = {}) => {
    const text = (values.n === 1 && this.words[word + '_one']) || this.words[word];
    return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ''));
  };

  /** The words of the board, when it is first looked at. */
  async more() {
    const { boardWords } = this.korean ? await import('./board.ko.js') : await import('./board.en.js');
    this.words = { ...this.words, ...boardWords };
  }

  /** A sentence that says what went wrong and what to do. @param {any} problem */
  problem(problem) {
    const status = problem?.status ?? 0;
    return this.words['problem_' + problem?.code] ?? this.t(status >= 500 ? 'problem_unavailable' : 'problem_unknown');
  }

  /** `14:02` @param {string|number} at */
  time(at) { return two(new Date(at).getHours()) + ':' + two(new Date(at).getMinutes()); }

  /** Today's time, or the day for anything older. @param {string} at */
  when(at) { return isToday(at) ? this.time(at) : new Date(at).toLocaleDateString(this.locale, { month: 'short', day: 'numeric' }); }

  /** @param {string} at */
  day(at) {
    return isToday(at) ? this.t('today') : isToday(Date.parse(at) + 86400000) ? this.t('yesterday') : new Date(at).toLocaleDateString(this.locale, { month: 'long', day: 'numeric', weekday: 'short' });
  }
}

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

/** @param {string|undefined} locale @returns {Promise<Language>} */
export async function language(locale) {
  const wanted = /^(ko|en)(-\w+)*$/i.test(locale ?? '') ? String(locale) : 'en';
  const { words } = /^ko/i.test(wanted) ? await import('./words.ko.js') : await import('./words.en.js');
  return new Language(wanted, words);
}
