// The language of the host page changes while a call is under way.
import { expect, test } from "../fixtures/test.js";
import { Widget } from "../fixtures/widget.js";

test("a page that turns to the other language keeps its call, its window and what is said", async ({ visitor, host, language }) => {
  const other = language === "ko" ? "en" : "ko";
  const [before, after] = [new Widget(visitor, language), new Widget(visitor, other)];
  await visitor.goto(host.origin);
  await before.call();
  await before.say("1");
  await before.lastIsDelivered();

  /** @type {string[]} */
  const sockets = [];
  visitor.on("websocket", (socket) => sockets.push(socket.url()));
  await turn(visitor, other);
  await expect(after.panel.getByRole("button", { name: after.words.menu, exact: true })).toBeVisible();
  await expect(after.panel).toHaveCount(1);
  await after.reads(["1"]);
  await after.say("2");
  await after.lastIsDelivered();
  await turn(visitor, language);
  await before.reads(["1", "2"]);
  await before.cancel();
  expect(sockets).toEqual([]);
});

/** @param {import("@playwright/test").Page} page @param {string} locale */
const turn = (page, locale) => page.evaluate((wanted) => /** @type {any} */ (window).deskbell.setLocale(wanted), locale);
