"""A service on Authlib's client for Flask, as its documentation has it.

Settings: host, tls, issuer, client_id, client_secret.
"""

import os
import secrets
from urllib.parse import urlencode

import authlib
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session

from serving import listen, serve, settings

SETTINGS = settings()
SOCKET, ORIGIN = listen(SETTINGS["host"])

app = Flask(__name__)
app.secret_key = os.urandom(32)
app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
hub = OAuth(app).register(
    "hub",
    client_id=SETTINGS["client_id"],
    client_secret=SETTINGS["client_secret"],
    server_metadata_url=f"{SETTINGS['issuer']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
)
# An ID token does not fit a cookie beside the state of a login.
ID_TOKENS = {}


@app.get("/login")
def login():
    asked = {name: request.args[name] for name in ("prompt",) if name in request.args}
    return hub.authorize_redirect(f"{ORIGIN}/callback", **asked)


@app.get("/callback")
def callback():
    # RFC 9207, which Authlib leaves to the application.
    if request.args.get("iss") != SETTINGS["issuer"]:
        return {"refused": "iss"}, 403
    try:
        token = hub.authorize_access_token()
    except OAuthError as fault:
        return {"refused": fault.error, "why": fault.description}, 403
    ID_TOKENS[token["userinfo"]["sub"]] = token["id_token"]
    session["sub"] = token["userinfo"]["sub"]
    return {"claims": token["userinfo"], "userinfo": hub.userinfo(token=token)}


@app.get("/logout")
def logout():
    asked = {"id_token_hint": ID_TOKENS.pop(session.pop("sub")), "post_logout_redirect_uri": f"{ORIGIN}/bye"}
    if hasattr(hub, "logout_redirect"):
        return hub.logout_redirect(**asked)
    # Older ones leave the logout to the application.
    session["leaving"] = asked["state"] = secrets.token_urlsafe()
    return redirect(f"{hub.load_server_metadata()['end_session_endpoint']}?{urlencode(asked)}")


@app.get("/bye")
def bye():
    if hasattr(hub, "validate_logout_response"):
        hub.validate_logout_response()
        return {"signed_out": True}
    return {"signed_out": request.args.get("state") == session.pop("leaving")}


serve(app, SOCKET, SETTINGS["tls"], {"origin": ORIGIN, "version": authlib.__version__})
