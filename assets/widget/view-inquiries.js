// The board as the visitor sees it: their own posts, one post with its answers, and the form for a new one.

import { big, bones, button, h, icon, linked } from './dom.js';
import { onsubmit } from './view-composer.js';
import { busy, form, formOfCall } from './view-form.js';
import { kinds, statuses, words } from './words.en.js';
import { fill, named, sentence, when } from './words.js';

/** @typedef {import('./deskbell.js').Deskbell} Desk */
/** @typedef {import('./types.js').Inquiry} Inquiry */

/** Loads into a place: bones first, then the page, or what went wrong and a way to try again. @param {HTMLElement} el @param {() => Promise<Node[]>} work */
async function load(el, work) {
  el.replaceChildren(bones());
  el.setAttribute('aria-busy', 'true');
  try { el.replaceChildren(...await work()); } catch (problem) {
    el.replaceChildren(big('warn', sentence(problem), '', button(words.retry, () => load(el, work), true)));
  }
  el.removeAttribute('aria-busy');
}

/** @param {Inquiry} inquiry */
const pill = ({ status }) => h('span.pill', { 'data-status': status }, statuses[status]);

/** @param {Inquiry} inquiry */
const titled = ({ title }) => title || kinds.missed_call;

/** @param {Desk} desk @returns {import('./view.js').Screen} */
export function inquiries(desk) {
  const el = h('div.scroll');
  const row = (/** @type {Inquiry} */ one) => h('button.way.post', { onclick: () => desk.view.go('inquiry', one.id) },
    h('span.grow', h('b', { dir: 'auto' }, titled(one)),
      h('small', pill(one), ' ' + kinds[one.kind] + ' · #' + one.number + ' · ' + when(one.created_at),
        !!one.comments?.length && ' · ' + fill(words.comment_count, { n: one.comments.length }))), icon('next'));
  const list = () => load(el, async () => {
    const none = [big('list', words.posts_none, words.posts_none_sub, button(words.write_post, () => desk.view.go('write'), true))];
    if (!desk.memory.get('token') && !desk.identity) return none; // Nobody who has never called or written has posts: no need to ask.
    const first = await desk.ask('GET', '/inquiries');
    if (!first.inquiries.length) return none;
    const rows = h('div.list', ...first.inquiries.map(row));
    const more = h('button.button', { hidden: !first.next_cursor, onclick: () => busy(more, async () => {
      const next = await desk.ask('GET', '/inquiries?cursor=' + encodeURIComponent(first.next_cursor));
      rows.append(...next.inquiries.map(row));
      first.next_cursor = next.next_cursor;
      more.hidden = !next.next_cursor;
    }) }, words.more);
    return [rows, more];
  });
  list();
  return { el, title: () => words.my_posts, changed: list };
}

/** @param {Desk} desk @param {string} id @returns {import('./view.js').Screen} */
export function inquiry(desk, id) {
  const el = h('div.scroll');
  const path = '/inquiries/' + id;
  /** @type {Inquiry|null} */
  let current = null;
  const show = (/** @type {Inquiry} */ one) => {
    current = one;
    desk.draw();
    return post(desk, one, list);
  };
  const list = () => load(el, async () => show((await desk.ask('GET', path)).inquiry));
  list();
  const remove = () => desk.view.confirm(words.remove_sure, words.remove_note, words.remove, async () => {
    try {
      await desk.ask('DELETE', path);
      desk.view.announce(words.removed);
      desk.view.go('inquiries');
    } catch (problem) { el.prepend(h('p.wrong', { role: 'alert' }, sentence(problem))); }
  });
  return {
    el,
    title: () => (current ? '#' + current.number : words.my_posts),
    menu: () => (current ? [...(current.status === 'open' ? /** @type {[string, () => void][]} */ ([[words.edit, () => desk.view.go('write', current)]]) : []), [words.remove, remove]] : []),
    changed(news) {
      if (news.id !== id) return;
      const typed = el.querySelector('textarea')?.value;
      el.replaceChildren(...show({ ...current, ...news }));
      if (typed) el.querySelector('textarea').value = typed;
    },
  };
}

/** @param {Desk} desk @param {Inquiry} one @param {() => void} reload @returns {Node[]} */
function post(desk, one, reload) {
  const text = h('textarea', { rows: 2, 'aria-label': words.comment_hint, placeholder: words.comment_hint, maxLength: 32768 });
  const wrong = h('p.wrong', { role: 'alert', hidden: true });
  const send = h('button.button', { type: 'submit' }, words.comment_send);
  const add = async () => {
    const body = text.value.trim();
    wrong.hidden = true;
    if (!body) return text.focus();
    try {
      await desk.ask('POST', '/inquiries/' + one.id + '/comments', { body });
      reload();
    } catch (problem) {
      wrong.textContent = sentence(problem);
      wrong.hidden = false;
    }
  };
  const comments = one.comments ?? [];
  return [h('article.card', h('p.meta', pill(one), kinds[one.kind] + ' · ' + when(one.created_at), one.conversation_id && ' · ' + words.from_call),
    h('h3', { dir: 'auto' }, titled(one)), h('p.text', { dir: 'auto' }, ...linked(one.body)), one.email && h('p.dim', words.field_email + ': ', h('bdi', one.email))),
  h('h4', words.comments), !comments.length && h('p.dim', words.comments_none),
  ...comments.map(({ by, at, body }) => h('div.comment' + (by.type === 'admin' ? '.admin' : ''),
    h('p.meta', by.type === 'visitor' ? words.you : h('bdi', named(by.name)), ' · ' + when(at)), h('p.text', { dir: 'auto' }, ...linked(body)))),
  h('form.form.tight', { onsubmit: onsubmit(() => busy(send, add)) }, text, wrong, send)].filter(Boolean);
}

/** A new post, a change of one, or the post of a call. @param {Desk} desk @param {any} [arg] @returns {import('./view.js').Screen} */
export function write(desk, arg) {
  const call = arg?.leave && desk.state.conversation;
  const show = (/** @type {string} */ said, /** @type {Inquiry} */ made) => {
    desk.view.announce(said);
    desk.view.go('inquiry', made.id);
  };
  const saver = (/** @type {string} */ method, /** @type {string} */ path, /** @type {string} */ said) => async (/** @type {any} */ post) => {
    const { inquiry: made } = await desk.ask(method, path, post);
    desk.tell(made);
    show(said, made);
  };
  const el = h('div.scroll', arg?.id ? form(desk, {
    keep: 'edit:' + arg.id, start: arg, label: words.save, save: saver('PATCH', '/inquiries/' + arg.id, words.edited),
  }) : call ? formOfCall(desk, call.id, (made) => show(words.posted, made), [words.wait_on, () => desk.view.go('conversation')]) : form(desk, {
    keep: 'form', start: { title: '', body: '' }, email: true, save: saver('POST', '/inquiries', words.posted),
  }));
  return { el, title: () => (arg?.id ? words.form_edit : words.form_title), focus: () => el.querySelector('#title').focus() };
}
