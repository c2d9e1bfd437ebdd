import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothing } from '../state.js';
import { rows } from '../transcript.js';

const at = (minutes) => new Date(Date.parse('2026-01-02T12:00:00.000Z') + minutes * 60000).toISOString();
const ME = { type: 'visitor', id: 'v1' };
const KIM = { type: 'admin', id: 'a1', name: 'Kim' };
const said = (seq, by, minutes, more = {}) => ({ seq, at: at(minutes), kind: 'said', by, body: 's' + seq, ...more });
const state = (events, more = {}) => ({ ...nothing(), events, conversation: { id: 'c1', state: 'active' }, ...more });

test('a run of one person’s messages has one beginning and one end', () => {
  const list = rows(state([said(1, KIM, 0), said(2, KIM, 1), said(3, ME, 1), said(4, KIM, 9)])).filter((row) => row.type === 'said');
  assert.deepEqual(list.map((row) => [row.first, row.last]), [[true, false], [false, true], [true, true], [true, true]]);
});

test('a pause breaks a run', () => {
  const list = rows(state([said(1, KIM, 0), said(2, KIM, 4)])).filter((row) => row.type === 'said');
  assert.deepEqual(list.map((row) => row.first), [true, true]);
});

test('the mark stands under the last of one’s own messages only', () => {
  const marks = (read) => rows(state([said(1, ME, 0), said(2, ME, 0), said(3, KIM, 0)], { adminRead: read })).filter((row) => row.mine).map((row) => row.mark);
  assert.deepEqual(marks(0), ['', 'delivered']);
  assert.deepEqual(marks(2), ['', 'read']);
});

test('what is on its way or has failed says so where it stands', () => {
  const outbox = [{ id: 'a', type: 'say', at: 0, body: 'x', status: 'failed', code: 'too_many', conversation: 'c1' }, { id: 'b', type: 'say', at: 1, body: 'y', status: 'pending', conversation: 'c1' }];
  assert.deepEqual(rows(state([said(1, ME, 0)], { outbox })).filter((row) => row.mine).map((row) => row.mark), ['', 'failed', 'pending']);
});

test('a message is shown once though both the log and the outbox have it', () => {
  const outbox = [{ id: 'm', type: 'say', at: 0, body: 's1', status: 'acked', conversation: 'c1' }];
  assert.equal(rows(state([said(1, ME, 0, { client_id: 'm' })], { outbox })).filter((row) => row.mine).length, 1);
});

test('what was meant for another conversation is not shown in this one', () => {
  const outbox = [{ id: 'm', type: 'say', at: 0, body: 'z', status: 'failed', conversation: 'c0' }];
  assert.equal(rows(state([], { outbox })).length, 0);
});

test('each day begins with its date', () => {
  assert.equal(rows(state([said(1, ME, 0), said(2, ME, 24 * 60), said(3, ME, 24 * 60 + 1)])).filter((row) => row.type === 'day').length, 2);
});

test('while the call waits for its first admin, the card speaks and the log is quiet', () => {
  const events = [{ seq: 1, at: at(0), kind: 'called', by: ME }, { seq: 2, at: at(1), kind: 'promised', by: KIM }];
  assert.equal(rows(state(events, { conversation: { id: 'c1', state: 'waiting' } })).length, 0);
  assert.deepEqual(rows(state(events)).map((row) => row.what ?? row.type), ['day', 'called', 'promised']);
});
