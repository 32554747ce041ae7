"""Serves a Flask application over TLS for as long as standard input stays open."""

import json
import socket
import ssl
import sys
import threading

from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Logs nothing: what counts is what the browser of the tests sees."""

    def log(self, type, message, *args):
        pass


def settings():
    """The JSON file that the command line names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def listen(host):
    """A bound socket on loopback, and the origin under which it will answer."""
    sock = socket.create_server(("127.0.0.1", 0), backlog=64)
    return sock, f"https://{host}:{sock.getsockname()[1]}"


def serve(app, sock, tls, told):
    """Answers until standard input closes; `told` goes to whoever started us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls["cert"], tls["key"])
    server = make_server(
        "127.0.0.1",
        sock.getsockname()[1],
        app,
        threaded=True,
        request_handler=Quiet,
        ssl_context=context,
        fd=sock.fileno(),
    )
    print(json.dumps(told), flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
