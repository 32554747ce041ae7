"""A library's identity provider: pysaml2 behind a login form.

Settings: host, tls, saml (cert, key), scope, hub (its metadata as a service
provider), readers { login: { password, attributes } }, encrypts: null, `3des` (as
pysaml2 comes) or `aes256-gcm` (its template, with another cipher).
"""

import os
from functools import lru_cache, partial
from html import escape
from importlib.metadata import version

import requests
import saml2.entity
from flask import Flask, Response, request, session
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_TRANSIENT
from saml2.samlp import STATUS_NO_PASSIVE
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from serving import listen, serve, settings

SETTINGS = settings()
SOCKET, ORIGIN = listen(SETTINGS["host"])
BINDINGS = {"redirect": BINDING_HTTP_REDIRECT, "post": BINDING_HTTP_POST}

app = Flask(__name__)
app.secret_key = os.urandom(32)
app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="None")


def configuration(peers):
    return IdPConfig().load(
        {
            "entityid": f"{ORIGIN}/metadata",
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "key_file": SETTINGS["saml"]["key"],
            "cert_file": SETTINGS["saml"]["cert"],
            "attribute_map_dir": os.path.join(os.path.dirname(__file__), "attribute_maps"),
            "metadata": {"inline": peers},
            "service": {
                "idp": {
                    "signing_algorithm": SIG_RSA_SHA256,
                    "digest_algorithm": DIGEST_SHA256,
                    "endpoints": {
                        "single_sign_on_service": [
                            (f"{ORIGIN}/sso/{name}", binding) for name, binding in BINDINGS.items()
                        ]
                    },
                    "name_id_format": [NAMEID_FORMAT_TRANSIENT],
                    "scope": [SETTINGS["scope"]],
                    "sign_assertion": True,
                    "sign_response": False,
                    "policy": {
                        "default": {
                            "lifetime": {"minutes": 5},
                            "attribute_restrictions": None,
                            "name_form": NAME_FORMAT_URI,
                        }
                    },
                }
            },
        }
    )


@lru_cache(maxsize=1)
def provider():
    """With the hub's metadata as it serves them; asked for at the first login."""
    answer = requests.get(SETTINGS["hub"], timeout=10)
    answer.raise_for_status()
    server = Server(config=configuration([answer.text]))
    if SETTINGS["encrypts"] == "aes256-gcm":
        gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
        saml2.entity.pre_encryption_part = partial(saml2.entity.pre_encryption_part, msg_enc=gcm)
        server.sec.encrypt_assertion = partial(server.sec.encrypt_assertion, key_type="aes-256")
    return server


@app.get("/metadata")
def metadata():
    return Response(str(entity_descriptor(configuration([]))), mimetype="application/samlmetadata+xml")


@app.route("/sso/<name>", methods=["GET", "POST"])
def sso(name):
    sent = request.args if name == "redirect" else request.form
    asked = provider().parse_authn_request(sent["SAMLRequest"], BINDINGS[name]).message
    if session.get("reader") and asked.force_authn != "true":
        return answer(asked, sent.get("RelayState", ""), session["reader"])
    if asked.is_passive == "true":
        return refuse(asked, sent.get("RelayState", ""))
    return form(name, sent, "")


@app.post("/login")
def login():
    sent = request.form
    reader = SETTINGS["readers"].get(sent["username"])
    if reader is None or reader["password"] != sent["password"]:
        return form(sent["by"], sent, "wrong name or password")
    session["reader"] = sent["username"]
    asked = provider().parse_authn_request(sent["SAMLRequest"], BINDINGS[sent["by"]]).message
    return answer(asked, sent["RelayState"], sent["username"])


def form(by, sent, fault):
    fields = {"by": by, "SAMLRequest": sent["SAMLRequest"], "RelayState": sent.get("RelayState", "")}
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items()
    )
    return (
        f'<!doctype html><title>Library login</title><p role="alert">{fault}</p>'
        f'<form action="/login" method="post">{hidden}'
        '<input name="username"><input type="password" name="password"><button>Log in</button></form>'
    )


def answer(asked, relay_state, login_name):
    where = provider().response_args(asked)
    response = provider().create_authn_response(
        SETTINGS["readers"][login_name]["attributes"],
        in_response_to=where["in_response_to"],
        destination=where["destination"],
        sp_entity_id=where["sp_entity_id"],
        name_id_policy=where["name_id_policy"],
        userid=login_name,
        authn={"class_ref": PASSWORDPROTECTEDTRANSPORT},
        encrypt_assertion=SETTINGS["encrypts"] is not None,
        encrypt_assertion_self_contained=True,
    )
    return post(response, where["destination"], relay_state)


def refuse(asked, relay_state):
    where = provider().response_args(asked)
    info = (STATUS_NO_PASSIVE, "nobody is logged in")
    response = provider().create_error_response(where["in_response_to"], where["destination"], info, sign=True)
    return post(response, where["destination"], relay_state)


def post(response, destination, relay_state):
    sent = provider().apply_binding(BINDING_HTTP_POST, str(response), destination, relay_state, response=True)
    return sent["data"]


serve(app, SOCKET, SETTINGS["tls"], {"origin": ORIGIN, "version": version("pysaml2")})
