import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Connection } from '../connection.js';

/** The sockets that were opened, newest last. @type {any[]} */
let sockets;
/** @type {Connection[]} */
let opened;
const page = new EventTarget();

// A clock and timers that obey, by hand: what Node's own mock does differs between its versions.
let now = 0;
let made = 0;
/** @type {Map<number, { at: number, every: number, run: () => void }>} */
const due = new Map();
const arm = (/** @type {() => void} */ run, /** @type {number} */ ms, /** @type {number} */ every) => {
  made += 1;
  due.set(made, { at: now + ms, every, run });
  return made;
};
/** @param {number} ms */
const tick = (ms) => {
  const end = now + ms;
  for (;;) {
    const [next] = [...due].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at);
    if (!next) break;
    const [id, timer] = next;
    now = timer.at;
    if (timer.every) timer.at += timer.every;
    else due.delete(id);
    timer.run();
  }
  now = end;
};

class Socket {
  static OPEN = 1;
  constructor(url) { Object.assign(this, { url, readyState: 1, sent: [], closed: false }); sockets.push(this); }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.closed = true; this.readyState = 3; }
  hear(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
  end(code) { this.readyState = 3; this.onclose?.({ code }); }
}

beforeEach(() => {
  sockets = [];
  opened = [];
  now = 0;
  due.clear();
  mock.method(Date, 'now', () => now);
  mock.method(globalThis, 'setTimeout', (run, ms = 0) => arm(run, ms, 0));
  mock.method(globalThis, 'setInterval', (run, ms) => arm(run, ms, ms));
  for (const clear of ['clearTimeout', 'clearInterval']) mock.method(globalThis, clear, (id) => void due.delete(id));
  mock.method(Math, 'random', () => 1);
  Object.assign(globalThis, { WebSocket: Socket, window: page, document: Object.assign(new EventTarget(), { hidden: false }) });
});
afterEach(() => {
  for (const connection of opened) connection.close();
  mock.restoreAll();
});

/** Time passes second by second. @param {number} seconds @param {() => void} [each] */
const pass = (seconds, each = () => {}) => { for (let second = 0; second < seconds; second += 1) { tick(1000); each(); } };

const settle = async () => { for (let turn = 0; turn < 5; turn += 1) await Promise.resolve(); };

async function connected(more = {}) {
  const links = [];
  const connection = new Connection({ url: 'ws://desk', hello: async () => ({ token: 't' }), onFrame: () => {}, onLink: (link) => links.push(link), onRefused: () => false, ...more });
  opened.push(connection);
  connection.open();
  await settle();
  sockets[0].onopen();
  sockets[0].hear({ type: 'welcome' });
  return { connection, links };
}

test('hello is the first frame, and nothing is sent before the welcome', async () => {
  const connection = new Connection({ url: 'ws://desk', hello: async () => ({ token: 't' }), onFrame: () => {}, onLink: () => {}, onRefused: () => false });
  opened.push(connection);
  connection.open();
  await settle();
  sockets[0].onopen();
  assert.deepEqual(sockets[0].sent, [{ type: 'hello', token: 't' }]);
  assert.equal(connection.send({ type: 'say' }), false);
  sockets[0].hear({ type: 'welcome' });
  assert.equal(connection.send({ type: 'say' }), true);
});

test('a line that answers no ping is given up within 45 seconds', async () => {
  const { links } = await connected();
  pass(45);
  assert.equal(sockets[0].closed, true);
  assert.equal(links.at(-1), 'retrying');
});

test('a quiet line that answers lives on', async () => {
  await connected();
  let answered = 1;
  pass(180, () => { if (sockets[0].sent.length > answered) { answered = sockets[0].sent.length; sockets[0].hear({ type: 'pong' }); } });
  assert.equal(sockets.length, 1);
  assert.ok(sockets[0].sent.some((frame) => frame.type === 'ping'));
});

test('it comes back, waiting longer each time, and at once when the network is back', async () => {
  await connected();
  sockets[0].end(1006);
  tick(500);
  await settle();
  assert.equal(sockets.length, 2);
  sockets[1].end(1006);
  tick(999);
  await settle();
  assert.equal(sockets.length, 2);
  tick(1);
  await settle();
  assert.equal(sockets.length, 3);
  sockets[2].end(1006);
  page.dispatchEvent(new Event('online'));
  await settle();
  assert.equal(sockets.length, 4);
});

test('too many is answered with patience', async () => {
  await connected();
  sockets[0].end(4429);
  tick(29000);
  await settle();
  assert.equal(sockets.length, 1);
  tick(17000);
  await settle();
  assert.equal(sockets.length, 2);
});

test('whoever is not let in does not knock again, unless there is another way', async () => {
  const { links } = await connected();
  sockets[0].end(4401);
  pass(60);
  await settle();
  assert.equal(sockets.length, 1);
  assert.equal(links.at(-1), 'refused');
  await connected({ onRefused: () => true });
  sockets.at(-1).end(4401);
  const before = sockets.length;
  tick(1000);
  await settle();
  assert.equal(sockets.length, before + 1);
});

test('no welcome within ten seconds counts as no line', async () => {
  const connection = new Connection({ url: 'ws://desk', hello: async () => ({}), onFrame: () => {}, onLink: () => {}, onRefused: () => false });
  opened.push(connection);
  connection.open();
  await settle();
  sockets[0].onopen();
  tick(10000);
  assert.equal(sockets[0].closed, true);
});

test('after closing nothing comes back', async () => {
  const { connection } = await connected();
  connection.close();
  page.dispatchEvent(new Event('online'));
  pass(120);
  await settle();
  assert.equal(sockets.length, 1);
});

/** A connection that knows a way round; what goes round stands among the sockets under this address. */
const roundabout = () => ({ around: async () => new Socket('round') });
const ways = () => sockets.map((socket) => socket.url);
const welcome = (/** @type {any} */ socket) => { socket.onopen(); socket.hear({ type: 'welcome' }); };

/** @param {object} more */
function opening(more) {
  const connection = new Connection({ url: 'ws://desk', hello: async () => ({}), onFrame: () => {}, onLink: () => {}, onRefused: () => false, ...more });
  opened.push(connection);
  connection.open();
  return settle();
}

test('refused twice, it goes round; and straight again when that way is free', async () => {
  await opening(roundabout());
  sockets[0].end(1006);
  tick(1000);
  await settle();
  sockets[1].end(1006);
  tick(2000);
  await settle();
  assert.deepEqual(ways(), ['ws://desk', 'ws://desk', 'round']);
  welcome(sockets[2]);
  const alive = () => { if (sockets[2].sent.at(-1).type === 'ping') sockets[2].hear({ type: 'pong' }); };
  pass(190, alive);
  assert.deepEqual(ways(), ['ws://desk', 'ws://desk', 'round', 'ws://desk']);
  assert.equal(sockets[2].closed, false, 'what goes round stays until the straight way is known to be free');
  sockets[3].onopen();
  await settle();
  assert.equal(sockets[2].closed, true);
  welcome(sockets[4]);
  assert.deepEqual(ways().slice(4), ['ws://desk']);
});

test('a socket that opens and says nothing for five seconds is gone round at once', async () => {
  await opening(roundabout());
  sockets[0].onopen();
  tick(4999);
  assert.equal(sockets[0].closed, false);
  tick(1);
  assert.equal(sockets[0].closed, true);
  tick(1000);
  await settle();
  assert.deepEqual(ways(), ['ws://desk', 'round']);
});

test('where neither way leads to the desk both are tried, again and again', async () => {
  await opening(roundabout());
  for (let n = 0; n < 6; n += 1) {
    sockets.at(-1).end(1006);
    tick(31000);
    await settle();
  }
  assert.deepEqual(ways(), ['ws://desk', 'ws://desk', 'round', 'ws://desk', 'ws://desk', 'round', 'ws://desk']);
});

test('whoever was let in before the line broke does not go round', async () => {
  await opening(roundabout());
  for (let n = 0; n < 4; n += 1) {
    welcome(sockets[n]);
    sockets[n].end(1006);
    tick(31000);
    await settle();
  }
  assert.ok(ways().every((way) => way === 'ws://desk'));
});

test('how far somebody has read is told at once, and of a burst as of its end', async () => {
  const { connection } = await connected();
  let seq = 0;
  for (let burst = 1; burst <= 2; burst += 1) {
    for (let n = 0; n < 500; n += 1) { seq += 1; connection.soon(() => ({ type: 'read', seq })); }
    tick(1000);
    assert.deepEqual(sockets[0].sent.filter((frame) => frame.type === 'read').map((frame) => frame.seq), [1, 500, 501, 1000].slice(0, 2 * burst));
  }
  for (const seq of [1001, 1002]) connection.soon(() => ({ type: 'read', seq }));
  connection.close();
  tick(1000);
  assert.equal(sockets[0].sent.at(-1).seq, 1001);
});
