// What comes by mail and works without a sign-in: an invitation, the buttons of a call mail; and the codes that guard a sign-in.
import { createHmac } from "node:crypto";
import { expect, test, watch } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const lee = { email: "lee@burgerput.example", name: "Lee Brook", password: "another bell, another tune" };

/**
 * What an app for codes shows (RFC 6238).
 * @param {string} key in base32
 * @param {number} at milliseconds since 1970
 */
function code(key, at) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", secret).update(step).digest();
  const offset = /** @type {number} */ (hash.at(-1)) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a colleague is invited by mail, chooses a password, and is asked for a code from then on", async ({ admin, browser, desk, mail, kim, locale, faults, shoot }) => {
  const portal = new Portal(admin, desk);
  await portal.open(kim);
  await portal.goto("team");
  const form = admin.locator('form[action="/admin/team"]');
  await form.locator("[name=name]").fill(lee.name);
  await form.locator("[name=email]").fill(lee.email);
  await form.getByRole("button").click();
  await expect(admin.getByRole("status").first()).toBeVisible();
  await expect(admin.getByText(lee.email)).toBeVisible();

  const invitation = await mail.mail("the invitation", (one) => one.to === lee.email);
  const context = await browser.newContext({ locale });
  const page = await context.newPage();
  watch(page, faults);
  await page.goto(portal.linkIn(invitation.text));
  await shoot(page, "invited");
  await page.locator("input[name=password]").fill(lee.password);
  await page.locator("input[name=password_again]").fill(lee.password);
  await page.locator("form.stack button").click();
  const other = new Portal(page, desk);
  await expect(other.queue).toBeVisible();

  await other.goto("account");
  const begin = page.locator('form[action="/admin/account/codes/begin"]');
  await begin.locator("[name=current]").fill(lee.password);
  await begin.getByRole("button").click();
  await expect(page.locator("svg.qr")).toBeVisible();
  await shoot(page, "codes");
  const key = (await page.locator("code.secret").innerText()).replaceAll(" ", "");
  await page.locator("[name=code]").fill(code(key, Date.now()));
  await page.locator(".inline-form button").click();
  const recovery = page.locator("#recovery-codes code");
  await expect(recovery).toHaveCount(8);
  const spare = await recovery.first().innerText();
  await shoot(page, "recovery-codes");
  await page.locator('a[href="/admin/account"].main').click();
  await other.signOut();

  await other.signIn(lee);
  await expect(page.locator("[name=code]")).toBeFocused();
  await page.locator("[name=code]").fill("000000");
  await page.locator("form.stack button").click();
  await expect(page.getByRole("alert")).toBeVisible();
  // The one that was shown at the set-up is used up; a clock half a minute ahead is forgiven.
  await page.locator("[name=code]").fill(code(key, Date.now() + 30_000));
  await page.locator("form.stack button").click();
  await expect(other.queue).toBeVisible();
  await other.signOut();
  await other.signIn(lee);
  await page.locator("[name=code]").fill(spare.toLowerCase());
  await page.locator("form.stack button").click();
  await expect(other.queue).toBeVisible();

  // The owner reads who did what.
  await admin.goto(`${desk.url}/admin/record`);
  await expect(admin.locator(".record").getByText(lee.name).first()).toBeVisible();
  await shoot(admin, "record");
  await context.close();
});

test("a forgotten password: the mail that was asked for opens the door again", async ({ admin, desk, mail, kim }) => {
  const portal = new Portal(admin, desk);
  await admin.goto(`${desk.url}/admin/sign-in`);
  await admin.locator('a[href="/admin/forgot"]').click();
  await admin.locator("[name=email]").fill(kim.email);
  await admin.locator("form.stack button").click();
  await expect(admin.getByRole("status")).toContainText(kim.email);
  const letter = await mail.mail("the link", (one) => one.to === kim.email);
  await admin.goto(portal.linkIn(letter.text));
  await admin.locator("input[name=password]").fill(lee.password);
  await admin.locator("input[name=password_again]").fill(lee.password);
  await admin.locator("form.stack button").click();
  await expect(portal.queue).toBeVisible();
  await portal.signOut();
  await portal.signIn(kim);
  await expect(admin.getByRole("alert"), "the old one is worth nothing").toBeVisible();
});

test("the buttons of a call mail: opening them changes nothing, pressing one tells the caller", async ({ visitor, browser, desk, host, mail, kim, language, locale, faults, shoot }) => {
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  await widget.call();
  const letter = await mail.mail("the call", (one) => one.to === kim.email);
  const links = letter.text.match(/https?:\/\/\S+\/admin\/answer\/\S+/g) ?? [];
  expect(links).toHaveLength(3);
  const [onMyWay = "", , toBoard = ""] = links;

  const context = await browser.newContext({ locale });
  const phone = await context.newPage();
  watch(phone, faults);
  // A mail scanner opens every link, more than once.
  for (const link of [...links, ...links]) await phone.goto(link);
  await expect(widget.panel.getByText(kim.name)).toHaveCount(0);
  await phone.goto(onMyWay);
  await shoot(phone, "answer");
  await phone.getByRole("button").click();
  await expect(phone.getByRole("status")).toBeVisible();
  await expect(widget.panel.getByText(kim.name).first()).toBeVisible();
  await shoot(phone, "answered");

  await phone.goto(toBoard);
  await phone.getByRole("button").click();
  await expect(phone.getByRole("status")).toBeVisible();
  await phone.goto(onMyWay);
  await expect(phone.getByRole("button"), "used up").toHaveCount(0);
  await context.close();
});
