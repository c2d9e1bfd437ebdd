// Every state of the widget and every page of the portal, as axe sees them; and the bell by keyboard alone.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { isAccessible } from "../fixtures/accessible.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test("the widget's states", async ({ visitor, admin, desk, host, kim, language, shoot }) => {
      const widget = new Widget(visitor, language);
      const portal = new Portal(admin, desk);
      await visitor.goto(host.origin);
      await isAccessible(visitor, "deskbell-widget");
      await widget.launcher.click();
      await expect(widget.panel).toBeVisible();
      await isAccessible(visitor, "deskbell-widget");
      await widget.callNow();
      await widget.isMailed();
      await widget.say("1");
      await widget.lastIsDelivered();
      await isAccessible(visitor, "deskbell-widget");
      await portal.open(kim);
      await portal.enter(1);
      await portal.join();
      await portal.say("2");
      await widget.reads(["1", "2"]);
      await isAccessible(visitor, "deskbell-widget");
      await portal.close();
      await widget.shows(widget.words.ended);
      await isAccessible(visitor, "deskbell-widget");
      await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
      await expect(widget.panel.getByRole("textbox", { name: widget.words.title })).toBeVisible();
      await isAccessible(visitor, "deskbell-widget");
      await widget.post({ title: "1", body: "2" });
      await expect(widget.panel.getByRole("heading", { name: "1", exact: true })).toBeVisible();
      await isAccessible(visitor, "deskbell-widget");
      const [inquiry] = await (await Api.of(desk, kim)).inquiries();
      await admin.goto(`${desk.url}/admin/inquiries/${inquiry.id}`);
      await isAccessible(admin);
    });

    test("the portal's pages", async ({ visitor, admin, desk, host, kim, language, shoot }) => {
      const widget = new Widget(visitor, language);
      const portal = new Portal(admin, desk);
      for (const path of ["/", "/help", "/admin", "/admin/nowhere"]) {
        await admin.goto(desk.url + path);
        await isAccessible(admin);
      }
      await portal.goto("queue");
      await portal.signIn(kim);
      await isAccessible(admin);
      await visitor.goto(host.origin);
      await widget.call();
      await widget.say("1");
      await portal.enter(1);
      await portal.join();
      await portal.reads(["1"]);
      await isAccessible(admin);
      for (const page of /** @type {const} */ (["queue", "conversations", "figures", "board", "mails", "team", "account"])) {
        await portal.goto(page);
        await isAccessible(admin);
        if (colorScheme === "light") await shoot(admin, `portal-${page}`);
      }
    });
  });
}

test("the bell rings, and the room is used, by keyboard alone", async ({ visitor, desk, host, language }) => {
  void desk;
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  await expect(widget.launcher).toBeVisible();
  await widget.launcher.focus();
  await visitor.keyboard.press("Enter");
  await expect(widget.panel.getByRole("button", { name: widget.words.callNow })).toBeFocused();
  await visitor.keyboard.press("Enter");
  await widget.isMailed();
  await expect(widget.composer).toBeFocused();
  await visitor.keyboard.type("1");
  await visitor.keyboard.press("Enter");
  await widget.reads(["1"]);
  await visitor.keyboard.press("Escape");
  await expect(widget.panel).toBeHidden();
  await expect(widget.launcherBusy).toBeFocused();
});
