// Two services of node-saml with all its checks on.
//
// `assertion` asks by a signed POST and wants the assertion signed; `response` asks by a
// signed Redirect, wants the whole response signed, a persistent name and a login by
// password over TLS.
//
// Settings: host, tls, saml (cert, key), hub (its metadata as an identity provider),
// decrypts: whether its metadata ask for encrypted assertions.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { SAML, ValidateInResponseTo, generateServiceProviderMetadata } from "@node-saml/node-saml";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const pem = (pair) => ({ cert: readFileSync(pair.cert, "utf8"), key: readFileSync(pair.key, "utf8") });
const own = pem(settings.saml);
const FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format";
// node-saml names attributes as they come on the wire.
const NAMES = {
  "urn:oid:2.16.840.1.113730.3.1.241": "displayName",
  "urn:oid:0.9.2342.19200300.100.1.3": "mail",
  "urn:oid:1.3.6.1.4.1.5923.1.1.1.9": "eduPersonScopedAffiliation",
  "urn:oasis:names:tc:SAML:attribute:pairwise-id": "pairwise-id",
};
const kinds = {
  assertion: { binding: "HTTP-POST", format: "transient", wantAssertionsSigned: true },
  response: { binding: "HTTP-Redirect", format: "persistent", wantAssertionsSigned: false },
};
const found = new Map();
let origin;

function options(name) {
  const kind = kinds[name];
  return {
    issuer: `${origin}/${name}/metadata`,
    callbackUrl: `${origin}/${name}/acs`,
    privateKey: own.key,
    signatureAlgorithm: "sha256",
    digestAlgorithm: "sha256",
    identifierFormat: `${FORMAT}:${kind.format}`,
    authnRequestBinding: kind.binding,
    // Bindings 3.5.4: what is posted is not deflated, as node-saml would.
    skipRequestCompression: kind.binding === "HTTP-POST",
    wantAssertionsSigned: kind.wantAssertionsSigned,
    wantAuthnResponseSigned: !kind.wantAssertionsSigned,
    disableRequestedAuthnContext: name !== "response",
    validateInResponseTo: ValidateInResponseTo.always,
    ...(settings.decrypts ? { decryptionPvk: own.key } : {}),
  };
}

// The hub's metadata at the first login, and out of them by hand, as node-saml has it.
async function hub() {
  const metadata = await (await fetch(settings.hub)).text();
  const idpCert = [...metadata.matchAll(/X509Certificate>([^<]+)</g)].map(([, text]) => text.replace(/\s/g, ""));
  const place = (binding) =>
    new RegExp(`<[a-z:]*SingleSignOnService(?=[^>]*bindings:${binding}")[^>]*Location="([^"]+)"`).exec(metadata)[1];
  return { idpCert, place };
}

async function client(name) {
  if (!found.has(name)) {
    const { idpCert, place } = await hub();
    found.set(name, new SAML({ ...options(name), idpCert, entryPoint: place(kinds[name].binding) }));
  }
  return found.get(name);
}

async function login(name, request) {
  const { options, cacheProvider } = await client(name);
  const asked = new URL(request.url, origin).searchParams;
  const asking = new SAML({
    ...options,
    cacheProvider,
    passive: asked.has("passive"),
    // As node-saml comes.
    ...(asked.has("sha1") ? { signatureAlgorithm: undefined, digestAlgorithm: undefined } : {}),
  });
  if (kinds[name].binding === "HTTP-POST") {
    return { html: await asking.getAuthorizeFormAsync("page-7") };
  }
  return { to: await asking.getAuthorizeUrlAsync("page-7", undefined, {}) };
}

async function acs(name, request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const sent = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
  const { profile } = await (await client(name)).validatePostResponseAsync(sent);
  // So node-saml tells a status of NoPassive, and no other.
  if (!profile) throw new Error("NoPassive");
  const statement = profile.getAssertion().Assertion.AuthnStatement[0];
  const attributes = Object.entries(profile.attributes).map(([key, value]) => [NAMES[key] ?? key, [value].flat()]);
  return {
    issuer: profile.issuer,
    name_id: profile.nameID,
    format: profile.nameIDFormat,
    context: statement.AuthnContext[0].AuthnContextClassRef[0]._,
    attributes: Object.fromEntries(attributes),
    relay_state: sent.RelayState,
  };
}

function metadata(name) {
  const encryption = settings.decrypts ? { decryptionCert: own.cert } : {};
  return { xml: generateServiceProviderMetadata({ ...options(name), publicCerts: own.cert, ...encryption }) };
}

const pages = { login, acs, metadata };

const server = createServer(pem(settings.tls), async (request, response) => {
  const [, name, page] = new URL(request.url, origin).pathname.split("/");
  try {
    const said = await pages[page](name, request);
    if (said.to) response.writeHead(302, { location: said.to }).end();
    else if (said.html) response.writeHead(200, { "content-type": "text/html" }).end(said.html);
    else if (said.xml) response.writeHead(200, { "content-type": "application/samlmetadata+xml" }).end(said.xml);
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
  } catch (fault) {
    // The second status is what the hub says; else node-saml's own words.
    const status = /status:(\w+)"[^>]*\/>/.exec(fault.xmlStatus ?? "")?.[1];
    const said = { refused: status ?? fault.message, why: fault.message };
    response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify(said));
  }
});
server.listen(0, "127.0.0.1", () => {
  origin = `https://${settings.host}:${server.address().port}`;
  console.log(JSON.stringify({ origin }));
});
process.stdin.on("end", () => process.exit(0)).resume();
