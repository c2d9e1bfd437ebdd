// Letters that turn, hide, pile up or look like others: shown as they were written, and everything beside them stays where it was (S43).
import { expect, test } from "../fixtures/test.js";
import { Api, identity } from "../fixtures/api.js";
import { Portal } from "../fixtures/portal.js";
import { TEXTS, TURNERS } from "../fixtures/unicode.js";
import { Widget } from "../fixtures/widget.js";

const SECRET = "a secret that only the host site and the desk know";

test.use({
  settings: {
    visitors: { identity_secret: SECRET },
    limits: { messages_per_visitor: "off", calls_per_visitor: "off", calls_per_ip: "off", sessions_per_ip: "off", mails_per_admin: "1/1h" },
  },
});

/**
 * What does not stand where it should, among rows of this kind: one that overlaps the next, or sticks out of its list.
 * @param {import("@playwright/test").Locator} rows
 */
function displaced(rows) {
  return rows.evaluateAll((all) =>
    all.flatMap((row, at) => {
      const box = row.getBoundingClientRect();
      const around = row.parentElement?.getBoundingClientRect() ?? box;
      const next = all[at + 1]?.getBoundingClientRect();
      const wrong = (next && next.top < box.bottom - 0.5) || box.left < around.left - 0.5 || box.right > around.right + 0.5;
      return wrong ? [`${at}: ${JSON.stringify(row.textContent?.trim().slice(0, 60))}`] : [];
    }),
  );
}

/**
 * Lines in which what is ours is not read from left to right: the letters of each text beside a foreign one, one after another, and
 * the texts in the order in which they stand in the page. Of many rows of words, whose names are one, the first are looked at.
 * @param {import("@playwright/test").Page} page where whatever holds a `bdi` is such a line
 */
function turned(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(":has(> bdi):not(.said-row:nth-child(n + 9) *)")].flatMap((line) => {
      /** @type {{ left: number, top: number, bottom: number }[]} */
      const places = [];
      const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const foreign = node.parentElement?.closest("bdi");
        const range = document.createRange();
        const text = node.textContent ?? "";
        if (foreign) {
          range.selectNodeContents(foreign);
          const box = range.getBoundingClientRect();
          if (box.width > 0) places.push({ left: box.left, top: box.top, bottom: box.bottom });
          continue;
        }
        for (let at = 0; at < text.length; at++) {
          if (!/\S/u.test(text[at])) continue;
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          const box = range.getBoundingClientRect();
          if (box.width > 0) places.push({ left: box.left, top: box.top, bottom: box.bottom });
        }
      }
      // On one line what comes later stands further to the right.
      const wrong = places.some((place, at) => at > 0 && place.top < places[at - 1].bottom - 2 && place.bottom > places[at - 1].top + 2 && place.left < places[at - 1].left - 0.5);
      return wrong ? [JSON.stringify(line.textContent?.trim())] : [];
    }),
  );
}

/** @param {import("@playwright/test").Page} page how far the page can be scrolled sideways */
const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("the table is shown as it was written, and moves nothing beside it", async ({ visitor, admin, desk, host, kim, language, picture }) => {
  // It says and posts twelve hundred things before it looks.
  test.slow();
  expect(TEXTS.length).toBeGreaterThanOrEqual(500);
  const widget = new Widget(visitor, language);
  const portal = new Portal(admin, desk);
  const known = identity(SECRET, { sub: "42", name: "a\u2069\u2069\u202egpj.exe" });
  await visitor.addInitScript((token) => Object.assign(window, { deskbellSettings: { identity: token } }), known);
  await visitor.goto(host.origin);
  await widget.call();
  const api = `${desk.url}/api/v1/widget`;
  /** @param {string} token @param {string} path @param {object} body @param {number} [status] */
  const post = async (token, path, body, status = 201) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), "content-type": "application/json" };
    const answer = await fetch(api + path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status, JSON.stringify(body)).toBe(status);
    return answer.json();
  };
  const [call] = await (await Api.of(desk, kim)).conversations();
  // Nobody writes that fast: the caller's page is left alone meanwhile, and comes back.
  await visitor.goto("about:blank");
  const { token } = await post("", "/sessions", { identity: known });
  for (const [at, text] of TEXTS.entries()) await post(token, `/conversations/${call.id}/messages`, { id: `t${at}`, body: text });
  const { token: other } = await post("", "/sessions", {});
  // Ten at a time: an address has fifty connections, those of both browsers and those that are not free again yet among them.
  for (let at = 0; at < TEXTS.length; at += 10) {
    await Promise.all(TEXTS.slice(at, at + 10).map((title) => post(other, "/inquiries", { kind: "error", title, body: title })));
  }
  // Everybody whose name would turn a sentence round has called, too.
  for (const [at, name] of TURNERS.entries()) {
    const { token: caller } = await post("", "/sessions", { identity: identity(SECRET, { sub: `t${at}`, name }) });
    await post(caller, "/conversations", { message: { id: `n${at}`, body: name } });
  }

  await visitor.goto(host.origin);
  await widget.launcherBusy.click();
  await widget.reads(TEXTS);
  expect(await displaced(widget.log.locator(".said"))).toEqual([]);
  await picture(visitor, "unicode-widget");

  await portal.open(kim);
  const rows = admin.locator("li.call");
  await expect(rows).toHaveCount(TURNERS.length + 1);
  expect(await displaced(rows)).toEqual([]);
  expect(await turned(admin)).toEqual([]);
  await picture(admin, "unicode-queue");
  expect(await sideways(admin)).toBe(0);
  await admin.setViewportSize({ width: 390, height: 844 });
  expect(await displaced(rows)).toEqual([]);
  expect(await turned(admin)).toEqual([]);
  expect(await sideways(admin)).toBe(0);
  await picture(admin, "unicode-queue-phone");
  await admin.setViewportSize({ width: 1280, height: 800 });

  await portal.room(call);
  await admin.goto(`${admin.url()}?all=1`);
  await portal.reads(TEXTS);
  expect(await displaced(portal.log.locator("> li"))).toEqual([]);
  expect(await turned(admin)).toEqual([]);
  expect(await sideways(admin)).toBe(0);
  await picture(admin, "unicode-room");
  await admin.locator(".room-who bdi").first().evaluate((name) => (name.textContent = "a\u2069\u2069\u202egpj.exe"));
  expect(await turned(admin), "in an element alone it gets out, and this is how it is seen").not.toEqual([]);
  // The tab has no elements: the name in it is held by marks.
  expect(await admin.title()).toMatch(/^(\(\d+\) )?\u2068a\u202egpj\.exe\u2069 #1 · /);
  await portal.join();

  let titles = 0;
  for (let page = await admin.goto(`${desk.url}/admin/inquiries`), next = ""; page; page = next ? await admin.goto(next) : null) {
    const posts = admin.locator(".rows > li");
    titles += await posts.count();
    expect(await displaced(posts)).toEqual([]);
    expect(await turned(admin)).toEqual([]);
    expect(await sideways(admin)).toBe(0);
    next = await admin.locator(".pager a[rel=next]").evaluateAll((links) => (links[0] instanceof HTMLAnchorElement ? links[0].href : ""));
  }
  expect(titles).toBe(TEXTS.length);
});

test("a colleague whose name looks like another's is refused, and told why", async ({ admin, desk, kim, picture, language }) => {
  const portal = new Portal(admin, desk);
  await portal.open(kim);
  await portal.goto("team");
  // Letters taken apart in Korean, two Cyrillic ones in English.
  const alike = language === "ko" ? kim.name.normalize("NFD") : kim.name.replaceAll("i", "\u0456").replaceAll("a", "\u0430");
  expect(alike).not.toBe(kim.name);
  await admin.locator("form[action='/admin/team'] input[name=name]").fill(alike);
  await admin.locator("form[action='/admin/team'] input[name=email]").fill("other@burgerput.example");
  await admin.locator("form[action='/admin/team'] button.main").click();
  const why = language === "ko" ? `팀에 이미 ${kim.name} 님이 있는데` : `${kim.name} is in the team already`;
  await expect(admin.getByText(why)).toBeVisible();
  await expect(admin.locator(".member")).toHaveCount(1);
  await picture(admin, "unicode-namesake");
});
