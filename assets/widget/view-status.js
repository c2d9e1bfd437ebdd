// The card above the log: what has been done about the call, how long it has been, and what comes next. Nothing is embellished.

import { big, bones, button, h, icon, shape } from './dom.js';
import { moved } from './view-moved.js';
import { heads, words } from './words.en.js';
import { duration, fill, named, sentence, time } from './words.js';

/** @param {import('./deskbell.js').Deskbell} desk */
export function status(desk) {
  const el = h('div.status');
  let sign = '';
  /** @type {HTMLElement|null} */
  let clock = null;
  /** @type {SVGElement|null} */
  let hand = null;
  return {
    el,
    update() {
      const now = desk.phase();
      const { conversation, link } = desk.state;
      const failed = desk.state.outbox.find((item) => item.type === 'call' && item.status === 'failed');
      const wait = conversation?.wait;
      const next = JSON.stringify([now, conversation?.id, conversation?.told, wait, link === 'open' || link === 'connecting', failed?.code, desk.memory.get('dismissed'),
        desk.memory.get('done:' + conversation?.id), late(desk)]);
      if (next !== sign) {
        sign = next;
        const focused = /** @type {HTMLElement|null} */ (desk.core.root.activeElement)?.dataset.key;
        el.replaceChildren(...card(desk, now, failed?.code));
        clock = el.querySelector('.clock');
        hand = el.querySelector('.hand');
        if (focused) /** @type {HTMLElement|null} */ (el.querySelector('[data-key="' + focused + '"]'))?.focus();
        desk.view.announce(spoken(desk, now));
      }
      if (clock && conversation) {
        const from = Date.parse(wait?.since ?? conversation.called_at);
        const since = desk.now() - from;
        clock.textContent = duration(since);
        const all = wait?.move_at ? Date.parse(wait.move_at) - from : 0;
        if (hand) hand.style.strokeDashoffset = String(100 - Math.min(1, all > 0 ? since / all : 0) * 100);
      }
    },
  };
}

/** Which of the promised moments have passed. @param {import('./deskbell.js').Deskbell} desk */
function late(desk) {
  const wait = desk.state.conversation?.wait;
  return [wait?.move_at, wait?.promised?.until].map((at) => !!at && desk.now() > Date.parse(at));
}

/** @param {import('./deskbell.js').Deskbell} desk @param {string} now @param {string|undefined} code @returns {Node[]} */
function card(desk, now, code) {
  const { conversation, link } = desk.state;
  const write = () => [button(words.call_again, () => desk.ring(), true), button(words.write_post, () => desk.view.go('write'))];
  if (now === 'calling') {
    return [code ? big('warn', sentence({ code }), '', ...write())
      : h('div.card.wait', dial('.ringing'), h('p', link === 'open' || link === 'connecting' ? words.ringing : words.not_rung))];
  }
  if (now === 'waiting' || now === 'offered') return waiting(desk, now === 'offered');
  if (now === 'moved') return [moved(desk)];
  if (now === 'closed') return [big('check', words.ended_title, words.ended_body, ...write())];
  if (now === 'cancelled') return [big('check', words.cancelled_title, words.cancelled_body, ...write())];
  return desk.state.visitor ? [] : [bones()];
}

/** @param {import('./deskbell.js').Deskbell} desk @param {boolean} offered @returns {Node[]} */
function waiting(desk, offered) {
  const id = desk.state.conversation?.id;
  const nobody = desk.state.conversation?.told?.mails === 0;
  const shown = offered && desk.memory.get('dismissed') !== id;
  const leave = () => desk.view.go('write', { leave: true });
  return [...(shown ? [h('div.card.offer', h('h3', nobody ? words.nobody_title : words.offered_title), h('p', nobody ? words.nobody_body : words.offered_body),
    h('div.pair', button(words.wait_on, () => { desk.memory.set('dismissed', id); desk.draw(); }), button(words.leave_now, leave, true)))] : []),
  h('div.card', h('div.wait', dial(), h('div', h('b.clock', { role: 'timer' }), h('p.dim', heads.waiting))), h('ul.steps', ...steps(desk))),
  h('p.hint.dim', words.keep_writing, ' ', !shown && h('button.link', { 'data-key': 'leave', onclick: leave }, words.leave_post))];
}

/** What is known, in the order in which it happened. @param {import('./deskbell.js').Deskbell} desk */
function steps(desk) {
  const { called_at: called = desk.now(), told, wait } = desk.state.conversation ?? {};
  const [moveLate, promiseLate] = late(desk);
  const list = [step('bell', words.rung + ' · ' + time(called), '.done')];
  if (told) {
    list.push(!told.mails ? step('mail', words.told_none)
      : told.sent ? step('mail', fill(words.told_sent, { n: told.sent, time: time(told.sent_at ?? called) }), '.done')
        : step('mail', fill(words.told_sending, { n: told.mails }), '.now'));
  }
  if (told?.opened_by?.length) list.push(step('eye', fill(words.opened_by, { names: told.opened_by.map(named).join(', ') }), '.done'));
  if (wait?.promised) {
    const { by, until } = wait.promised;
    list.push(step('clock', fill(promiseLate ? words.promise_late : words.promise, { name: named(by.name), time: time(until) }), '.promise'));
  }
  if (wait?.move_at) list.push(step('list', moveLate ? words.board_soon : fill(words.board_at, { time: time(wait.move_at) })));
  return list;
}

/** @param {Parameters<typeof icon>[0]} name @param {string} text @param {string} [css] */
const step = (name, text, css = '') => h('li' + css, icon(name), h('span', text));

/** The bell within a ring that fills as the wait goes on. @param {string} [css] */
const dial = (css = '') => h('div.dial' + css, shape('svg', { viewBox: '0 0 36 36', 'aria-hidden': 'true' },
  ...['circle.rim', 'circle.hand'].map((kind) => shape(kind, { cx: 18, cy: 18, r: 16.5, pathLength: 100 }))), icon('bell'));

/** One sentence for a screen reader. @param {import('./deskbell.js').Deskbell} desk @param {string} now */
const spoken = (desk, now) => (now === 'active' ? fill(words.joined, { name: (desk.state.conversation?.admins ?? []).map((admin) => named(admin.name)).join(', ') || words.an_admin })
  : now === 'waiting' ? steps(desk).map((one) => one.textContent).join('. ')
    : now === 'offered' ? words.offered_title : now === 'none' ? '' : heads[now]);
