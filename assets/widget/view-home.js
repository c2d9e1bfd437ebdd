// The first screen: ring now, write to the board, read the answers; and what would go with a call.

import { faults } from './context.js';
import { h, icon } from './dom.js';
import { attached } from './view-attached.js';
import { words } from './words.en.js';
import { fill } from './words.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {import('./view.js').Screen} */
export function home(desk) {
  const main = h('button.ring', { onclick: () => (open() ? desk.view.go('conversation') : desk.ring()) });
  const part = evidence(desk);
  /** @param {any} name @param {string} title @param {string} sub @param {import('./view.js').Name} screen */
  const way = (name, title, sub, screen) => h('button.way', { onclick: () => desk.view.go(screen) }, h('span.disc', icon(name)),
    h('span.grow', h('b', title), h('small', sub)), icon('next'));
  const open = () => !['none', 'closed', 'cancelled', 'moved'].includes(desk.phase());
  let drawn = '';
  return {
    el: h('div.scroll.home', h('div.card', main, part.el),
      way('pen', words.write_post, words.write_post_sub, 'write'),
      way('list', words.my_posts, words.my_posts_sub, 'inquiries')),
    home: true,
    title: () => words.hello,
    sub: () => words.hello_sub,
    focus: () => main.focus({ preventScroll: true }),
    update() {
      const text = open() ? words.go_back_to_call : words.call_now;
      part.el.hidden = open();
      part.update();
      if (drawn === text) return;
      drawn = text;
      main.replaceChildren(icon('bell'), h('span', text));
    },
  };
}

/** What is attached, how to see it whole, and how to leave it out. @param {import('./deskbell.js').Deskbell} desk */
function evidence(desk) {
  const summary = h('small');
  const list = h('ul.facts', { hidden: true });
  const more = h('button.link', { onclick: () => { list.hidden = !list.hidden; update(); } });
  const box = h('input', { type: 'checkbox', checked: desk.evidence, onchange: () => { desk.evidence = box.checked; update(); } });
  const update = () => {
    const n = faults(desk.core.ring).length;
    summary.textContent = desk.evidence ? [words.attach_page, words.attach_browser, ...(n ? [fill(words.attach_errors, { n })] : [])].join(', ') : words.attach_none;
    more.hidden = !desk.evidence;
    list.hidden ||= !desk.evidence;
    more.textContent = list.hidden ? words.attach_show : words.attach_hide;
    more.setAttribute('aria-expanded', !list.hidden);
    if (!list.hidden) list.replaceChildren(...attached(desk.core.about()));
  };
  return { el: h('div.attach', h('label', box, h('span', h('span', words.attach), summary)), more, list), update };
}
