// Trip 1: a call is answered. The bell, the mail, the link in it, the sign-in, the room, both write, the end.
import { expect, test } from "../fixtures/test.js";
import { Api } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const SAID = {
  ko: { first: "결제 버튼을 눌러도 아무 일도 없어요", answer: "안녕하세요, 바로 확인해 볼게요", thanks: "이제 돼요. 고맙습니다!" },
  en: { first: "The pay button does nothing", answer: "Hello, I am looking at it right now", thanks: "It works now. Thank you!" },
};

test("a call is answered by an admin who follows the link in the mail", async ({ visitor, admin, desk, host, mail, kim, language, shoot }) => {
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);

  await visitor.goto(host.origin);
  await shoot(visitor, "host-page");
  await widget.launcher.click();
  await expect(widget.panel).toBeVisible();
  await shoot(visitor, "widget-home");
  await widget.callNow();
  await widget.isMailed();
  await widget.say(words.first);
  await widget.lastIsDelivered();
  await shoot(visitor, "widget-waiting");

  const letter = await mail.mail("the call", (one) => one.to === kim.email);
  expect(letter.text).toContain(host.origin);
  expect(letter.html).toContain("<html");
  expect(letter.headers.get("auto-submitted")).toBe("auto-generated");
  await admin.goto(portal.linkIn(letter.text));
  await shoot(admin, "portal-sign-in");
  await portal.signIn(kim);
  await expect(portal.log).toContainText(words.first);
  await shoot(admin, "portal-room-waiting");
  await portal.join();

  await expect(widget.panel.getByRole("heading", { name: kim.name })).toBeVisible();
  await expect(widget.log).toContainText(widget.words.joined(kim.name));

  await portal.composer.pressSequentially(words.answer.slice(0, 5));
  await expect(widget.panel.getByText(widget.words.typing(kim.name))).toBeAttached();
  await portal.say(words.answer);
  await widget.reads([words.first, words.answer]);

  await widget.composer.pressSequentially(words.thanks.slice(0, 5));
  await expect(portal.typing).toBeVisible();
  await widget.say(words.thanks);
  await widget.lastIsDelivered();
  await portal.reads([words.first, words.answer, words.thanks]);
  await shoot(visitor, "widget-chat");
  await shoot(admin, "portal-room-chat");

  await portal.close();
  await widget.shows(widget.words.ended);
  await shoot(visitor, "widget-ended");
});

test("the visitor, too, can end it, and can call again", async ({ visitor, admin, desk, host, kim, language }) => {
  const words = SAID[language];
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);

  await visitor.goto(host.origin);
  await widget.call();
  await widget.say(words.first);
  await portal.open(kim);
  await portal.enter(1);
  await portal.join();
  await portal.say(words.answer);
  await widget.reads([words.first, words.answer]);
  await widget.end();
  await widget.shows(widget.words.ended);
  await portal.isOver();

  await widget.panel.getByRole("button", { name: widget.words.callAgain }).click();
  await widget.isMailed();
  await widget.reads([]);
});

test("a press counts, though the page changes between its beginning and its end", async ({ visitor, admin, desk, host, kim, language }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  const api = await Api.of(desk, kim);
  await visitor.goto(host.origin);
  await widget.call();
  await portal.open(kim);
  await portal.enter(1);
  await admin.locator("form[data-verb=join] button").hover();
  await admin.mouse.down();
  // The part with the button is another one as soon as somebody has promised to come.
  const told = admin.waitForResponse((response) => response.request().headers()["x-deskbell-live"] === "1");
  const [conversation] = await api.conversations();
  await api.post(`/conversations/${conversation.id}/promise`, { minutes: 5 });
  await (await told).finished();
  await admin.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  await admin.mouse.up();
  await expect(portal.composer).toBeVisible();
});
