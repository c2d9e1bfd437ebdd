import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contrast, shades } from '../color.js';
import { pause } from '../connection.js';
import { links, monogram } from '../dom.js';
import { Memory, subject } from '../memory.js';
import { duration, fill, sentence } from '../words.js';
import * as en from '../words.en.js';
import * as ko from '../words.ko.js';

const FOLDER = new URL('..', import.meta.url);
const scripts = () => readdirSync(FOLDER).filter((file) => file.endsWith('.js'));
const read = (name) => readFileSync(new URL(name, FOLDER), 'utf8');

/** A shelf like the browser's. */
function shelf(map = new Map()) {
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value), removeItem: (key) => void map.delete(key), key: (n) => [...map.keys()][n] ?? null, get length() { return map.size; } };
}

test('both languages have the same words with the same places', () => {
  assert.deepEqual(Object.keys(en), Object.keys(ko));
  const places = (text) => (text.match(/\{\w+\}/g) ?? []).filter((place) => place !== '{s}').sort();
  for (const group of Object.keys(en)) {
    assert.deepEqual(Object.keys(en[group]).sort(), Object.keys(ko[group]).sort());
    for (const key of Object.keys(en[group])) assert.deepEqual(places(en[group][key]), places(ko[group][key]), key);
  }
});

test('every word is said somewhere', () => {
  const code = scripts().filter((name) => !/^words\.(ko|en)/.test(name)).map(read).join('\n');
  for (const key of Object.keys(en.words)) assert.match(code, new RegExp(`words\\.${key}\\b`), key);
});

test('exactly one has a form of its own', () => {
  assert.equal(fill(en.words.told_sent, { n: 1, time: '14:02' }), '1 admin mailed at 14:02');
  assert.equal(fill(en.words.told_sent, { n: 2, time: '14:02' }), '2 admins mailed at 14:02');
  assert.equal(fill(ko.words.told_sent, { n: 1, time: '14:02' }), '14:02에 관리자 1명에게 메일을 보냈어요');
});

test('a problem is a sentence, known or not', () => {
  assert.equal(sentence({ code: 'too_many', status: 429 }), en.problems.too_many);
  assert.equal(sentence({ code: 'never_heard_of', status: 503 }), en.problems.unavailable);
  assert.equal(sentence({ code: 'never_heard_of', status: 409 }), en.problems.unknown);
  assert.equal(sentence(new Error('x')), en.problems.unknown);
});

test('a duration is read as on a clock', () => {
  assert.deepEqual([0, 83000, 3723000, -5].map(duration), ['00:00', '01:23', '1:02:03', '00:00']);
});

test('the pause before a new attempt grows, is jittered and has an end', () => {
  assert.equal(pause(0, 0), 250);
  assert.equal(pause(0, 1), 500);
  assert.ok(pause(3, 0) > pause(1, 1));
  assert.equal(pause(50, 1), 30000);
});

test('any accent becomes readable on itself and on the paper', () => {
  for (const accent of [[255, 235, 59], [0, 0, 0], [255, 255, 255], [11, 110, 95], [229, 57, 53], [63, 81, 181]]) {
    for (const dark of [false, true]) {
      const made = shades(accent, dark);
      assert.ok(contrast(made['--a'], made['--on']) >= 4.4, `${accent} ${dark} on itself`);
      assert.ok(contrast(made['--link'], dark ? [27, 26, 24] : [255, 255, 255]) >= 4.5, `${accent} ${dark} as text`);
    }
  }
});

test('the round picture has a letter, or a dot for a name without one', () => {
  assert.deepEqual(['김철수', 'kim', '😀 zoe', '', null].map(monogram), ['김', 'K', 'Z', '·', '·']);
});

test('people do not see each other’s shelf, nor desks theirs', () => {
  const map = new Map();
  const one = new Memory('https://a', 'u1', () => shelf(map));
  one.set('token', 't1');
  one.set('out:1', { id: '1' });
  assert.equal(new Memory('https://a', 'u2', () => shelf(map)).get('token'), null);
  assert.equal(new Memory('https://a', '', () => shelf(map)).get('token'), null);
  assert.equal(new Memory('https://b', 'u1', () => shelf(map)).get('token'), null);
  assert.deepEqual(new Memory('https://a', 'u1', () => shelf(map)).all('out:'), [{ id: '1' }]);
  one.forget();
  assert.equal(map.size, 0);
});

test('where storage is denied the page remembers, and knows that it is only the page', () => {
  const memory = new Memory('https://a', '', () => { throw new DOMException('denied', 'SecurityError'); });
  memory.set('token', 't');
  assert.equal(memory.get('token'), 't');
  assert.equal(memory.kept, false);
});

test('the subject of an identity is read without trusting it', () => {
  const jwt = (claims) => 'x.' + Buffer.from(JSON.stringify(claims)).toString('base64url') + '.y';
  assert.equal(subject(jwt({ sub: '손님/1' })), encodeURIComponent('손님/1'));
  for (const bad of [undefined, '', 'x', 'x.y.z', jwt({}), jwt({ sub: 7 })]) assert.equal(subject(bad), '');
});

test('no two modules declare the same name: the build may join them into one', () => {
  const seen = new Map();
  for (const name of scripts().filter((file) => !['help.js', 'types.js', 'words.ko.js'].includes(file))) {
    for (const [, word] of read(name).matchAll(/^(?:export )?(?:async )?(?:const|let|class|function) (\w+)/gm)) {
      assert.equal(seen.get(word), undefined, `${word} in ${name} and ${seen.get(word)}`);
      seen.set(word, name);
    }
  }
});

test('the names that the build shortens are the widget’s own', () => {
  const names = read('own-names.txt').split('\n').filter((line) => !line.startsWith('#')).join(' ').split(' ').filter(Boolean);
  assert.deepEqual(names, [...new Set(names)].sort((a, b) => (a < b ? -1 : 1)));
  const code = scripts().filter((name) => !['help.js', 'loader.js', 'types.js'].includes(name)).map(read).join('\n').replace(/\/\*[^]*?\*\//g, '');
  const keys = Object.values(en).flatMap((group) => (group === en.words ? [] : Object.keys(group)));
  const theirs = [...read('types.js').matchAll(/\{[^}]*\}|@property \{.*\} (\[?\w+)/g)].join(' ');
  for (const name of names) {
    assert.match(code, new RegExp(`[.{,] ?${name}\\b|\\b${name}(:|\\()`), `${name} is nobody’s`);
    assert.ok(!keys.includes(name), `${name} is a key of the words`);
    assert.doesNotMatch(theirs, new RegExp(`\\b${name}\\??[\\]:,]`), `${name} is the server’s`);
    assert.doesNotMatch(code, new RegExp(`settings\\.${name}\\b|core\\.${name}\\b|\\[['"]${name}['"]\\]`), `${name} is the loader’s`);
  }
});

test('nothing writes markup, evaluates text, or speaks to another host', () => {
  for (const name of scripts()) {
    const text = read(name);
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser/, name);
    const hosts = [...text.matchAll(/['"`](?:https?:)?\/\/([\w.-]+)/g)].map((found) => found[1]).filter((host) => host !== 'www.w3.org');
    assert.deepEqual(hosts, [], name);
  }
});

test("no text of 64 kB keeps a page busy (S34)", () => {
  const redact = new Function('return ' + /const redact = ([^;]+);/.exec(read('loader.js'))[1])();
  const size = 1 << 16;
  const soon = (what, work) => {
    const begun = performance.now();
    const made = work();
    assert.ok(performance.now() - begun < 1000, what);
    return made;
  };
  for (const part of [')', '.,', 'a', 'a.', 'a@', 'a://', 'eyJ', 'a+', 'a/', ' a', '…」', '@a:1', 'https://', 'https://a ', '\u202e']) {
    const text = part.repeat(size / part.length);
    for (const whole of [text, `https://${text}x`, `https://a.example ${text}`]) {
      const parts = soon(`links of ${part}`, () => links(whole));
      assert.equal(parts.map((one) => one.text).join(''), whole);
      assert.ok(soon(`what is kept of ${part}`, () => redact(whole, 300)).length <= 300);
    }
  }
  assert.equal(redact('GET https://x.example/a?token=1 of kim@x.example failed', 300), 'GET https://x.example/a of […@…] failed');
  assert.ok(!redact('word '.repeat(398) + 'kim@burgerput.example', 2000).includes('kim'), 'what was cut in the middle is dropped');
  assert.deepEqual(links('(see https://a.example/b).').map((one) => one.href), [undefined, 'https://a.example/b', undefined]);
});
