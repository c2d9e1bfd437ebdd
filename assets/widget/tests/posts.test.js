import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deskbell } from '../deskbell.js';

/** What a host page hears when these states of posts come, from the socket or as answers to forms. */
function heard(...posts) {
  const list = [];
  const desk = { told: new Map(), core: { emit: (name, { inquiry }) => list.push([name, inquiry.id]) } };
  for (const [id, created_at, updated_at] of posts) Deskbell.prototype.tell.call(desk, { id, created_at, updated_at });
  return list;
}

test('a post is created once, whether the socket or the answer to the form is first', () => {
  assert.deepEqual(heard(['a', '01', '01'], ['a', '01', '01']), [['inquiry:created', 'a']]);
});

test('each change is told once', () => {
  assert.deepEqual(heard(['a', '01', '01'], ['a', '01', '02'], ['a', '01', '02'], ['a', '01', '03']),
    [['inquiry:created', 'a'], ['inquiry:updated', 'a'], ['inquiry:updated', 'a']]);
});

test('a post of another day that changes is not created', () => {
  assert.deepEqual(heard(['old', '01', '09']), [['inquiry:updated', 'old']]);
});

test('what comes late and is older than what was told is left out', () => {
  assert.deepEqual(heard(['a', '01', '02'], ['a', '01', '01']), [['inquiry:updated', 'a']]);
});
