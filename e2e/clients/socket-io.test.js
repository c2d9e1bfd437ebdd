// The official client of Socket.IO, the newest and the oldest of version 4, against the real program: in every transport,
// through a crash, from an allowed origin and from another.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { io as newest } from "socket.io-client";
import { io as oldest } from "socket.io-client-oldest";
import { Desk } from "../fixtures/desk.js";
import { until } from "../fixtures/processes.js";

const SHOP = "https://shop.example";
const KIM = { email: "kim@burgerput.example", name: "Kim Harper", password: "a quiet bell rings twice" };
const CLIENTS = /** @type {[string, any][]} */ ([["newest", newest], ["oldest 4.0", oldest]]);
const TRANSPORTS = /** @type {[string, string[]][]} */ ([
  ["polling and upgrade", ["polling", "websocket"]],
  ["polling only", ["polling"]],
  ["WebSocket only", ["websocket"]],
]);

/** @type {string} */
let folder;
/** @type {Desk} */
let desk;
/** @type {string} */
let token;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "deskbell-"));
  chmodSync(folder, 0o755);
  desk = await Desk.start(folder, { site: { allowed_origins: [SHOP] } });
  await desk.addAdmin(KIM);
  token = await desk.token(KIM);
});

after(async () => {
  await desk.down();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Asks the admins' API.
 * @param {string} path
 * @param {object} [body] sent by POST
 * @returns {Promise<any>}
 */
async function admin(path, body) {
  const answer = await fetch(`${desk.url}/api/v1/admin${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** A page as docs/protocol.md shows one: it keeps its place, and sends again what was not answered. */
class Page {
  /**
   * @param {any} io
   * @param {string[]} transports
   */
  constructor(io, transports) {
    /** @type {any[]} */
    this.events = [];
    /** @type {any[]} */
    this.welcomes = [];
    /** @type {Map<string, string>} */
    this.unanswered = new Map();
    /** @type {Map<string, number>} */
    this.answered = new Map();
    this.socket = io(desk.url, { transports, auth: {}, reconnectionDelay: 100, reconnectionDelayMax: 400, forceNew: true });
    this.socket.on("welcome", (/** @type {any} */ welcome) => {
      this.welcomes.push(welcome);
      if (welcome.token) this.socket.auth.token = welcome.token;
      Object.assign(this.socket.auth, { epoch: welcome.epoch, conversation_id: welcome.conversation?.id });
      for (const [id, body] of this.unanswered) this.#send(id, body);
    });
    this.socket.on("event", (/** @type {any} */ { conversation_id, event }) => {
      Object.assign(this.socket.auth, { conversation_id, after: event.seq });
      this.events.push(event);
    });
  }

  /** @param {string} body */
  say(body) {
    const id = `m-${this.unanswered.size + this.answered.size}`;
    this.unanswered.set(id, body);
    this.#send(id, body);
  }

  /**
   * @param {string} id
   * @param {string} body
   */
  #send(id, body) {
    this.socket.emit("say", { id, body }, (/** @type {any} */ error, /** @type {any} */ done) => {
      assert.equal(error, null);
      this.unanswered.delete(id);
      this.answered.set(id, done.seq);
    });
  }

  /**
   * Asks by an event with a callback.
   * @param {string} event
   * @param {any} fields
   * @returns {Promise<any[]>} what the callback got
   */
  ask(event, fields) {
    return new Promise((resolve) => this.socket.emit(event, fields, (/** @type {any[]} */ ...answer) => resolve(answer)));
  }
}

for (const [age, io] of CLIENTS) {
  for (const [how, transports] of TRANSPORTS) {
    test(`${age}, ${how}: calls, chats, and misses nothing when the server is killed`, { timeout: 60_000 }, async () => {
      const page = new Page(io, transports);
      await until("the welcome", async () => page.welcomes[0]);
      assert.deepEqual([page.welcomes[0].recovered, page.welcomes[0].conversation], [true, null]);
      const last = transports.at(-1);
      await until(`the transport ${last}`, async () => page.socket.io.engine.transport.name === last || undefined);
      const [error, called] = await page.ask("call", { id: "c-1", message: { id: "first", body: "help" } });
      assert.deepEqual([error, called], [null, { id: "c-1", seq: 2 }]);
      assert.equal((await page.ask("say", { id: "m-x", body: "" }))[0].code, "invalid");
      const id = await until("the conversation", async () => page.socket.auth.conversation_id);
      await admin(`/conversations/${id}/join`, {});
      for (const n of [1, 2, 3, 4, 5]) {
        page.say(`before ${n}`);
        await admin(`/conversations/${id}/messages`, { id: `k-${n}`, body: `Kim ${n}` });
      }
      await until("the answers", async () => page.unanswered.size === 0 || undefined);

      for (const n of [1, 2, 3]) page.say(`during ${n}`);
      await desk.kill();
      for (const n of [4, 5]) page.say(`during ${n}`);
      await desk.up();
      await until("a second welcome", async () => page.welcomes[1]);
      assert.equal(page.welcomes[1].recovered, true);
      assert.equal(page.welcomes[1].visitor.id, page.welcomes[0].visitor.id);
      await until("the answers", async () => page.unanswered.size === 0 || undefined);
      await admin(`/conversations/${id}/messages`, { id: "k-6", body: "Kim, after it" });

      const { events, last_seq } = await admin(`/conversations/${id}/events?limit=500`);
      await until("the last event", async () => page.events.at(-1)?.seq === last_seq || undefined);
      assert.deepEqual(page.events, events, "nothing is missing, nothing doubled, all in order");
      assert.equal(events.filter((/** @type {any} */ event) => event.kind === "said").length, 17);
      for (const [message, seq] of page.answered) {
        assert.equal(events.find((/** @type {any} */ event) => event.client_id === message).seq, seq);
      }
      assert.deepEqual(await page.ask("close", { id: "x-1" }), [null, { id: "x-1", seq: last_seq + 1 }]);
      page.socket.close();
    });
  }

  test(`${age}: whoever is not let in learns why from connect_error`, { timeout: 30_000 }, async () => {
    for (const [, transports] of TRANSPORTS) {
      const socket = io(desk.url, { transports, auth: { token: "nobody's" }, forceNew: true });
      const error = await new Promise((resolve) => socket.on("connect_error", resolve));
      assert.equal(error.data.code, "unauthorized");
      assert.equal(error.message, error.data.message);
      socket.close();
    }
    const elsewhere = io(`${desk.url}/admin`, { forceNew: true });
    const error = await new Promise((resolve) => elsewhere.on("connect_error", resolve));
    assert.equal(error.message, "Invalid namespace");
    elsewhere.close();
  });

  test(`${age}: an allowed origin is let in and another is not, in every transport`, { timeout: 30_000 }, async () => {
    for (const [how, transports] of TRANSPORTS) {
      for (const [origin, wanted] of [[SHOP, "connect"], ["https://evil.example", "connect_error"]]) {
        const socket = io(desk.url, { transports, extraHeaders: { Origin: origin }, forceNew: true, reconnection: false });
        const heard = await new Promise((resolve) => {
          for (const event of ["connect", "connect_error"]) socket.on(event, () => resolve(event));
        });
        assert.equal(heard, wanted, `${how} from ${origin}`);
        socket.close();
      }
    }
  });
}

test("the desk serves the newest client as npm has it, where a server of Socket.IO would", async () => {
  for (const [served, published] of [["socket.io.js", "socket.io.min.js"], ["socket.io.min.js", "socket.io.min.js"], ["socket.io.esm.min.js", "socket.io.esm.min.js"]]) {
    const answer = await fetch(`${desk.url}/socket.io/${served}`);
    const file = readFileSync(new URL(`../node_modules/socket.io-client/dist/${published}`, import.meta.url));
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(file), `${served}: take the file into vendor/socket.io-client`);
  }
});
