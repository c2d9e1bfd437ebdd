// What a caller sees whose call has moved to the board: why, and the form with what they said in it.

import { big, button, h } from './dom.js';
import { formOfCall } from './view-form.js';
import { words } from './words.en.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {HTMLElement} */
export function moved(desk) {
  const { id = '', inquiry_id = null } = desk.state.conversation ?? {};
  const done = desk.memory.get('done:' + id);
  if (done) {
    const see = () => (inquiry_id ? desk.view.go('inquiry', inquiry_id) : desk.view.go('inquiries'));
    return big('check', done === 'sent' ? words.moved_done : words.note_moved, words.moved_live, button(words.see_post, see, true), button(words.call_again, () => desk.ring()));
  }
  return h('div.status', h('div.card.offer', h('h3', words.moved_title), h('p', words.moved_body), h('p.dim', words.moved_live)),
    formOfCall(desk, id, () => desk.draw(), [words.later, () => { desk.memory.set('done:' + id, 'later'); desk.draw(); }]));
}
