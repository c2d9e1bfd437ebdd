// The board without a call: written, changed, answered, discussed, resolved, reopened, thrown away and taken back.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const SAID = {
  ko: { title: "메뉴 사진이 흐려요", better: "메뉴 사진이 너무 흐려요", body: "휴대폰에서 보면 흐립니다.", comment: "새 사진으로 바꿨습니다.", again: "음료 사진은 아직 흐려요." },
  en: { title: "Menu pictures are blurred", better: "Menu pictures are very blurred", body: "On a phone they look blurred.", comment: "They are replaced now.", again: "The drinks are still blurred." },
};

test("a post on the board, from the first word to the trash and back", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);

  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
  await shoot(visitor, "widget-form");
  await widget.post({ title: words.title, body: words.body });
  await expect(widget.panel.getByRole("heading", { name: words.title })).toBeVisible();

  // The author may change it while it is open.
  await widget.edit();
  await widget.panel.getByRole("textbox", { name: widget.words.title }).fill(words.better);
  await widget.panel.getByRole("button", { name: widget.words.save }).click();
  await expect(widget.panel.getByRole("heading", { name: words.better })).toBeVisible();

  const letter = await mail.mail("the post", (one) => one.to === kim.email);
  await admin.goto(portal.linkIn(letter.text));
  await portal.signIn(kim);
  await expect(admin.getByRole("heading", { name: words.better })).toBeVisible();
  await expect(admin.locator('form[action$="/delete"]'), "not answered, not to be deleted").toHaveCount(0);
  await portal.comment(words.comment);
  await expect(widget.panel.getByText(words.comment)).toBeVisible();
  await expect(widget.panel.getByText(widget.words.answered, { exact: true })).toBeVisible();

  // An author's comment on an answered post opens it again.
  await widget.comment(words.again);
  await expect(widget.panel.getByText(widget.words.open, { exact: true })).toBeVisible();
  await admin.reload();
  await expect(admin.getByText(words.again)).toBeVisible();
  await portal.resolve();
  await expect(widget.panel.getByText(widget.words.resolved, { exact: true })).toBeVisible();
  await portal.reopen();
  await portal.resolve();
  await shoot(admin, "portal-inquiry-resolved");

  const inquiry = admin.url();
  await portal.remove();
  await portal.goto("board");
  await expect(admin.getByText(words.better)).toHaveCount(0);
  await admin.goto(`${desk.url}/admin/inquiries?trash=1`);
  await expect(admin.getByText(words.better)).toBeVisible();
  await admin.goto(inquiry);
  await portal.restore();
  await portal.goto("board");
  await expect(admin.getByText(words.better)).toBeVisible();
});

test("a visitor deletes what they wrote, and sees only what is theirs", async ({ visitor, browser, desk, host, language }) => {
  void desk;
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
  await widget.post({ title: words.title, body: words.body });
  await expect(widget.panel.getByRole("heading", { name: words.title })).toBeVisible();

  const context = await browser.newContext();
  const stranger = await context.newPage();
  const theirs = new Widget(stranger, language);
  await stranger.goto(host.origin);
  await theirs.launcher.click();
  await theirs.panel.getByRole("button", { name: theirs.words.myPosts }).click();
  await expect(theirs.panel.getByText(theirs.words.noPosts)).toBeVisible();
  await context.close();

  await widget.remove();
  await expect(widget.panel.getByText(widget.words.noPosts)).toBeVisible();
});
