import assert from "node:assert/strict";

/** The watch must be able to fail: a foreign picture breaks the policy of our page. */
export const theWatchSees = async (visitor) => {
  await visitor.goto(`${visitor.demo.hub}/`);
  visitor.assertQuiet();
  await visitor.page.evaluate(() => {
    const picture = document.createElement("img");
    picture.src = "http://elsewhere.localhost/picture.png";
    document.body.append(picture);
  });
  await visitor.page.waitForTimeout(200);
  assert.ok(visitor.faults.length > 0, "a violation of the policy was not seen");
  visitor.faults.length = 0;
};
