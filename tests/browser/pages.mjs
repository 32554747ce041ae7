// Shows every state of docs/pages.md in both languages, on phone and desktop, and looks at each:
// node pages.mjs [FILTER]. Prints what is wrong with which; the exit code is 1 if anything is.
import assert from "node:assert/strict";
import { byKeyboard, inBothColours, inForcedColours, inLargeLetters, onPaper, withoutMotion } from "./looks.mjs";
import { servePages } from "./serve.mjs";
import { assertComplete, listedStates, snapshot } from "./states.mjs";
import { PROFILES, Visitor, startChromium } from "./visitor.mjs";

const [filter = ""] = process.argv.slice(2);
const states = listedStates();
assertComplete(states);
const asked = states.filter(({ name }) => name.includes(filter));
const pages = await servePages();
const chromium = await startChromium();

const arrive = async (profile) => {
  const visitor = await Visitor.arrive(chromium, profile, { words: {} });
  // A page that posts itself to a service is held until it was looked at.
  await visitor.context.route("**/autopost.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  return visitor;
};

const show = async (visitor, name) => {
  await visitor.page.goto(`${pages.origin}/${visitor.lang}/${name}`, { waitUntil: "commit" });
  await visitor.page.waitForSelector("footer");
};

/** Colours, letters and paper in each; keys and edges are the same in both languages. */
const looksOf = ({ lang, size }) => [
  inBothColours,
  inLargeLetters,
  withoutMotion,
  onPaper,
  ...((lang === "zh") === (size === "desktop") ? [inForcedColours, byKeyboard] : []),
];

const lookAt = async (visitor, name) => {
  await show(visitor, name);
  const found = [];
  for (const look of looksOf(visitor)) found.push(...(await look(visitor.page)));
  // The status that it is listed with is no fault.
  const { status } = snapshot(name, visitor.lang);
  found.push(...visitor.faults.splice(0).filter((what) => status < 500 || !what.includes(String(status))));
  return found.map((what) => `${name} · ${visitor.profile.name}: ${what}`);
};

/** Each of them must be able to fail: a page is spoilt, and every fault has to be found. */
const theLooksSee = async () => {
  const visitor = await arrive({ name: "spoilt", lang: "zh", size: "phone", script: true });
  const { page } = visitor;
  await show(visitor, "moving");
  await page.emulateMedia({ reducedMotion: "no-preference" });
  assert.notDeepEqual(await withoutMotion(page), [], "the seal of a page that waits breathes");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await show(visitor, "signed_out");
  await page.evaluate(() => {
    const add = (tag, style, text) => {
      const node = document.createElement(tag);
      node.textContent = text;
      Object.assign(node.style, style);
      document.querySelector("main").append(node);
    };
    add("input", { border: "0", outline: "none" }, "");
    add("p", { color: "#999", backgroundColor: "#fff" }, "pale");
    add("p", { width: "700px" }, "wide");
    document.querySelector("h1").remove();
  });
  const looks = { inBothColours, inLargeLetters, inForcedColours, byKeyboard, onPaper };
  const due = {
    inBothColours: ["light: label", "light: color-contrast", "light: page-has-heading-one", "light: scrolls sideways", "dark: color-contrast"],
    inLargeLetters: ["scrolls sideways", "reaches out"],
    inForcedColours: ["no edge"],
    byKeyboard: ["the focus is not seen"],
    onPaper: ["nothing can be pressed", "pale"],
  };
  for (const [name, look] of Object.entries(looks)) {
    const found = (await look(page)).join("\n");
    for (const fault of due[name]) assert.ok(found.includes(fault), `${name} does not see “${fault}”:\n${found}`);
  }
  await visitor.leave();
};

const wrong = [];
const waiting = PROFILES.filter(({ script }) => script);
const worker = async () => {
  for (let profile = waiting.shift(); profile; profile = waiting.shift()) {
    const began = Date.now();
    const visitor = await arrive(profile);
    for (const { name } of asked) wrong.push(...(await lookAt(visitor, name)));
    await visitor.leave();
    console.log(`seen ${asked.length} states · ${profile.name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  }
};
await theLooksSee();
await Promise.all([worker(), worker()]);
await chromium.close();
pages.close();
for (const line of wrong) console.log(`FAIL ${line}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
