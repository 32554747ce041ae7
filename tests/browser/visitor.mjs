// A browser profile of its own, and a watch on everything the pages do in it.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1180, height: 800 } };
const LOCALES = { zh: "zh-CN", en: "en-US" };

export const PROFILES = ["script", "plain"].flatMap((how) =>
  Object.keys(SIZES).flatMap((size) =>
    Object.keys(LOCALES).map((lang) => ({ name: `${lang}-${size}-${how}`, lang, size, script: how === "script" })),
  ),
);

export const startChromium = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    // Playwright adds --headless and a new, empty --user-data-dir.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Chromium says this itself for each page that answers 4xx on purpose; other resources are watched below. */
const STATUS_LINE = /^Failed to load resource: the server responded with a status of 4\d\d/;

export class Visitor {
  static async arrive(browser, profile, demo, shots) {
    const visitor = new Visitor();
    const { lang, size, script } = profile;
    Object.assign(visitor, { profile, demo, shots, lang, size, script, faults: [] });
    visitor.words = demo.words[lang];
    visitor.context = await browser.newContext({
      locale: LOCALES[lang],
      viewport: SIZES[size],
      javaScriptEnabled: script,
      deviceScaleFactor: size === "phone" ? 2 : 1,
      hasTouch: size === "phone",
      // Colours are measured where they end, not on their way there.
      reducedMotion: "reduce",
    });
    visitor.context.setDefaultTimeout(15_000);
    await visitor.watch();
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  async watch() {
    await this.context.exposeBinding("reportViolation", (_, what) => this.faults.push(what));
    await this.context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) =>
        window.reportViolation(`violates ${event.effectiveDirective}: ${event.blockedURI || event.sample} on ${event.documentURI}`),
      );
    });
    this.context.on("weberror", (event) => this.faults.push(`page error: ${event.error().message}`));
    this.context.on("console", (message) => {
      if (message.type() !== "error" || STATUS_LINE.test(message.text())) return;
      this.faults.push(`console: ${message.text()}`);
    });
    this.context.on("response", (answer) => {
      const isPage = answer.request().resourceType() === "document";
      if (answer.status() >= (isPage ? 500 : 400)) this.faults.push(`${answer.status()} from ${answer.url()}`);
    });
  }

  /** Fails where a page broke its policy, threw, or a server answered 5xx. */
  assertQuiet() {
    assert.deepEqual(this.faults, []);
  }

  heard() {
    return this.faults.join("\n");
  }

  async leave() {
    await this.context.close();
  }

  /** A sentence of the product, with its places filled in. */
  say(key, values = {}) {
    const words = this.words[key];
    assert.ok(words, `web/words has no ${key}`);
    return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words);
  }

  inLanguage(zh, en) {
    return this.lang === "zh" ? zh : en;
  }

  async goto(address) {
    await this.page.goto(address, { waitUntil: "load" });
  }

  /** Waits for `selector`; without scripts the reader presses the button of each page on the way. */
  async until(selector) {
    const onward = "form#onward";
    for (;;) {
      const first = await this.page.waitForSelector(this.script ? selector : `${selector}, ${onward}`);
      if (this.script || !(await first.evaluate((node) => node.id === "onward"))) return;
      await this.page.click(`${onward} button`);
    }
  }

  async arrivesAt(service, selector) {
    await this.until(selector);
    assert.equal(new URL(this.page.url()).origin, this.demo.service[service]);
  }

  async reads(selector, expected) {
    const text = await this.page.locator(selector).first().innerText();
    const is = expected instanceof RegExp ? expected.test(text) : text.includes(expected);
    assert.ok(is, `${selector} reads “${text}”, not “${expected}”`);
  }

  /** Types a login name and a password into the form that is shown. */
  async signIn({ login, password }) {
    await this.page.fill("#username", login);
    await this.page.fill("#password", password);
    await this.page.click("form[method=post] button[type=submit]");
  }

  /** Searches as the profile can: by typing, or by the form. Resolves when the list stands. */
  async search(query) {
    await this.page.fill("#q", "");
    if (this.script) {
      await this.page.waitForSelector("#hits", { state: "hidden" });
      await this.page.locator("#q").pressSequentially(query);
    } else {
      await this.page.fill("#q", query);
      await this.page.click("#find button");
    }
    await this.page.waitForSelector("#hits a.row");
  }

  /** Light and dark. Pages without scripts look the same: they are not taken again. */
  async shot(name) {
    if (this.script) await this.shots.take(this.page, `${name}-${this.lang}-${this.size}`);
  }
}
