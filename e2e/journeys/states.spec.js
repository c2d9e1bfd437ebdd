// The states that no other journey stays in long enough to be looked at: pictures of each, and what each must say.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const SAID = {
  ko: { first: "결제 화면이 멈췄어요", note: "어제도 같은 문의가 있었어요", answer: "지금 보고 있어요. 잠시만요.", title: "영수증이 메일로 오지 않아요", body: "어제 저녁 주문의 영수증을 못 받았어요." },
  en: { first: "The payment page is stuck", note: "Somebody asked the same yesterday", answer: "Looking at it. One moment.", title: "No receipt by mail", body: "I had no receipt for yesterday evening's order." },
};

test("a call whose mails are on their way; opened; promised; with a menu and a question; cancelled", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  await portal.goto("queue");
  await portal.signIn({ ...kim, password: "not the password" });
  expect(await portal.refusal()).not.toBe("");
  await shoot(admin, "portal-sign-in-refused");
  await portal.signIn(kim);
  await expect(portal.queue).toBeVisible();
  await shoot(admin, "portal-queue-empty");

  await mail.down();
  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.callNow();
  await expect(widget.panel.getByRole("listitem").filter({ hasText: widget.words.mailing })).toBeVisible();
  await shoot(visitor, "widget-mailing");
  await mail.up();
  await widget.isMailed();

  await portal.enter(1);
  // One line says who has opened it, and a second who has promised to come.
  await expect(widget.panel.getByRole("listitem").filter({ hasText: kim.name })).toHaveCount(1);
  await shoot(visitor, "widget-opened");
  await admin.locator("form[data-verb=promise] button").first().click();
  await expect(widget.panel.getByRole("listitem").filter({ hasText: kim.name })).toHaveCount(2);
  await shoot(visitor, "widget-promised");
  await shoot(admin, "portal-room-promised");

  await widget.panel.getByRole("button", { name: widget.words.menu, exact: true }).click();
  await expect(widget.panel.getByRole("menu")).toBeVisible();
  await shoot(visitor, "widget-menu");
  await widget.panel.getByRole("menuitem", { name: widget.words.cancelCall, exact: true }).click();
  await expect(widget.panel.getByRole("alertdialog")).toBeVisible();
  await shoot(visitor, "widget-question");
  await widget.panel.getByRole("alertdialog").getByRole("button", { name: widget.words.yesCancel, exact: true }).click();
  await widget.shows(widget.words.cancelled);
  await shoot(visitor, "widget-cancelled");
  await portal.isOver();
  await shoot(admin, "portal-room-cancelled");
});

test("typing, a note, news behind a closed window, a room whose server is gone", async ({ visitor, admin, desk, host, kim, language, shoot }) => {
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  await visitor.goto(host.origin);
  await widget.call();
  await widget.say(words.first);
  await portal.open(kim);
  await portal.enter(1);
  await portal.join();
  await portal.note(words.note);
  await portal.composer.pressSequentially(words.answer.slice(0, 4));
  await expect(widget.panel.getByText(widget.words.typing(kim.name))).toBeAttached();
  await shoot(visitor, "widget-typing");
  await visitor.keyboard.press("Escape");
  await portal.say(words.answer);
  await expect(visitor.locator("deskbell-widget .badge")).toHaveText("1");
  await shoot(visitor, "widget-unread");
  await widget.launcherBusy.click();
  await widget.reads([words.first, words.answer]);
  await shoot(admin, "portal-room-note");

  await desk.kill();
  await expect(admin.locator("#link.lost")).toBeVisible();
  // On a phone the room has the whole screen; that the line is down has to be seen there, too.
  await admin.setViewportSize({ width: 390, height: 844 });
  await expect(admin.locator("#link.lost")).toBeInViewport();
  await shoot(admin, "portal-room-offline");
  await widget.say(words.body);
  await shoot(visitor, "widget-undelivered");
  await desk.up();
  await widget.reads([words.first, words.answer, words.body]);
});

test.describe("where storage is denied and calls are few", () => {
  test.use({ settings: { limits: { calls_per_visitor: "1/10m" } } });

  test("a second call too soon is refused with a way on; nothing can be kept; the board's own states", async ({ visitor, desk, host, language, shoot }) => {
    void desk;
    const widget = new Widget(visitor, language);
    await visitor.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
      }
    });
    await visitor.goto(host.origin);
    await widget.call();
    await shoot(visitor, "widget-not-kept");
    await widget.cancel();
    await widget.panel.getByRole("button", { name: widget.words.callAgain }).click();
    await expect(widget.panel.getByRole("button", { name: widget.words.callAgain })).toBeVisible();
    await expect(widget.composer, "nobody would read it").toBeHidden();
    await shoot(visitor, "widget-call-refused");

    await widget.panel.getByRole("button", { name: widget.words.back }).click();
    await widget.panel.getByRole("button", { name: widget.words.myPosts }).click();
    await expect(widget.panel.getByText(widget.words.noPosts)).toBeVisible();
    await shoot(visitor, "widget-posts-none");
    await widget.panel.getByRole("button", { name: widget.words.back }).click();
    await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
    await widget.post({ title: "", body: "", email: "nobody" });
    await expect(widget.panel.locator("[aria-invalid=true]").first()).toBeVisible();
    await shoot(visitor, "widget-form-wrong");
  });
});

test("the board and the mails of a desk that has them, and pages that are not there", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  await portal.open(kim);
  await portal.goto("board");
  await shoot(admin, "portal-board-empty");
  await portal.goto("mails");
  await shoot(admin, "portal-mails-empty");

  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
  await widget.post({ title: words.title, body: words.body });
  await expect(widget.panel.getByRole("heading", { name: words.title })).toBeVisible();
  await shoot(visitor, "widget-post");
  await widget.edit();
  await expect(widget.panel.getByRole("textbox", { name: widget.words.title })).toHaveValue(words.title);
  await shoot(visitor, "widget-post-edit");
  await widget.panel.getByRole("button", { name: widget.words.back }).click();
  await expect(widget.panel.getByText(words.title)).toBeVisible();
  await shoot(visitor, "widget-posts");

  await mail.mail("the post", (one) => one.to === kim.email);
  const [post] = await (await Api.of(desk, kim)).inquiries();
  await admin.goto(`${desk.url}/admin/inquiries/${post.id}`);
  await portal.comment(words.answer);
  await portal.remove();
  await admin.goto(`${desk.url}/admin/inquiries?trash=1`);
  await expect(admin.getByText(words.title)).toBeVisible();
  await shoot(admin, "portal-trash");
  await admin.goto(`${desk.url}/admin/inquiries/${post.id}`);
  await shoot(admin, "portal-inquiry-trashed");
  await portal.goto("mails");
  await shoot(admin, "portal-mails-sent");
  for (const path of ["/admin/nowhere", "/help", "/"]) {
    await admin.goto(desk.url + path);
    await shoot(admin, `page-${path.split("/").pop() || "home"}`);
  }
});
