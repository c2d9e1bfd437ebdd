// The card above the log: what has been done about the call, how long it has been, and what comes next. Nothing is embellished.

import { bones, h, icon } from './dom.js';
import { duration } from './words.js';

/** @param {import('./deskbell.js').Deskbell} desk */
export function status(desk) {
  const el = h('div', { css: 'status' });
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
  const past = (/** @type {string|null|undefined} */ at) => !!at && desk.now() > Date.parse(at);
  return [past(wait?.move_at), past(wait?.promised?.until)];
}

/** @param {import('./deskbell.js').Deskbell} desk @param {string} now @param {string|undefined} code @returns {Node[]} */
function card(desk, now, code) {
  const { t } = desk.lang;
  const { conversation } = desk.state;
  if (now === 'calling') {
    if (code) {
      return [big('warn', desk.lang.problem({ code }), '', button(t('call_again'), () => desk.ring(), true), button(t('write_post'), () => desk.view.go('write')))];
    }
    return [h('div', { css: 'card wait' }, dial(' ringing'), h('p', { text: desk.state.link === 'open' || desk.state.link === 'connecting' ? t('ringing') : t('not_rung') }))];
  }
  if (now === 'waiting' || now === 'offered') return waiting(desk, now === 'offered');
  if (now === 'moved') {
    const place = h('div', {}, bones());
    desk.board().then((board) => place.replaceWith(board.moved(desk)), () => place.replaceWith(big('warn', t('moved_title'), t('problem_unreachable'))));
    return [place];
  }
  if ((now === 'closed' || now === 'cancelled') && conversation) {
    return [big('check', t(now === 'closed' ? 'ended_title' : 'cancelled_title'), t(now === 'closed' ? 'ended_body' : 'cancelled_body'),
      button(t('call_again'), () => desk.ring(), true), button(t('write_post'), () => desk.view.go('write')))];
  }
  return desk.state.visitor ? [] : [bones()];
}

/** @param {import('./deskbell.js').Deskbell} desk @param {boolean} offered @returns {Node[]} */
function waiting(desk, offered) {
  const { t } = desk.lang;
  const { conversation } = desk.state;
  const nobody = conversation?.told?.mails === 0;
  const shown = offered && desk.memory.get('dismissed') !== conversation?.id;
  const offer = shown ? [h('div', { css: 'card offer' }, h('h3', { text: t(nobody ? 'nobody_title' : 'offered_title') }), h('p', { text: t(nobody ? 'nobody_body' : 'offered_body') }),
    h('div', { css: 'pair' }, button(t('wait_on'), () => { desk.memory.set('dismissed', conversation?.id); desk.draw(); }),
      button(t('leave_now'), () => desk.view.go('write', { leave: true }), true)))] : [];
  return [...offer, h('div', { css: 'card' }, h('div', { css: 'wait' }, dial(), h('div', {}, h('b', { css: 'clock', role: 'timer' }), h('p', { css: 'dim', text: t('head_waiting') }))),
    h('ul', { css: 'steps' }, ...steps(desk))), h('p', { css: 'hint dim' }, t('keep_writing'), ' ',
    !shown && h('button', { css: 'link', 'data-key': 'leave', text: t('leave_post'), onclick: () => desk.view.go('write', { leave: true }) }))];
}

/** What is known, in the order in which it happened. @param {import('./deskbell.js').Deskbell} desk */
function steps(desk) {
  const { t } = desk.lang;
  const { conversation } = desk.state;
  const { told, wait } = conversation ?? { told: null, wait: null };
  const time = (/** @type {string|number} */ at) => desk.lang.time(at);
  const list = [step('bell', t('rung') + ' · ' + time(conversation?.called_at ?? desk.now()), 'done')];
  if (told && told.mails > 0) {
    list.push(told.sent ? step('mail', t('told_sent', { n: told.sent, time: time(told.sent_at ?? conversation?.called_at ?? 0) }), 'done')
      : step('mail', t('told_sending', { n: told.mails }), 'now'));
  } else if (told) list.push(step('mail', t('told_none'), ''));
  if (told?.opened_by?.length) list.push(step('eye', t('opened_by', { names: told.opened_by.map((name) => '\u2068' + name + '\u2069').join(', ') }), 'done'));
  const [moveLate, promiseLate] = late(desk);
  if (wait?.promised) {
    const { by, until } = wait.promised;
    const name = '\u2068' + (by.name || t('an_admin')) + '\u2069';
    list.push(step('clock', t(promiseLate ? 'promise_late' : 'promise', { name, time: time(until) }), 'promise'));
  }
  if (wait?.move_at) list.push(step('list', moveLate ? t('board_soon') : t('board_at', { time: time(wait.move_at) }), ''));
  return list;
}

/** @param {Parameters<typeof icon>[0]} name @param {string} text @param {string} css */
const step = (name, text, css) => h('li', { css }, icon(name), h('span', { text }));

/** The bell within a ring that fills as the wait goes on. @param {string} [css] */
function dial(css = '') {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 36 36');
  svg.setAttribute('aria-hidden', 'true');
  for (const name of ['rim', 'hand']) {
    const circle = svg.appendChild(document.createElementNS(space, 'circle'));
    for (const [key, value] of Object.entries({ class: name, cx: 18, cy: 18, r: 16.5, pathLength: 100 })) circle.setAttribute(key, String(value));
  }
  return h('div', { css: 'dial' + css }, svg, icon('bell'));
}

/** @param {Parameters<typeof icon>[0]} name @param {string} title @param {string} body @param {HTMLElement[]} buttons */
export const big = (name, title, body, ...buttons) => h('div', { css: 'big' }, h('span', { css: 'disc' }, icon(name)), h('h3', { text: title }), body && h('p', { text: body }), ...buttons);

/** @param {string} text @param {() => void} act @param {boolean} [main] */
export const button = (text, act, main) => h('button', { css: 'button' + (main ? ' main-button' : ''), 'data-key': text, text, onclick: act });

/** One sentence for a screen reader. @param {import('./deskbell.js').Deskbell} desk @param {string} now */
function spoken(desk, now) {
  const { t } = desk.lang;
  return now === 'active' ? t('joined', { name: desk.state.conversation?.admins.map((admin) => admin.name).join(', ') || t('an_admin') })
    : now === 'waiting' ? steps(desk).map((one) => one.textContent).join('. ')
      : now === 'offered' ? t('offered_title') : now === 'none' ? '' : t(/** @type {any} */ ('head_' + now));
}
