// Screenshots in light and dark, and what every page must keep whatever it says.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { violations } from "./axe.mjs";

export class Shots {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  async take(page, name) {
    // Nothing is shown as pointed at.
    await page.mouse.move(0, 0);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const wrong = [...(await violations(page, { onlyColours: colorScheme === "dark" })), ...(await page.evaluate(faults))];
      assert.deepEqual(wrong, [], `${name}, ${colorScheme}: the page does not keep the look`);
      await page.screenshot({ path: `${this.folder}/${name}-${colorScheme}.png`, fullPage: true, animations: "disabled" });
    }
    await page.emulateMedia({ colorScheme: "light" });
  }
}

/** Runs in the page: text of at least 14 px, contrast AA, targets of 44 px, no sideways scrolling. */
export const faults = () => {
  const found = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`scrolls sideways by ${wide} px`);
  const seen = (node) => {
    const box = node.getBoundingClientRect();
    return node.checkVisibility() && box.width > 1 && box.height > 1 && box.bottom > 0;
  };
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const holder = texts.currentNode.parentElement;
    if (!text || !seen(holder)) continue;
    const style = getComputedStyle(holder);
    if (parseFloat(style.fontSize) < 14) found.push(`${style.fontSize}: ${text}`);
    const [one, other] = [light(numbers(style.color)), light(ground(holder))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(2)}: ${text}`);
  }
  const targets = "a.btn, a.row, button, select, input:not([type=hidden]), summary, nav a, .reach a, .foot a, .there, .crumb";
  for (const target of document.querySelectorAll(targets)) {
    const { height } = target.getBoundingClientRect();
    if (seen(target) && height < 44) found.push(`${Math.round(height)} px high: ${target.outerHTML.slice(0, 80)}`);
  }
  return found;
};
