// Pages before signing in: one press of a form is one request, and times are the reader's.

import { tick } from './times.js';

for (const form of document.forms) {
  form.addEventListener('submit', () => form.querySelector('button')?.setAttribute('aria-busy', 'true'));
}
// Back from another page the button must work again.
addEventListener('pageshow', () => {
  for (const busy of document.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy');
});
tick();
