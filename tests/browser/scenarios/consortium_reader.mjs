import assert from "node:assert/strict";

/** A class B reader logs in on the hub's own page, with other rights. */
export const consortiumReader = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.ill}/`);
  await page.getByRole("link", { name: visitor.say("discovery.central") }).click();
  await visitor.until("#username");
  assert.equal(new URL(page.url()).origin, demo.hub);
  await visitor.shot("sign-in-hub");
  await visitor.signIn(demo.account("union", "reader-a"));
  await visitor.arrivesAt("ill", "#pay");
  assert.equal(await page.inputValue("#name"), "Reader A");
  assert.equal(await page.inputValue("#class"), "B");
  await visitor.reads("#pay", "Prepayment needed");

  await visitor.goto(`${demo.service.card}/`);
  await visitor.arrivesAt("card", "#card");
  await visitor.reads("#card", "Reader A");
  await visitor.goto(`${demo.service.journals}/`);
  await visitor.arrivesAt("journals", "#access");
  await visitor.reads("#access", "Titles and abstracts");

  await visitor.goto(`${demo.hub}/`);
  await visitor.until(".greet");
  assert.equal(await page.locator(".cards a.row").count(), 5);
  await visitor.reads(".cards", visitor.inLanguage("需要先预付费用", "payment comes first"));
  await visitor.shot("portal-b");
};
