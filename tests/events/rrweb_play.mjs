// Play a replay with rrweb's own player in headless Chromium, and print as JSON what was seen.
//
//   node tests/events/rrweb_play.mjs FOLDER /usr/bin/chromium REPLAY.json      (FOLDER: see rrweb_record.mjs)

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder, executablePath, replay] = process.argv.slice(2);
const require = createRequire(join(folder, "node_modules", "here.js"));
const { chromium } = require("playwright-core");
const player = readFileSync(join(folder, "node_modules", "rrweb", "umd", "rrweb.js"), "utf8");

const profile = mkdtempSync(join(tmpdir(), "profile-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setContent("<!doctype html><div id='root'></div>");
  await page.evaluate(player);
  const seen = await page.evaluate((events) => new Promise((resolve) => {
    const counts = {};
    const Replayer = window.rrweb?.Replayer ?? window.rrwebReplay;
    const replayer = new Replayer(events, { root: document.getElementById("root"), speed: 100, showWarning: true });
    for (const name of ["mouse-interaction", "custom-event", "fullsnapshot-rebuilded"]) {
      counts[name] = 0;
      replayer.on(name, () => { counts[name] += 1; });
    }
    const result = (finished) => {
      const pointer = document.querySelector(".replayer-mouse");
      const field = replayer.iframe.contentDocument.querySelector("input");
      resolve({ finished, counts, field: field?.value, x: pointer.style.left, y: pointer.style.top });
    };
    replayer.on("finish", () => result(true));
    setTimeout(() => result(false), 60000);
    replayer.play();
  }), JSON.parse(readFileSync(replay, "utf8")));
  console.log(JSON.stringify({ ...seen, complaints }));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
