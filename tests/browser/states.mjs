// Every state of docs/pages.md with the page that the snapshots of `web` hold it to.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const SNAPSHOTS = new URL("web/src/pages/snapshots/", ROOT);
export const LANGS = ["zh", "en"];

/** `[{ page, name, says }]`, a row of the table each. */
export const listedStates = () =>
  readFileSync(new URL("docs/pages.md", ROOT), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [page, state] = line.slice(2, -2).split(" | ");
      const name = state.match(/^`(\w+)`/)?.[1];
      assert.ok(name, `docs/pages.md: “${state}” of ${page} begins with no name of a snapshot`);
      return { page: page.replaceAll("`", ""), name, says: state.slice(name.length + 2) };
    });

/** The page as it was sent: `{ status, policy, html }`. */
export const snapshot = (name, lang) => {
  const text = readFileSync(new URL(`${name}.${lang}.snap`, SNAPSHOTS), "utf8");
  const [, status, policy, html] = text.match(/^---\n.*?\n---\n(\d{3})\n(.+)\n\n(<!doctype html>.*)$/s) ?? [];
  assert.ok(html, `${name}.${lang}.snap begins with no status and Content-Security-Policy`);
  return { status: Number(status), policy, html };
};

/** What is listed, and what there is: equal, or the list lies. */
export const assertComplete = (states) => {
  const listed = states.flatMap(({ name }) => LANGS.map((lang) => `${name}.${lang}.snap`));
  assert.deepEqual(listed.toSorted(), readdirSync(SNAPSHOTS).toSorted(), "docs/pages.md and what can be shown");
};
