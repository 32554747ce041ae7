// axe-core over the page that is shown: WCAG 2.2 A and AA, and its own good practice.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What another colour scheme of the same page can change. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** `["rule: node"]`; `onlyColours` where the page was looked at whole before. */
export const violations = async (page, { onlyColours = false } = {}) => {
  // By the driver, past the policy of the page: a page that allowed it would be wrong.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  const runOnly = onlyColours ? { type: "rule", values: COLOURS } : { type: "tag", values: TAGS };
  return page.evaluate(async (options) => {
    const { violations: found } = await window.axe.run(document, options);
    return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\n").at(-1).trim()})`));
  }, { runOnly, resultTypes: ["violations"] });
};
