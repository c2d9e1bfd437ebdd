// Forms before signing in: one press is one request.

for (const form of document.forms) {
  form.addEventListener('submit', () => form.querySelector('button')?.setAttribute('aria-busy', 'true'));
}
// Back from another page the button must work again.
addEventListener('pageshow', () => {
  for (const busy of document.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy');
});
