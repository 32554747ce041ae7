import assert from "node:assert/strict";

/** A reader with an expired card is told so, what to do, and what still works. */
export const expiredCard = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.ill}/`);
  await visitor.search("nju");
  await page.locator("#hits a.row").first().click();
  await visitor.until("#username");
  await visitor.signIn(demo.account("nju", "reader-expired"));
  await visitor.until(".code");
  assert.equal(new URL(page.url()).origin, demo.hub);
  await visitor.reads(".reasons", visitor.inLanguage("已过有效期", "has expired"));
  await visitor.reads("main", "000-0000-0001");
  await visitor.shot("refused-expired");

  await visitor.goto(`${demo.service.opac}/`);
  await visitor.arrivesAt("opac", "#holdings");
  await visitor.goto(`${demo.hub}/`);
  await visitor.until(".greet");
  await visitor.reads(".facts", visitor.say("portal.expired"));
  const loan = page.locator(".row.off b", { hasText: visitor.inLanguage("馆际互借", "Interlibrary loan") });
  assert.equal(await loan.count(), 1);
  await visitor.shot("portal-expired");
};
