// Record a made-up page with rrweb in headless Chromium, while Playwright moves, clicks, drags, types and scrolls.
//
//   npm install --prefix FOLDER rrweb playwright-core
//   node tests/events/rrweb_record.mjs FOLDER /usr/bin/chromium OUT.json [--mask]
//
// FOLDER holds node_modules. With --mask rrweb masks what is typed into every field, not in passwords only.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder, executablePath, out, ...flags] = process.argv.slice(2);
const require = createRequire(join(folder, "node_modules", "here.js"));
const { chromium } = require("playwright-core");
const recorder = readFileSync(join(folder, "node_modules", "rrweb", "umd", "rrweb.js"), "utf8");

const PAGE = `<!doctype html><title>Made up</title><body style="height: 3000px">
  <input id="name" value="pre"><textarea id="note"></textarea><input id="secret" type="password">
  <input id="agree" type="checkbox"><select id="kind"><option>a<option>b</select><button id="send">Send</button>
  <div id="box" draggable="true" style="width: 80px; height: 40px">Box</div></body>`;

const profile = mkdtempSync(join(tmpdir(), "profile-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  viewport: { width: 900, height: 600 },
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setContent(PAGE);
  await page.evaluate(recorder);
  await page.evaluate((maskAllInputs) => {
    window.recorded = [];
    (window.rrweb?.record ?? window.rrwebRecord)({ emit: (event) => window.recorded.push(event), maskAllInputs });
  }, flags.includes("--mask"));

  await page.mouse.move(300, 120, { steps: 12 });
  await page.click("#name");
  await page.keyboard.type(" Abc 42!", { delay: 20 });
  await page.keyboard.press("Backspace");
  await page.click("#note");
  await page.keyboard.type("a * b", { delay: 20 });
  await page.click("#secret");
  await page.keyboard.type("Pa55", { delay: 20 });
  await page.click("#agree");
  await page.selectOption("#kind", "b");
  await page.dblclick("#send");
  await page.click("#send", { button: "right" });
  await page.click("#send", { button: "middle" });
  const box = await page.locator("#box").boundingBox();
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(500, 400, { steps: 8 });
  await page.mouse.up();
  await page.mouse.move(600, 300);
  await page.mouse.down();
  await page.mouse.move(650, 350, { steps: 6 });
  await page.mouse.up();
  await page.mouse.wheel(0, 240);
  await page.waitForTimeout(300);
  await page.mouse.wheel(0, -100);
  await page.waitForTimeout(800);  // the last batch of moves
  writeFileSync(out, JSON.stringify(await page.evaluate(() => window.recorded)));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
