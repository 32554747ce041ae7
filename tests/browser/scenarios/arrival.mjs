import assert from "node:assert/strict";

/** The front page, its other language, and an address that is not there. */
export const arrival = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.hub}/`);
  await visitor.reads("h1", visitor.say("landing.title"));
  await visitor.reads(".demo", "示例 · demo");
  assert.equal(await page.locator(".cards .row").count(), 5);
  await visitor.shot("landing");

  const other = demo.words[visitor.inLanguage("en", "zh")];
  await page.click("a.tongue");
  await visitor.reads("h1", other["landing.title"]);
  assert.equal(await page.getAttribute("html", "lang"), visitor.inLanguage("en", "zh-CN"));
  // The choice holds on the pages that follow, against what the browser prefers.
  await page.click('a[href="/?login=1"]');
  await visitor.reads("h1", other["discovery.title"]);
  await page.click("a.tongue");
  await visitor.reads("h1", visitor.say("discovery.title"));

  const answer = await page.goto(`${demo.hub}/nowhere`);
  assert.equal(answer.status(), 404);
  await visitor.reads("main", visitor.say("refused.lost"));
  await visitor.shot("not-found");
};
