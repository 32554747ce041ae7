import assert from "node:assert/strict";

/** A login at a library whose answer cannot be read, seen from `address`. */
const fails = async ({ hub, visit }, address, library) => {
  const { context, page } = await visit(address);
  let sent = "";
  page.on("request", (request) => { sent = request.url(); });
  // Nothing answers at the library's address: what it is asked is all that is needed.
  await page.goto(`${hub}/?login=1&member=${library}`).catch(() => {});
  const asked = new URL(sent);
  assert.equal(asked.hostname, `idp.${library}.test`);
  const answering = await context.newPage();
  await answering.setContent(
    `<form method=post action="${hub}/saml/sp/acs"><input name=SAMLResponse value="PHg+">` +
      `<input name=RelayState value="${asked.searchParams.get("RelayState")}"><button>go</button></form>`,
  );
  await answering.click("button");
  await answering.waitForSelector("main");
  assert.match(await answering.locator("main").innerText(), /SAML-001/);
  await context.close();
};

/** Told before it is pressed, and at /status, once three networks have seen it. */
export const marked = async (world) => {
  const { hub, visit } = world;
  const library = "lib0100";
  const { context, page } = await visit();
  const row = page.locator(`#hits a.row[href$="member=${library}"]`);
  const told = async () => {
    await page.goto(`${hub}/discover`);
    await page.waitForSelector("#q:focus");
    await page.keyboard.type(library);
    await row.waitFor();
    return (await row.innerText()).includes("登录异常");
  };
  for (const from of ["198.51.100.1", "198.51.100.1", "198.51.100.9", "203.0.113.2"]) await fails(world, from, library);
  assert.equal(await told(), false, "two networks say nothing");
  await fails(world, "2001:db8:7::3", library);
  assert.equal(await told(), true);
  assert.match(await row.innerText(), /\d\d:\d\d 起有登录失败/);

  const answer = await page.goto(`${hub}/status`);
  assert.equal(answer.status(), 200);
  assert.equal(await page.locator("main .row").count(), 1);
  assert.equal(await page.locator("main .chip.good").count(), 1);
  await page.click("a.tongue");
  assert.match(await page.locator("main").innerText(), /Trouble/);
  await context.close();
};
