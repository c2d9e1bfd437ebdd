// Turns the log and what is not delivered yet into the rows that a person reads. Pure.

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {'day'|'note'|'said'} type
 * @property {string} at
 * @property {string} [what]       for a note: the event's kind
 * @property {import('./types.js').By} [by]
 * @property {any} [data]
 * @property {boolean} [mine]
 * @property {string} [body]
 * @property {boolean} [first]     first of a run by the same person
 * @property {boolean} [last]
 * @property {''|'pending'|'failed'|'delivered'|'read'} [mark]
 * @property {string} [id]         the command's id, for sending again
 * @property {string} [code]
 */

const NOTES = ['called', 'promised', 'joined', 'left', 'moved', 'closed', 'cancelled'];
const RUN_MS = 3 * 60 * 1000;

/** @param {import('./state.js').State} state @returns {Row[]} */
export function rows(state) {
  /** @type {Row[]} */
  const list = [];
  // While the call waits, the card above says the same, and more of it.
  const quiet = (state.conversation?.state ?? 'waiting') === 'waiting' && !state.events.some((one) => one.kind === 'joined');
  for (const one of state.events) {
    if (one.kind === 'said') {
      const mine = one.by.type === 'visitor';
      list.push({ key: one.client_id ?? 'e' + one.seq, type: 'said', at: one.at, by: one.by, mine, body: one.body ?? '',
        mark: mine ? (one.seq <= state.adminRead ? 'read' : 'delivered') : '' });
    } else if (NOTES.includes(one.kind) && !quiet) {
      list.push({ key: 'e' + one.seq, type: 'note', what: one.kind, at: one.at, by: one.by, data: one.data });
    }
  }
  const here = state.conversation?.id ?? null;
  for (const item of state.outbox) {
    const body = item.type === 'call' ? item.message?.body : item.type === 'say' ? item.body : undefined;
    if (body === undefined || (item.conversation && item.conversation !== here)) continue;
    const key = item.message?.id ?? item.id;
    if (list.some((row) => row.key === key)) continue;
    list.push({ key, type: 'said', at: new Date(item.at).toISOString(), by: { type: 'visitor' }, mine: true, body,
      mark: item.status === 'acked' ? 'delivered' : item.status, id: item.id, code: item.code });
  }
  return grouped(list, quiet);
}

/** Adds the days, and says where a person's run of messages begins and ends. @param {Row[]} list @param {boolean} quiet */
function grouped(list, quiet) {
  /** @type {Row[]} */
  const out = [];
  let day = '';
  list.forEach((row, index) => {
    const date = new Date(row.at).toDateString();
    if (date !== day && !quiet) out.push({ key: 'd' + date, type: 'day', at: row.at });
    day = date;
    if (row.type !== 'said') return void out.push(row);
    out.push({ ...row, first: !sameRun(list[index - 1], row), last: !sameRun(row, list[index + 1]) });
  });
  const shown = out.findLast((row) => row.mine);
  // One mark under the last message says it for all above it; trouble is said where it is.
  return out.map((row) => /** @type {Row} */ (row.mine && row !== shown && row.mark !== 'failed' && row.mark !== 'pending' ? { ...row, mark: '' } : row));
}

/** @param {Row|undefined} a @param {Row|undefined} b */
const sameRun = (a, b) => !!a && !!b && a.type === 'said' && b.type === 'said' && a.mine === b.mine && a.by?.id === b.by?.id
  && Date.parse(b.at) - Date.parse(a.at) < RUN_MS && new Date(a.at).toDateString() === new Date(b.at).toDateString();
