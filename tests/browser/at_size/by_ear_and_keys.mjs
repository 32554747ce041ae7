import assert from "node:assert/strict";

/** The accessibility tree, as Chromium gives it to a screen reader. */
const heard = async (context, page) => {
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const plain = nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value,
    name: node.name?.value ?? "",
    ...Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.relatedNodes ?? value.value])),
    dom: node.backendDOMNodeId,
  }));
  return {
    one: (role) => {
      const found = plain.filter((node) => node.role === role);
      assert.equal(found.length, 1, `${found.length} of role ${role}`);
      return found[0];
    },
    all: (role) => plain.filter((node) => node.role === role),
  };
};

/** APG, editable combobox with a listbox: found, heard and chosen without a mouse. */
export const byEarAndKeys = async ({ hub, visit, member }) => {
  const { context, page } = await visit();
  await page.goto(`${hub}/discover`);
  await page.waitForSelector("#q:focus");
  let tree = await heard(context, page);
  let box = tree.one("combobox");
  assert.ok(box.name.includes("图书馆"), `the field is called “${box.name}”`);
  assert.equal(box.expanded, false);
  assert.equal(tree.all("option").length, 0);

  await page.keyboard.type("nanjing");
  await page.waitForSelector("#hits a.row");
  // Spoken once the reader pauses, and not for every key.
  await page.waitForFunction(() => document.getElementById("said").textContent.includes("12"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  tree = await heard(context, page);
  box = tree.one("combobox");
  const options = tree.all("option");
  assert.equal(box.expanded, true);
  assert.equal(box.autocomplete, "list");
  assert.equal(options.length, 12);
  assert.ok(tree.one("listbox").name.length > 0);
  assert.ok(options.every(({ name }) => name.includes("南京")), options.map(({ name }) => name).join("; "));
  const [pointed] = box.activedescendant;
  assert.deepEqual(options.map(({ selected }) => selected === true), options.map((_, place) => place === 1));
  assert.equal(pointed.backendDOMNodeId, options[1].dom, "the field points at the option that is shown");

  assert.equal(tree.all("status").length, 1, "one live region");

  // Round the end, back, out, and in again.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.waitForSelector('#hits li:last-child [aria-selected="true"]');
  await page.keyboard.press("Escape");
  await page.waitForSelector("#hits", { state: "hidden" });
  tree = await heard(context, page);
  assert.equal(tree.one("combobox").expanded, false);
  assert.equal(tree.one("combobox").activedescendant, undefined);

  await page.keyboard.type("zzqq");
  await page.waitForFunction(() => document.getElementById("said").textContent.includes("zzqq"));
  assert.equal(await page.locator("#browse").isVisible(), true, "the regions are there where nothing is found");
  await page.keyboard.press("Escape");

  await page.keyboard.type(member);
  await page.waitForSelector("#hits a.row");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#username");
  await context.close();
};
