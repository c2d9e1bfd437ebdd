// However often and wherever the bell is pressed: one visitor, one call, one mail.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { Widget } from "../fixtures/widget.js";

test("pressing twice, reloading and a second tab are one call", async ({ visitor, desk, host, mail, kim, language }) => {
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  // The host's own button and the launcher's, as fast as a browser can.
  await visitor.evaluate(() => {
    const button = /** @type {HTMLButtonElement} */ (document.getElementById("help"));
    button.click();
    button.click();
  });
  await widget.isMailed();

  const other = await visitor.context().newPage();
  const second = new Widget(other, language);
  await other.goto(host.origin);
  await other.getByRole("button", { name: widget.words.help }).click();
  await second.isMailed();
  await widget.say("1");
  await second.reads(["1"]);

  await visitor.reload();
  await widget.launcherBusy.click();
  await widget.reads(["1"]);
  await visitor.getByRole("button", { name: widget.words.help }).click();
  await widget.isMailed();

  const api = await Api.of(desk, kim);
  expect(await api.conversations()).toHaveLength(1);
  await mail.mail("the call", (one) => one.to === kim.email);
  const { notices } = await api.get("/notices");
  expect(notices.filter((/** @type {any} */ notice) => notice.kind === "call")).toHaveLength(1);
});

test("a call that is cancelled is nobody's any more", async ({ visitor, desk, host, kim, language }) => {
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  await widget.call();
  await widget.cancel();
  const api = await Api.of(desk, kim);
  await expect.poll(async () => (await api.conversations()).map((one) => one.state)).toEqual(["cancelled"]);
  expect(await api.inquiries()).toEqual([]);
});

test("a cancel that did not get through does not take back the call that another tab has made since", async ({ visitor, desk, host, kim, language }) => {
  // A line that is dead in both directions, and nobody has noticed yet.
  const line = { dead: false, end: () => {} };
  await visitor.routeWebSocket(/\/widget\/socket/, (page) => {
    const server = page.connectToServer();
    page.onMessage((text) => line.dead || server.send(text));
    server.onMessage((text) => line.dead || page.send(text));
    line.end = () => page.close();
  });
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  await widget.call();
  await widget.say("1");
  await widget.lastIsDelivered();
  line.dead = true;
  await widget.cancel();

  const other = await visitor.context().newPage();
  const second = new Widget(other, language);
  await other.goto(host.origin);
  await second.launcherBusy.click();
  await second.isMailed();
  await second.cancel();
  await second.shows(widget.words.cancelled);
  await other.getByRole("button", { name: widget.words.help }).click();
  await second.isMailed();

  line.dead = false;
  line.end();
  await widget.reads([]);
  await widget.isMailed();
  await widget.say("2");
  await second.reads(["2"]);
  const api = await Api.of(desk, kim);
  expect((await api.conversations()).map((one) => one.state).sort()).toEqual(["cancelled", "waiting"]);
});
