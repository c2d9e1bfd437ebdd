// Whatever a visitor writes is text: it is shown as it was written, runs nowhere, and bends no mail.
import { expect, test } from "../fixtures/test.js";
import { Api, identity } from "../fixtures/api.js";
import { PAYLOADS as MANY } from "../fixtures/payloads.js";
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

/**
 * What a page must not hold, wherever a text of somebody's stands: an element that loads or runs something, or an attribute that does.
 * @param {import("@playwright/test").Page} page
 */
function strayNodes(page) {
  return page.evaluate(() => {
    const own = new Set(["LINK", "META", "NOSCRIPT", "SCRIPT", "STYLE", "TITLE"]);
    const strange = [];
    for (const root of [document, ...[...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter((shadow) => shadow !== null)]) {
      for (const element of root.querySelectorAll("*")) {
        const runs = [...element.attributes].filter((one) => /^on/i.test(one.name) || /^\s*(javascript|vbscript|data:text)/i.test(one.value));
        const loads = /^(IFRAME|OBJECT|EMBED|BASE|MARQUEE|VIDEO|AUDIO|MATH|TEMPLATE|IMG)$/i.test(element.tagName);
        const inBody = own.has(element.tagName.toUpperCase()) && document.body.contains(element) && element.textContent?.includes("alert(1)");
        if (runs.length > 0 || loads || inBody) strange.push(element.outerHTML.slice(0, 200));
      }
    }
    return strange;
  });
}

test.describe("three hundred ways to slip a script in", () => {
  test.use({ settings: { visitors: { identity_secret: SECRET }, limits: { messages_per_visitor: "off", calls_per_visitor: "off", calls_per_ip: "off", mails_per_admin: "1/1h" } } });

  // S01: every one as words, title and text of a post, in the room, in the widget, on the board and in what a search finds.
  test("none runs, and each is shown as it was written", async ({ visitor, admin, desk, host, kim, language }) => {
    // It does seven hundred things before it looks.
    test.slow();
    expect(MANY.length).toBeGreaterThanOrEqual(300);
    const widget = new Widget(visitor, language);
    const portal = new Portal(admin, desk);
    const known = identity(SECRET, { sub: "42", name: NAME });
    await visitor.addInitScript((token) => Object.assign(window, { deskbellSettings: { identity: token } }), known);
    await visitor.goto(host.origin);
    await widget.call();
    const api = `${desk.url}/api/v1/widget`;
    /** @param {string} token @param {string} path @param {object} body */
    const post = async (token, path, body) => {
      const headers = { ...(token && { authorization: `Bearer ${token}` }), "content-type": "application/json" };
      const answer = await fetch(api + path, { method: "POST", headers, body: JSON.stringify(body) });
      expect(answer.status, JSON.stringify(body)).toBe(201);
      return answer.json();
    };
    const [call] = await (await Api.of(desk, kim)).conversations();
    const { token } = await post("", "/sessions", { identity: known });
    for (const [at, payload] of MANY.entries()) await post(token, `/conversations/${call.id}/messages`, { id: `p${at}`, body: payload });
    // The posts are somebody else's, so that the caller's page is left alone meanwhile.
    const { token: other } = await post("", "/sessions", {});
    // Ten at a time: an address has fifty connections, those of both browsers and those that are not free again yet among them.
    for (let at = 0; at < MANY.length; at += 10) {
      const some = MANY.slice(at, at + 10).map((body) => post(other, "/inquiries", { kind: "error", title: body.replaceAll(/[\n\t]/g, " "), body }));
      await Promise.all(some);
    }
    await widget.reads(MANY);
    expect(await strayNodes(visitor)).toEqual([]);

    await portal.open(kim);
    await portal.enter(1);
    await admin.goto(`${admin.url()}?all=1`);
    await portal.reads(MANY);
    expect(await strayNodes(admin)).toEqual([]);
    let titles = 0;
    for (let page = await admin.goto(`${desk.url}/admin/inquiries`), next = ""; page; page = next ? await admin.goto(next) : null) {
      titles += await admin.locator(".rows > li").count();
      expect(await strayNodes(admin)).toEqual([]);
      next = await admin.locator(".pager a[rel=next]").evaluateAll((links) => (links[0] instanceof HTMLAnchorElement ? links[0].href : ""));
    }
    expect(titles).toBe(MANY.length);
    await admin.goto(`${desk.url}/admin/inquiries?q=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
    await expect(admin.getByText("<img src=x onerror=alert(1)>").first()).toBeVisible();
    expect(await strayNodes(admin)).toEqual([]);
  });
});
