// Trip 6: the server is killed between two instructions, and nobody loses or doubles a word.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

test("killed in the middle of a chat and started again: both go on, nothing missing, nothing twice", async ({ visitor, admin, desk, host, kim, language, shoot }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  const words = (/** @type {string} */ who, /** @type {number} */ count, from = 1) =>
    Array.from({ length: count }, (_, index) => (language === "ko" ? `${who} ${from + index}번째 말` : `${who}, word ${from + index}`));

  await visitor.goto(host.origin);
  await widget.call();
  await portal.open(kim);
  await portal.enter(1);
  await portal.join();
  const before = words("mina", 5);
  for (const word of before) await widget.say(word);
  await portal.reads(before);

  // The last words are on their way, acknowledged or not, when it happens.
  const during = words("mina", 5, 6);
  for (const word of during.slice(0, 3)) await widget.say(word);
  await desk.kill();
  for (const word of during.slice(3)) await widget.say(word);
  await expect(widget.panel.getByRole("status").filter({ hasText: widget.words.offline })).toBeVisible();
  await shoot(visitor, "widget-offline");
  await desk.up();

  await widget.reads([...before, ...during]);
  await widget.lastIsDelivered();
  await portal.reads([...before, ...during]);
  const answer = words("kim", 1);
  await portal.say(answer[0]);
  await widget.reads([...before, ...during, ...answer]);

  const api = await Api.of(desk, kim);
  const [call] = await api.conversations();
  const { events } = await api.get(`/conversations/${call.id}/events`);
  const said = events.filter((/** @type {any} */ event) => event.kind === "said").map((/** @type {any} */ event) => event.body);
  expect(said).toEqual([...before, ...during, ...answer]);
  expect(events.map((/** @type {any} */ event) => event.seq)).toEqual(events.map((/** @type {any} */ _, /** @type {number} */ index) => index + 1));
});
