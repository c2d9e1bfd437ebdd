// Small comforts of forms; each of them works without.

/** Sends a form in the background and gives the page that answers. @param {HTMLFormElement} form @param {HTMLElement|null} [submitter] @returns {Promise<string|null>} null: it did not get through */
export async function post(form, submitter) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === 'string') fields.append(name, value);
  try {
    const answer = await fetch(form.action, { method: 'POST', body: fields });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Keeps what is being written until it has been sent. @param {HTMLTextAreaElement} area */
function keepDraft(area) {
  const key = `deskbell-draft-${area.dataset.draft}`;
  area.value ||= sessionStorage.getItem(key) ?? '';
  area.addEventListener('input', () => sessionStorage.setItem(key, area.value));
  area.form?.addEventListener('submit', () => sessionStorage.removeItem(key));
}

/** Makes the page's forms comfortable. */
export function comfort() {
  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll('textarea[data-draft]'))) keepDraft(area);
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && target.hasAttribute('data-submit')) target.form?.requestSubmit();
  });
  document.addEventListener('submit', (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const here = /** @type {HTMLInputElement|null} */ (form.querySelector('[data-here]'));
    if (here) here.value = location.pathname + location.search;
  });
  // At the window, the last to hear of it: a form that a script sends instead of the browser does not leave the page.
  addEventListener('submit', (event) => {
    if (!event.defaultPrevented) event.submitter?.setAttribute('aria-busy', 'true');
  });
  addEventListener('pageshow', () => {
    for (const busy of document.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy');
  });
  for (const copy of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-copy]'))) {
    copy.hidden = !navigator.clipboard;
    copy.addEventListener('click', async () => {
      const from = /** @type {HTMLInputElement|null} */ (document.getElementById(copy.dataset.copy ?? ''));
      await navigator.clipboard.writeText(from?.value ?? '');
      copy.textContent = copy.dataset.done ?? '';
    });
  }
  // One menu at a time, and a press elsewhere or Escape closes it.
  document.addEventListener('click', ({ target }) => {
    for (const menu of document.querySelectorAll('details.me[open],details.inline-edit[open]')) {
      if (!menu.contains(/** @type {Node} */ (target))) menu.removeAttribute('open');
    }
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.me[open],details.inline-edit[open]')) {
      menu.removeAttribute('open');
      menu.querySelector('summary')?.focus();
    }
  });
}
