import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** Every script that a browser gets from us. */
const scripts = ['../', '../../portal/'].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url)).filter((name) => name.endsWith('.js')).map((name) => [name, readFileSync(new URL(folder + name, import.meta.url), 'utf8')]));

/** What speaks to another window, or hears one. */
const WINDOWS = /postMessage|BroadcastChannel|MessageChannel|\bopener\b\s*[.?]|\b(parent|top)\.(location|document)|(?<!socket|this)\.onmessage|addEventListener\(\s*['"`]message/;

test("no script of ours speaks to another window or hears one (S50)", () => {
  assert.ok(scripts.length > 20);
  for (const [name, text] of scripts) assert.doesNotMatch(text, WINDOWS, name);
  for (const wrong of ["parent.postMessage(1, '*')", "addEventListener('message', f)", 'window.onmessage = f', 'opener.location = x']) assert.match(wrong, WINDOWS);
});
