// Where the visitor writes: grows with the text, keeps the draft, and lets an input method finish its word.

import { h, icon } from './dom.js';

const MOST_BYTES = 8192;

/** @param {string} text */
export const bytes = (text) => new TextEncoder().encode(text).length;

/** @param {import('./deskbell.js').Deskbell} desk */
export function composer(desk) {
  const { t } = desk.lang;
  const touch = !matchMedia('(pointer: fine)').matches;
  let told = 0;
  const wrong = h('p', { css: 'wrong', id: 'wrong', hidden: true, text: t('problem_too_long') });
  const send = h('button', { css: 'send', 'aria-label': t('send'), disabled: true, onclick: () => go() }, icon('send'));
  const input = h('textarea', { rows: '1', 'aria-describedby': 'wrong', autocomplete: 'off', value: desk.memory.get('draft') ?? '', oninput: () => changed(true), onkeydown: (/** @type {KeyboardEvent} */ event) => {
    // While an input method composes, Enter ends the word, not the message; 229 is how older browsers say so.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
    event.preventDefault();
    go();
  }, onblur: () => typing(false) });
  const el = h('form', { css: 'composer', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); go(); } }, wrong, h('div', { css: 'field' }, input, send));

  /** @param {boolean} on */
  const typing = (on) => {
    const now = Date.now();
    if (on ? now - told < 3000 : !told) return;
    told = on ? now : 0;
    desk.typing(on);
  };
  const fit = () => {
    input.style.height = 'auto';
    if (input.scrollHeight) input.style.height = Math.min(input.scrollHeight, 140) + 'px';
  };
  /** @param {boolean} byHand */
  const changed = (byHand) => {
    const text = input.value;
    const long = bytes(text) > MOST_BYTES;
    wrong.hidden = !long;
    send.disabled = long || !text.trim();
    if (byHand) {
      desk.memory.set('draft', text);
      typing(!!text.trim());
    }
    fit();
  };
  const go = () => {
    // Other control characters than newline and tab would be refused; a paste can bring them unseen.
    const body = input.value.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
    if (!body || send.disabled) return;
    input.value = '';
    changed(true);
    desk.say(body);
    input.focus({ preventScroll: true });
  };
  return {
    el, input,
    /** @param {string} phase */
    update(phase) {
      const hint = t(phase === 'active' ? 'write_here' : 'write_waiting');
      input.placeholder = hint;
      input.setAttribute('aria-label', hint);
      if (!input.style.height) changed(false);
    },
  };
}
