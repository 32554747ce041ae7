import assert from "node:assert/strict";

const firstGroup = (page) => page.locator("#browse section").first();

/** In the network of a library it stands first, on the page and among those that match alike. */
export const nearest = async ({ hub, visit, addressIn }) => {
  const { context, page } = await visit(addressIn(777));
  await page.goto(`${hub}/discover`);
  assert.equal(await firstGroup(page).locator("h2").innerText(), "您所在的网络");
  const links = await firstGroup(page).locator("a.row").evaluateAll((all) => all.map(({ href }) => href));
  assert.deepEqual(links.map((href) => new URL(href).searchParams.get("member")), ["lib0777"]);
  await page.fill("#q", "tushuguan");
  await page.waitForSelector("#hits a.row");
  assert.match(await page.locator("#hits a.row").first().getAttribute("href"), /member=lib0777$/);
  // A hint only: it is not chosen, and nobody is logged in by it.
  assert.equal(await page.locator("#username").count(), 0);
  await context.close();

  const elsewhere = await visit();
  await elsewhere.page.goto(`${hub}/discover`);
  assert.equal(await elsewhere.page.getByText("您所在的网络").count(), 0);
  await elsewhere.context.close();
};

const logIn = async ({ hub, member, password }, page) => {
  await page.goto(`${hub}/?login=1&member=${member}`);
  await page.fill("#username", "reader-a");
  await page.fill("#password", password);
  await page.click("form[method=post] button[type=submit]");
  await page.waitForSelector('a[href="/logout"]');
};

const isKept = async (context) => (await context.cookies()).some(({ name }) => name === "__Host-rp_recent");

/** The library used last is one press away; a shared computer keeps nothing. */
export const remembered = async (world) => {
  const { hub, visit, member, addressIn } = world;
  const own = await visit(addressIn(5));
  await logIn(world, own.page);
  assert.ok(await isKept(own.context));
  assert.deepEqual(await own.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""]);
  await own.context.clearCookies({ name: "__Host-rp_sid" });
  await own.page.goto(`${hub}/discover`);
  assert.equal(await own.page.locator("main a.card.row").getAttribute("href").then((href) => new URL(href, hub).searchParams.get("member")), member);
  // Carried into a reading room, the same browser shows it to nobody.
  await own.context.setExtraHTTPHeaders({ "x-forwarded-for": addressIn(5, 200) });
  await own.page.goto(`${hub}/discover`);
  assert.equal(await own.page.locator("main a.card.row").count(), 0);
  await own.context.close();

  const shared = await visit(addressIn(5, 200));
  await logIn(world, shared.page);
  assert.equal(await isKept(shared.context), false);
  await shared.context.close();
};
