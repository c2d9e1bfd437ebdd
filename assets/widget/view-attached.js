// What would go with a call, line by line, for whoever wants to see it first.

import { context } from './context.js';
import { h } from './dom.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {Node[]} */
export function attached(desk) {
  const { errors = [], ...rest } = context(desk) ?? {};
  const lines = errors.map((entry) => [entry.kind, entry.message, entry.source, entry.request_id].filter(Boolean).join(' · '));
  return [...Object.values(rest), ...lines, desk.lang.t('attach_note')].map((text) => h('li', { text }));
}
