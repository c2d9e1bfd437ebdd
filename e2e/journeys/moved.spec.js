// Trips 4 and 5: nobody comes, and the call goes to the board, where it is answered all the same.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const SAID = {
  ko: {
    first: "주문이 두 번 결제됐어요",
    title: "두 번 결제된 주문",
    body: "3번 테이블 주문이 두 번 결제됐어요. 하나를 취소해 주세요.",
    comment: "하나를 취소했습니다. 내일까지 환불됩니다.",
  },
  en: {
    first: "The order was charged twice",
    title: "An order charged twice",
    body: "Table 3 was charged twice. Please cancel one of them.",
    comment: "One of them is cancelled. The refund arrives tomorrow.",
  },
};

test.describe("with a wait of seconds", () => {
  test.use({ settings: { wait: { offer_after: "3s", move_after: "10s" } } });

  test("nobody comes: offered, moved, the form, the board, a comment, resolved, deleted", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
    const words = SAID[language];
    const widget = new Widget(visitor, language);
    const portal = new Portal(admin, desk);

    await visitor.goto(host.origin);
    await widget.call();
    await widget.say(words.first);
    await widget.shows(widget.words.offered);
    await shoot(visitor, "widget-offered");
    await widget.shows(widget.words.moved);
    // What the visitor said is in the form already: nobody has to write it twice.
    await expect(widget.panel.getByRole("textbox", { name: widget.words.body })).toHaveValue(new RegExp(words.first));
    await shoot(visitor, "widget-moved");
    await widget.post({ title: words.title, body: words.body, email: "mina@guest.example" });
    await expect(widget.panel.getByRole("heading", { name: widget.words.movedDone })).toBeVisible();

    const letter = await mail.mail("the post", (one) => one.to === kim.email && one.text.includes(words.body));
    await admin.goto(portal.linkIn(letter.text));
    await portal.signIn(kim);
    await expect(admin.getByRole("heading", { name: words.title })).toBeVisible();
    await shoot(admin, "portal-inquiry");
    await portal.comment(words.comment);

    const answer = await mail.mail("the comment", (one) => one.to === "mina@guest.example");
    expect(answer.text).toContain(words.comment);
    await widget.panel.getByRole("button", { name: widget.words.seePost }).click();
    await expect(widget.panel.getByText(words.comment)).toBeVisible();
    await expect(widget.panel.getByText(widget.words.answered, { exact: true })).toBeVisible();
    await shoot(visitor, "widget-answered");

    await portal.resolve();
    await expect(widget.panel.getByText(widget.words.resolved, { exact: true })).toBeVisible();
    await portal.remove();
    await portal.goto("board");
    await expect(admin.getByText(words.title)).toHaveCount(0);
    await shoot(admin, "portal-board");
  });

  test("the tab is closed: the call is moved all the same, with what was said", async ({ visitor, admin, desk, host, mail, kim, language }) => {
    const words = SAID[language];
    const widget = new Widget(visitor, language);
    const portal = new Portal(admin, desk);

    await visitor.goto(host.origin);
    await widget.call();
    await widget.say(words.first);
    await widget.lastIsDelivered();
    await visitor.close();

    const api = await Api.of(desk, kim);
    await expect.poll(async () => (await api.inquiries()).length).toBe(1);
    const [inquiry] = await api.inquiries();
    expect(inquiry).toMatchObject({ kind: "error", status: "open" });
    expect(inquiry.body).toContain(words.first);
    expect((await api.conversations()).map((one) => one.state)).toEqual(["moved"]);
    await mail.mail("the inquiry", (one) => one.to === kim.email && one.text.includes("/admin/") && one.text.includes(`${inquiry.number}`));

    await portal.open(kim);
    await portal.goto("board");
    await expect(admin.getByText(words.first).first()).toBeVisible();
  });

  test("an admin who comes late can still join while the visitor is there", async ({ visitor, admin, desk, host, kim, language }) => {
    const words = SAID[language];
    const widget = new Widget(visitor, language);
    const portal = new Portal(admin, desk);
    await visitor.goto(host.origin);
    await widget.call();
    await widget.say(words.first);
    await widget.shows(widget.words.moved);
    await portal.open(kim);
    const [call] = await (await Api.of(desk, kim)).conversations();
    await portal.room(call);
    await portal.join();
    await portal.say(words.comment);
    await widget.reads([words.first, words.comment]);
  });

  test("the server is killed while somebody waits: the call is moved all the same", async ({ visitor, desk, host, kim, language }) => {
    const widget = new Widget(visitor, language);
    await visitor.goto(host.origin);
    await widget.call();
    await desk.kill();
    await desk.up();
    await widget.shows(widget.words.moved);
    const api = await Api.of(desk, kim);
    expect(await api.inquiries()).toHaveLength(1);
    expect((await api.inquiries())[0].kind).toBe("missed_call");
  });
});
