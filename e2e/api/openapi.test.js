// Schemathesis, which makes requests of what docs/openapi.yaml says, against the real program: as nobody, as a visitor and as an
// admin. No answer is a server's error, none has a status, a type or a shape that the document does not know (S57).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Desk } from "../fixtures/desk.js";

const DOCUMENT = fileURLToPath(new URL("../../docs/openapi.yaml", import.meta.url));
const SCHEMATHESIS = process.env.SCHEMATHESIS ?? "schemathesis";
const KIM = { email: "kim@burgerput.example", name: "Kim Harper", password: "a quiet bell rings twice" };
// Limits would answer in the place of what is looked at.
const OFF = ["messages_per_visitor", "calls_per_visitor", "calls_per_ip", "sessions_per_ip", "mails_per_admin", "sign_ins_per_account", "sign_ins_per_ip"];
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "response_headers_conformance",
  "unsupported_method",
  "allow_header_conformance",
  "ignored_auth",
  "use_after_free",
  "ensure_resource_availability",
];

/** @type {string} */
let folder;
/** @type {Desk} */
let desk;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "deskbell-"));
  chmodSync(folder, 0o755);
  const limits = { ...Object.fromEntries(OFF.map((limit) => [limit, "off"])), connections_per_ip: 20000 };
  desk = await Desk.start(folder, { limits });
  await desk.addAdmin(KIM);
  // Something is there for whoever asks.
  const token = await visitor();
  await post("/conversations", token, { message: { id: "m-1", body: "help" } });
  await post("/inquiries", token, { kind: "suggestion", title: "a bell", body: "that rings twice" });
});

after(async () => {
  await desk.down();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Posts something as a visitor.
 * @param {string} path
 * @param {string} token none when it is empty
 * @param {object} body
 * @returns {Promise<any>}
 */
async function post(path, token, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${desk.url}/api/v1/widget${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, path);
  return answer.json();
}

/** @returns {Promise<string>} the token of a new one */
async function visitor() {
  return (await post("/sessions", "", {})).token;
}

/**
 * Asks whatever the document knows below a path.
 * @param {string} who
 * @param {string} token none when it is empty
 * @param {string[]} words which operations, and how many requests of each kind
 * @returns {Promise<number>} how many operations were asked
 */
async function ask(who, token, words) {
  const headers = ["--header", "Accept: application/json", ...(token ? ["--header", `Authorization: Bearer ${token}`] : [])];
  const made = ["--seed", "1", "--phases", "coverage,fuzzing,stateful", "--generation-database", "none", "--request-timeout", "20"];
  const shown = ["--checks", CHECKS.join(","), "--continue-on-failure", "--no-color"];
  const all = ["run", DOCUMENT, "--url", desk.url, ...headers, ...made, ...shown, ...words];
  const { code, said } = await run(all);
  assert.equal(code, 0, `as ${who}: ${said.slice(-20_000)}`);
  const [, tested] = /Tested: +(\d+)/.exec(said) ?? [];
  const [, cases] = /(\d+ generated, .*)/.exec(said) ?? [];
  assert.ok(tested && cases, said);
  console.log(`schemathesis as ${who}: ${tested} operations, ${cases}`);
  return Number(tested);
}

/**
 * @param {string[]} words
 * @returns {Promise<{ code: number | null, said: string }>}
 */
function run(words) {
  return new Promise((resolve, reject) => {
    // It keeps notes where it runs.
    const child = spawn(SCHEMATHESIS, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (bytes) => (said += bytes));
    child.stderr.on("data", (bytes) => (said += bytes));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, said }));
  });
}

/**
 * How many operations the document has below a path.
 * @param {string} prefix
 */
function operations(prefix) {
  const paths = readFileSync(DOCUMENT, "utf8").split(/^  (?=\/)/m);
  const below = paths.filter((path) => path.startsWith(prefix));
  return below.flatMap((path) => path.match(/^ {6}operationId:/gm) ?? []).length;
}

/** Nothing in the program broke, whatever it answered. */
function isWell() {
  assert.ok(!/panicked|ERROR/.test(desk.said), desk.said.slice(-5_000));
}

// A request that does not change the protocol is answered at the sockets' addresses, too. A stream of events does not end: those
// who may have one do not ask for it here (the tests of the gateway do); nobody does, and is refused.
test("nobody", { timeout: 120_000 }, async () => {
  assert.equal(await ask("nobody", "", ["--max-examples", "5"]), operations("/"));
  isWell();
});

test("a visitor", { timeout: 120_000 }, async () => {
  const token = await visitor();
  const words = ["--include-path-regex", "^/api/v1/widget/", "--exclude-operation-id", "visitorEvents"];
  assert.equal(await ask("a visitor", token, [...words, "--max-examples", "25"]), operations("/api/v1/widget/") - 1);
  isWell();
});

test("an admin", { timeout: 120_000 }, async () => {
  const token = await desk.token(KIM);
  assert.equal(await ask("an admin", token, ["--include-path-regex", "^/api/v1/admin/", "--max-examples", "25"]), operations("/api/v1/admin/"));
  isWell();
  const headers = { authorization: `Bearer ${token}` };
  const still = await fetch(`${desk.url}/api/v1/admin/stats`, { headers });
  assert.equal(still.status, 200, "they did not end their own token on the way");
});
