// What the widget costs a host page, as it goes over the wire: one small request until somebody wants help.
import { expect, test } from "../fixtures/test.js";
import { Widget } from "../fixtures/widget.js";

const LOADER_BYTES = 5 * 1024;
const ALL_BYTES = 25 * 1024;

test("one request before the click, a light rest after it, and nobody else is asked", async ({ visitor, desk, host, language }) => {
  /** @type {import("@playwright/test").Request[]} */
  const requests = [];
  visitor.on("requestfinished", (request) => requests.push(request));
  const widget = new Widget(visitor, language);
  await visitor.goto(host.origin, { waitUntil: "networkidle" });
  await expect(widget.launcher).toBeVisible();
  const before = requests.filter((request) => request.url().startsWith(desk.url));
  expect(before.map((request) => new URL(request.url()).pathname)).toEqual(["/widget.js"]);
  expect(await weight(before), "the loader").toBeLessThanOrEqual(LOADER_BYTES);

  await widget.launcher.click();
  await expect(widget.panel.getByRole("button", { name: widget.words.callNow })).toBeVisible();
  await visitor.waitForLoadState("networkidle");
  const rest = requests.filter((request) => request.url().startsWith(desk.url) && !before.includes(request));
  expect(rest.map((request) => new URL(request.url()).pathname)).toEqual([`/widget/deskbell.${language}.js`]);
  expect(await weight([...before, ...rest]), "all of it").toBeLessThanOrEqual(ALL_BYTES);

  // The board is in it: nothing more is fetched for it.
  await widget.panel.getByRole("button", { name: widget.words.writePost }).click();
  await expect(widget.panel.getByRole("textbox", { name: widget.words.title })).toBeVisible();
  await visitor.waitForLoadState("networkidle");
  const scripts = requests.filter((request) => request.url().startsWith(desk.url) && request.resourceType() === "script");
  expect(scripts).toHaveLength(before.length + rest.length);

  const elsewhere = requests.map((request) => new URL(request.url()).origin).filter((origin) => ![host.origin, desk.url].includes(origin));
  expect(elsewhere).toEqual([]);
});

/** @param {import("@playwright/test").Request[]} requests */
async function weight(requests) {
  const sizes = await Promise.all(requests.map((request) => request.sizes()));
  return sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
}
