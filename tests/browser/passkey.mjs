// An operator sets up a passkey in Chromium and logs in with it: node passkey.mjs DEMO.JSON SCREENSHOTS LANG ONE-TIME-PASSWORD
// The authenticator is Chromium's own virtual one (WebAuthn automation over CDP).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Demo } from "./demo.mjs";
import { Shots } from "./shots.mjs";
import { PROFILES, Visitor, startChromium } from "./visitor.mjs";

const [file, folder, lang, issued] = process.argv.slice(2);
const demo = new Demo(JSON.parse(readFileSync(file, "utf8")));
const LOGIN = `operator-${lang}`;
const PASSWORD = "seven quiet herons";
const CONSOLE = "h1";

const profile = (how) => PROFILES.find(({ name }) => name === `${lang}-desktop-${how}`);

const withAuthenticator = async (visitor) => {
  const cdp = await visitor.context.newCDPSession(visitor.page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    recognises: (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    credentials: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
};

/** To the page that follows the password. */
const pastPassword = async (visitor, password) => {
  await visitor.goto(`${demo.hub}/admin`);
  await visitor.signIn({ login: LOGIN, password });
};

const logOut = async (visitor) => {
  await visitor.goto(`${demo.hub}/logout`);
  await visitor.page.click("main form button");
  await visitor.page.waitForLoadState("load");
};

const enrol = async (visitor, key) => {
  await pastPassword(visitor, issued);
  await visitor.page.fill("#new_password", PASSWORD);
  await visitor.page.fill("#repeat_password", PASSWORD);
  await visitor.page.click("form[method=post] button[type=submit]");
  await visitor.page.waitForSelector("#passkey-go");
  await visitor.reads("#passkey-go", visitor.say("factor.passkey_make"));
  assert.equal(await visitor.page.isVisible("#passkey-cannot"), false, "the way without a passkey is shown too");
  await visitor.shot("passkey-enrol");

  await key.recognises(false);
  await visitor.page.click("#passkey-go");
  await visitor.page.waitForSelector("#passkey-failed:not([hidden])");
  assert.equal(await visitor.page.getAttribute("#passkey-failed", "role"), "alert");
  assert.equal((await key.credentials()).length, 0, "made for somebody who was not recognised");
  await key.recognises(true);

  // By keyboard alone: the name, the button after it.
  await visitor.page.focus("#passkey_name");
  await visitor.page.keyboard.type("this computer");
  await visitor.page.keyboard.press("Tab");
  assert.equal(await visitor.page.evaluate(() => document.activeElement.id), "passkey-go");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForSelector("ul.codes");
  assert.equal(await visitor.page.locator("ul.codes li").count(), 10);
  const [made] = await key.credentials();
  assert.equal(made.rpId, new URL(demo.hub).hostname);
  await visitor.page.click("#factor button");
  await visitor.page.waitForSelector(".kpis");
  await visitor.reads(CONSOLE, visitor.say("console.title"));
};

const logIn = async (visitor) => {
  await logOut(visitor);
  await pastPassword(visitor, PASSWORD);
  await visitor.page.waitForSelector("#passkey-go");
  await visitor.shot("passkey");
  await visitor.page.focus("#passkey-go");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForSelector(".kpis");
  await visitor.reads(CONSOLE, visitor.say("console.title"));
};

/** Without scripts the page says so, and still takes a code. */
const withoutScript = async (visitor) => {
  await pastPassword(visitor, PASSWORD);
  await visitor.page.waitForSelector("#otp");
  await visitor.reads("#passkey-cannot", visitor.say("factor.passkey_cannot"));
  assert.equal(await visitor.page.isVisible("#passkey-go"), false, "a button that does nothing");
};

const shots = new Shots(folder);
const chromium = await startChromium();
const visits = [
  ["script", async (visitor) => {
    const key = await withAuthenticator(visitor);
    await enrol(visitor, key);
    await logIn(visitor);
  }],
  ["plain", withoutScript],
];
for (const [how, visit] of visits) {
  const visitor = await Visitor.arrive(chromium, profile(how), demo, shots);
  try {
    await visit(visitor);
    visitor.assertQuiet();
    console.log(`ok   passkey · ${visitor.profile.name}`);
  } catch (fault) {
    console.log(`FAIL passkey · ${visitor.profile.name} at ${visitor.page.url()}\n${fault.stack ?? fault}\n${visitor.heard()}`);
    process.exitCode = 1;
    break;
  } finally {
    await visitor.leave();
  }
}
await chromium.close();
