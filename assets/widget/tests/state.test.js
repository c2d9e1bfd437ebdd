import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changes, fold, lastSeq, nothing, phase, unread } from '../state.js';
import { prefill } from '../prefill.js';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const at = (seconds) => new Date(NOW + seconds * 1000).toISOString();
const ME = { type: 'visitor', id: 'v1' };
const KIM = { type: 'admin', id: 'a1', name: 'Kim' };

const conversation = (more = {}) => ({
  id: 'c1', number: 1, state: 'waiting', last_seq: 0, called_at: at(0), admins: [], inquiry_id: null,
  wait: { since: at(0), offered: false, offer_at: at(180), move_at: at(300), promised: null }, told: { mails: 2, sent: 0, opened_by: [] }, ...more,
});
const welcome = (more = {}) => ({ type: 'welcome', visitor: { id: 'v1', name: null }, conversation: null, recovered: true, epoch: 'e', ...more });
const event = (seq, kind, by, more = {}) => ({ type: 'event', conversation_id: 'c1', event: { seq, at: at(seq), kind, by, ...more } });
const item = (more) => ({ id: 'm1', type: 'say', at: NOW, status: 'pending', conversation: 'c1', body: 'hi', ...more });
const run = (inputs, state = nothing()) => inputs.reduce((now, input) => fold(now, input, NOW), state);

test('an event that comes twice is kept once, and order is by seq', () => {
  const state = run([welcome({ conversation: conversation() }), event(1, 'called', ME), event(2, 'said', ME, { body: 'a' }), event(2, 'said', ME, { body: 'a' }), event(1, 'called', ME)]);
  assert.deepEqual(state.events.map((one) => one.seq), [1, 2]);
});

test('a gap in seq is no error', () => {
  const state = run([welcome({ conversation: conversation() }), event(1, 'called', ME), event(5, 'said', KIM, { body: 'b' })]);
  assert.equal(lastSeq(state), 5);
});

test('resuming the same conversation keeps what the page has', () => {
  const before = run([welcome({ conversation: conversation() }), event(1, 'called', ME)]);
  const after = run([welcome({ conversation: conversation({ last_seq: 2 }) }), event(2, 'said', KIM, { body: 'x' })], before);
  assert.deepEqual(after.events.map((one) => one.seq), [1, 2]);
});

for (const [name, more] of [['another epoch', { epoch: 'f' }], ['what cannot be recovered', { recovered: false }]]) {
  test(`${name} starts the log over`, () => {
    const before = run([welcome({ conversation: conversation() }), event(1, 'called', ME)]);
    assert.equal(run([welcome({ conversation: conversation(), ...more })], before).events.length, 0);
  });
}

test('a call is under way until the conversation is there, whichever answer comes first', () => {
  const call = item({ id: 'k', type: 'call', conversation: null, body: undefined });
  const calling = run([welcome(), { type: 'queued', item: call }]);
  assert.equal(phase(calling), 'calling');
  const orders = [
    [{ type: 'ack', id: 'k', seq: 1 }, { type: 'conversation', conversation: conversation() }, event(1, 'called', ME, { client_id: 'k' })],
    [event(1, 'called', ME, { client_id: 'k' }), { type: 'conversation', conversation: conversation() }, { type: 'ack', id: 'k', seq: 1 }],
    [{ type: 'conversation', conversation: conversation() }, { type: 'ack', id: 'k', seq: 1 }, event(1, 'called', ME, { client_id: 'k' })],
  ];
  for (const order of orders) {
    const state = run(order, calling);
    assert.equal(phase(state), 'waiting');
    assert.equal(state.outbox.length, 0);
    assert.equal(state.events.length, 1);
  }
});

test('the same command is queued once', () => {
  assert.equal(run([{ type: 'queued', item: item() }, { type: 'queued', item: item() }]).outbox.length, 1);
});

test('between its acknowledgement and its conversation a call is still calling, whatever comes first', () => {
  const rung = run([welcome(), { type: 'queued', item: item({ id: 'k', type: 'call', conversation: null }) }, { type: 'ack', id: 'k', seq: 1 }]);
  assert.equal(phase(rung), 'calling');
  for (const next of [{ type: 'conversation', conversation: conversation() }, event(1, 'called', ME, { client_id: 'k' }), welcome({ conversation: conversation() })]) {
    const led = run([next], rung);
    assert.equal(phase(led), 'waiting');
    assert.equal(led.outbox.length, 0);
  }
});

test('a message leaves the outbox when it is in the log, with or without its acknowledgement', () => {
  const queued = run([welcome({ conversation: conversation({ state: 'active' }) }), { type: 'queued', item: item() }]);
  assert.equal(run([event(2, 'said', ME, { client_id: 'm1', body: 'hi' })], queued).outbox.length, 0);
  const acked = run([{ type: 'ack', id: 'm1', seq: 2 }], queued);
  assert.equal(acked.outbox[0].status, 'acked');
  assert.equal(run([event(2, 'said', ME, { client_id: 'm1', body: 'hi' })], acked).outbox.length, 0);
});

test('a message to a conversation that is not shown any more is done with its acknowledgement', () => {
  const other = conversation({ id: 'c2', state: 'active' });
  const queued = run([welcome({ conversation: conversation({ state: 'active' }) }), { type: 'queued', item: item() }]);
  assert.equal(run([welcome({ conversation: other }), { type: 'ack', id: 'm1', seq: 2 }], queued).outbox.length, 0);
  assert.equal(run([{ type: 'ack', id: 'm1', seq: 2 }, welcome({ conversation: other })], queued).outbox.length, 0);
});

test('a refused message stays, with the reason', () => {
  const state = run([welcome({ conversation: conversation() }), { type: 'queued', item: item() }, { type: 'error', id: 'm1', code: 'conversation_moved', message: '' }]);
  assert.deepEqual([state.outbox[0].status, state.outbox[0].code], ['failed', 'conversation_moved']);
});

test('what was typed before the call arrived belongs to the call', () => {
  const state = run([welcome(), { type: 'queued', item: item({ conversation: null }) }, { type: 'conversation', conversation: conversation() }]);
  assert.equal(state.outbox[0].conversation, 'c1');
});

test('an older conversation does not push away an open or a newer one', () => {
  const state = run([welcome({ conversation: conversation({ id: 'c2', called_at: at(60), state: 'closed' }) }), { type: 'conversation', conversation: conversation({ state: 'moved' }) }]);
  assert.equal(state.conversation.id, 'c2');
  const open = run([welcome({ conversation: conversation() }), { type: 'conversation', conversation: conversation({ id: 'c0', called_at: at(90), state: 'moved' }) }]);
  assert.equal(open.conversation.id, 'c1');
});

test('a call of another tab is followed', () => {
  const state = run([welcome({ conversation: conversation({ id: 'c0', state: 'closed', called_at: at(-60) }) }), event(1, 'called', ME), { type: 'conversation', conversation: conversation() }]);
  assert.equal(state.conversation.id, 'c1');
  assert.equal(state.events.length, 1);
});

test('news that is older than what is known is passed over', () => {
  const state = run([welcome({ conversation: conversation({ state: 'active', last_seq: 4 }) }), { type: 'conversation', conversation: conversation({ last_seq: 2 }) }]);
  assert.equal(state.conversation.state, 'active');
});

test('the board is put forward when the server says so, and at once when nobody is on duty', () => {
  const wait = { ...conversation().wait, offered: true };
  assert.equal(phase(run([welcome({ conversation: conversation({ wait }) })])), 'offered');
  assert.equal(phase(run([welcome({ conversation: conversation({ told: { mails: 0, sent: 0, opened_by: [] } }) })])), 'offered');
  assert.equal(phase(run([welcome({ conversation: conversation() })])), 'waiting');
});

test('typing ends when the admin has spoken', () => {
  const state = run([welcome({ conversation: conversation({ state: 'active' }) }), { type: 'typing', conversation_id: 'c1', by: KIM, on: true }]);
  assert.equal(Object.keys(state.typing).length, 1);
  assert.equal(Object.keys(run([event(2, 'said', KIM, { body: 'x' })], state).typing).length, 0);
});

test('only what an admin said, and only since the last look, is unread', () => {
  const state = run([welcome({ conversation: conversation({ state: 'active' }) }), event(1, 'joined', KIM), event(2, 'said', KIM, { body: 'a' }), event(3, 'said', ME, { body: 'b' }), event(4, 'said', KIM, { body: 'c' })]);
  assert.equal(unread(state), 2);
  assert.equal(unread(run([{ type: 'seen', seq: 2 }], state)), 1);
});

test('the server’s time is learnt from the echo of what was just sent', () => {
  const fresh = run([welcome({ conversation: conversation({ state: 'active' }) }), { type: 'queued', item: item() }, event(2, 'said', ME, { client_id: 'm1' })]);
  assert.equal(fresh.skew, -2000);
  const old = run([welcome({ conversation: conversation({ state: 'active' }) }), { type: 'queued', item: item({ at: NOW - 60000 }) }, event(2, 'said', ME, { client_id: 'm1' })]);
  assert.equal(old.skew, 0);
});

test('the form begins with what was said, what was not delivered, and what was being typed', () => {
  const state = run([welcome({ conversation: conversation() }), event(2, 'said', ME, { body: 'first\nmore' }), { type: 'queued', item: item({ body: ' second ' }) }]);
  assert.deepEqual(prefill(state, 'third'), { title: 'first', body: 'first\nmore\nsecond\nthird' });
  assert.equal([...prefill(nothing(), '😀'.repeat(80)).title].length, 60);
});

test('the host page is told of what is new, never of history', () => {
  const before = run([welcome()]);
  const names = (a, b) => changes(a, b).map(([name]) => name);
  const called = run([{ type: 'conversation', conversation: conversation() }], before);
  assert.deepEqual(names(before, called), ['call:started']);
  const joined = run([event(2, 'joined', KIM)], called);
  assert.deepEqual(names(called, joined), ['call:answered']);
  assert.deepEqual(names(joined, run([event(3, 'said', KIM, { body: 'x' })], joined)), ['message', 'unread']);
  const loaded = run([welcome({ conversation: conversation({ last_seq: 3 }) })]);
  assert.deepEqual(names(loaded, run([event(2, 'joined', KIM)], loaded)), []);
  assert.deepEqual(names(loaded, run([event(4, 'closed', KIM)], loaded)), ['call:ended']);
});
