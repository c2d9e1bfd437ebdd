// The board as the visitor sees it: their own posts, one post with its answers, and the form for a new one.

import { bdi, bones, h, icon, linked } from './dom.js';
import { prefill } from './prefill.js';
import { busy, form } from './view-form.js';
import { big, button } from './view-status.js';

/** @typedef {import('./deskbell.js').Deskbell} Desk */
/** @typedef {import('./types.js').Inquiry} Inquiry */

/** Loads into a place: bones first, then the page, or what went wrong and a way to try again. @param {Desk} desk @param {HTMLElement} el @param {() => Promise<Node[]>} work */
async function load(desk, el, work) {
  el.replaceChildren(bones());
  el.setAttribute('aria-busy', 'true');
  try { el.replaceChildren(...await work()); } catch (problem) {
    el.replaceChildren(big('warn', desk.lang.problem(problem), '', button(desk.lang.t('retry'), () => load(desk, el, work), true)));
  }
  el.removeAttribute('aria-busy');
}

/** @param {Desk} desk @param {Inquiry} inquiry */
const pill = (desk, inquiry) => h('span', { css: 'pill ' + inquiry.status, text: desk.lang.t(inquiry.status) });

/** @param {Desk} desk @returns {import('./view.js').Screen} */
export function inquiries(desk) {
  const { t } = desk.lang;
  const el = h('div', { css: 'scroll' });
  const row = (/** @type {Inquiry} */ one) => h('button', { css: 'way post', onclick: () => desk.view.go('inquiry', one.id) },
    h('span', { css: 'grow' }, h('b', { dir: 'auto', text: one.title || t('kind_missed_call') }),
      h('small', {}, pill(desk, one), ' ' + t(/** @type {any} */ ('kind_' + one.kind)) + ' · #' + one.number + ' · ' + desk.lang.when(one.created_at),
        one.comments?.length ? ' · ' + t('comment_count', { n: one.comments.length }) : '')), icon('next'));
  const list = () => load(desk, el, async () => {
    const none = [big('list', t('posts_none'), t('posts_none_sub'), button(t('write_post'), () => desk.view.go('write'), true))];
    if (!desk.memory.get('token') && !desk.identity) return none; // Nobody who has never called or written has posts: no need to ask.
    const first = await desk.api.inquiries();
    if (!first.inquiries.length) return none;
    const rows = h('div', { css: 'list' }, ...first.inquiries.map(row));
    const more = h('button', { css: 'button', text: t('more'), hidden: !first.next_cursor, onclick: () => busy(more, async () => {
      const next = await desk.api.inquiries(first.next_cursor);
      rows.append(...next.inquiries.map(row));
      first.next_cursor = next.next_cursor;
      more.hidden = !next.next_cursor;
    }) });
    return [rows, more];
  });
  list();
  return { el, title: () => t('my_posts'), changed: () => void list() };
}

/** @param {Desk} desk @param {string} id @returns {import('./view.js').Screen} */
export function inquiry(desk, id) {
  const { t } = desk.lang;
  const el = h('div', { css: 'scroll' });
  /** @type {Inquiry|null} */
  let current = null;
  const show = (/** @type {Inquiry} */ one) => {
    current = one;
    desk.draw();
    return post(desk, one, list);
  };
  const list = () => load(desk, el, async () => show((await desk.api.inquiry(id)).inquiry));
  list();
  const remove = () => desk.view.confirm(t('remove_sure'), t('remove_note'), t('remove'), async () => {
    try {
      await desk.api.remove(id);
      desk.view.announce(t('removed'));
      desk.view.go('inquiries');
    } catch (problem) { el.prepend(h('p', { css: 'wrong', role: 'alert', text: desk.lang.problem(problem) })); }
  });
  return {
    el,
    title: () => (current ? '#' + current.number : t('my_posts')),
    menu: () => (current ? [...(current.status === 'open' ? /** @type {[string, () => void][]} */ ([[t('edit'), () => desk.view.go('write', current)]]) : []), [t('remove'), remove]] : []),
    changed(news) {
      if (news.id !== id) return;
      const typed = el.querySelector('textarea')?.value;
      el.replaceChildren(...show({ ...current, ...news }));
      if (typed) /** @type {HTMLTextAreaElement} */ (el.querySelector('textarea')).value = typed;
    },
  };
}

/** @param {Desk} desk @param {Inquiry} one @param {() => void} reload @returns {Node[]} */
function post(desk, one, reload) {
  const { t } = desk.lang;
  const text = h('textarea', { rows: 2, 'aria-label': t('comment_hint'), placeholder: t('comment_hint'), maxlength: 32768 });
  const wrong = h('p', { css: 'wrong', role: 'alert', hidden: true });
  const send = h('button', { css: 'button', type: 'submit', text: t('comment_send') });
  const add = async () => {
    wrong.hidden = true;
    if (!text.value.trim()) return text.focus();
    try {
      await desk.api.comment(one.id, text.value.trim());
      reload();
    } catch (problem) {
      wrong.textContent = desk.lang.problem(problem);
      wrong.hidden = false;
    }
  };
  const comments = one.comments ?? [];
  return [h('article', { css: 'card' }, h('p', { css: 'meta' }, pill(desk, one), t(/** @type {any} */ ('kind_' + one.kind)) + ' · ' + desk.lang.when(one.created_at), one.conversation_id ? ' · ' + t('from_call') : ''),
    h('h3', { dir: 'auto', text: one.title || t('kind_missed_call') }), h('p', { css: 'text', dir: 'auto' }, ...linked(one.body)), one.email && h('p', { css: 'dim' }, t('field_email') + ': ', bdi(one.email))),
  h('h4', { text: t('comments') }), !comments.length && h('p', { css: 'dim', text: t('comments_none') }),
  ...comments.map((comment) => h('div', { css: 'comment' + (comment.by.type === 'admin' ? ' admin' : '') },
    h('p', { css: 'meta' }, comment.by.type === 'visitor' ? t('you') : bdi(comment.by.name || t('an_admin')), ' · ' + desk.lang.when(comment.at)), h('p', { css: 'text', dir: 'auto' }, ...linked(comment.body)))),
  h('form', { css: 'form tight', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); busy(send, add); } }, text, wrong, send)].filter(Boolean);
}

/** A new post, a change of one, or the post of a call. @param {Desk} desk @param {any} [arg] @returns {import('./view.js').Screen} */
export function write(desk, arg) {
  const { t } = desk.lang;
  const call = arg?.leave ? desk.state.conversation : null;
  const done = (/** @type {Inquiry} */ made, /** @type {string} */ event) => {
    desk.core.emit(event, { inquiry: made });
    desk.view.announce(t(event === 'inquiry:created' ? 'posted' : 'edited'));
    desk.view.go('inquiry', made.id);
  };
  const el = h('div', { css: 'scroll' }, form(desk, arg?.id ? {
    keep: 'edit:' + arg.id, start: arg, label: t('save'),
    save: async (post) => done((await desk.api.change(arg.id, post)).inquiry, 'inquiry:updated'),
  } : call ? {
    keep: 'form:' + call.id, start: prefill(desk.state, desk.memory.get('draft') ?? ''), email: true, other: [t('wait_on'), () => desk.view.go('conversation')],
    save: async (post) => {
      const { inquiry: made } = await desk.api.leave(call.id, post);
      desk.memory.set('draft', null);
      desk.memory.set('done:' + call.id, 'sent');
      done(made, 'inquiry:created');
    },
  } : {
    keep: 'form', start: { title: '', body: '' }, email: true,
    save: async (post) => done((await desk.api.create(post)).inquiry, 'inquiry:created'),
  }));
  return { el, title: () => t(arg?.id ? 'form_edit' : 'form_title'), focus: () => /** @type {HTMLElement} */ (el.querySelector('#title')).focus() };
}
