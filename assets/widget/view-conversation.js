// The call itself: the status above, what was said, and where one writes.

import { bdi, h, icon, linked, monogram } from './dom.js';
import { status } from './view-status.js';
import { rows } from './transcript.js';
import { composer } from './view-composer.js';

/** @param {import('./deskbell.js').Deskbell} desk @returns {import('./view.js').Screen} */
export function conversation(desk) {
  const { t } = desk.lang;
  const top = status(desk);
  const log = h('div', { css: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': t('title') });
  const typing = h('p', { css: 'typing', hidden: true });
  const below = h('button', { css: 'below', hidden: true, onclick: () => bottom(true) }, icon('down'), h('span', { text: t('new_below') }));
  const scroll = h('div', { css: 'scroll', tabindex: '0', onscroll: () => { if (atEnd()) below.hidden = true; } }, top.el, log, typing);
  const write = composer(desk);
  const el = h('div', { css: 'conversation' }, scroll, below, write.el);
  /** @type {Map<string, { el: HTMLElement, sign: string }>} */
  const drawn = new Map();
  let before = '';

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const bottom = (smooth = false) => scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches ? 'smooth' : 'auto' });

  const draw = () => {
    const list = rows(desk.state);
    const keys = new Set(list.map((row) => row.key));
    for (const [key, { el: old }] of drawn) {
      if (!keys.has(key)) { old.remove(); drawn.delete(key); }
    }
    let added = false;
    list.forEach((row, index) => {
      const sign = [row.mark, row.first, row.last, row.at, row.code, row.by?.name].join();
      let had = drawn.get(row.key);
      if (!had || had.sign !== sign) {
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

  return {
    el,
    title: () => who(desk) ?? t(/** @type {any} */ ('head_' + (desk.phase() === 'offered' ? 'waiting' : desk.phase()))),
    faces: () => faces(desk),
    sub: () => under(desk),
    menu: () => menu(desk),
    focus: () => (write.el.hidden ? desk.view.heading : write.input).focus({ preventScroll: true }),
    update() {
      const now = desk.phase();
      const stuck = atEnd();
      top.update();
      scroll.classList.toggle('ended', now === 'closed' || now === 'cancelled');
      const last = draw();
      const writers = Object.values(desk.state.typing).filter((one) => one.until > Date.now());
      typing.hidden = !writers.length;
      if (writers.length) typing.replaceChildren(h('i'), h('i'), h('i'), h('span', { css: 'unseen' }, t('typing', { name: writers.map((one) => one.name).join(', ') })));
      write.el.hidden = !['calling', 'waiting', 'offered', 'active'].includes(now);
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

/** The admins who are in, as the head's title. @param {import('./deskbell.js').Deskbell} desk */
function who(desk) {
  const admins = desk.state.conversation?.admins ?? [];
  return desk.phase() === 'active' && admins.length ? h('span', {}, ...admins.flatMap((admin, index) => [index ? ', ' : '', bdi(admin.name)])) : null;
}

/** @param {import('./deskbell.js').Deskbell} desk @returns {Node[]} */
function faces(desk) {
  const admins = desk.phase() === 'active' ? desk.state.conversation?.admins ?? [] : [];
  return admins.slice(0, 3).map((admin) => h('span', { css: 'face' + (admin.online === false ? '' : ' on'), text: monogram(admin.name) }));
}

/** @param {import('./deskbell.js').Deskbell} desk */
function under(desk) {
  if (desk.phase() !== 'active') return '';
  return desk.lang.t(desk.state.conversation?.admins.some((admin) => admin.online !== false) ? 'here' : 'away');
}

/** @param {import('./deskbell.js').Deskbell} desk @returns {[string, () => void][]} */
function menu(desk) {
  const { t } = desk.lang;
  const now = desk.phase();
  if (now === 'active') return [[t('end'), () => desk.view.confirm(t('end_sure'), '', t('yes_end'), () => desk.end('close'), t('stay'))]];
  if (!['calling', 'waiting', 'offered'].includes(now)) return [];
  return [
    ...(now === 'calling' ? [] : /** @type {[string, () => void][]} */ ([[t('leave_post'), () => desk.view.go('write', { leave: true })]])),
    [t('cancel_call'), () => desk.view.confirm(t('cancel_sure'), '', t('yes_cancel'), () => desk.end('cancel'), t('stay'))],
  ];
}

/** @param {import('./deskbell.js').Deskbell} desk @param {import('./transcript.js').Row} row */
function one(desk, row) {
  const { t } = desk.lang;
  if (row.type === 'day') return h('p', { css: 'day', text: desk.lang.day(row.at) });
  if (row.type === 'note') return h('p', { css: 'note' }, note(desk, row), h('time', { datetime: row.at, text: desk.lang.time(row.at) }));
  const foot = row.last || row.mark ? h('p', { css: 'foot' + (row.mark === 'failed' ? ' bad' : '') },
    row.last && h('time', { datetime: row.at, text: desk.lang.time(row.at) }),
    row.mark && h('span', { text: t(row.mark) }),
    row.mark === 'failed' && row.code && h('span', { text: desk.lang.problem({ code: row.code }) }),
    row.mark === 'failed' && !row.code?.startsWith('conversation_') && h('button', { css: 'link', text: t('retry'), onclick: () => desk.again(row.id ?? '') }),
    row.mark === 'failed' && h('button', { css: 'link', text: t('discard'), onclick: () => desk.dispatch({ type: 'dropped', id: row.id ?? '' }) })) : null;
  return h('div', { css: 'said ' + (row.mine ? 'mine' : 'theirs') + (row.first ? ' first' : '') + (row.mark === 'pending' ? ' pending' : '') },
    !row.mine && row.first && h('p', { css: 'name' }, h('span', { css: 'face small', 'aria-hidden': 'true', text: monogram(row.by?.name) }), bdi(row.by?.name || t('an_admin'))),
    row.mine && row.first && h('span', { css: 'unseen', text: t('you') + ': ' }),
    h('p', { css: 'bubble', dir: 'auto' }, ...linked(row.body ?? '')), foot);
}

/** @param {import('./deskbell.js').Deskbell} desk @param {import('./transcript.js').Row} row */
function note(desk, row) {
  const { t, time } = { t: desk.lang.t, time: (/** @type {string} */ at) => desk.lang.time(at) };
  const name = '\u2068' + (row.by?.name || t('an_admin')) + '\u2069'; // Isolated: a name's direction must not turn the sentence.
  switch (row.what) {
    case 'joined': return t('joined', { name });
    case 'left': return t('left', { name });
    case 'promised': return row.data?.until ? t('note_promised', { name, time: time(row.data.until) }) : t('opened_by', { names: name });
    case 'moved': return t('note_moved');
    case 'cancelled': return t('note_cancelled');
    case 'closed': return row.by?.type === 'visitor' ? t('note_closed_you') : t('note_closed', { name });
    default: return t('note_called');
  }
}
