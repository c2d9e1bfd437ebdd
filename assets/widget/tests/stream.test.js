import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, test } from 'node:test';
import { Stream } from '../stream.js';

/** @type {import('node:http').Server} */
let server;
let address = '';
/** What was asked: method, path, token, body. @type {any[]} */
let asked;
/** What is answered, by method and path without its query. @type {Record<string, (response: import('node:http').ServerResponse) => void>} */
let answers;

const json = (/** @type {number} */ status, /** @type {any} */ body) => (/** @type {any} */ response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push([request.method, request.url, request.headers.authorization ?? '', body && JSON.parse(body)]);
    (answers[request.method + ' ' + request.url?.split('?')[0]] ?? json(404, { code: 'not_found', detail: 'nothing here' }))(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = 'http://127.0.0.1:' + /** @type {any} */ (server.address()).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A stream with what it says collected, and a wait for the next of it. */
function listening() {
  const stream = new Stream(address);
  /** @type {any[]} */
  const heard = [];
  /** @type {(() => void)[]} */
  const ears = [];
  const keep = (/** @type {any} */ one) => { heard.push(one); ears.splice(0).forEach((ear) => ear()); };
  stream.onmessage = (message) => keep(JSON.parse(message.data));
  stream.onclose = ({ code }) => keep({ closed: code });
  const until = async (/** @type {number} */ count) => { while (heard.length < count) await new Promise((ear) => ears.push(() => ear(undefined))); return heard; };
  return { stream, until };
}

test('it asks for a token, hears frames however they are cut, and takes a sign of life for a pong', async () => {
  answers['POST /sessions'] = json(201, { visitor: {}, token: 'made' });
  answers['GET /events'] = async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const part of ['event: wel', 'come\ndata: {"recovered":true,"conversation":{"id":"c1"}}\n', '\n: here\n\nevent: event\nid: c1/4\ndata: {"event":{"seq":4,"body":"안', '녕"}}\n\n']) {
      response.write(part);
      await new Promise((written) => setImmediate(written));
    }
  };
  const { stream, until } = listening();
  stream.onopen = () => stream.send(JSON.stringify({ type: 'hello', conversation_id: 'c1', after: 3 }));
  assert.deepEqual(await until(3), [
    { type: 'welcome', recovered: true, conversation: { id: 'c1' }, token: 'made' },
    { type: 'pong' },
    { type: 'event', event: { seq: 4, body: '안녕' } },
  ]);
  assert.deepEqual(asked, [['POST', '/sessions', '', {}], ['GET', '/events?conversation_id=c1&after=3', 'Bearer made', '']]);
  stream.close();
});

test('what is said goes in order, under its id, and is acknowledged or refused', async () => {
  answers['POST /conversations'] = json(201, { conversation: { id: 'c9', last_seq: 2 } });
  answers['POST /conversations/c9/messages'] = json(201, { event: { seq: 3 } });
  answers['POST /conversations/c9/typing'] = (response) => response.writeHead(204).end();
  answers['POST /conversations/c8/cancel'] = json(200, { conversation: { id: 'c8', last_seq: 2 } });
  answers['POST /conversations/c9/close'] = json(409, { code: 'not_open', detail: 'It is over.' });
  const { stream, until } = listening();
  stream.token = 't';
  for (const frame of [{ type: 'call', id: 'a', context: { url: 'u' } }, { type: 'say', id: 'b', body: 'hello' }, { type: 'typing', on: true }, { type: 'ping' }, { type: 'cancel', id: 'e', conversation_id: 'c8' }, { type: 'close', id: 'd' }]) stream.send(JSON.stringify(frame));
  assert.deepEqual(await until(4), [
    { type: 'ack', id: 'a', seq: 2 }, { type: 'ack', id: 'b', seq: 3 }, { type: 'ack', id: 'e', seq: 2 }, { type: 'error', id: 'd', code: 'not_open', message: 'It is over.' },
  ]);
  assert.deepEqual(asked, [
    ['POST', '/conversations', 'Bearer t', { id: 'a', context: { url: 'u' } }],
    ['POST', '/conversations/c9/messages', 'Bearer t', { id: 'b', body: 'hello' }],
    ['POST', '/conversations/c9/typing', 'Bearer t', { on: true }],
    ['POST', '/conversations/c8/cancel', 'Bearer t', { id: 'e' }],
    ['POST', '/conversations/c9/close', 'Bearer t', { id: 'd' }],
  ]);
  stream.close();
});

test('it ends as a socket would: not let in, told to go, or cut', async () => {
  answers['GET /events'] = json(401, { code: 'unauthorized', detail: '' });
  const stale = listening();
  stale.stream.send('{"type":"hello","token":"old"}');
  assert.deepEqual(await stale.until(1), [{ closed: 4401 }]);

  answers['GET /events'] = (response) => response.writeHead(200).write('event: close\ndata: {"code":1001,"reason":"going away"}\n\n');
  const sent = listening();
  sent.stream.send('{"type":"hello","token":"t"}');
  assert.deepEqual(await sent.until(1), [{ closed: 1001 }]);

  answers['GET /events'] = (response) => response.writeHead(200).write(': here\n\n', () => response.destroy());
  const cut = listening();
  cut.stream.send('{"type":"hello","token":"t"}');
  assert.deepEqual((await cut.until(2)).at(-1), { closed: 1006 });
});
