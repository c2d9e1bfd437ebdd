import assert from 'node:assert/strict';
import { test } from 'node:test';
import { links } from '../dom.js';

test('only http and https addresses become links, without the sentence’s own stops', () => {
  const hrefs = (text) => links(text).filter((part) => part.href).map((part) => part.href);
  assert.deepEqual(hrefs('see https://a.example/x?y=1. and (http://b.example)!'), ['https://a.example/x?y=1', 'http://b.example']);
  assert.deepEqual(hrefs('javascript:alert(1) data:text/html,x //c.example ftp://d.example https://'), []);
  assert.deepEqual(hrefs('https://a.example/\u202egpj.exe'), ['https://a.example/']);
  assert.equal(links('a https://a.example b').map((part) => part.text).join(''), 'a https://a.example b');
});

/** What a finder of links may take for something of its own (S02). */
const PIECES = [
  '<', '>', '</', '<!--', '&', '&lt;', '&#60;', '"', "'", '`', '=', '<script>', '<a href=', '</a>', '<img src=x onerror=alert(1)>', '<svg/onload=', 'onmouseover=',
  'http://', 'https://', 'HTTPS://', 'hTTp://', 'http:', 'https:/', '//', '://', 'javascript:', 'JaVaScRiPt://', 'java\tscript:', 'vbscript:', 'data:text/html,',
  'blob:', 'file:///', 'a.example', 'user:pass@', '[::1]', '%0a', '?q=', '#', 'www.a.example', 'mailto:kim@a.example', '\\', '.', ',', ':', ';', '!', '?', '(', ')',
  '[', ']', '](', '[x](javascript:alert(1))', '…', '。', '」', '{{7*7}}', '${7*7}', ' ', '\n', '\t', '\u00a0', '\u00ad', '\u200b', '\u200d', '\u202e', '\u2028',
  '\u2066', '\u2069', '\ufeff', '\ufffe', 'ſ', '\u212a', '＜', 'ｈttp://', '가', '결제', 'é', 'e\u0301', '👩‍👩‍👧', 'x', '1', '0x7f.1',
];

/** Numbers below `end`, the same ones each time (mulberry32). @param {number} seed */
function chance(seed) {
  return (/** @type {number} */ end) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % end;
  };
}

test('whatever the text, all of it is there, and what is a link leads to what it says', () => {
  const cases = Number(process.env.CASES ?? 5000);
  const seed = Number(process.env.SEED ?? 1);
  const below = chance(seed);
  let found = 0;
  for (let nth = 0; nth < cases; nth++) {
    let text = '';
    for (let left = below(40); left > 0; left--) text += below(9) ? PIECES[below(PIECES.length)] : String.fromCodePoint(0x20 + below(0xd000));
    const parts = links(text);
    const where = `case ${nth} of seed ${seed}: ${JSON.stringify(text)}`;
    assert.equal(parts.map((part) => part.text).join(''), text, where);
    for (const { text: shown, href } of parts) {
      if (href === undefined) continue;
      found++;
      assert.equal(href, shown, where);
      assert.match(new URL(href).protocol, /^https?:$/, where);
      assert.doesNotMatch(href, /[\s<>"'\u202a-\u202e\u2066-\u2069]/, where);
    }
  }
  assert.ok(found > cases / 10, `${found} links in ${cases} texts`);
});
