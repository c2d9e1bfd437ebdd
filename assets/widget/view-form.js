// The form of a post: kind, title, text, and an address for the answer. What is typed survives a reload.

import { h } from './dom.js';

const LIMITS = { title: 150, body: 32768, email: 254 };

/** A button that cannot be pressed twice while its work is under way. @param {any} button @param {() => Promise<any>} work */
export async function busy(button, work) {
  if (button.getAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  try { return await work(); } finally { button.removeAttribute('aria-busy'); }
}

/**
 * @param {import('./deskbell.js').Deskbell} desk
 * @param {object} part
 * @param {string} part.keep                 under which name the draft is remembered
 * @param {{ kind?: string, title: string, body: string }} part.start
 * @param {boolean} [part.email]
 * @param {string} [part.label]              of the button, when it is not the usual
 * @param {(post: any) => Promise<void>} part.save
 * @param {[string, () => void]} [part.other]
 */
export function form(desk, part) {
  const { t } = desk.lang;
  const draft = { kind: 'error', ...part.start, ...desk.memory.get(part.keep) };
  const keep = () => desk.memory.set(part.keep, { kind: kind(), title: title.value, body: body.value, ...(part.email ? { email: email.value } : {}) });
  const radio = (/** @type {'error'|'suggestion'} */ value) => h('label', { css: 'choice' },
    h('input', { type: 'radio', name: 'kind', value, checked: draft.kind !== 'suggestion' ? value === 'error' : value === 'suggestion', onchange: keep }), h('span', { text: t(value === 'error' ? 'kind_error' : 'kind_suggestion') }));
  const [fault, wish] = [radio('error'), radio('suggestion')];
  const kind = () => (wish.querySelector('input').checked ? 'suggestion' : 'error');
  const title = h('input', { id: 'title', maxlength: LIMITS.title, value: draft.title, placeholder: t('field_title_hint'), autocomplete: 'off', oninput: keep });
  const body = h('textarea', { id: 'body', rows: 6, maxlength: LIMITS.body, value: draft.body, placeholder: t('field_body_hint'), oninput: keep });
  const email = h('input', { id: 'email', type: 'email', maxlength: LIMITS.email, value: draft.email ?? '', autocomplete: 'email', inputmode: 'email', placeholder: 'name@example.com', oninput: keep });
  /** @type {Record<string, any>} */
  const inputs = { title, body, ...(part.email ? { email } : {}) };
  const general = h('p', { css: 'wrong', role: 'alert', hidden: true });
  const submit = h('button', { css: 'button main-button', type: 'submit', text: part.label ?? t('submit') });
  const field = (/** @type {any} */ input, /** @type {any} */ word, optional = false) => h('div', { css: 'labelled' },
    h('label', { for: input.id }, t(word), optional && h('small', { text: ' · ' + t('optional') })), input, h('p', { css: 'wrong', id: input.id + '-wrong', hidden: true }));

  /** @param {string} name @param {string} text */
  const mark = (name, text) => {
    const note = inputs[name].nextElementSibling;
    note.hidden = !text;
    note.textContent = text;
    if (text) inputs[name].setAttribute('aria-describedby', name + '-wrong');
    inputs[name].setAttribute('aria-invalid', String(!!text));
  };
  const check = () => {
    mark('title', title.value.trim() ? '' : t('problem_blank'));
    mark('body', body.value.trim() ? new TextEncoder().encode(body.value).length > LIMITS.body ? t('problem_too_long') : '' : t('problem_blank'));
    if (part.email) mark('email', !email.value.trim() || /^\S+@\S+\.\S+$/.test(email.value.trim()) ? '' : t('problem_not_an_email'));
    const wrong = Object.values(inputs).find((input) => input.getAttribute('aria-invalid') === 'true');
    wrong?.focus();
    return !wrong;
  };
  const go = async () => {
    general.hidden = true;
    if (!check()) return;
    const clean = (/** @type {string} */ text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
    const post = { kind: kind(), title: clean(title.value).replace(/\s+/g, ' '), body: clean(body.value), ...(part.email && email.value.trim() ? { email: email.value.trim() } : {}) };
    try {
      await part.save(post);
      desk.memory.set(part.keep, null);
    } catch (problem) {
      for (const one of /** @type {any} */ (problem).errors ?? []) if (inputs[one.field]) mark(one.field, desk.lang.problem(one));
      general.textContent = desk.lang.problem(problem);
      general.hidden = false;
    }
  };
  return h('form', { css: 'form', novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); busy(submit, go); } },
    h('fieldset', {}, h('legend', { text: t('kind') }), h('div', { css: 'choices' }, fault, wish)),
    field(title, 'field_title'), field(body, 'field_body'), part.email && field(email, 'field_email', true), general,
    submit, part.other && h('button', { css: 'button', text: part.other[0], onclick: part.other[1] }));
}
