"""Hands a reader who is logged in at "My Library" over to a service of the consortium.

Python 3.8 or newer, nothing else. HS256: the key file holds the secret that the hub has too.
Beside a web framework, call `page(...)` and answer with what it returns; never let it be cached.
"""
import base64
import hashlib
import hmac
import html
import json
import os
import secrets
import sys
import time


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def token(key: str, member: str, address: str, reader: str, service: str, attributes: dict) -> str:
    now = int(time.time())
    claims = {
        "iss": member,
        "aud": address,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
        "sub": reader,
        "target": service,
        "attributes": attributes,
    }
    header = b64url(json.dumps({"alg": "HS256"}).encode("utf-8"))
    signed = header + "." + b64url(json.dumps(claims).encode("utf-8"))
    mac = hmac.new(key.strip().encode("utf-8"), signed.encode("ascii"), hashlib.sha256)
    return signed + "." + b64url(mac.digest())


def page(address: str, token: str) -> str:
    return (
        '<!doctype html><meta charset="utf-8"><title>…</title>'
        f'<form method="post" action="{html.escape(address)}">'
        f'<input type="hidden" name="token" value="{html.escape(token)}">'
        "<button>继续 · Continue</button></form>"
        "<script>document.forms[0].submit()</script>"
    )


if __name__ == "__main__":
    # link.py READER SERVICE '{"name": "…"}', with LINK_KEY_FILE, LINK_MEMBER, LINK_ADDRESS set
    with open(os.environ["LINK_KEY_FILE"], encoding="utf-8") as file:
        key = file.read()
    member, address = os.environ["LINK_MEMBER"], os.environ["LINK_ADDRESS"]
    reader, service, attributes = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    sys.stdout.buffer.write(
        page(address, token(key, member, address, reader, service, attributes)).encode("utf-8")
    )
