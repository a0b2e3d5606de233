// Opens the pages of the guide in a browser, in light and in the dark: what axe finds in what they say.
//
//   node guide.mjs DOC
//
// DOC is what `cargo doc` writes. What stands around a text (search, settings, lists of items) is rustdoc's, and so is how a text
// looks: that a long line of code is scrolled to without a key, and that a link is told by its colour, is not for us to mend.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const guide = join(process.argv[2], "dialform", "guide");
const topics = readdirSync(guide, { withFileTypes: true }).filter((it) => it.isDirectory()).map((it) => it.name).sort();
const files = ["index.html", ...topics.map((it) => join(it, "index.html"))].map((it) => join(guide, it)).filter(existsSync);
const wrong = [];
const options = {
  resultTypes: ["violations"],
  rules: { "scrollable-region-focusable": { enabled: false }, "link-in-text-block": { enabled: false } },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: false,
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme });
  const page = await context.newPage();
  for (const file of files) {
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    await page.evaluate(axe);
    const found = await page.evaluate((options) => axe.run(".docblock", options), options);
    for (const { id, impact, nodes } of found.violations) {
      wrong.push(`${file.slice(guide.length + 1)}, ${colorScheme}: ${impact} ${id}: ${nodes.length} times, first ${nodes[0].html.slice(0, 160)} (${nodes[0].failureSummary.replaceAll("\n", " ")})`);
    }
  }
  await context.close();
}
const version = browser.version();
await browser.close();
for (const it of wrong.slice(0, 40)) console.error(it);
console.log(`${files.length} pages of the guide in ${version}, in light and in the dark: ${wrong.length} faults`);
process.exit(files.length === 0 || wrong.length > 0 ? 1 : 0);
