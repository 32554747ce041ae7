// What a page must keep whoever reads it, and however: each finds `["what is wrong"]`.
import { violations } from "./axe.mjs";
import { faults } from "./shots.mjs";

const DOUBLE = "200%";
/** Width at which a page of 1,280 px is read at four times its size (WCAG 1.4.10). */
const NARROWEST = 320;

export const inBothColours = async (page) => {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const wrong = [...(await violations(page, { onlyColours: colorScheme === "dark" })), ...(await page.evaluate(faults))];
    found.push(...wrong.map((what) => `${colorScheme}: ${what}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
};

/** Letters of twice the size, and a quarter of the width: nothing is cut off, nothing scrolls sideways. */
export const inLargeLetters = async (page) => {
  const found = [];
  const size = page.viewportSize();
  await page.evaluate((to) => { document.documentElement.style.fontSize = to; }, DOUBLE);
  found.push(...(await page.evaluate(cutOff)).map((what) => `letters of ${DOUBLE}: ${what}`));
  await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
  await page.setViewportSize({ width: NARROWEST, height: size.height });
  found.push(...(await page.evaluate(cutOff)).map((what) => `${NARROWEST} px: ${what}`));
  await page.setViewportSize(size);
  return found;
};

/** Runs in the page. */
const cutOff = () => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
  for (const node of document.body.querySelectorAll("*")) {
    const box = node.getBoundingClientRect();
    // What only a screen reader reads is one pixel wide, the skip link waits above the page.
    if (!node.checkVisibility() || box.width <= 1 || box.bottom <= 0 || node.closest(".scroll, svg")) continue;
    const { overflowX } = getComputedStyle(node);
    if (overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1 && !node.matches("input, select")) {
      found.push(`cut off: ${node.outerHTML.slice(0, 80)}`);
    }
    if (box.right > root.clientWidth + 1) found.push(`reaches out: ${node.outerHTML.slice(0, 80)}`);
  }
  return found;
};

/** Tab visits everything that can be pressed, in the order of the page, and shows where it is. */
export const byKeyboard = async (page) => {
  const found = [];
  const stops = await page.evaluate(() => {
    const all = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']";
    window.stops = [...document.querySelectorAll(all)].filter((node) => node.checkVisibility());
    // From the top, wherever the page put the focus.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    return window.stops.length;
  });
  for (let place = 0; place < stops; place += 1) {
    await page.keyboard.press("Tab");
    found.push(...(await page.evaluate(focusFaults, place)));
  }
  return found;
};

/** Runs in the page. */
const focusFaults = (place) => {
  const [at, due] = [document.activeElement, window.stops[place]];
  const name = (node) => node?.outerHTML.slice(0, 80);
  if (at !== due) return [`Tab ${place + 1} is at ${name(at)}, not at ${name(due)}`];
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(at);
  const found = [];
  // In the light look, where keys are tried: below #808080 on paper is more than 3:1 (WCAG 1.4.11).
  const [r, g, b, alpha = 1] = outlineColor.match(/[\d.]+/g).map(Number);
  const isDark = outlineColor.startsWith("rgb") && alpha === 1 && Math.max(r, g, b) < 0x80;
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2 || !isDark) found.push(`the focus is not seen: ${name(at)}`);
  const box = at.getBoundingClientRect();
  const inside = box.top >= 0 && box.left >= 0 && box.right <= innerWidth && box.top < innerHeight;
  if (!inside) found.push(`the focus is out of sight: ${name(at)}`);
  const before = window.stops[place - 1]?.getBoundingClientRect();
  // The skip link comes and goes.
  if (place > 1 && box.bottom < before.top) found.push(`the focus jumps back up to ${name(at)}`);
  return found;
};

/** Colours that the reader's system forces: every control keeps an edge. */
export const inForcedColours = async (page) => {
  await page.emulateMedia({ forcedColors: "active" });
  const found = await page.evaluate(() =>
    // The browser draws the edge of a checkbox itself, in the colours that are forced.
    [...document.querySelectorAll(".btn, .chip, input:not([type=hidden], [type=checkbox]), select, .region")]
      .filter((node) => node.checkVisibility() && parseFloat(getComputedStyle(node).borderTopWidth) < 1)
      .map((node) => `forced colours: no edge: ${node.outerHTML.slice(0, 80)}`),
  );
  await page.emulateMedia({ forcedColors: "none" });
  return found;
};

/** Who asked for less motion gets none. */
export const withoutMotion = (page) =>
  page.evaluate(() => {
    const slow = ({ transitionDuration }) => transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
    const moving = document.getAnimations().map(({ effect }) => `moves: ${effect.target.outerHTML.slice(0, 80)}`);
    const all = [...document.body.querySelectorAll("*")];
    return [...moving, ...all.filter((node) => slow(getComputedStyle(node))).map((node) => `moves: ${node.outerHTML.slice(0, 80)}`)];
  });

/** On paper, also out of a dark screen: black on white, nothing to press, every link with its address. */
export const onPaper = async (page) => {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const found = await page.evaluate(paperFaults);
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  return found.map((what) => `paper: ${what}`);
};

/** Runs in the page. */
const paperFaults = () => {
  const found = [];
  const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 1;
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  for (const node of document.querySelectorAll(".nav, .skip, .btn, button, input, select")) {
    if (seen(node)) found.push(`nothing can be pressed there: ${node.outerHTML.slice(0, 80)}`);
  }
  for (const node of [document.documentElement, ...document.body.querySelectorAll("*")]) {
    const [r, g, b, alpha = 1] = numbers(getComputedStyle(node).backgroundColor);
    if (alpha > 0 && seen(node) && Math.min(r, g, b) < 255 && !node.matches(".seal")) found.push(`not white: ${node.outerHTML.slice(0, 80)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const holder = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !seen(holder) || holder.matches(".seal")) continue;
    if (Math.max(...numbers(getComputedStyle(holder).color).slice(0, 3)) > 0x60) found.push(`pale: ${texts.currentNode.textContent.trim()}`);
  }
  for (const link of document.querySelectorAll("main a[href]")) {
    const tells = getComputedStyle(link, "::after").content;
    const isAddress = /^https?:/.test(link.getAttribute("href"));
    if (seen(link) && isAddress && !tells.includes(link.getAttribute("href"))) found.push(`no address: ${link.outerHTML.slice(0, 80)}`);
  }
  return found;
};
