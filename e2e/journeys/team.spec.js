// More than one admin: who is told when, who is in the room, and what stays among them.
import { expect, test, watch } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const lee = { email: "lee@burgerput.example", name: "Lee Brook", password: "another bell, another tune" };

test.use({ settings: { wait: { steps: [{ after: "0s", notify: "on-duty" }, { after: "8s", notify: "everyone" }] } } });

test("the ladder: who is off duty is told later; both join; a note stays among them", async ({ visitor, admin, browser, desk, host, mail, kim, language, locale, faults, shoot }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  await desk.addAdmin(lee, "admin");
  const context = await browser.newContext({ locale });
  const second = await context.newPage();
  watch(second, faults);
  const other = new Portal(second, desk);
  await other.open(lee);
  await other.goto("account");
  await second.getByRole("switch").click();
  await expect(second.getByRole("switch")).toHaveAttribute("aria-checked", "false");

  await portal.open(kim);
  await visitor.goto(host.origin);
  await widget.call();
  await mail.mail("the call", (one) => one.to === kim.email);
  expect(mail.mails().filter((one) => one.to === lee.email), "nobody off duty at first").toEqual([]);
  await mail.mail("the escalation", (one) => one.to === lee.email);

  // The queue that has been open all the time shows it by itself.
  await expect(portal.queue.getByText("#1")).toBeVisible();
  await shoot(admin, "portal-queue");
  await portal.enter(1);
  await portal.join();
  await portal.note("only for us");
  await other.goto("queue");
  await other.enter(1);
  await other.join();
  await expect(second.getByText("only for us")).toBeVisible();
  await other.say("1");
  await portal.reads(["1"]);
  await widget.reads(["1"]);
  await expect(widget.panel.getByRole("heading", { name: lee.name })).toContainText(kim.name);
  await expect(widget.panel.getByText("only for us")).toHaveCount(0);
  await context.close();
});
