"""Two services of pysaml2 with all its checks on.

`assertion` asks by POST, wants the assertion signed, a transient name and the
pairwise-id. `response` asks by Redirect with a signed request, wants the whole
response signed, a persistent name and a login by password over TLS.

Settings: host, tls, saml (cert, key), hub (its metadata as an identity provider),
decrypts: whether its metadata ask for encrypted assertions.
"""

from functools import lru_cache
from importlib.metadata import version

import requests
from flask import Flask, Response, redirect, request
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

from serving import listen, serve, settings

SETTINGS = settings()
SOCKET, ORIGIN = listen(SETTINGS["host"])
PAIRWISE_ID = {
    "format": NAME_FORMAT_URI,
    "name": "urn:oasis:names:tc:SAML:profiles:subject-id:req",
    "values": ["pairwise-id"],
}
FORMATS = {"assertion": NAMEID_FORMAT_TRANSIENT, "response": NAMEID_FORMAT_PERSISTENT}
OUTSTANDING = {name: {} for name in FORMATS}

app = Flask(__name__)


def configuration(name, peers):
    context = {"authn_context_class_ref": [PASSWORDPROTECTEDTRANSPORT], "comparison": "exact"}
    return SPConfig().load(
        {
            "entityid": f"{ORIGIN}/{name}/metadata",
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": SETTINGS["saml"]["key"],
            "cert_file": SETTINGS["saml"]["cert"],
            "encryption_keypairs": [
                {"key_file": SETTINGS["saml"]["key"], "cert_file": SETTINGS["saml"]["cert"]}
            ]
            if SETTINGS["decrypts"]
            else [],
            "accepted_time_diff": 60,
            "allow_unknown_attributes": True,
            "only_use_keys_in_metadata": True,
            "metadata": {"inline": peers},
            "entity_attributes": [PAIRWISE_ID] if name == "assertion" else [],
            "service": {
                "sp": {
                    "signing_algorithm": SIG_RSA_SHA256,
                    "digest_algorithm": DIGEST_SHA256,
                    "endpoints": {"assertion_consumer_service": [(f"{ORIGIN}/{name}/acs", BINDING_HTTP_POST)]},
                    "name_id_format": [FORMATS[name]],
                    "name_id_policy_format": FORMATS[name],
                    "allow_unsolicited": False,
                    "want_assertions_signed": name == "assertion",
                    "want_response_signed": name == "response",
                    "authn_requests_signed": name == "response",
                    "requested_authn_context": context if name == "response" else None,
                }
            },
        }
    )


@lru_cache(maxsize=2)
def client(name):
    """With the hub's metadata as it serves them; asked for at the first login."""
    answer = requests.get(SETTINGS["hub"], timeout=10)
    answer.raise_for_status()
    return Saml2Client(config=configuration(name, [answer.text]))


@app.get("/<name>/metadata")
def metadata(name):
    document = entity_descriptor(configuration(name, []))
    return Response(str(document), mimetype="application/samlmetadata+xml")


@app.get("/<name>/login")
def login(name):
    asked = {"is_passive": "true"} if request.args.get("passive") else {}
    sigalg = SIG_RSA_SHA1 if request.args.get("sha1") else SIG_RSA_SHA256
    request_id, sent = client(name).prepare_for_authenticate(
        relay_state="page-7",
        binding=BINDING_HTTP_REDIRECT if name == "response" else BINDING_HTTP_POST,
        sign=name == "response",
        sigalg=sigalg,
        **asked,
    )
    OUTSTANDING[name][request_id] = "/"
    return sent["data"] if sent["method"] == "POST" else redirect(dict(sent["headers"])["Location"])


@app.post("/<name>/acs")
def acs(name):
    """What pysaml2 read, or the name of the check that refused it."""
    try:
        said = client(name).parse_authn_request_response(
            request.form["SAMLResponse"], BINDING_HTTP_POST, OUTSTANDING[name]
        )
    except Exception as fault:
        return {"refused": type(fault).__name__, "why": str(fault)}, 403
    if said is None:
        return {"refused": "unreadable"}, 403
    OUTSTANDING[name].pop(said.in_response_to, None)
    return {
        "issuer": said.issuer(),
        "name_id": said.name_id.text,
        "format": said.name_id.format,
        "context": said.assertion.authn_statement[0].authn_context.authn_context_class_ref.text,
        "attributes": said.ava,
        "relay_state": request.form.get("RelayState"),
    }


serve(app, SOCKET, SETTINGS["tls"], {"origin": ORIGIN, "version": version("pysaml2")})
