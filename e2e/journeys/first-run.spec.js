// The README's first minute: nothing configured, one command, and everything can be tried.
import { expect, test } from "../fixtures/test.js";
import { Desk } from "../fixtures/desk.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";
import { watch } from "../fixtures/test.js";

test("with nothing configured: the one-time link, a password, the demo page, and the mailbox", async ({ page, browser, folder, faults, kim, language, locale, shoot }) => {
  const desk = await Desk.startUnconfigured(folder);
  try {
    watch(page, faults);
    const portal = new Portal(page, desk);
    await page.goto(portal.linkIn(await desk.says("/admin/welcome/")));
    await portal.choosePassword(kim);
    await expect(portal.queue).toBeVisible();

    const context = await browser.newContext({ locale });
    const guest = await context.newPage();
    watch(guest, faults);
    const widget = new Widget(guest, language);
    await guest.goto(`${desk.url}/demo`);
    await shoot(guest, "demo");
    await widget.launcher.click();
    await widget.callNow();
    await widget.isMailed();
    await portal.goto("mails");
    await expect(page.getByRole("main").getByText(kim.email).first()).toBeVisible();
    await shoot(page, "portal-mails");

    await guest.goto(`${desk.url}/help`);
    await expect(guest.locator("deskbell-widget").getByRole("region")).toBeVisible();
    await context.close();
  } finally {
    await desk.down();
  }
});
