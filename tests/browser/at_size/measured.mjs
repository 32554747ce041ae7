import assert from "node:assert/strict";

/** Bytes that come over the wire while `work` runs, heads included; and how often was asked. */
const wire = async (context, page, work) => {
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  const count = { bytes: 0, requests: 0, largest: 0 };
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    count.bytes += encodedDataLength;
    count.requests += 1;
    count.largest = Math.max(count.largest, encodedDataLength);
  });
  await work();
  await page.waitForLoadState("networkidle");
  await session.detach();
  return count;
};

/** The first page of a first visit, with everything that it loads. */
export const firstPage = async ({ hub, visit }) => {
  const { context, page } = await visit();
  const { bytes, requests } = await wire(context, page, () => page.goto(`${hub}/discover`));
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(bytes < 100_000, `${bytes} bytes`);
  assert.ok(nodes < 400, `${nodes} elements`);
  // The page, style, script, seal, and the redirect that led here.
  assert.ok(requests <= 6, `${requests} requests`);
  await context.close();
  return `: ${bytes} bytes in ${requests} requests, ${nodes} elements`;
};

const TYPED = ["nanjing", "medical", "shanghai", "wuhan", "chengdu"];

/** The page notes when a key went down, when the list changed for it, and when that was painted. */
const watch = () => {
  window.taken = [];
  addEventListener("keydown", (event) => window.taken.push({ down: event.timeStamp }), true);
  const hits = document.getElementById("hits");
  new MutationObserver(() => {
    const key = window.taken.at(-1);
    if (!key || key.changed) return;
    key.changed = performance.now();
    requestAnimationFrame(() => setTimeout(() => { key.painted = performance.now(); }));
  }).observe(hits, { childList: true });
};

const middle = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)].toFixed(1);
const worst = (all) => Math.max(...all).toFixed(1);

/** Every key has its answer before the next comes: at least 30 keys. */
export const keystrokes = async ({ hub, visit }) => {
  const { context, page } = await visit();
  await page.goto(`${hub}/discover`);
  await page.waitForSelector("#q:focus");
  await page.evaluate(watch);
  let keys = 0;
  const counted = await wire(context, page, async () => {
    for (const word of TYPED) {
      for (const key of word) {
        keys += 1;
        await page.keyboard.press(key);
        await page.waitForFunction((n) => window.taken[n - 1]?.painted, keys);
        const shown = await page.locator("#hits [role=option]").count();
        assert.ok(shown > 0 && shown <= 12, `${shown} libraries for “${word}” at ${key}`);
      }
      await page.evaluate(() => { document.getElementById("q").value = ""; });
    }
  });
  assert.ok(keys >= 30);
  assert.equal(counted.requests, keys, "a request a key");
  assert.ok(counted.largest < 30_000, `an answer of ${counted.largest} bytes`);
  const elements = await page.evaluate(() => document.querySelectorAll("#hits *").length);
  assert.ok(elements <= 12 * 12, `${elements} elements in the list`);
  const taken = await page.evaluate(() => window.taken);
  const changed = taken.map(({ down, changed }) => changed - down);
  const painted = taken.map(({ down, painted }) => painted - down);
  await context.close();
  return (
    `: ${keys} keys; the list stands after ${middle(changed)} ms in the median, ${worst(changed)} ms at worst;` +
    ` painted after ${middle(painted)} and ${worst(painted)} ms; largest answer ${counted.largest} bytes`
  );
};
