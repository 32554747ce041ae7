// Two clients of openid-client: `key` proves itself by private_key_jwt, `public`
// by nothing but PKCE.
//
// Settings: host, tls, issuer, clients { key, public } (each a client_id).

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import * as client from "openid-client";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
const kid = randomUUID();
const proofs = {
  key: () => client.PrivateKeyJwt({ key: keys.privateKey, kid }),
  public: () => client.None(),
};
const found = new Map();
const sessions = new Map();
let origin;

// Discovery at the first login: the hub learns of us before.
function configuration(name) {
  if (!found.has(name)) {
    found.set(name, client.discovery(new URL(settings.issuer), settings.clients[name], undefined, proofs[name]()));
  }
  return found.get(name);
}

async function login(name, url, session) {
  const config = await configuration(name);
  session.verifier = client.randomPKCECodeVerifier();
  session.state = client.randomState();
  session.nonce = client.randomNonce();
  const parameters = {
    redirect_uri: `${origin}/${name}/callback`,
    scope: "openid",
    code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
    code_challenge_method: "S256",
    state: session.state,
    nonce: session.nonce,
  };
  if (url.searchParams.has("prompt")) parameters.prompt = url.searchParams.get("prompt");
  return { to: client.buildAuthorizationUrl(config, parameters).href };
}

async function callback(name, url, session) {
  const config = await configuration(name);
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: session.verifier,
    expectedState: session.state,
    expectedNonce: session.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  session.idToken = tokens.id_token;
  return { claims, userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub) };
}

async function logout(name, _url, session) {
  const config = await configuration(name);
  session.leaving = client.randomState();
  const to = client.buildEndSessionUrl(config, {
    id_token_hint: session.idToken,
    post_logout_redirect_uri: `${origin}/${name}/bye`,
    state: session.leaving,
  });
  return { to: to.href };
}

function bye(_name, url, session) {
  return { signed_out: url.searchParams.get("state") === session.leaving };
}

const pages = { login, callback, logout, bye };

const tls = { cert: readFileSync(settings.tls.cert), key: readFileSync(settings.tls.key) };
const server = createServer(tls, async (request, response) => {
  const url = new URL(request.url, origin);
  const [, name, page] = url.pathname.split("/");
  const id = /(?:^|; )app=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? randomUUID();
  if (!sessions.has(id)) sessions.set(id, {});
  const headers = { "set-cookie": `app=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`, "content-type": "application/json" };
  try {
    const said = await pages[page](name, url, sessions.get(id));
    if (said.to) response.writeHead(302, { ...headers, location: said.to }).end();
    else response.writeHead(200, headers).end(JSON.stringify(said));
  } catch (fault) {
    const refused = fault.error ?? fault.code ?? fault.name;
    response.writeHead(403, headers).end(JSON.stringify({ refused, why: fault.message, cause: String(fault.cause) }));
  }
});
server.listen(0, "127.0.0.1", () => {
  origin = `https://${settings.host}:${server.address().port}`;
  const jwks = { keys: [{ kty, crv, x, y, kid, use: "sig", alg: "ES256" }] };
  console.log(JSON.stringify({ origin, jwks }));
});
process.stdin.on("end", () => process.exit(0)).resume();
