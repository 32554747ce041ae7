// One of 1,200 libraries: node at_size.mjs HUB MEMBER PASSWORD
// MEMBER keeps the account reader-a. Prints one line a step; the first that fails ends it.
import { startChromium } from "./visitor.mjs";
import { firstPage, keystrokes } from "./at_size/measured.mjs";
import { byEarAndKeys } from "./at_size/by_ear_and_keys.mjs";
import { nearest, remembered } from "./at_size/hints.mjs";
import { withoutScripts } from "./at_size/without_scripts.mjs";
import { marked } from "./at_size/marked.mjs";

const [hub, member, password] = process.argv.slice(2);
/** The network of library N, as `tests/harness/nation.rs` gives it. */
const addressIn = (number, last = 7) => `10.${Math.floor(number / 250)}.${number % 250}.${last}`;
const chromium = await startChromium();

/** A browser of its own at an address, behind the proxy that the hub trusts. */
const visit = async (address = "203.0.113.7", options = {}) => {
  const context = await chromium.newContext({
    locale: "zh-CN",
    reducedMotion: "reduce",
    extraHTTPHeaders: { "x-forwarded-for": address },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  return { context, page: await context.newPage() };
};

const world = { hub, member, password, addressIn, visit };
for (const step of [firstPage, keystrokes, byEarAndKeys, nearest, remembered, withoutScripts, marked]) {
  try {
    console.log(`ok   ${step.name}${(await step(world)) ?? ""}`);
  } catch (fault) {
    console.log(`FAIL ${step.name}\n${fault.stack ?? fault}`);
    process.exitCode = 1;
    break;
  }
}
await chromium.close();
