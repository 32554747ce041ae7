// Walks a reader's ways through the demo: node walk.mjs DEMO.JSON SCREENSHOTS [FILTER]
// Prints one line a scenario; the first that fails ends the walk with exit code 1.
import { readFileSync } from "node:fs";
import { Demo } from "./demo.mjs";
import { Shots } from "./shots.mjs";
import { PROFILES, Visitor, startChromium } from "./visitor.mjs";
import { arrival } from "./scenarios/arrival.mjs";
import { consortiumReader } from "./scenarios/consortium_reader.mjs";
import { expiredCard } from "./scenarios/expired_card.mjs";
import { keyboard } from "./scenarios/keyboard.mjs";
import { libraryReader } from "./scenarios/library_reader.mjs";
import { theWatchSees } from "./scenarios/the_watch_sees.mjs";

const SCENARIOS = [theWatchSees, arrival, libraryReader, consortiumReader, expiredCard, keyboard];
/** No scenario needs longer, even on a busy machine. */
const PATIENCE_MS = 120_000;

const [file, folder, filter = ""] = process.argv.slice(2);
const demo = new Demo(JSON.parse(readFileSync(file, "utf8")));
const shots = new Shots(folder);
const chromium = await startChromium();

const within = (promise, what) => {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: not done after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const runOne = async (scenario, profile) => {
  const name = `${scenario.name} · ${profile.name}`;
  const began = Date.now();
  const visitor = await Visitor.arrive(chromium, profile, demo, shots);
  try {
    await within(scenario(visitor), name);
    visitor.assertQuiet();
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (fault) {
    console.log(`FAIL ${name} at ${visitor.page.url()}\n${fault.stack ?? fault}\n${visitor.heard()}`);
    await visitor.page.screenshot({ path: `${folder}/failed-${scenario.name}-${profile.name}.png`, fullPage: true }).catch(() => {});
    throw fault;
  } finally {
    await visitor.leave();
  }
};

const waiting = PROFILES.flatMap((profile) => SCENARIOS.map((scenario) => [scenario, profile])).filter(
  ([scenario, profile]) => `${scenario.name} ${profile.name}`.includes(filter),
);
let failed = false;
const worker = async () => {
  for (let next = waiting.shift(); next && !failed; next = waiting.shift()) {
    await runOne(...next).catch(() => {
      failed = true;
    });
  }
};
await Promise.all([worker(), worker()]);
await chromium.close();
process.exitCode = failed ? 1 : 0;
