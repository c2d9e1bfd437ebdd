// The mail server is away when the bell rings: nothing is claimed that is not so, and nothing is forgotten.
import { expect, test } from "../fixtures/test.js";
import { Widget } from "../fixtures/widget.js";

test("a call while the mail server is down is mailed as soon as it is back", async ({ visitor, desk, host, mail, kim, language }) => {
  void desk;
  const widget = new Widget(visitor, language);
  await mail.down();
  await visitor.goto(host.origin);
  await widget.launcher.click();
  await widget.callNow();
  await expect(widget.panel.getByRole("listitem").filter({ hasText: widget.words.mailing })).toBeVisible();
  await mail.up();
  await mail.mail("the call", (one) => one.to === kim.email);
  await widget.isMailed();
  expect(mail.mails().filter((one) => one.to === kim.email)).toHaveLength(1);
});
