// Folds what the server says, and what the visitor has done, into one state. Pure: no clock, no page, no socket.

/** @typedef {import('./types.js').ServerFrame} ServerFrame */
/** @typedef {import('./types.js').Conversation} Conversation */
/** @typedef {import('./types.js').LogEvent} LogEvent */
/** @typedef {import('./types.js').Pending} Pending */

/**
 * @typedef {object} State
 * @property {'idle'|'connecting'|'open'|'retrying'|'refused'} link
 * @property {number} retryAt           when the next attempt to connect is due
 * @property {import('./types.js').Visitor|null} visitor
 * @property {Conversation|null} conversation
 * @property {LogEvent[]} events        of that conversation, by seq, each once
 * @property {Pending[]} outbox
 * @property {Record<string, { name: string, until: number }>} typing
 * @property {number} adminRead         the last seq an admin has read
 * @property {number} read              the last seq the visitor has seen
 * @property {number} backlog           up to here the events are history: nothing to announce
 * @property {any} epoch
 * @property {number} skew              this clock minus the server's, in ms
 */

/**
 * @typedef {ServerFrame
 *  | { type: 'link', link: State['link'], retryAt?: number }
 *  | { type: 'queued', item: Pending }
 *  | { type: 'dropped', id: string }
 *  | { type: 'retried', id: string }
 *  | { type: 'seen', seq: number }
 *  | { type: 'reset' }} Input
 */

/** @returns {State} */
export const nothing = () => ({
  link: 'idle', retryAt: 0, visitor: null, conversation: null, events: [], outbox: [], typing: {},
  adminRead: 0, read: 0, backlog: 0, epoch: null, skew: 0,
});

/** A fresh log, for a conversation that this page has not followed yet. @param {State} state @param {Conversation|null} conversation @returns {State} */
const turnTo = (state, conversation) => ({
  ...state, conversation, events: [], typing: {}, adminRead: 0, read: 0, backlog: 0, outbox: bound(state.outbox, conversation),
});

/** What was typed while the call was on its way belongs to the conversation that it led to. @param {Pending[]} outbox @param {Conversation|null} conversation */
const bound = (outbox, conversation) => outbox.filter((item) => item.status !== 'acked' || (item.type === 'say' && isShown(item, conversation)))
  .map((item) => (item.conversation === null && isOpen(conversation) ? { ...item, conversation: conversation?.id } : item));

/** Whether what was said stands in this conversation, so that its event will come. @param {Pending} item @param {Conversation|null} conversation */
const isShown = (item, conversation) => !item.conversation || item.conversation === conversation?.id;

/** @param {Conversation|null} conversation */
export const isOpen = (conversation) => !!conversation && (conversation.state === 'waiting' || conversation.state === 'active');

/** @param {State} state */
export const lastSeq = (state) => (state.events.length ? state.events[state.events.length - 1].seq : 0);

/** @param {State} state @param {Input} input @param {number} now @returns {State} */
export function fold(state, input, now) {
  switch (input.type) {
    case 'welcome': return greeted(state, input);
    case 'event': return happened(state, input.conversation_id, input.event, now);
    case 'conversation': return turned(state, input.conversation);
    // A message stays until its event comes, a call until its conversation does; of any other command the acknowledgement is the end, and of these two a refusal, too.
    case 'ack': {
      const item = state.outbox.find((one) => one.id === input.id);
      const stays = item?.type === 'say' ? isShown(item, state.conversation) : item?.type === 'call' && !isOpen(state.conversation);
      return stays ? mark(state, input.id, { status: 'acked' }) : without(state, input.id);
    }
    case 'error': return ['cancel', 'close'].includes(typeOf(state, input.id) ?? '') ? without(state, input.id) : mark(state, input.id, { status: 'failed', code: input.code });
    case 'typing': {
      if (input.by.type !== 'admin' || input.conversation_id !== state.conversation?.id) return state;
      const typing = { ...state.typing };
      if (input.on) typing[input.by.id ?? ''] = { name: input.by.name ?? '', until: now + 6000 };
      else delete typing[input.by.id ?? ''];
      return { ...state, typing };
    }
    case 'read':
      if (input.conversation_id !== state.conversation?.id) return state;
      if (input.by.type === 'admin') return { ...state, adminRead: Math.max(state.adminRead, input.seq) };
      return { ...state, read: Math.max(state.read, input.seq) };
    case 'link': return { ...state, link: input.link, retryAt: input.retryAt ?? 0 };
    case 'queued':
      return state.outbox.some((item) => item.id === input.item.id) ? state : { ...state, outbox: [...state.outbox, input.item] };
    case 'dropped': return without(state, input.id);
    case 'retried': return mark(state, input.id, { status: 'pending', code: undefined, conversation: state.conversation?.id ?? null });
    case 'seen': return { ...state, read: Math.max(state.read, input.seq) };
    case 'reset': return { ...nothing(), link: state.link };
    default: return state;
  }
}

/** @param {State} state @param {import('./types.js').Welcome} frame */
function greeted(state, frame) {
  const same = state.conversation?.id === frame.conversation?.id && frame.recovered !== false
    && (state.epoch === null || state.epoch === frame.epoch);
  const next = same ? { ...state, conversation: frame.conversation, outbox: bound(state.outbox, frame.conversation) } : turnTo(state, frame.conversation);
  const backlog = same && state.events.length ? state.backlog : (frame.conversation?.last_seq ?? 0);
  return { ...next, visitor: frame.visitor, epoch: frame.epoch, backlog };
}

/** @param {State} state @param {string} id @param {LogEvent} said @param {number} now */
function happened(state, id, said, now) {
  if (state.conversation?.id !== id) {
    // The server follows a new call by itself; its first events may come before its `conversation` frame.
    if (isOpen(state.conversation)) return state;
    state = turnTo(state, {
      id, number: 0, state: 'waiting', last_seq: 0, called_at: said.at, wait: null, admins: [], inquiry_id: null, told: null,
    });
  }
  if (said.seq <= lastSeq(state)) return state;
  const mine = said.client_id && state.outbox.find((item) => item.id === said.client_id);
  const typing = { ...state.typing };
  if (said.by.type === 'admin') delete typing[said.by.id ?? ''];
  return {
    ...state,
    typing,
    events: [...state.events, said],
    // The echo of what was just sent tells the server's time; an old one, resent, would not.
    skew: mine && now - mine.at < 10000 ? now - Date.parse(said.at) : state.skew,
    outbox: state.outbox.filter((item) => item !== mine),
  };
}

/** @param {State} state @param {Conversation} news */
function turned(state, news) {
  const old = state.conversation;
  if (old?.id === news.id) return news.last_seq < old.last_seq ? state : { ...state, conversation: news, outbox: bound(state.outbox, news) };
  return old && (isOpen(old) || news.called_at < old.called_at) ? state : turnTo(state, news);
}

/** @param {State} state @param {string|undefined} id */
const typeOf = (state, id) => state.outbox.find((item) => item.id === id)?.type;

/** @param {State} state @param {string|undefined} id */
const without = (state, id) => ({ ...state, outbox: state.outbox.filter((item) => item.id !== id) });

/** @param {State} state @param {string|undefined} id @param {Partial<Pending>} change */
const mark = (state, id, change) => ({
  ...state, outbox: state.outbox.map((item) => (item.id === id ? { ...item, ...change } : item)),
});

/**
 * Where the visitor's call stands, as the page shows it.
 * @param {State} state
 * @returns {'none'|'calling'|'waiting'|'offered'|'active'|'moved'|'closed'|'cancelled'}
 */
export function phase(state) {
  const current = state.conversation;
  if (state.outbox.some((item) => item.type === 'call') && !isOpen(current)) return 'calling';
  if (!current) return 'none';
  if (current.state !== 'waiting') return current.state;
  return isOffered(state) ? 'offered' : 'waiting';
}

/** @param {State} state */
function isOffered(state) {
  // Nobody is on duty: the board is put forward at once.
  return state.conversation?.wait?.offered || state.conversation?.told?.mails === 0;
}

/** How much an admin has said that the visitor has not seen. @param {State} state */
export const unread = (state) => state.events.filter((one) => one.seq > state.read && one.by.type === 'admin' && one.kind === 'said').length;

/** @type {Record<string, string>} */
const PUBLIC = { said: 'message', offered: 'call:offered', joined: 'call:answered', moved: 'call:moved', closed: 'call:ended', cancelled: 'call:ended' };

/**
 * What changed for the host page between two states: the names are the widget's public events.
 * @param {State} before @param {State} after
 * @returns {[string, any][]}
 */
export function changes(before, after) {
  /** @type {[string, any][]} */
  const list = [];
  const [old, current] = [before.conversation, after.conversation];
  const known = old && current && old.id === current.id;
  if (current && isOpen(current) && !known && after.backlog < 1) list.push(['call:started', { conversation: current }]);
  for (const one of after.events.slice(known ? before.events.length : 0)) {
    if (one.seq <= after.backlog) continue;
    if (PUBLIC[one.kind]) list.push([PUBLIC[one.kind], { conversation: current, event: one }]);
  }
  const [was, is] = [unread(before), unread(after)];
  if (was !== is) list.push(['unread', { count: is }]);
  return list;
}
