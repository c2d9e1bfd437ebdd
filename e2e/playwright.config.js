// Which browser makes the journeys, in which languages, and how patient it is.
import { defineConfig } from "@playwright/test";

/** As root, Chromium cannot build its sandbox. The rest keeps it from looking up hosts of its own at every start. */
const args = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "journeys",
  testMatch: "*.spec.js",
  outputDir: "test-results",
  // A journey is mostly waiting for two browsers and a mail server: two at a time keep two cores busy.
  workers: 2,
  fullyParallel: true,
  // A flaky journey is a bug report, not something to try again.
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.JOURNEY_BROWSER ?? "/usr/bin/chromium", args },
    actionTimeout: 15_000,
    navigationTimeout: 15_000,
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "ko", use: { locale: "ko-KR", timezoneId: "Asia/Seoul" } },
    { name: "en", use: { locale: "en-GB", timezoneId: "Europe/London" } },
  ],
});
