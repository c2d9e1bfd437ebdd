// A network that lets no WebSocket through: the widget finds its way round, and the chat is the same.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Proxy } from "../fixtures/proxy.js";
import { Widget } from "../fixtures/widget.js";

test("behind a proxy that buffers and lets no WebSocket through, a call is made, answered, and outlives a killed server", async ({ visitor, admin, desk, host, kim, language, folder }) => {
  const proxy = await Proxy.before(folder, desk.url);
  try {
    host.desk = proxy.url;
    const widget = new Widget(visitor, language);
    const portal = new Portal(admin, desk);
    let frames = 0;
    visitor.on("websocket", (socket) => socket.on("framereceived", () => (frames += 1)));

    await visitor.goto(host.origin);
    await widget.call();
    await widget.say("1");
    await widget.lastIsDelivered();
    await portal.open(kim);
    await portal.enter(1);
    await portal.join();
    await portal.composer.pressSequentially("2");
    await expect(widget.panel.getByText(widget.words.typing(kim.name))).toBeAttached();
    await portal.say("2");
    await widget.reads(["1", "2"]);
    await widget.composer.pressSequentially("3");
    await expect(portal.typing).toBeVisible();
    await widget.say("3");
    await portal.reads(["1", "2", "3"]);

    await desk.kill();
    await widget.say("4");
    await expect(widget.panel.getByRole("status").filter({ hasText: widget.words.offline })).toBeVisible();
    await desk.up();
    await widget.reads(["1", "2", "3", "4"]);
    await widget.lastIsDelivered();
    await portal.reads(["1", "2", "3", "4"]);
    await portal.close();
    await widget.shows(widget.words.ended);
    expect(frames, "no WebSocket has got through").toBe(0);
  } finally {
    await proxy.down();
  }
});

test.describe("on a page that the desk does not know", () => {
  test.use({ settings: { site: { allowed_origins: [] } } });

  test("the console says which setting is missing, and the visitor is shown where they can call", async ({ visitor, desk, host, language, picture }) => {
    const widget = new Widget(visitor, language);
    /** @type {string[]} */
    const warnings = [];
    visitor.on("console", (message) => { if (message.type() === "warning") warnings.push(message.text()); });
    await visitor.goto(host.origin);
    await widget.launcher.click();
    await widget.panel.getByRole("button", { name: widget.words.callNow }).click();
    const way = widget.panel.getByRole("link", { name: widget.words.helpPage });
    await expect(way).toBeVisible();
    await picture(visitor, "not-allowed");
    expect(warnings.filter((text) => text.startsWith("Deskbell:"))).toEqual([
      `Deskbell: ${host.origin} is not in site.allowed_origins of ${desk.url}: no calls from here.`,
    ]);
    const [help] = await Promise.all([visitor.waitForEvent("popup"), way.click()]);
    await expect(help).toHaveURL(`${desk.url}/help`);
  });
});
