// The first screen: ring now, write to the board, read the answers; and what would go with a call.

import { faults } from './context.js';
import { h, icon } from './dom.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {import('./view.js').Screen} */
export function home(desk) {
  const { t } = desk.lang;
  const main = h('button', { css: 'ring', onclick: () => (open() ? desk.view.go('conversation') : desk.ring()) });
  const attached = evidence(desk);
  const card = h('div', { css: 'card' }, main, attached.el);
  /** @param {any} name @param {any} title @param {any} sub @param {() => void} act */
  const way = (name, title, sub, act) => h('button', { css: 'way', onclick: act }, h('span', { css: 'disc' }, icon(name)),
    h('span', { css: 'grow' }, h('b', { text: t(title) }), h('small', { text: t(sub) })), icon('next'));
  const open = () => !['none', 'closed', 'cancelled', 'moved'].includes(desk.phase());
  let drawn = '';
  const el = h('div', { css: 'scroll home' }, card,
    way('pen', 'write_post', 'write_post_sub', () => desk.view.go('write')),
    way('list', 'my_posts', 'my_posts_sub', () => desk.view.go('inquiries')));
  return {
    el, home: true,
    title: () => t('hello'),
    sub: () => t('hello_sub'),
    focus: () => main.focus({ preventScroll: true }),
    update() {
      const text = t(open() ? 'go_back_to_call' : 'call_now');
      attached.el.hidden = open();
      attached.update();
      if (drawn === text) return;
      drawn = text;
      main.replaceChildren(icon('bell'), h('span', { text }));
    },
  };
}

/** What is attached, how to see it whole, and how to leave it out. @param {import('./deskbell.js').Deskbell} desk */
function evidence(desk) {
  const { t } = desk.lang;
  const summary = h('small');
  const list = h('ul', { css: 'facts', hidden: true });
  const more = h('button', { css: 'link', 'aria-expanded': 'false', onclick: () => { list.hidden = !list.hidden; update(); } });
  const box = h('input', { type: 'checkbox', checked: desk.evidence, onchange: () => { desk.evidence = box.checked; update(); } });
  const update = () => {
    summary.textContent = desk.evidence ? parts(desk).join(', ') : t('attach_none');
    more.hidden = !desk.evidence;
    more.textContent = t(list.hidden ? 'attach_show' : 'attach_hide');
    more.setAttribute('aria-expanded', String(!list.hidden));
    list.hidden ||= !desk.evidence;
    if (!list.hidden) desk.board().then((board) => list.replaceChildren(...board.attached(desk)), () => { list.hidden = true; });
  };
  return { el: h('div', { css: 'attach' }, h('label', {}, box, h('span', {}, h('span', { text: t('attach') }), summary)), more, list), update };
}

/** @param {import('./deskbell.js').Deskbell} desk */
function parts(desk) {
  const { t } = desk.lang;
  const n = faults(desk.core.ring).length;
  return [t('attach_page'), t('attach_browser'), ...(n ? [t('attach_errors', { n })] : [])];
}
