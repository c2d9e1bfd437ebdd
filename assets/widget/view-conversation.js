// The call itself: the status above, what was said, and where one writes.

import { h, icon, linked, monogram, toggle } from './dom.js';
import { status } from './view-status.js';
import { rows } from './transcript.js';
import { composer } from './view-composer.js';
import { heads, marks, words } from './words.en.js';
import { day, fill, named, sentence, time } from './words.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {import('./view.js').Screen} */
export function conversation(desk) {
  const top = status(desk);
  const log = h('div.log', { role: 'log', 'aria-live': 'polite', 'aria-label': words.title });
  const typing = h('p.typing', { hidden: true });
  const below = h('button.below', { hidden: true, onclick: () => bottom(true) }, icon('down'), h('span', words.new_below));
  const scroll = h('div.scroll', { tabindex: '0', onscroll: () => { if (atEnd()) below.hidden = true; } }, top.el, log, typing);
  const write = composer(desk);
  /** @type {Map<string, { el: HTMLElement, sign: string }>} */
  const drawn = new Map();
  let before = '';

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const bottom = (smooth = false) => scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches ? 'smooth' : 'auto' });

  const draw = () => {
    const list = rows(desk.state);
    for (const [key, { el: old }] of drawn) {
      if (!list.some((row) => row.key === key)) { old.remove(); drawn.delete(key); }
    }
    let added = false;
    list.forEach((row, index) => {
      const sign = [row.mark, row.first, row.last, row.at, row.code, row.by?.name].join();
      let had = drawn.get(row.key);
      if (had?.sign !== sign) {
        const made = one(desk, row);
        if (had) had.el.replaceWith(made);
        else added = true;
        had = { el: made, sign };
        drawn.set(row.key, had);
      }
      if (log.children[index] !== had.el) log.insertBefore(had.el, log.children[index] ?? null);
    });
    return added ? list[list.length - 1] : null;
  };

  /** Whether the call was not taken: then nothing rings, and nobody would read what is written. */
  const refused = () => desk.state.outbox.some((item) => item.type === 'call' && item.status === 'failed');
  /** The admins who are in, once the call is answered. */
  const admins = () => (desk.phase() === 'active' ? desk.state.conversation?.admins ?? [] : []);

  return {
    el: h('div.conversation', scroll, below, write.el),
    title: () => (admins().length ? h('span', ...admins().flatMap((admin, index) => [index ? ', ' : '', h('bdi', named(admin.name))]))
      : refused() ? words.title : heads[desk.phase() === 'offered' ? 'waiting' : desk.phase()]),
    faces: () => admins().slice(0, 3).map((admin) => h('span.face' + (admin.online === false ? '' : '.on'), monogram(admin.name))),
    sub: () => (desk.phase() !== 'active' ? '' : admins().some((admin) => admin.online !== false) ? words.here : words.away),
    menu: () => (refused() ? [] : menu(desk)),
    focus: () => (write.el.hidden ? desk.view.heading : write.input).focus({ preventScroll: true }),
    update() {
      const now = desk.phase();
      const stuck = atEnd();
      top.update();
      toggle(scroll, '.ended', now === 'closed' || now === 'cancelled');
      const last = draw();
      const writers = Object.values(desk.state.typing).filter((one) => one.until > Date.now());
      typing.hidden = !writers.length;
      if (writers.length) typing.replaceChildren(h('i'), h('i'), h('i'), h('span.unseen', fill(words.typing, { name: writers.map((one) => named(one.name)).join(', ') })));
      write.el.hidden = refused() || !['calling', 'waiting', 'offered', 'active'].includes(now);
      write.update(now);
      if (before !== now) {
        before = now;
        if (now === 'moved' || now === 'offered') scroll.scrollTo({ top: 0 });
        else bottom();
      } else if (last && (stuck || last.mine)) bottom(true);
      else if (last?.type === 'said') below.hidden = false;
      else if (stuck && now === 'active') bottom();
    },
  };
}

/** @param {import('./deskbell.js').Deskbell} desk @returns {[string, () => void][]} */
function menu(desk) {
  const now = desk.phase();
  if (now === 'active') return [[words.end, () => desk.view.confirm(words.end_sure, '', words.yes_end, () => desk.end('close'), words.stay)]];
  /** @type {[string, () => void][]} */
  const cancel = [[words.cancel_call, () => desk.view.confirm(words.cancel_sure, '', words.yes_cancel, () => desk.end('cancel'), words.stay)]];
  if (now === 'calling') return cancel;
  return now === 'waiting' || now === 'offered' ? [[words.leave_post, () => desk.view.go('write', { leave: true })], ...cancel] : [];
}

/** @param {import('./deskbell.js').Deskbell} desk @param {import('./transcript.js').Row} row */
function one(desk, row) {
  if (row.type === 'day') return h('p.day', day(row.at));
  const at = h('time', { datetime: row.at }, time(row.at));
  if (row.type === 'note') return h('p.note', note(row), at);
  const { id = '', mark, first, mine, code = '' } = row;
  const failed = mark === 'failed';
  return h('div.said' + (mine ? '.mine' : '.theirs') + (first ? '.first' : '') + (mark === 'pending' ? '.pending' : ''),
    first && (mine ? h('span.unseen', words.you + ': ')
      : h('p.name', h('span.face.small', { 'aria-hidden': 'true' }, monogram(row.by?.name)), h('bdi', named(row.by?.name)))),
    h('p.bubble', { dir: 'auto' }, ...linked(row.body ?? '')),
    (row.last || mark) && h('p.foot' + (failed ? '.bad' : ''), row.last && at, mark && h('span', marks[mark]),
      failed && code && h('span', sentence({ code })),
      failed && !code.startsWith('conversation_') && h('button.link', { onclick: () => desk.again(id) }, words.retry),
      failed && h('button.link', { onclick: () => desk.dispatch({ type: 'dropped', id }) }, words.discard)));
}

/** @param {import('./transcript.js').Row} row */
function note(row) {
  const name = named(row.by?.name);
  switch (row.what) {
    case 'joined': return fill(words.joined, { name });
    case 'left': return fill(words.left, { name });
    case 'promised': return row.data?.until ? fill(words.note_promised, { name, time: time(row.data.until) }) : fill(words.opened_by, { names: name });
    case 'moved': return words.note_moved;
    case 'cancelled': return words.note_cancelled;
    case 'closed': return row.by?.type === 'visitor' ? words.note_closed_you : fill(words.note_closed, { name });
    default: return words.note_called;
  }
}
