import assert from "node:assert/strict";

/** Search, and region by region, with links and a form alone. */
export const withoutScripts = async ({ hub, visit, member }) => {
  const { context, page } = await visit("203.0.113.7", { javaScriptEnabled: false });
  const sizes = [];
  page.on("response", async (answer) => {
    if (answer.request().resourceType() === "document") sizes.push((await answer.body().catch(() => "")).length);
  });
  await page.goto(`${hub}/discover`);
  await page.fill("#q", "njkj");
  await page.click("#find button");
  await page.waitForSelector("#hits a.row");
  assert.match(await page.locator("#hits").innerText(), /南京科技/);

  await page.goto(`${hub}/discover`);
  assert.ok((await page.locator(".regions a").count()) >= 15, "provinces");
  await page.click('.regions a:has-text("江苏")');
  await page.click('.regions a:has-text("南京")');
  assert.equal(await page.locator("#browse a.row").count(), 60);

  await page.goto(`${hub}/discover`);
  await page.fill("#q", member);
  await page.keyboard.press("Enter");
  await page.click("#hits a.row");
  await page.waitForSelector("#username");
  assert.ok(sizes.length >= 6 && Math.max(...sizes) < 100_000, `pages of ${sizes} bytes`);
  await context.close();
  return `: the largest page has ${Math.max(...sizes)} bytes`;
};
