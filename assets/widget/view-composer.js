// Where the visitor writes: grows with the text, keeps the draft, and lets an input method finish its word.

import { h, icon } from './dom.js';
import { problems, words } from './words.en.js';

const MOST_BYTES = 8192;

/** @param {string} text */
export const bytes = (text) => new TextEncoder().encode(text).length;

/** Without the control characters that would be refused, all but newline and tab; a paste can bring them unseen. @param {string} text */
export const clean = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();

/** @param {() => void} go */
export const onsubmit = (go) => (/** @type {Event} */ event) => { event.preventDefault(); go(); };

/** @param {import('./deskbell.js').Deskbell} desk */
export function composer(desk) {
  const touch = !matchMedia('(pointer: fine)').matches;
  let told = 0;
  const wrong = h('p.wrong', { id: 'wrong', hidden: true }, problems.too_long);
  const send = h('button.send', { 'aria-label': words.send, disabled: true, onclick: () => go() }, icon('send'));
  const input = h('textarea', { rows: 1, 'aria-describedby': 'wrong', autocomplete: 'off', value: desk.memory.get('draft') ?? '', oninput: () => changed(true), onkeydown: (/** @type {KeyboardEvent} */ event) => {
    // While an input method composes, Enter ends the word, not the message; 229 is how older browsers say so.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
    event.preventDefault();
    go();
  }, onblur: () => typing(false) });
  const el = h('form.composer', { onsubmit: onsubmit(() => go()) }, wrong, h('div.field', input, send));

  /** @param {boolean} on */
  const typing = (on) => {
    const now = Date.now();
    if (on ? now - told < 3000 : !told) return;
    told = on ? now : 0;
    desk.typing(on);
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
    input.style.height = 'auto';
    if (input.scrollHeight) input.style.height = Math.min(input.scrollHeight, 140) + 'px';
  };
  const go = () => {
    const body = clean(input.value);
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
      input.placeholder = phase === 'active' ? words.write_here : words.write_waiting;
      input.setAttribute('aria-label', input.placeholder);
      if (!input.style.height) changed(false);
    },
  };
}
