// The form of a post: kind, title, text, and an address for the answer. What is typed survives a reload.

import { h } from './dom.js';
import { prefill } from './prefill.js';
import { bytes, clean, onsubmit } from './view-composer.js';
import { kinds, problems, words } from './words.en.js';
import { sentence } from './words.js';

const LONGEST = { title: 150, body: 32768, email: 254 };

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
  const draft = { kind: 'error', email: '', ...part.start, ...desk.memory.get(part.keep) };
  const keep = () => desk.memory.set(part.keep, { kind: kind(), title: title.value, body: body.value, ...(part.email ? { email: email.value } : {}) });
  const radio = (/** @type {string} */ value, /** @type {boolean} */ checked) => h('input', { type: 'radio', name: 'kind', value, checked, onchange: keep });
  const [fault, wish] = [radio('error', draft.kind !== 'suggestion'), radio('suggestion', draft.kind === 'suggestion')];
  const kind = () => (wish.checked ? wish : fault).value;
  const title = h('input', { id: 'title', maxLength: LONGEST.title, value: draft.title, placeholder: words.field_title_hint, autocomplete: 'off', oninput: keep });
  const body = h('textarea', { id: 'body', rows: 6, maxLength: LONGEST.body, value: draft.body, placeholder: words.field_body_hint, oninput: keep });
  const email = h('input', { id: 'email', type: 'email', maxLength: LONGEST.email, value: draft.email, autocomplete: 'email', placeholder: 'name@example.com', oninput: keep });
  /** @type {Record<string, any>} */
  const inputs = { title, body, ...(part.email ? { email } : {}) };
  const general = h('p.wrong', { role: 'alert', hidden: true });
  const submit = h('button.button.main-button', { type: 'submit' }, part.label ?? words.submit);
  const field = (/** @type {any} */ input, /** @type {string} */ label, optional = false) => h('div.labelled',
    h('label', { htmlFor: input.id }, label, optional && h('small', ' · ' + words.optional)), input, h('p.wrong', { hidden: true, id: input.id + '-wrong' }));

  /** @param {string} name @param {string|false} text */
  const mark = (name, text) => {
    const note = inputs[name].nextElementSibling;
    note.hidden = !text;
    note.textContent = text || '';
    if (text) inputs[name].setAttribute('aria-describedby', note.id);
    inputs[name].setAttribute('aria-invalid', !!text);
  };
  const go = async () => {
    const post = { kind: kind(), title: clean(title.value).replace(/\s+/g, ' '), body: clean(body.value), ...(part.email && email.value.trim() ? { email: email.value.trim() } : {}) };
    general.hidden = true;
    mark('title', !post.title && problems.blank);
    mark('body', post.body ? bytes(body.value) > LONGEST.body && problems.too_long : problems.blank);
    if (part.email) mark('email', !!post.email && !/^\S+@\S+\.\S+$/.test(post.email) && problems.not_an_email);
    const wrong = Object.values(inputs).find((input) => input.getAttribute('aria-invalid') === 'true');
    if (wrong) return wrong.focus();
    try {
      await part.save(post);
      desk.memory.set(part.keep, null);
    } catch (problem) {
      for (const one of /** @type {any} */ (problem).errors ?? []) if (inputs[one.field]) mark(one.field, sentence(one));
      general.textContent = sentence(problem);
      general.hidden = false;
    }
  };
  return h('form.form', { noValidate: true, onsubmit: onsubmit(() => busy(submit, go)) },
    h('fieldset', h('legend', words.kind), h('div.choices', ...[fault, wish].map((input) => h('label.choice', input, h('span', kinds[input.value]))))),
    field(title, words.field_title), field(body, words.field_body), part.email && field(email, words.field_email, true), general,
    submit, part.other && h('button.button', { onclick: part.other[1] }, part.other[0]));
}

/**
 * The post of a waiting or moved call, which begins with what was said in it.
 * @param {import('./deskbell.js').Deskbell} desk
 * @param {string} id                        the conversation's
 * @param {(made: import('./types.js').Inquiry) => void} done
 * @param {[string, () => void]} other
 */
export const formOfCall = (desk, id, done, other) => form(desk, {
  keep: 'form:' + id, start: prefill(desk.state, desk.memory.get('draft') ?? ''), email: true, other,
  async save(post) {
    const { inquiry } = await desk.ask('POST', '/conversations/' + id + '/inquiry', post);
    desk.memory.set('draft', null);
    desk.memory.set('done:' + id, 'sent');
    desk.tell(inquiry);
    done(inquiry);
  },
});
