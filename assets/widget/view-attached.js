// What would go with a call, line by line, for whoever wants to see it first.

import { h } from './dom.js';
import { words } from './words.en.js';

/** @param {import('./types.js').Context} context @returns {Node[]} */
export function attached({ errors = [], ...rest }) {
  const lines = errors.map((entry) => [entry.kind, entry.message, entry.source, entry.request_id].filter(Boolean).join(' · '));
  return [...Object.values(rest), ...lines, words.attach_note].map((text) => h('li', text));
}
