// Makes the pages live: one socket per tab says what has changed, and the page takes it over in place.
import { Connection } from '../widget/connection.js';
import * as alerts from './alerts.js';
import { comfort } from './forms.js';
import * as regions from './regions.js';
import { Room } from './room.js';
import { tick } from './times.js';

/** Pages of which no frame tells that they have changed are asked for this often while somebody looks. */
const POLL_MS = 20000;
/** After a refused sign-in the page is asked for anew, but not over and over. */
const RELOAD_MS = 30000;

regions.begin();
tick();
comfort();
alerts.button();

/** @type {Connection|undefined} */
let connection;
const id = document.body.dataset.room;
const room = id ? new Room(id, document.body.dataset.me ?? '', (frame) => connection?.send(frame) ?? false) : null;

/** The calls that wait, as far as this tab knows; null before the first frame. @type {Map<string, string>|null} */
let calls = null;

connection = new Connection({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/admin/socket`,
  hello: async () => (room ? room.hello() : {}),
  onFrame,
  onLink: (link) => showLink(link === 'open' ? 'live' : navigator.onLine ? 'lost' : 'offline', link === 'connecting'),
  onRefused: () => {
    const last = Number(sessionStorage.getItem('deskbell-refused'));
    if (Date.now() - last < RELOAD_MS) return false;
    sessionStorage.setItem('deskbell-refused', String(Date.now()));
    regions.reload();
    return false;
  },
});
connection.open();

/** @param {any} frame */
function onFrame(frame) {
  switch (frame.type) {
    case 'welcome':
      void regions.refresh().then(() => room?.resend());
      break;
    case 'queue':
      onQueue(frame);
      break;
    case 'conversation':
      void regions.refresh();
      break;
    default:
      room?.onFrame(frame);
  }
}

/** @param {{ conversations?: any[], changed?: any[], removed?: string[] }} frame */
function onQueue(frame) {
  const before = calls;
  const after = new Map(frame.conversations ? [] : before);
  for (const one of frame.conversations ?? frame.changed ?? []) after.set(one.id, one.state);
  for (const gone of frame.removed ?? []) after.delete(gone);
  calls = after;
  alerts.setWaiting([...after.values()].filter((state) => state === 'waiting').length);
  const fresh = before ? [...after].filter(([key, state]) => state === 'waiting' && before.get(key) !== 'waiting') : [];
  void regions.refresh().then(() => {
    for (const [key] of fresh) {
      const row = document.getElementById(`call-${key}`);
      row?.classList.add('fresh');
      alerts.called(row?.querySelector('.call-who bdi')?.textContent ?? '', `/admin/conversations/${key}`);
    }
  });
}

/** @param {'live'|'lost'|'offline'} state @param {boolean} trying */
function showLink(state, trying) {
  const place = document.getElementById('link');
  if (!place || (trying && !place.textContent)) return;
  place.className = `link-state ${state}`;
  place.textContent = place.dataset[{ live: 'connected', lost: 'lost', offline: 'offline' }[state]] ?? '';
}

// The figures are by the reader's own days, which only their browser knows.
const zone = -new Date().getTimezoneOffset();
if (document.body.dataset.offset && document.body.dataset.offset !== String(zone) && !new URL(location.href).searchParams.has('offset')) {
  location.replace(`?offset=${zone}`);
}

// The board, the mails and the figures have no frames of their own.
if (['inquiries', 'mails', 'figures'].includes(document.body.dataset.section ?? '')) {
  setInterval(() => { if (!document.hidden) void regions.refresh(); }, POLL_MS);
}
document.addEventListener('visibilitychange', () => { if (!document.hidden) void regions.refresh(); });
