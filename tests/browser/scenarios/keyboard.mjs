import assert from "node:assert/strict";

/** Discovery without a mouse: Tab, arrows, Enter. */
export const keyboard = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.ill}/`);
  await page.waitForSelector("#q:focus");
  await page.keyboard.type("nanjing");
  if (visitor.script) {
    await page.waitForSelector("#hits a.row");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('#hits [aria-selected="true"]');
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    const [active, selected] = await Promise.all([
      page.getAttribute("#q", "aria-activedescendant"),
      page.getAttribute('#hits [aria-selected="true"]', "id"),
    ]);
    assert.ok(active && active === selected, `points at ${active}, shows ${selected}`);
    await visitor.shot("keyboard");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#hits", { state: "hidden" });
    await page.keyboard.type("nju");
    await page.waitForSelector("#hits a.row");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  } else {
    await page.keyboard.press("Enter");
    await page.waitForSelector("#hits a.row");
    await tabTo(page, "#hits a.row");
    await page.keyboard.press("Enter");
  }
  await visitor.until("#username:focus");
};

/** Presses Tab until the focus is on `selector`; gives up where a reader would, too. */
const tabTo = async (page, selector) => {
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.locator(`${selector}:focus`).count()) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
};
