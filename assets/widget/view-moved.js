// What a caller sees whose call has moved to the board: why, and the form with what they said in it.

import { h } from './dom.js';
import { prefill } from './prefill.js';
import { form } from './view-form.js';
import { big, button } from './view-status.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {HTMLElement} */
export function moved(desk) {
  const { t } = desk.lang;
  const { conversation } = desk.state;
  const id = conversation?.id ?? '';
  const done = desk.memory.get('done:' + id);
  if (done) {
    const see = () => (conversation?.inquiry_id ? desk.view.go('inquiry', conversation.inquiry_id) : desk.view.go('inquiries'));
    return big('check', t(done === 'sent' ? 'moved_done' : 'note_moved'), t('moved_live'), button(t('see_post'), see, true), button(t('call_again'), () => desk.ring()));
  }
  return h('div', { css: 'status' }, h('div', { css: 'card offer' }, h('h3', { text: t('moved_title') }), h('p', { text: t('moved_body') }), h('p', { css: 'dim', text: t('moved_live') })),
    form(desk, {
      keep: 'form:' + id, start: prefill(desk.state, desk.memory.get('draft') ?? ''), email: true,
      save: async (post) => {
        const { inquiry } = await desk.api.leave(id, post);
        desk.memory.set('draft', null);
        desk.memory.set('done:' + id, 'sent');
        desk.core.emit('inquiry:created', { inquiry });
        desk.draw();
      },
      other: [t('later'), () => { desk.memory.set('done:' + id, 'later'); desk.draw(); }],
    }));
}
