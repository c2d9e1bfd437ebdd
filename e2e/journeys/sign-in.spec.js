// The door of the portal: who comes in, who does not, and what somebody outside can learn.
import { expect, test } from "../fixtures/test.js";
import { Portal } from "../fixtures/portal.js";

test("a wrong password and an unknown address look alike; the right one opens; sign-out closes", async ({ admin, desk, kim, language }) => {
  const portal = new Portal(admin, desk);
  await admin.goto(`${desk.url}/admin`);
  await portal.signIn({ ...kim, password: "not the password" });
  const wrongPassword = await portal.refusal();
  await portal.signIn({ ...kim, email: "nobody@burgerput.example" });
  expect(await portal.refusal()).toBe(wrongPassword);

  await portal.signIn(kim);
  await expect(portal.queue).toBeVisible();
  for (const cookie of await admin.context().cookies()) {
    expect(cookie, cookie.name).toMatchObject({ httpOnly: true, sameSite: expect.stringMatching(/Lax|Strict/) });
  }

  await portal.signOut();
  await admin.goto(`${desk.url}/admin`);
  await expect(portal.queue).toHaveCount(0);
});
