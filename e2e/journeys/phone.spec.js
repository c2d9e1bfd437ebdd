// Both people on their phones.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

test.use({ ...PHONE, contextOptions: PHONE });

test("a call is made, answered and ended with thumbs", async ({ visitor, admin, desk, host, kim, language, picture }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  await visitor.goto(host.origin);
  await widget.call();
  await widget.say("1");
  await picture(visitor, "phone-waiting");
  await portal.open(kim);
  await picture(admin, "phone-queue");
  await portal.enter(1);
  // The words come first: what is known of the page is folded away on a small screen.
  await expect(portal.bubbles.first()).toBeInViewport();
  await picture(admin, "phone-room");
  await portal.join();
  // With a thumb there is only the button, and it has to send more than once.
  await portal.say("2");
  await portal.say("3");
  await widget.reads(["1", "2", "3"]);
  await expect(portal.composer).toBeInViewport();
  await picture(admin, "phone-chat");
  for (const page of /** @type {const} */ (["board", "mails", "team", "account", "conversations"])) {
    await portal.goto(page);
    const wider = await admin.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, `${page} fits the screen`).toBe(0);
    // Each word of the tabs below stands on one line.
    for (const tab of await admin.locator(".nav a > span").all()) {
      expect((await tab.boundingBox())?.height, `${page}: ${await tab.innerText()}`).toBeLessThan(24);
    }
    await picture(admin, `phone-${page}`);
  }
});
