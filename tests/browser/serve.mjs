// The pages of the snapshots over HTTP, each under its own status and policy, with the real assets.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { snapshot } from "./states.mjs";

const ASSETS = new URL("../../web/assets/", import.meta.url);
const KINDS = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8", svg: "image/svg+xml" };

/** `/zh/portal`, `/assets/look.css`; whatever a page leads on to stays without an answer of its own. */
const answer = (path) => {
  const [, lang, name] = path.match(/^\/(zh|en)\/(\w+)$/) ?? [];
  if (name) {
    const { status, policy, html } = snapshot(name, lang);
    return [status, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy }, html];
  }
  const [, file, ending] = path.match(/^\/assets\/(\w+\.(css|js|svg))$/) ?? [];
  if (file) return [200, { "content-type": KINDS[ending] }, readFileSync(new URL(file, ASSETS))];
  return [204, {}, ""];
};

/** Resolves to `{ origin, close }`, on loopback alone. */
export const servePages = () =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      try {
        const [status, headers, body] = answer(new URL(request.url, "http://localhost").pathname);
        response.writeHead(status, headers).end(body);
      } catch (fault) {
        response.writeHead(500).end(String(fault));
      }
    });
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
    });
  });
