// Opens reports in a browser: what it asks for, how long it takes, what axe finds, what a keyboard reaches, what is printed.
//
//   node report.mjs REPORTS PICTURES
//
// PICTURES gets what a person should look at.
import { readFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join, basename } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [, , reports, pictures] = process.argv;
mkdirSync(pictures, { recursive: true });
const files = readdirSync(reports).filter((it) => it.endsWith(".html")).sort();
const wrong = [];
const fail = (what) => wrong.push(what);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: false,
  args: [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

// A page of its own for each look, and everything it asks for or complains about.
async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(reports, file)).href;
  page.on("request", (it) => it.url() === url || fail(`${file}: asks for ${it.url()}`));
  page.on("console", (it) => fail(`${file}: ${it.type()}: ${it.text()}`));
  page.on("dialog", async (it) => {
    fail(`${file}: ${it.message()}`);
    await it.dismiss();
  });
  page.on("pageerror", (it) => fail(`${file}: ${it}`));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

async function painted(file) {
  const page = await open(file);
  const times = await page.evaluate(
    () =>
      new Promise((done) => {
        const tell = () => {
          const paint = performance.getEntriesByName("first-contentful-paint")[0];
          const { loadEventEnd } = performance.getEntriesByType("navigation")[0];
          paint && loadEventEnd ? done([paint.startTime, loadEventEnd].map(Math.round)) : setTimeout(tell, 5);
        };
        tell();
      }),
  );
  await page.context().close();
  return times;
}

async function look(file, way, { media = "screen", ...options }) {
  const start = Date.now();
  const page = await open(file, options);
  await page.emulateMedia({ media, colorScheme: options.colorScheme });
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, nodes } of found.violations) {
    fail(`${file}, ${way}: ${impact} ${id}: ${nodes.length} times, first ${nodes[0].html.slice(0, 120)} (${nodes[0].failureSummary.replaceAll("\n", " ")})`);
  }
  const [wide, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (wide > has) fail(`${file}, ${way}: ${wide} pixels wide on ${has}`);
  if (!(await page.title()).startsWith("dialform plan")) fail(`${file}: is called ${await page.title()}`);
  await page.screenshot({ path: join(pictures, `${basename(file, ".html")}-${way}.png`), fullPage: file !== "many.html" });
  await page.context().close();
  if (process.env.VERBOSE) console.error(`${file}, ${way}: ${Date.now() - start} ms`);
}

// The first key leads past the head, and each folded part opens by a key.
async function keyboard(file) {
  const page = await open(file);
  const focus = () => page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.id || document.activeElement.className}`);
  await page.keyboard.press("Tab");
  if ((await focus()) !== "A skip") fail(`${file}: the first key leads to ${await focus()}`);
  await page.keyboard.press("Enter");
  if ((await focus()) !== "MAIN report") fail(`${file}: past the head stands ${await focus()}`);
  const folded = page.locator("details");
  for (let at = 0; at < Math.min(await folded.count(), 3); at += 1) {
    await folded.nth(at).locator("> summary").focus();
    await page.keyboard.press("Enter");
    if ((await folded.nth(at).getAttribute("open")) === null) fail(`${file}: a folded part does not open by a key`);
  }
  await page.context().close();
}

// One tenant chosen with the keyboard: nothing of another is left, and all of it comes back.
async function filter(file) {
  const page = await open(file);
  const choice = page.locator("#tenant");
  if ((await choice.count()) === 0) return 0;
  await page.evaluate(() => document.querySelectorAll("details").forEach((it) => (it.open = true)));
  const shown = () =>
    page.evaluate(() => {
      const all = [...document.querySelectorAll("main .of")];
      const seen = all.filter((it) => it.checkVisibility());
      return { all: all.length, seen: seen.length, of: seen.map((it) => it.className) };
    });
  const before = await shown();
  if (before.seen !== before.all) fail(`${file}: ${before.all - before.seen} parts are hidden from the start`);
  await choice.focus();
  await page.keyboard.press("ArrowDown");
  const id = await page.evaluate(() => document.querySelector("#tenant").selectedOptions[0].id.replace("only-", "of-"));
  const one = await shown();
  if (one.seen === 0 || one.seen === one.all) fail(`${file}: the choice of ${id} hides ${one.all - one.seen} parts of ${one.all}`);
  if (!one.of.every((it) => it.split(" ").includes(id))) fail(`${file}: beside ${id} something else is left`);
  await page.screenshot({ path: join(pictures, `${basename(file, ".html")}-one-tenant.png`) });
  await page.keyboard.press("ArrowUp");
  if ((await shown()).seen !== before.all) fail(`${file}: not everything comes back`);
  await page.context().close();
  return one.seen;
}

// On paper nothing is folded.
async function print(file) {
  const page = await open(file);
  await page.emulateMedia({ media: "print" });
  const hidden = await page.evaluate(
    () => [...document.querySelectorAll("main *")].filter((it) => !it.closest("svg") && !it.checkVisibility()).length,
  );
  if (hidden > 0) fail(`${file}: ${hidden} elements are not printed`);
  await page.pdf({ path: join(pictures, `${basename(file, ".html")}.pdf`), format: "A4" });
  await page.context().close();
}

const ways = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  print: { media: "print", colorScheme: "light" },
};
const told = [];
for (const file of files) {
  // What else the machine does counts as little as the start of the browser: the best of five.
  const times = [];
  for (let at = 0; at < 5; at += 1) times.push(await painted(file));
  const [paint, load] = times.reduce((best, it) => (it[1] < best[1] ? it : best));
  if (load > 1000 || paint > 1000) fail(`${file}: painted after ${paint} ms, loaded after ${load} ms`);
  for (const [way, options] of Object.entries(ways)) await look(file, way, options);
  await keyboard(file);
  const left = await filter(file);
  await print(file);
  const size = Math.ceil(readFileSync(join(reports, file)).length / 1000);
  told.push(`${basename(file, ".html")} ${size} kB, painted ${paint} ms, loaded ${load} ms, one tenant ${left} parts`);
}
await browser.close();
for (const it of wrong.slice(0, 20)) console.error(it);
console.log(`${files.length} reports in ${browser.version()}: ${told.join("; ")}; ${wrong.length} faults`);
process.exit(files.length === 0 || wrong.length > 0 ? 1 : 0);
