import assert from "node:assert/strict";

const QUERIES = ["南京", "nju", "njdx", "nanjing", "南大"];
const NJU = { zh: "南京大学图书馆", en: "Nanjing University Library" };
const LOGIN_CODE = /[0-9A-Z]{4}-[0-9A-Z]{4}/;

/** One login at the reader's own library opens every service that is open to class A. */
export const libraryReader = async (visitor) => {
  await findsTheLibrary(visitor);
  await signsInThere(visitor);
  await entersTheOthers(visitor);
  await isRefusedTheCard(visitor);
  await seesThePortal(visitor);
  await logsOut(visitor);
  await comesAgain(visitor);
};

const findsTheLibrary = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.ill}/`);
  await visitor.reads("h1", visitor.say("discovery.title"));
  await visitor.reads(".going", visitor.inLanguage("馆际互借", "Interlibrary loan"));
  await visitor.shot("discovery");
  for (const query of QUERIES) {
    await visitor.search(query);
    await page.locator("#hits a.row", { hasText: NJU[visitor.lang] }).waitFor();
    if (query === "南京") await visitor.shot("search");
  }
  // 'nanjing' and '南京' find others too; '南大' means this one.
  await visitor.search("南大");
  await visitor.reads("#hits a.row", NJU[visitor.lang]);
  await page.locator("#hits a.row").first().click();
};

const signsInThere = async (visitor) => {
  const { page, demo } = visitor;
  const reader = demo.account("nju", "reader-jia");
  await visitor.until("#username");
  assert.equal(new URL(page.url()).origin, demo.library.nju, "the password is asked for by the library itself");
  await visitor.reads("main", NJU[visitor.lang]);
  await visitor.shot("sign-in");
  await visitor.signIn({ login: reader.login, password: "not-the-password" });
  await visitor.until("#problem");
  assert.equal(await page.inputValue("#username"), reader.login, "the login name need not be typed again");
  assert.equal(await page.inputValue("#password"), "");
  await visitor.shot("sign-in-error");
  await visitor.signIn(reader);
  await visitor.arrivesAt("ill", "#pay");
  assert.deepEqual(
    await Promise.all(["name", "member", "class", "email"].map((id) => page.inputValue(`#${id}`))),
    ["读者甲", "南京大学图书馆 · nju", "A", "reader-jia@nju.example"],
  );
  await visitor.reads("#pay", "Guaranteed by your library");
  await visitor.shot("loan-form");
};

const entersTheOthers = async (visitor) => {
  const { page, demo } = visitor;
  const asked = [];
  const note = (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === "/login") asked.push(request.url());
  };
  page.on("request", note);
  await visitor.goto(`${demo.service.journals}/`);
  await visitor.arrivesAt("journals", "#access");
  await visitor.reads("#access", "Full text is open to you");
  await visitor.goto(`${demo.service.opac}/`);
  await visitor.arrivesAt("opac", "#holdings");
  assert.equal(await page.getAttribute("#holdings", "href"), "https://opac.nju.example/isbn/9787305000010");
  await visitor.goto(`${demo.service.cvrs}/`);
  await visitor.arrivesAt("cvrs", "#question");
  assert.equal(await page.inputValue("#name"), "读者甲");
  page.off("request", note);
  assert.deepEqual(asked, [], "no second login");
};

const isRefusedTheCard = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.card}/`);
  await visitor.until(".code");
  assert.equal(new URL(page.url()).origin, demo.hub);
  await visitor.reads(".reasons", visitor.inLanguage("只面向 B 类读者", "for class B readers only"));
  await visitor.reads("main", visitor.say("refused.worked", { member: NJU[visitor.lang] }));
  await visitor.reads(".steps", visitor.say("refused.still"));
  await visitor.reads(".code", LOGIN_CODE);
  await visitor.reads("main", "000-0000-0001");
  await visitor.shot("refused");
  await page.click(".pair .btn:last-child");
  await visitor.arrivesAt("card", ".go");
  await visitor.reads("main", "You were not let in");
};

const seesThePortal = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.hub}/`);
  await visitor.until(".greet");
  await visitor.reads(".greet", "读者甲");
  await visitor.reads(".greet", NJU[visitor.lang]);
  await visitor.reads(".facts", visitor.say("portal.good"));
  await visitor.reads(".facts", LOGIN_CODE);
  assert.equal(await page.locator(".cards a.row").count(), 4);
  await visitor.reads(".row.off", visitor.inLanguage("通用借书证", "Universal borrowing card"));
  await visitor.reads(".row.off", visitor.inLanguage("只面向 B 类读者", "for class B readers only"));
  await visitor.shot("portal");
};

const logsOut = async (visitor) => {
  const { page, demo } = visitor;
  await page.click('.nav a[href="/logout"]');
  await visitor.reads("h1", visitor.say("confirm.sign_out_title"));
  await visitor.shot("logout-confirm");
  await page.click("main button[type=submit]");
  await visitor.until(".rows .chip");
  await visitor.reads("h1", visitor.say("signed_out.title"));
  // It says what it could not end: services that cannot be told, and the library's own login.
  await visitor.reads(".rows", visitor.say("signed_out.cannot"));
  await visitor.reads("main", visitor.say("signed_out.member", { member: NJU[visitor.lang] }));
  await visitor.shot("signed-out");
  await visitor.goto(`${demo.hub}/`);
  await visitor.reads("h1", visitor.say("landing.title"));
};

const comesAgain = async (visitor) => {
  const { page, demo } = visitor;
  await visitor.goto(`${demo.service.ill}/login`);
  await visitor.reads("main > a.card.row", NJU[visitor.lang]);
  await visitor.reads("main > a.card.row", visitor.say("discovery.last_used"));
  await visitor.shot("second-visit");
  await visitor.search("jlts");
  await page.locator("#hits a.row").first().click();
  await visitor.until("#username");
  assert.equal(new URL(page.url()).origin, demo.library.jinling);
  await visitor.signIn(demo.account("jinling", "reader-yi"));
  await visitor.arrivesAt("ill", "#pay");
  assert.equal(await page.inputValue("#class"), "C");
};
