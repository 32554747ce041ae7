// Addresses, accounts and words of the running demo.
import { readFileSync } from "node:fs";

const SERVICES = ["ill", "cvrs", "journals", "opac", "card"];
const FIRST_SERVICE = 3;

export class Demo {
  constructor(record) {
    this.hub = record.hub;
    this.accounts = record.accounts;
    const port = Number(new URL(record.hub).port);
    this.library = { nju: `http://nju.localhost:${port + 1}`, jinling: `http://jinling.localhost:${port + 2}` };
    this.service = Object.fromEntries(
      SERVICES.map((id, place) => [id, `http://${id}.localhost:${port + FIRST_SERVICE + place}`]),
    );
    this.words = { zh: readWords("zh"), en: readWords("en") };
  }

  account(member, login) {
    const found = this.accounts.find((a) => a.member === member && a.login === login);
    if (!found) throw new Error(`demo.json has no account ${login} of ${member}`);
    return found;
  }
}

/** `words["section.key"]` of web/words: the walk follows when a sentence is reworded. */
const readWords = (lang) => {
  const words = {};
  let section = "";
  for (const line of readFileSync(new URL(`../../web/words/${lang}.toml`, import.meta.url), "utf8").split("\n")) {
    section = line.match(/^\[(\w+)\]/)?.[1] ?? section;
    const [, key, value] = line.match(/^(\w+) = (".*")$/) ?? [];
    if (key) words[`${section}.${key}`] = JSON.parse(value);
  }
  return words;
};
