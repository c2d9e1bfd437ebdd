// What went wrong on the page before the call: shown to the visitor first, then in the mail and in the room.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const BROKEN = "the payment of table 3 was refused";

test("the page's errors go with the call, and the admin sees them at once", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  // The host page's own error is what this trip is about, not a fault of ours.
  visitor.removeAllListeners("pageerror");
  await visitor.goto(host.origin);
  await expect(widget.launcher).toBeVisible();
  const thrown = visitor.waitForEvent("pageerror");
  await visitor.locator("#order").click();
  await thrown;
  await widget.launcher.click();
  await widget.panel.getByRole("button", { name: widget.words.showAttached }).click();
  await expect(widget.panel.getByText(BROKEN)).toBeVisible();
  await shoot(visitor, "widget-attached");
  await widget.callNow();
  await widget.isMailed();

  const letter = await mail.mail("the call", (one) => one.to === kim.email);
  expect(letter.text).toContain(BROKEN);
  expect(letter.text).toContain("/api/orders");
  await admin.goto(portal.linkIn(letter.text));
  await portal.signIn(kim);
  const facts = admin.locator("#facts");
  await expect(facts).toContainText(BROKEN);
  await expect(facts).toContainText("order-7");
  await expect(facts).toContainText(host.origin);
  await shoot(admin, "portal-room-errors");
});

test("a visitor who does not want to attach it attaches nothing", async ({ visitor, admin, desk, host, mail, kim, language }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  visitor.removeAllListeners("pageerror");
  await visitor.goto(host.origin);
  await expect(widget.launcher).toBeVisible();
  const thrown = visitor.waitForEvent("pageerror");
  await visitor.locator("#order").click();
  await thrown;
  await widget.launcher.click();
  await widget.panel.getByRole("checkbox").uncheck();
  await widget.callNow();
  await widget.isMailed();

  const letter = await mail.mail("the call", (one) => one.to === kim.email);
  expect(letter.text).not.toContain(BROKEN);
  await admin.goto(portal.linkIn(letter.text));
  await portal.signIn(kim);
  await expect(portal.log).toBeVisible();
  await expect(admin.locator("#facts")).not.toContainText(BROKEN);
});
