// Reads every chart of a file with the package that draws them for people, and counts what it finds in each.
//
//   node mermaid.mjs CHARTS.jsonl
//
// A line of the file: { "name", "chart", "boxes", "arrows" }.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// It cleans texts with the help of a browser's document.
const { window } = new JSDOM("<!DOCTYPE html><body></body>");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

const lines = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean);
const wrong = [];
for (const line of lines) {
  const { name, chart, boxes, arrows } = JSON.parse(line);
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(chart);
    const found = [db.getVertices().size, db.getEdges().length];
    if (found[0] !== boxes || found[1] !== arrows) {
      wrong.push(`${name}: ${boxes} boxes and ${arrows} arrows are ${found[0]} and ${found[1]}:\n${chart}`);
    }
  } catch (error) {
    wrong.push(`${name}: ${error}\n${chart}`);
  }
}
for (const it of wrong.slice(0, 5)) {
  console.error(it);
}
console.log(`${lines.length} charts read by mermaid, ${wrong.length} of them wrong`);
process.exit(lines.length === 0 || wrong.length > 0 ? 1 : 0);
