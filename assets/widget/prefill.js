// What an inquiry begins with: the words that were said in the call. Pure.

/** What the visitor has said, delivered or not, to fill the inquiry form with. @param {import('./state.js').State} state @param {string} [draft] */
export function prefill(state, draft = '') {
  const said = state.events.filter((one) => one.kind === 'said' && one.by.type === 'visitor').map((one) => one.body ?? '');
  const unsaid = state.outbox.filter((item) => item.type === 'say' && item.status !== 'acked').map((item) => item.body ?? '');
  const body = [...said, ...unsaid, draft].map((text) => text.trim()).filter(Boolean).join('\n');
  const title = [...(body.split('\n')[0] ?? '')];
  return { title: title.length > 60 ? title.slice(0, 59).join('') + '…' : title.join(''), body };
}
