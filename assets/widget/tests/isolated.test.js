import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isolated } from '../isolated.js';
import { fill, named } from '../words.js';
import * as en from '../words.en.js';

/** Where the isolate that begins the text ends: at its last character, or whatever is in it has got out. @param {string} text */
function end(text) {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] >= '\u2066' && text[at] <= '\u2068') open++;
    if (text[at] === '\u2069') open--;
    if (open === 0) return at;
  }
  return Infinity;
}

test('whatever a name holds stays within its isolate (S43)', () => {
  for (const name of ['Kim', '김민지', 'a\u200db\u0301', '']) assert.equal(isolated(name), name);
  assert.equal(isolated('שלום 12'), '\u2068שלום 12\u2069');
  assert.equal(isolated('\u202egpj.exe'), '\u2068\u202egpj.exe\u2069');
  assert.equal(isolated('a\u2069\u2069\u202eb'), '\u2068a \u202eb\u2069');
  assert.equal(isolated('a\u2067b'), '\u2068a b\u2069');
  assert.equal(isolated('a\u2029\u202eb\n'), '\u2068a \u202eb \u2069');
  assert.notEqual(end('\u2068a\u2069\u2069\u202eb\u2069'), 5, 'this test could fail');
  const letters = [...'ab א\u202a\u202c\u202e\u2066\u2067\u2068\u2069\u2029'];
  let seed = 7;
  for (let n = 0; n < 20000; n++) {
    let name = '';
    for (let length = 0; length < 10; length++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      name += letters[(seed >> 8) % letters.length];
    }
    const whole = isolated(name);
    if (whole === name) {
      assert.doesNotMatch(name, /[^ab ]/);
      continue;
    }
    assert.equal(end(whole), whole.length - 1, JSON.stringify(name));
    assert.doesNotMatch(whole, /\u2029/);
  }
});

test('an admin without a name is one within a sentence, too', () => {
  assert.equal(fill(en.words.joined, { name: named(undefined) }), 'An admin joined');
});
